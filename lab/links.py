"""Cables between hosts, and what CDP and LLDP tell at both ends of each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pydantic import Field, field_validator

from lab.answers import mac
from lab.mib import description
from lab.record import Record
from lab.schema import Name  # noqa: TC001  # pydantic reads the annotation at run time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lab.estate import Estate
    from lab.schema import Host

_END = re.compile(r"(\S+) ([A-Za-z]+\d[\d/.]*)")
_LONG = {
    "Gi": "GigabitEthernet",
    "Te": "TenGigabitEthernet",
    "Twe": "TwentyFiveGigE",
    "Eth": "Ethernet",
}
# What each kind of guest sends: CDP's model and words, the letters of LLDP, its software.
_GUESTS = {
    "phone": ("Cisco IP Phone 8845", "Host Phone Two-port Mac Relay", "B,T", "sip8845_65.14-2-1"),
    "access_point": (
        "cisco C9120AXI-B",
        "Trans-Bridge Source-Route-Bridge IGMP",
        "B",
        "AP Software",
    ),
    "host": ("VMware ESX", "Host", "S", "Releasebuild-20036589"),
    "switch": (
        "cisco WS-C2960X-24TS-L",
        "Switch IGMP",
        "B",
        "Cisco IOS Software, C2960X Software (C2960X-UNIVERSALK9-M), Version 15.2(7)E9",
    ),
}


class Guest(Record):
    """Something at the end of a cable that is no host of the estate."""

    name: Name
    kind: Literal["phone", "access_point", "host", "switch"]
    address: str | None = None


class Link(Record):
    """A cable. An end is ``host port``, as in ``sw1 Gi1/0/48``; the second may be a guest's.

    `at`: another address than its own that the second end tells the first.
    """

    ends: tuple[str, str]
    protocols: tuple[Literal["cdp", "lldp"], ...] = ("cdp", "lldp")
    guest: Guest | None = None
    addressed: bool = Field(default=True)
    at: str | None = None

    @field_validator("ends")
    @classmethod
    def _both_have_a_port(cls, ends: tuple[str, str]) -> tuple[str, str]:
        for end in ends:
            if not _END.fullmatch(end):
                raise ValueError(f"{end!r} is no end of a cable; write it as 'sw1 Gi1/0/48'")
        return ends

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts at its ends, a guest left out."""
        names = [end.split(" ")[0] for end in self.ends]
        return tuple(names[:1] if self.guest else names)


@dataclass(frozen=True, slots=True)
class Heard:
    """What one host hears at one of its ports."""

    port: str
    remote_port: str
    device_id: str
    name: str
    mac: str
    address: str | None
    model: str
    words: str
    letters: str
    description: str
    protocols: tuple[str, ...]

    @property
    def long_port(self) -> str:
        """The port as CDP spells it."""
        return _long(self.port)

    @property
    def long_remote_port(self) -> str:
        """The port at the other end as CDP spells it."""
        return _long(self.remote_port)


def _long(port: str) -> str:
    letters = re.match(r"[A-Za-z]+", port)
    return port.replace(letters[0], _LONG.get(letters[0], letters[0]), 1) if letters else port


def heard(estate: Estate, host: Host) -> tuple[Heard, ...]:
    """The neighbours of `host`, by its ports."""
    return tuple(sorted(_heard(estate, host), key=lambda h: (h.port, h.name)))


def _heard(estate: Estate, host: Host) -> Iterator[Heard]:
    for link in estate.links:
        for own, other in (link.ends, link.ends[::-1]):
            name, port = own.split(" ")
            if name != host.name or (link.guest and own == link.ends[1]):
                continue
            far, far_port = other.split(" ")
            told = link.at if other == link.ends[1] else None
            if link.guest:
                yield _guest(link.guest, port, far_port, link)
            elif far in estate.by_name:
                yield _host(estate.by_name[far], port, far_port, link, told)


def _host(host: Host, port: str, far_port: str, link: Link, told: str | None) -> Heard:
    name = f"{host.prompt_name}.example.net"
    nexus = host.platform == "nxos"
    return Heard(
        port=port,
        remote_port=far_port,
        device_id=f"{name}({host.active.serial})" if nexus else name,
        name=host.prompt_name if nexus else name,
        mac=mac(host.name),
        address=(told or str(host.address)) if link.addressed else None,
        model=host.active.pid if nexus else f"cisco {host.active.pid}",
        words="Router Switch IGMP",
        letters="B,R",
        description=description(host).replace("\r\n", "\n"),
        protocols=link.protocols,
    )


def _guest(guest: Guest, port: str, far_port: str, link: Link) -> Heard:
    model, words, letters, software = _GUESTS[guest.kind]
    return Heard(
        port=port,
        remote_port=far_port,
        device_id=guest.name,
        name=guest.name,
        mac=mac(guest.name),
        address=guest.address if link.addressed else None,
        model=model,
        words=words,
        letters=letters,
        description=software,
        protocols=link.protocols,
    )
