"""NAPALM's drivers, each tied to a connection that is already open and behind the gate."""

from __future__ import annotations

import logging
import re
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from agent.errors import HostFailureError

if TYPE_CHECKING:
    from agent.model import UnreachedKind
    from agent.platforms import Platform

GATED = ("eos", "ios", "iosxr", "nxos_ssh")
"""Drivers that type every line into one netmiko connection, so that the gate sees it."""

_PAST_THE_GATE = {
    "iosxr_netconf": "speaks NETCONF",
    "junos": "speaks NETCONF, and reads configuration and files to state its facts",
    "nxos": "sends its commands by HTTP (NX-API)",
}
_BLANK = re.compile(r">\s+<")


def driver(device: Platform, channel: Any, timeout: float) -> Any:  # noqa: ANN401 - no types
    """The driver of `device`, not yet opened; whatever it types goes through `channel`."""
    made = _tied(device.napalm)(
        channel.host,
        channel.username,
        "",  # whoever holds the connection is logged in already
        timeout=max(1, int(timeout)),
        optional_args={"transport": "ssh"},
    )
    made.tie(channel)
    return made


def check(device: Platform) -> None:
    """Refuse a driver whose traffic cannot be admitted line by line.

    :raises HostFailureError: ``negotiation``; nothing was sent, not even a greeting.
    """
    if device.napalm not in GATED:
        how = _PAST_THE_GATE.get(device.napalm, "is not known to type through netmiko alone")
        raise HostFailureError(
            "negotiation",
            f"not connected: NAPALM's {device.napalm} driver {how}, so what it sends cannot be"
            " declared and checked; read this host by SNMP, or hand its outputs to"
            " 'netcover ingest'",
        )


def verifies_echo(device: Platform) -> bool | None:
    """Whether netmiko waits for each line's echo; None leaves it to the call."""
    return False if device.napalm == "iosxr" else None  # the XML shell echoes as it likes


class _Tied:
    """Mixed in before a driver: it opens nothing of its own and never calls again."""

    _channel: Any

    def tie(self, channel: Any) -> None:  # noqa: ANN401 - netmiko's classes are made at run time
        """Take `channel` as the driver's connection."""
        self._channel = channel

    def _netmiko_open(self, device_type: str, netmiko_optional_args: object = None) -> Any:  # noqa: ANN401, ARG002
        self._netmiko_device = self._channel
        return self._channel

    def __del__(self) -> None:
        """Leave the device alone: NAPALM would type a NUL to see whether it is still there."""


class _TiedXml(_Tied):
    """IOS-XR's XML agent, which NAPALM reaches through a class of its own."""

    def tie(self, channel: Any) -> None:  # noqa: ANN401
        """Take `channel` as the XML agent's connection."""
        router: Any = self
        router.device = _xml_agent()(
            router.hostname, router.username, "", timeout=router.timeout, lock=False
        )
        router.device.channel = channel


def failures() -> tuple[type[Exception], ...]:
    """What drivers raise: their own exceptions, and those of parsing what they did not expect."""
    return (*(mine for mine, _ in _kinds()), LookupError, ValueError, TypeError, AttributeError)


def failure(error: Exception) -> tuple[UnreachedKind, str]:
    """The typed reason of one of `failures`."""
    first = error.args[0] if error.args else ""
    text = " ".join(str(getattr(first, "version", first)).split())[:200]
    for mine, kind in _kinds():
        if isinstance(error, mine) and kind != "wrong_platform":
            return kind, text
    return "wrong_platform", f"cannot read what the device printed ({type(error).__name__}: {text})"


@cache
def _kinds() -> tuple[tuple[type[Exception], UnreachedKind], ...]:
    from napalm.base import exceptions as base  # noqa: PLC0415 - hosts of others do without
    from napalm.pyIOSXR import exceptions as xml  # noqa: PLC0415

    return (
        (base.ConnectionClosedException, "connection_lost"),
        (base.CommandTimeoutException, "timeout"),
        (xml.TimeoutError, "timeout"),
        (xml.EOFError, "connection_lost"),
        (xml.ConnectError, "negotiation"),  # the XML agent is not enabled
        (base.NapalmException, "wrong_platform"),
        (xml.IOSXRException, "wrong_platform"),
        (SyntaxError, "wrong_platform"),  # lxml: no XML
    )


@cache
def _tied(name: str) -> Any:  # noqa: ANN401
    found = import_module("napalm").get_network_driver(name)
    mixin = _TiedXml if name == "iosxr" else _Tied
    return type(f"Tied{found.__name__}", (mixin, found), {})


@cache
def _xml_agent() -> Any:  # noqa: ANN401
    from napalm.pyIOSXR import IOSXR  # noqa: PLC0415 - hosts of other platforms do without

    class XmlAgent(IOSXR):  # type: ignore[misc]
        """The XML agent over a connection that stands; one request is one line."""

        channel: Any = None

        def open(self) -> None:
            """Enter the XML shell, once.

            :raises HostFailureError: ``connection_lost``; NAPALM would log in again unasked.
            """
            if self.channel is None:
                raise HostFailureError("connection_lost", "the XML agent closed the session")
            self.device, self.channel = self.channel, None
            self._xml_agent_alive = True
            self._cli_prompt = self.device.find_prompt()
            self._enter_xml_mode()

        def _send_command_timing(self, command: str) -> str:
            out = str(super()._send_command_timing(command))
            if "% " in out and self._XML_MODE_PROMPT not in out:
                raise HostFailureError("wrong_platform", f"'{command}' was refused; is it IOS-XR?")
            return out

        def _execute_rpc(self, command_xml: str, delay_factor: float = 0.1) -> Any:  # noqa: ANN401
            return super()._execute_rpc(_BLANK.sub("><", command_xml.strip()), delay_factor)

    return XmlAgent


logging.getLogger("napalm").setLevel(logging.CRITICAL)  # it logs what is returned as a value
