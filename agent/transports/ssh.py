"""SSH through netmiko as a Nornir connection plugin; every byte it writes passes the gate.

A ``send`` is one command of the platform file, and its text is what the device printed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from netmiko.exceptions import ReadTimeout

from agent.errors import HostFailureError
from agent.platforms import platform as platform_named
from agent.transports import _paramiko
from agent.transports._gated import LOST, connect, log_in, words

if TYPE_CHECKING:
    from nornir.core.configuration import Config

NAME = "ssh"
"""The plugin's name in Nornir's register, and the lane's in ``sweep.json``."""


@dataclass(frozen=True, slots=True)
class SshSession:
    """An open session on one device. `channel` is a netmiko connection behind the gate."""

    channel: Any
    timeout: float

    def send(self, command: str) -> str:
        """Send one declared command and return what it printed, echo and prompt removed.

        :raises CommandNotDeclaredError: no platform file declares it; nothing was sent.
        :raises HostFailureError: ``timeout`` or ``connection_lost``.
        """
        try:
            return str(self.channel.send_command(command, read_timeout=self.timeout))
        except ReadTimeout:
            raise HostFailureError(
                "timeout", f"no prompt within {self.timeout:g} s after '{command}'"
            ) from None
        except LOST as error:
            raise HostFailureError(
                "connection_lost", f"connection lost after '{command}': {words(error)}"
            ) from None


class SshPlugin:
    """Nornir's connection plugin: ``host.get_connection("ssh", config)`` is an `SshSession`."""

    def __init__(self) -> None:
        self.connection: SshSession | None = None

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
        """Log in and prepare the session.

        `extras`: ``secret``, ``timeout`` in seconds, ``access`` and ``jump``.

        :raises HostFailureError: with the typed reason.
        """
        options = extras or {}
        timeout = float(options.get("timeout", 30.0))
        device = platform_named(platform or "")
        address = (hostname or "", port or 22)
        access = options.get("access")
        sock = connect(address, timeout, options.get("jump"), access)
        try:
            secret = options.get("secret")
            channel = log_in(device, sock, address, username, password, secret, timeout, access)
        except BaseException:
            sock.close()
            raise
        self.connection = SshSession(channel, timeout)

    def close(self) -> None:
        """Log out."""
        if self.connection is not None:
            self.connection.channel.disconnect()
            self.connection = None


def close() -> None:
    """Leave the jump hosts."""
    _paramiko.JUMPS.close()


PLUGIN = SshPlugin
