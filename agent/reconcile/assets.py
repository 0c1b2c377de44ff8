"""Sightings and contract lines become assets, one for each physical unit, both sides kept."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agent.model import Asset
from agent.reconcile.pid import MilestoneIndex, family, match
from agent.reconcile.serials import lookalikes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from agent.model import (
        ContractLine,
        CoverStatement,
        Milestones,
        Observation,
        PidMatch,
        Sweep,
        Unreached,
    )


@dataclass(frozen=True, slots=True)
class LastSighting:
    """Where and when a serial and PID was seen last, over all sweeps in the history."""

    host: str
    site: str | None
    when: datetime


def reconcile(
    sweep: Sweep,
    lines: Iterable[ContractLine],
    milestones: Iterable[Milestones],
    history: Mapping[tuple[str, str | None], LastSighting],
    statements: Iterable[CoverStatement] = (),
) -> tuple[Asset, ...]:
    """Join everything known about every unit; sorted by site, host, kind and position.

    Units are keyed by serial and PID family together. Nothing is dropped: a line that fits no
    unit, a unit that fits no line and a host that was not read are assets of their own.
    """
    units = _units(sweep.observations)
    matched, rest = _attach(units, lines)
    unreached = {u.host: u for u in sweep.unreached}
    assets = [*matched, *_unseen(rest, history, unreached), *_silent_hosts(sweep)]
    assets = lookalikes(_with_statements(assets, statements))
    return tuple(sorted(_with_milestones(assets, milestones), key=_order))


def _units(observations: Iterable[Observation]) -> list[Asset]:
    """Sightings of the same serial and PID family are one unit."""
    groups: dict[tuple[str, ...], list[Observation]] = defaultdict(list)
    boards: dict[str, str] = {}
    ordered = sorted(observations, key=_nearest_first)
    for unit in ordered:
        for other in unit.other_serials:
            if unit.serial:
                boards.setdefault(other, unit.serial)
    for number, unit in enumerate(ordered):
        if unit.serial is None:
            groups["", str(number)].append(unit)
            continue
        serial = boards.get(unit.serial, unit.serial)
        # A manager names models; its word for one is no reason to see two units.
        pid = family(unit.pid) if unit.pid and not unit.managed_by else ""
        groups[serial, pid].append(unit)
    _join_unnamed(groups)
    return [_asset(tuple(group)) for group in groups.values()]


def _join_unnamed(groups: dict[tuple[str, ...], list[Observation]]) -> None:
    """A sighting without a PID belongs to the one unit that has its serial."""
    for serial, pid in list(groups):
        if serial and not pid:
            named = [key for key in groups if key[0] == serial and key[1]]
            if len(named) == 1:
                groups[named[0]].extend(groups.pop((serial, pid)))


def _nearest_first(unit: Observation) -> tuple[bool, bool, str, str, str, str]:
    """A unit's own chassis tells more of it than its mate or its manager does."""
    from_mate = any("mate" in e.command or "failover" in e.command for e in unit.evidence)
    told = from_mate or unit.managed_by is not None
    place = (unit.host, unit.position or "", unit.kind, unit.pid or "")
    return (unit.pid is None, told, *place)


def _asset(sightings: tuple[Observation, ...]) -> Asset:
    first = sightings[0]
    return Asset(
        host=first.host,
        site=first.site,
        platform=first.platform,
        serial=first.serial,
        pid=first.pid,
        sightings=sightings,
    )


def _attach(
    units: list[Asset], lines: Iterable[ContractLine]
) -> tuple[list[Asset], list[ContractLine]]:
    """Give each unit its lines; what remains names no unit that was seen."""
    by_serial: dict[str, list[int]] = defaultdict(list)
    for index, asset in enumerate(units):
        for serial in _serials(asset):
            by_serial[serial].append(index)
    found: dict[int, list[tuple[ContractLine, tuple[PidMatch, ...]]]] = defaultdict(list)
    doubtful: dict[int, list[ContractLine]] = defaultdict(list)
    rest: list[ContractLine] = []
    for line in sorted(lines, key=_line_order):
        places = by_serial.get((line.serial or "").upper(), [])
        fits = [(i, how) for i in places if (how := _fit(units[i], line)) is not None]
        if len(fits) == 1:
            index, how = fits[0]
            found[index].append((line, how))
        elif places and not line.minor:  # an item of a bundle may go by its parent's serial
            for index in places:
                doubtful[index].append(line)
        else:
            rest.append(line)
    joined = [
        replace(
            asset,
            lines=tuple(line for line, _ in found[i]),
            line_matches=tuple(dict.fromkeys(m for _, how in found[i] for m in how)),
            doubtful_lines=tuple(doubtful[i]),
        )
        for i, asset in enumerate(units)
    ]
    return joined, rest


def _serials(asset: Asset) -> set[str]:
    """The serials a contract line may name the unit by: its own, never a board's."""
    return {asset.serial.upper()} if asset.serial else set()


def _fit(asset: Asset, line: ContractLine) -> tuple[PidMatch, ...] | None:
    """How the line's PID fits; empty where either side names none, None where it does not fit."""
    if line.pid is None or asset.pid is None:
        return ()
    found = match(asset.pid, line.pid)
    return (found,) if found else None


def _unseen(
    lines: list[ContractLine],
    history: Mapping[tuple[str, str | None], LastSighting],
    unreached: Mapping[str, Unreached],
) -> list[Asset]:
    groups: dict[tuple[str, ...], list[ContractLine]] = defaultdict(list)
    for number, line in enumerate(lines):
        unit = (line.serial.upper(), family(line.pid or "")) if line.serial else ("", str(number))
        groups[unit].append(line)
    places = {(serial.upper(), family(pid or "")): seen for (serial, pid), seen in history.items()}
    return [
        _unseen_asset(tuple(group), places.get((key[0], key[1])), unreached)
        for key, group in groups.items()
    ]


def _unseen_asset(
    lines: tuple[ContractLine, ...], seen: LastSighting | None, unreached: Mapping[str, Unreached]
) -> Asset:
    return Asset(
        host=seen.host if seen else None,
        site=seen.site if seen else lines[0].site,
        platform=None,
        serial=lines[0].serial,
        pid=lines[0].pid,
        lines=lines,
        unreached=unreached.get(seen.host) if seen else None,
        last_seen=seen.when if seen else None,
    )


def _silent_hosts(sweep: Sweep) -> list[Asset]:
    visits = {h.host: h for h in sweep.hosts}
    return [
        Asset(
            host=u.host,
            site=visits[u.host].site,
            platform=visits[u.host].platform,
            serial=None,
            pid=None,
            unreached=u,
        )
        for u in sweep.unreached
    ]


def _with_statements(assets: list[Asset], statements: Iterable[CoverStatement]) -> list[Asset]:
    """Give each unit what sources say of its cover, unless they name another product."""
    by_serial: dict[str, list[CoverStatement]] = defaultdict(list)
    for statement in statements:
        by_serial[statement.serial.upper()].append(statement)
    return [
        replace(asset, statements=found)
        if asset.serial
        and (found := tuple(s for s in by_serial[asset.serial.upper()] if _about(s, asset)))
        else asset
        for asset in assets
    ]


def _about(statement: CoverStatement, asset: Asset) -> bool:
    same = statement.pid is None or asset.pid is None
    return same or family(statement.pid or "") == family(asset.pid or "")


def _with_milestones(assets: list[Asset], milestones: Iterable[Milestones]) -> list[Asset]:
    index = MilestoneIndex.of(milestones)
    memo = {pid: index.find(pid) for pid in {asset.pid for asset in assets if asset.pid}}
    return [
        replace(asset, milestones=memo[asset.pid][0], milestone_match=memo[asset.pid][1])
        if asset.pid
        else asset
        for asset in assets
    ]


def _line_order(line: ContractLine) -> tuple[str, ...]:
    return (
        line.serial or "",
        line.pid or "",
        line.contract or "",
        line.end.isoformat(),
        line.evidence.source,
        line.evidence.command.rjust(20),
    )


def _order(asset: Asset) -> tuple[str, ...]:
    return (
        asset.site or "~",
        asset.host or "~",
        asset.kind or "~",
        asset.position or "",
        asset.serial or "",
        asset.pid or "",
        asset.lines[0].evidence.command.rjust(20) if asset.lines else "",
    )
