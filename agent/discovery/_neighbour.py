"""A neighbour as one device tells of it, by CDP or LLDP, and what it is taken for. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Literal, TypeAlias

from agent.platforms import _identity
from agent.platforms._snmp_identity import GENERIC, SYS_DESCR, identify, release, signs
from agent.platforms._walk import Walk

Protocol: TypeAlias = Literal["cdp", "lldp"]
Capability: TypeAlias = Literal["router", "switch", "phone", "access_point", "host", "other"]

_MAC = re.compile(
    r"(?:[0-9A-F]{2}([:-]))(?:[0-9A-F]{2}\1){4}[0-9A-F]{2}|[0-9A-F]{4}\.[0-9A-F]{4}\.[0-9A-F]{4}"
    r"|[0-9A-F]{12}",
    re.IGNORECASE,
)
_PHONE = re.compile(r"SEP([0-9A-F]{12})\b", re.IGNORECASE)
# Cisco's form: plant, year and week, number.
_SERIAL = re.compile(r"[A-Z]{3}[0-9]{4}[A-Z0-9]{4}")
_IN_BRACKETS = re.compile(r"(.*?)\(([^()]+)\)")
_ACCESS_POINT = re.compile(r"\b(?:AIR-(?!CT)|C91\d\d|CW9\d\d\d|MR\d\d)", re.IGNORECASE)
_PHONE_MODEL = re.compile(r"\bIP (?:Conference )?Phone\b|\bCP-\d{4}", re.IGNORECASE)
# What devices of other families say of their software; the first that is found counts.
_OTHERS = (
    ("ios_xr", re.compile(r"\bIOS XR\b")),
    ("nxos", re.compile(r"\bNX-OS\b")),
    ("eos", re.compile(r"\bArista Networks EOS\b")),
    ("junos", re.compile(r"\bJuniper Networks\b")),
    ("ios", re.compile(r"\bCisco (?:IOS|Internetwork Operating System)\b")),
)
_PORT = re.compile(r"([A-Za-z]{2})[A-Za-z-]*\s*(\d[\d/.:]*)")


@dataclass(frozen=True, slots=True)
class Neighbour:
    """What one device tells of the one at the other end of a cable.

    `addresses`: those for management first. `chassis_id` is a MAC address in lower case without
    signs. `model` is CDP's platform, `description` the software as the neighbour words it.
    """

    protocol: Protocol
    local_port: str
    name: str | None = None
    serial: str | None = None
    chassis_id: str | None = None
    addresses: tuple[str, ...] = ()
    model: str = ""
    description: str = ""
    capabilities: frozenset[Capability] = frozenset()
    remote_port: str = ""

    @property
    def kind(self) -> str:
        """``phone``, ``access point``, ``switch``, ``router``, ``host``, or ``device``.

        An access point says that it bridges, as a switch does; its model tells.
        """
        said = f"{self.model} {self.description}"
        if "phone" in self.capabilities or _PHONE_MODEL.search(self.model):
            return "phone"
        if "access_point" in self.capabilities or _ACCESS_POINT.search(said):
            return "access point"
        return next((k for k in ("switch", "router", "host") if k in self.capabilities), "device")

    @property
    def platform(self) -> str | None:
        """The platform that its own description or model tells; None where neither does."""
        walk = Walk((SYS_DESCR,), {SYS_DESCR: self.description})
        found = identify(walk)
        if found not in {None, GENERIC}:
            return found
        model = self.model.removeprefix("cisco ").strip()
        by_model = next((s.platform for s in signs() if s.models.match(model)), None)
        return by_model or next((n for n, p in _OTHERS if p.search(self.description)), None)

    @property
    def version(self) -> str | None:
        """The release that its description names, as printed."""
        return release(Walk((SYS_DESCR,), {SYS_DESCR: self.description}))

    @property
    def port(self) -> str:
        """The local port in a spelling that both protocols share: ``gi1/0/48``."""
        return short_port(self.local_port)

    @property
    def short_name(self) -> str:
        """The name without its domain, in lower case."""
        return (self.name or "").partition(".")[0].casefold()


def short_port(port: str) -> str:
    """``GigabitEthernet1/0/48`` and ``Gi1/0/48`` alike."""
    match = _PORT.fullmatch(port.strip())
    return f"{match[1]}{match[2]}".casefold() if match else port.strip().casefold()


def mac(text: str) -> str | None:
    """A MAC address in any spelling as twelve digits; None where it is none, or stands for none."""
    text = text.strip()
    if not _MAC.fullmatch(text):
        return None
    digits = re.sub(r"[^0-9a-f]", "", text.casefold())
    return None if len(set(digits)) == 1 else digits


def address(text: str) -> str | None:
    """An address as :mod:`ipaddress` spells it; None where nobody can be reached at it."""
    try:
        found = ip_address(text.strip())
    except ValueError:
        return None
    useless = found.is_unspecified or found.is_multicast or found.is_link_local
    return None if useless or str(found) == "255.255.255.255" else str(found)


def addresses(*texts: str) -> tuple[str, ...]:
    """Those that are addresses, each once, in their order."""
    return tuple(dict.fromkeys(found for text in texts if (found := address(text))))


def device_id(text: str) -> tuple[str | None, str | None, str | None]:
    """Name, serial and MAC address in a CDP device id.

    IOS sends ``name.domain``, NX-OS ``name(SERIAL)``, CatOS ``SERIAL(name)``, phones and some
    access points a MAC address.
    """
    text = text.strip()
    if found := mac(text):
        return None, None, found
    phone = _PHONE.match(text)
    if phone:
        return text, None, mac(phone[1])
    if match := _IN_BRACKETS.fullmatch(text):
        outer, inner = match[1].strip(), match[2].strip()
        if _SERIAL.fullmatch(outer) and not _SERIAL.fullmatch(inner):
            return inner, outer, None
        return outer or None, _identity.serial(inner)[0], None
    return text or None, None, None
