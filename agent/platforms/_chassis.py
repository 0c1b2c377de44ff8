"""Joining what several outputs say about the same chassis, member or mate into one unit."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one output says about one chassis; None where it does not say.

    Sightings are given in the order of trust: the first that states a fact wins.
    `present` is False for a slot that is provisioned or whose member was removed.
    """

    command: str
    number: int | None = None
    serial: str | None = None
    pid: str | None = None
    vid: str | None = None
    role: str | None = None
    version: str | None = None
    mode: str | None = None
    present: bool = True
    other_serials: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Joined:
    """All sightings of one chassis."""

    sightings: tuple[Sighting, ...]

    @property
    def number(self) -> int | None:
        """Its number in the stack or pair."""
        return next((s.number for s in self.sightings if s.number is not None), None)

    @property
    def serial(self) -> str | None:
        """Its serial."""
        return next((s.serial for s in self.sightings if s.serial), None)

    @property
    def pid(self) -> str | None:
        """Its PID."""
        return next((s.pid for s in self.sightings if s.pid), None)

    @property
    def vid(self) -> str | None:
        """Its VID."""
        return next((s.vid for s in self.sightings if s.vid), None)

    @property
    def role(self) -> str | None:
        """Its role; a plain member only where nothing more precise is said."""
        roles = [s.role for s in self.sightings if s.role]
        return next((r for r in roles if r != "member"), roles[0] if roles else None)

    @property
    def version(self) -> str | None:
        """The version stated for it."""
        return next((s.version for s in self.sightings if s.version), None)

    @property
    def mode(self) -> str | None:
        """INSTALL or BUNDLE."""
        return next((s.mode for s in self.sightings if s.mode), None)

    @property
    def present(self) -> bool:
        """Whether any output saw it, rather than its empty slot."""
        return any(s.present for s in self.sightings)

    @property
    def commands(self) -> tuple[str, ...]:
        """The commands it was read from, each once."""
        return tuple(dict.fromkeys(s.command for s in self.sightings))

    @property
    def other_serials(self) -> tuple[str, ...]:
        """Further serials of the same unit, each once."""
        serials = (x for s in self.sightings for x in s.other_serials)
        return tuple(x for x in dict.fromkeys(serials) if x != self.serial)

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes of the sightings that still hold once everything is joined."""
        notes = dict.fromkeys(n for s in self.sightings for n in s.notes)
        return tuple(n for n in notes if not (self.serial and n.startswith("serial ")))


def _by_role(known: dict[str, list[Sighting]], places: dict[int, list[Sighting]]) -> dict[int, str]:
    """Numbers without a serial and serials without a number that share a role nobody else has."""
    serials = {
        serial: Joined(tuple(group)).role
        for serial, group in known.items()
        if Joined(tuple(group)).number is None
    }
    numbers = {
        number: Joined(tuple(group)).role
        for number, group in places.items()
        if Joined(tuple(group)).present
    }
    if len(serials) == len(numbers) == 1 == len(known):
        return {next(iter(numbers)): next(iter(serials))}
    once_s, once_n = Counter(serials.values()), Counter(numbers.values())
    return {
        number: serial
        for number, role in numbers.items()
        for serial, other in serials.items()
        if role and role == other and once_s[role] == once_n[role] == 1 and role != "member"
    }


def join(sightings: Iterable[Sighting]) -> tuple[Joined, ...]:
    """One entry per chassis: same serial, else same number, else same unique role.

    A sighting with neither serial nor number speaks for the only chassis there is.
    """
    given = tuple(sightings)
    known: dict[str, list[Sighting]] = {}
    places: dict[int, list[Sighting]] = {}
    at: dict[int, set[str]] = {}
    for sighting in given:
        if sighting.serial:
            known.setdefault(sighting.serial, []).append(sighting)
            if sighting.number is not None:
                at.setdefault(sighting.number, set()).add(sighting.serial)
    for sighting in given:
        if not sighting.serial and sighting.number is not None:
            here = at.get(sighting.number, set())
            if len(here) == 1:
                known[next(iter(here))].append(sighting)
            else:
                places.setdefault(sighting.number, []).append(sighting)
    for number, serial in _by_role(known, places).items():
        known[serial] += places.pop(number)
    groups = [*known.values(), *places.values()]
    nameless = [s for s in given if not s.serial and s.number is None]
    if nameless and len(groups) == 1:
        groups[0] += nameless
    elif nameless and not groups:
        groups.append(nameless)
    order = {id(s): i for i, s in enumerate(given)}
    return tuple(Joined(tuple(sorted(g, key=lambda s: order[id(s)]))) for g in groups)
