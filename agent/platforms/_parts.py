"""What sits in a chassis: supplies, fans, cards, optics, cables, each with its parent's serial."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agent.model import Observation, unique
from agent.platforms import _identity, _inventory

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from agent.model import Capture, Evidence, Kind


@dataclass(frozen=True, slots=True)
class Homes:
    """The chassis of a host: serials by number, the only one where there is only one, all PIDs."""

    by_number: Mapping[int, str]
    only: str | None
    pids: frozenset[str] = frozenset()

    def frame(self, row: _inventory.Row) -> bool:
        """Whether an entry is the frame of a chassis once more: its PID, and no other serial.

        Controllers and routers list ``module 0``, ``module R0`` and ``module F0`` so. Those of
        virtual ones print a serial too, the same on every machine.
        """
        serials = {None, self.only, *self.by_number.values()}
        return row.pid in self.pids and (row.serial in serials or _identity.virtual(row.pid))


def _parent(row: _inventory.Row, homes: Homes, above: str | None) -> str | None:
    """The chassis of an entry: the only one, the one it names, else the one listed above it."""
    if homes.only:
        return homes.only
    for number in (_inventory.member(row), _inventory.port_member(row)):
        if number is not None and number in homes.by_number:
            return homes.by_number[number]
    return above


def observed(
    capture: Capture,
    evidence: tuple[Evidence, ...],
    kind: Kind,
    *,
    position: str | None,
    serial: str | None,
    pid: str | None,
    parent: str | None,
    vid: str | None = None,
    notes: tuple[str, ...] = (),
) -> Observation:
    """One part as an observation; a card that is the chassis itself has no parent."""
    return Observation(
        host=capture.host,
        site=capture.site,
        platform=capture.platform,
        kind=kind,
        serial=serial,
        pid=pid,
        vid=vid,
        position=position,
        parent_serial=None if parent == serial else parent,
        virtual=_identity.virtual(pid),
        lane=capture.lane,
        notes=notes,
        evidence=evidence,
    )


def read(
    capture: Capture,
    command: str,
    rows: Iterable[_inventory.Row],
    homes: Homes,
    *,
    own: frozenset[str] = frozenset(),
) -> tuple[Observation, ...]:
    """Every entry that is a part and states a serial or a PID of its own.

    `own` are names that mean the chassis on this platform beside those that always do.
    """
    found: list[Observation] = []
    above: str | None = None
    evidence = capture.evidence(command)
    for row in rows:
        if _inventory.logical(row):
            continue
        if _inventory.chassis(row) or row.name in own:
            above = row.serial or above
            continue
        if (row.serial or row.pid) and not homes.frame(row):
            found.append(
                observed(
                    capture,
                    evidence,
                    _inventory.kind(row),
                    position=row.name or None,
                    serial=row.serial,
                    pid=row.pid,
                    vid=row.vid,
                    parent=_parent(row, homes, above),
                    notes=row.notes if row.name else (*row.notes, "the NAME line is missing"),
                )
            )
    return tuple(found)


def _both(first: Observation, other: Observation) -> Observation:
    """One item seen twice: at both ends of a cable, or in two outputs."""
    places = dict.fromkeys(
        place for unit in (first, other) for place in (unit.position or "").split(" + ") if place
    )
    return replace(
        first,
        pid=first.pid or other.pid,
        vid=first.vid or other.vid,
        position=" + ".join(places) or None,
        parent_serial=first.parent_serial or other.parent_serial,
        notes=tuple(dict.fromkeys((*first.notes, *other.notes))),
        evidence=unique((*first.evidence, *other.evidence)),
    )


def once(parts: Iterable[Observation]) -> tuple[Observation, ...]:
    """Each part once: by kind, serial and PID, or where no serial is stated by its place.

    A stack cable or a breakout prints the same serial at both of its ends.
    """
    found: dict[tuple[str | None, ...], Observation] = {}
    for part in parts:
        key = (
            (part.kind, part.serial, part.pid)
            if part.serial
            else (part.kind, None, part.pid, part.position, part.parent_serial)
        )
        found[key] = _both(found[key], part) if key in found else part
    return tuple(found.values())
