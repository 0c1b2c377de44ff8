"""``show cdp neighbors detail`` of IOS, IOS-XE, NX-OS and IOS-XR, read. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.discovery._neighbour import Neighbour, addresses, device_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agent.discovery._neighbour import Capability

COMMAND = "show cdp neighbors detail"

_DEVICE = re.compile(r"^\s*Device ID\s*:\s*(?P<device>\S.*?)\s*$", re.IGNORECASE)
_RULE = re.compile(r"^\s*-{5,}\s*$")
_VERSION = re.compile(r"^\s*Version\s*:\s*(?P<version>.*)$", re.IGNORECASE)
_VERSION_ENDS = re.compile(r"^\s*advertisement version\s*:", re.IGNORECASE)
_SECTION = re.compile(r"^\s*(Entry|Interface|Mgmt|Management) address\s*\(es\)\s*:", re.IGNORECASE)
_ADDRESS = re.compile(r"^\s*(?:IP|IPv4|IPv6) address\s*:\s*([0-9A-Fa-f.:]+)", re.IGNORECASE)
_LINES = (
    _DEVICE,
    re.compile(
        r"^\s*Platform\s*:\s*(?P<model>.*?)\s*,\s*Capabilities\s*:\s*(?P<capable>.*?)\s*$",
        re.IGNORECASE,
    ),
    re.compile(
        r"^\s*Interface\s*:\s*(?P<local>\S.*?)\s*"
        r"(?:,\s*Port ID\s*\(outgoing port\)\s*:\s*(?P<remote>.*?)\s*)?$",
        re.IGNORECASE,
    ),
    re.compile(r"^\s*Port ID\s*\(outgoing port\)\s*:\s*(?P<remote>.*?)\s*$", re.IGNORECASE),
    _VERSION,
    re.compile(r"^\s*System ?Name\s*:\s*(?P<name>\S.*?)\s*$", re.IGNORECASE),
)
"""Lines of one entry and what they tell."""

WORDS: dict[str, Capability] = {
    "router": "router",
    "switch": "switch",
    "phone": "phone",
    "host": "host",
}
_LONGEST = 2000
"""Characters of a line; what is longer was made by nobody who means well."""


def read(text: str) -> tuple[Neighbour, ...]:
    """The neighbours in an output, in their order; an entry that names no port is left out."""
    return tuple(found for entry in _entries(text) if (found := _neighbour(entry)))


Entry = dict[str, list[str]]


def _entries(text: str) -> Iterator[Entry]:
    """What each entry tells, by name. What a neighbour says of its software begins no entry."""
    entry: Entry = {}
    described = False
    for line in text.splitlines():
        if len(line) > _LONGEST:
            continue
        if described and not (_VERSION_ENDS.match(line) or _RULE.match(line)):
            entry["version"].append(line.strip())
            continue
        if _DEVICE.match(line):
            if entry:
                yield entry
            entry = {}
        described = bool(_VERSION.match(line))
        _note(entry, line)
    if entry:
        yield entry


def _note(entry: Entry, line: str) -> None:
    """Add what a line tells; an address belongs to the heading above it."""
    if match := _SECTION.match(line):
        entry["heading"] = ["management" if match[1].casefold().startswith("m") else "other"]
    elif match := _ADDRESS.match(line):
        entry.setdefault(_first(entry, "heading") or "other", []).append(match[1])
    elif match := next((m for p in _LINES if (m := p.match(line))), None):
        for key, value in match.groupdict().items():
            entry.setdefault(key, []).append((value or "").strip())


def _neighbour(entry: Entry) -> Neighbour | None:
    name, serial, chassis_id = device_id(_first(entry, "device"))
    if not _first(entry, "local") or not (name or serial or chassis_id):
        return None
    return Neighbour(
        protocol="cdp",
        local_port=_first(entry, "local"),
        name=_first(entry, "name") or name,
        serial=serial,
        chassis_id=chassis_id,
        addresses=addresses(*entry.get("management", ()), *entry.get("other", ())),
        model=_first(entry, "model"),
        description="\n".join(entry.get("version", ())).strip(),
        capabilities=capabilities(_first(entry, "capable").split()),
        remote_port=_first(entry, "remote"),
    )


def _first(entry: Entry, key: str) -> str:
    return next((value for value in entry.get(key, ()) if value), "")


def capabilities(words: Iterable[str]) -> frozenset[Capability]:
    """What CDP's words for capabilities mean here; bridging alone, IGMP and repeating do not."""
    return frozenset(WORDS[word.casefold()] for word in words if word.casefold() in WORDS)
