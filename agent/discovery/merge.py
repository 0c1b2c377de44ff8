"""One device, found in several ways: sightings of an address, or of a serial, are joined."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agent.model import Discovered

_SURE = {"high": 3, "medium": 2, "low": 1, "none": 0}


def merged(found: Iterable[Discovered]) -> tuple[Discovered, ...]:
    """Each device once, sorted by address; those without an address come last, by name.

    Sightings are of one device where they name the same address, or the same serial and PID. What
    the surest of them says stands, gaps are filled from the others, all evidence is kept.
    """
    groups: list[list[Discovered]] = []
    known: dict[object, list[Discovered]] = {}
    for host in found:
        keys = _keys(host)
        mine = {id(g): g for key in keys if (g := known.get(key)) is not None}
        group: list[Discovered] = [host]
        for other in mine.values():
            group = [*other, *group]
            groups = [g for g in groups if g is not other]
        groups.append(group)
        for member in group:
            for key in _keys(member):
                known[key] = group
    return tuple(sorted(map(_one, groups), key=_place))


def _keys(host: Discovered) -> tuple[object, ...]:
    by_address = (("address", host.address),) if host.address else ()
    by_serial = (("serial", host.serial, host.pid),) if host.serial else ()
    by_name = (("name", host.managed_by, host.name),) if not by_address and not by_serial else ()
    return (*by_address, *by_serial, *by_name)


def _one(group: list[Discovered]) -> Discovered:
    """The surest sighting, completed; of equally sure ones the first in order."""
    ranked = sorted(group, key=lambda h: (-_SURE[h.confidence], h.platform is None, _place(h)))
    best = ranked[0]

    def first(name: str) -> str | None:
        return next((value for h in ranked if (value := getattr(h, name)) is not None), None)

    return replace(
        best,
        address=first("address"),
        port=next((h.port for h in ranked if h.port is not None), None),
        name=first("name"),
        candidate=any(h.candidate for h in ranked),
        found_by=tuple(sorted({way for h in ranked for way in h.found_by})),
        managed_by=first("managed_by"),
        serial=first("serial"),
        pid=first("pid"),
        version=first("version"),
        evidence=tuple(sorted({clue for h in ranked for clue in h.evidence})),
    )


def _place(host: Discovered) -> tuple[object, ...]:
    try:
        address = ip_address(host.address or "")
    except ValueError:
        return (9, 0, host.managed_by or "", host.name or "", host.serial or "")
    return (address.version, int(address), "", host.name or "", host.serial or "")
