"""``show lldp neighbors detail`` of IOS, IOS-XE, NX-OS and EOS, read. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.discovery._neighbour import Neighbour, addresses, mac

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.discovery._neighbour import Capability

COMMAND = "show lldp neighbors detail"

LETTERS: dict[str, Capability] = {
    "r": "router",
    "b": "switch",
    "t": "phone",
    "w": "access_point",
    "s": "host",
    "o": "other",
}
_WORDS: dict[str, Capability] = {
    "router": "router",
    "bridge": "switch",
    "telephone": "phone",
    "wlan access point": "access_point",
    "station only": "host",
}
# "Chassis id: x", "  - System Name: "x"", "Local Port id: Eth1/5"
_KEY = re.compile(r"^\s*(?:-\s+)?([A-Z][\w/ ]*?)\s*(?:(?::|\s-\s)\s*(.*?))?\s*$", re.IGNORECASE)
_DETECTED = re.compile(r"^\s*Interface (\S+) detected \d+ LLDP neighbors?:", re.IGNORECASE)
_ADDRESS = re.compile(r"^\s*(?:IP|IPv4|IPv6)\s*:\s*([0-9A-Fa-f.:]+)\s*$", re.IGNORECASE)
_DESCRIBED = re.compile(r"^Time remaining\b|^\s*-\s+System Capabilities\b", re.IGNORECASE)
_NOTHING = re.compile(r"not advertised|-|null|n/a", re.IGNORECASE)
# A MAC address or a piece of one names nobody.
_DIGITS = re.compile(r"[0-9A-Fa-f.:-]*")
_LONGEST = 2000


def read(text: str) -> tuple[Neighbour, ...]:
    """The neighbours in an output, in their order; an entry that names nobody is left out."""
    return tuple(found for entry in _entries(text) if (found := _neighbour(entry)))


def _entries(text: str) -> Iterator[dict[str, list[str]]]:
    """Each entry as values by key in lower case; ``local`` is the port it was heard at."""
    entry: dict[str, list[str]] = {}
    heard_at = ""
    described = False
    for line in text.splitlines():
        if len(line) > _LONGEST:
            continue
        if described and not _DESCRIBED.match(line):
            entry.setdefault("system description", []).append(line.strip().rstrip('"'))
            continue
        described = False
        if match := _DETECTED.match(line):
            heard_at = match[1]
            continue
        if match := _ADDRESS.match(line):
            entry.setdefault("address", []).append(match[1])
            continue
        match = _KEY.match(line)
        key, value = (match[1].casefold(), _stated(match[2])) if match else ("", "")
        if key in {"local intf", "chassis id"} and "chassis id" in entry:
            yield entry
            entry = {}
        if key == "chassis id" and heard_at:
            entry["local"] = [heard_at]
        if key in _KEPT:
            entry.setdefault(_KEPT[key], []).append(value)
        described = key == "system description"
    if entry:
        yield entry


_KEPT = {
    "local intf": "local",
    "local port id": "local",
    "chassis id": "chassis id",
    "port id": "port id",
    "system name": "system name",
    "system description": "system description",
    "enabled capabilities": "enabled capabilities",
    "management address": "address",
    "management address ipv6": "address",
    "serial number": "serial",
    "model": "model",
}


def _stated(value: str | None) -> str:
    """A value without quotes; empty where the neighbour does not say."""
    text = (value or "").strip().removeprefix('"').removesuffix('"')
    return "" if _NOTHING.fullmatch(text) else text


def _neighbour(entry: dict[str, list[str]]) -> Neighbour | None:
    chassis, name = _first(entry, "chassis id"), _first(entry, "system name")
    told, placed = mac(chassis), addresses(*entry.get("address", ()), chassis)
    if not _first(entry, "local") or not (told or name or placed or not _DIGITS.fullmatch(chassis)):
        return None
    return Neighbour(
        protocol="lldp",
        local_port=_first(entry, "local"),
        name=name or (chassis if not _DIGITS.fullmatch(chassis) else None) or None,
        serial=_first(entry, "serial") or None,
        chassis_id=told,
        addresses=placed,
        model=_first(entry, "model"),
        description="\n".join(entry.get("system description", ())).strip(),
        capabilities=capabilities(_first(entry, "enabled capabilities")),
        remote_port=_first(entry, "port id"),
    )


def _first(entry: dict[str, list[str]], key: str) -> str:
    return next((value for value in entry.get(key, ()) if value), "")


def capabilities(text: str) -> frozenset[Capability]:
    """What ``B,R`` or ``Bridge, Router`` means."""
    parts = [part.strip().casefold() for part in text.split(",")]
    known = LETTERS | _WORDS
    return frozenset(known[part] for part in parts if part in known)
