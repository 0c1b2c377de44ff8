"""What a perfect sweep finds: every unit once, under its host, and whether it can be read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lab.hardware import Kind, rows
from lab.outcomes import UNREACHED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lab.estate import Estate
    from lab.schema import Host


@dataclass(frozen=True, slots=True)
class TrueUnit:
    """One unit that is really there.

    `reachable`: at least one host that shows it can be read. A unit that two hosts show (a
    failover pair, a chassis and its logical device) stands under its own host, or under the
    first of them.
    """

    host: str
    site: str
    platform: str
    serial: str
    pid: str
    version: str | None
    kind: Kind
    position: str | None
    reachable: bool
    virtual: bool


def readable(host: Host) -> bool:
    """Whether a sweep can read the host."""
    return host.outcomes[0] not in UNREACHED


def units_of(estate: Estate) -> tuple[TrueUnit, ...]:
    """Every unit of the estate once, sorted by host, position, serial."""
    found: dict[tuple[str, str], TrueUnit] = {}
    for unit in _sightings(estate):
        key = (unit.serial, unit.pid)
        if key not in found:
            found[key] = unit
            continue
        known = found[key]
        found[key] = replace(
            known,
            reachable=known.reachable or unit.reachable,
            version=known.version or unit.version,
        )
    return tuple(sorted(found.values(), key=lambda u: (u.host, u.position or "", u.serial)))


def _sightings(estate: Estate) -> Iterator[TrueUnit]:
    """Every unit as often as it is shown, under its own host first."""
    for host in estate.hosts:
        yield from _shown(host, reachable=readable(host))
    for host in estate.hosts:
        mate = estate.mate(host)
        if mate and host.failover:
            seen = host.failover.mate_state == "up" and readable(host)
            yield from _shown(mate, reachable=seen)


def _shown(host: Host, *, reachable: bool) -> Iterator[TrueUnit]:
    """The units among the rows `host` shows; rows without a kind are no units (T1, T3)."""
    for row in rows(host):
        if row.kind and row.serial:
            yield TrueUnit(
                host=host.name,
                site=host.site,
                platform=host.platform,
                serial=row.serial,
                pid=row.pid,
                version=row.version,
                kind=row.kind,
                position=row.position,
                reachable=reachable,
                virtual=row.virtual,
            )
