"""NAPALM as a Nornir connection plugin, for what lies outside our own platforms.

NAPALM chooses the words a driver types, so only drivers are taken whose every byte goes through
our own connection behind the gate; the platform file declares their lines as its own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from netmiko.exceptions import ReadTimeout

from agent.errors import CommandNotDeclaredError, HostFailureError
from agent.platforms import platform as platform_named
from agent.transports import _drivers
from agent.transports._gated import LOST, connect, log_in, words

if TYPE_CHECKING:
    from collections.abc import Callable

    from nornir.core.configuration import Config

    from agent.platforms import Platform

NAME = "napalm"
"""The plugin's name in Nornir's register, and the lane's in ``sweep.json``."""


@dataclass(frozen=True, slots=True)
class NapalmSession:
    """An open driver of one device; its connection is behind the gate."""

    device: Platform
    driver: Any
    timeout: float

    def send(self, command: str) -> str:
        """Call one declared getter and return its result as JSON, keys sorted.

        :raises CommandNotDeclaredError: the getter, or a line it would type, is not declared.
        :raises HostFailureError: ``timeout``, ``connection_lost`` or ``wrong_platform``.
        """
        if command not in {declared.text for declared in self.device.commands}:
            raise CommandNotDeclaredError(
                f"{self.device.name}: not declared, not called: {command!r}"
            )
        facts = _asked(self.device, self.timeout, command, getattr(self.driver, command))
        return json.dumps(facts, sort_keys=True, indent=1, ensure_ascii=False) + "\n"


class NapalmPlugin:
    """Nornir's connection plugin: ``host.get_connection("napalm", config)`` is a session."""

    def __init__(self) -> None:
        self.connection: NapalmSession | None = None

    def open(  # noqa: PLR0917 - the protocol's signature
        self,
        hostname: str | None,
        username: str | None,
        password: str | None,
        port: int | None,
        platform: str | None,
        extras: dict[str, Any] | None = None,
        configuration: Config | None = None,  # noqa: ARG002 - the protocol's signature
    ) -> None:
        """Log in and let the driver prepare itself. `extras`: ``secret`` and ``timeout``.

        :raises CommandNotDeclaredError: the driver would type what is not declared.
        :raises HostFailureError: with the typed reason.
        """
        options = extras or {}
        timeout = float(options.get("timeout", 30.0))
        device = platform_named(platform or "")
        _drivers.check(device)
        address = (hostname or "", port or 22)
        access = options.get("access")
        sock = connect(address, timeout, options.get("jump"), access)
        try:
            channel = log_in(
                device,
                sock,
                address,
                username,
                password,
                options.get("secret"),
                timeout,
                access,
                global_cmd_verify=_drivers.verifies_echo(device),
            )
        except BaseException:
            sock.close()
            raise
        driver = _drivers.driver(device, channel, timeout)
        try:
            _asked(device, timeout, "the login", driver.open)
        except BaseException:
            channel.disconnect()
            raise
        self.connection = NapalmSession(device, driver, timeout)

    def close(self) -> None:
        """Log out."""
        if self.connection is not None:
            self.connection.driver.close()
            self.connection = None


PLUGIN = NapalmPlugin


def _asked(device: Platform, timeout: float, what: str, question: Callable[[], Any]) -> Any:  # noqa: ANN401
    """What the driver answers; each way to fail keeps its own name."""
    try:
        return question()
    except ReadTimeout:
        raise HostFailureError("timeout", f"no prompt within {timeout:g} s after {what}") from None
    except LOST as error:
        raise HostFailureError(
            "connection_lost", f"connection lost after {what}: {words(error)}"
        ) from None
    except _drivers.failures() as error:
        kind, reason = _drivers.failure(error)
        raise HostFailureError(
            kind, f"NAPALM's {device.napalm} driver after {what}: {reason}"
        ) from None
