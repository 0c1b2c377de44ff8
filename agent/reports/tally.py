"""The counting behind a summary: one walk over the units, holding only what differs."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from agent.reports.actions import ToDo
from agent.reports.expiry import Ends

if TYPE_CHECKING:
    from agent.model import Headline, HostVisit, Milestone, Severity, Status
    from agent.reports.units import Cover, Presence, Record, Unit
    from agent.reports.units import Support as SupportState

LANES = (
    ("Contract cover ends", "cover"),
    ("Security fixes end", "security"),
    ("Last day to renew", "renewal"),
    ("Last date of support", "ldos"),
)
"""Kinds of days that are gathered of units in service: what happens, and a short name for it."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Units in service by cover. `percent` is of `units`, rounded down; None where there are none.

    `not_applicable` units need no contract and are not among `units`.
    """

    units: int
    covered: int
    uncovered: int
    unknown: int
    not_applicable: int
    percent: float | None


@dataclass(frozen=True, slots=True)
class Support:
    """Units in service by what their last date of support means on the day."""

    supported: int
    near_ldos: int
    past_ldos: int
    unknown: int
    not_applicable: int


@dataclass(frozen=True, slots=True)
class Absent:
    """Assets that were paid for and not seen, and why that may be."""

    not_seen: int
    cannot_tell: int
    not_reached: int
    ended: int


class Counts:
    """Units in service, counted: of the estate, of one site, of one platform."""

    def __init__(self) -> None:
        self.cover: Counter[Cover] = Counter()
        self.ldos: Counter[SupportState] = Counter()
        self.lapsing = 0
        self.next_end: date | None = None

    def add(self, unit: Unit) -> None:
        """Count one unit in service."""
        self.cover[unit.cover] += 1
        self.ldos[unit.support] += 1
        self.lapsing += unit.is_open("lapsing")
        if unit.cover == "covered" and unit.ends and unit.ends < (self.next_end or date.max):
            self.next_end = unit.ends

    def coverage(self) -> Coverage:
        """By cover."""
        states = self.cover
        total = states.total() - states["not_applicable"]
        return Coverage(
            units=total,
            covered=states["covered"],
            uncovered=states["uncovered"],
            unknown=states["unknown"],
            not_applicable=states["not_applicable"],
            percent=states["covered"] * 1000 // total / 10 if total else None,
        )

    def support(self) -> Support:
        """By what the last date of support means."""
        states = self.ldos
        return Support(
            supported=states["supported"],
            near_ldos=states["near_ldos"],
            past_ldos=states["past_ldos"],
            unknown=states["unknown"],
            not_applicable=states["not_applicable"],
        )


class Tally:
    """Everything that is counted in the one walk; grows with what differs, not with the units."""

    def __init__(self) -> None:
        self.serving = Counts()
        self.sites: dict[str, Counts] = defaultdict(Counts)
        self.platforms: dict[str, Counts] = defaultdict(Counts)
        self.records: Counter[Record] = Counter()
        self.absent: Counter[Presence] = Counter()
        self.headlines: Counter[Headline] = Counter()
        self.findings: dict[str, Counter[tuple[Status, Severity]]] = defaultdict(Counter)
        self.dates: dict[tuple[str, str], Counter[date]] = {lane: Counter() for lane in LANES}
        self.todo = ToDo()
        self.ends = Ends()
        self.duplicates = 0

    def add(self, unit: Unit) -> None:
        """Count one unit of any kind."""
        self.records[unit.record] += 1
        self.duplicates += unit.is_open("duplicate_cover")
        self.todo.add(unit)
        for finding in unit.findings:
            self.findings[finding.rule][finding.status, finding.severity] += 1
        if unit.headline:
            self.headlines[unit.headline] += 1
        if unit.record == "not_seen":
            self.absent[unit.presence] += 1
        if unit.record == "in_service":
            self.ends.add(unit)
            self._note_dates(unit)
            for counts in (
                self.serving,
                self.sites[site_of(unit)],
                self.platforms[platform_of(unit)],
            ):
                counts.add(unit)

    def _note_dates(self, unit: Unit) -> None:
        known = unit.milestones
        ends: set[Milestone | None] = {posture.security_end for posture in unit.postures}
        days = (
            {unit.ends},
            ends,
            {known.service_contract_renewal} if known else (),
            {unit.ldos},
        )
        for counts, found in zip(self.dates.values(), days, strict=True):
            counts.update(day for day in found if isinstance(day, date))

    def absences(self) -> Absent:
        """What was paid for and not seen."""
        states = self.absent
        return Absent(
            not_seen=states["not_seen"],
            cannot_tell=states["cannot_tell"],
            not_reached=states["not_reached"],
            ended=states["ended"],
        )


def site_of(of: HostVisit | Unit) -> str:
    """The name it is counted under."""
    return of.site or "no site"


def platform_of(of: HostVisit | Unit) -> str:
    """The name it is counted under."""
    return of.platform or "no platform"
