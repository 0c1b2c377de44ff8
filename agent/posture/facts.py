"""Everything the posture of a unit is judged by, and how old it may be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from agent.model import days
from agent.settings import MaxAge, Policy

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from agent.model import (
        Advisory,
        Evidence,
        FirstFixed,
        Kev,
        PatchMapping,
        ReachableTrain,
        Software,
        TrainMilestones,
    )

Kind: TypeAlias = Literal["advisories", "contracts", "eox"]
"""Data with an age limit."""

UnitKey: TypeAlias = "tuple[str | None, str | None]"
"""Serial and PID, as the sweep history keeps them."""


@dataclass(frozen=True, slots=True)
class ContractData:
    """One imported contract file: the day of its data and the sites it covers; None for all."""

    dated: date | None
    sites: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Running:
    """A release that a unit was seen with, from the first to the last sweep that showed it."""

    software: Software
    version: str | None
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Facts:
    """The data of one assessment.

    `as_of` is the day that is asked about, `run_day` the day on which the age of data is measured.
    `file_days` are the days of files whose rows state none, `advisories_dated` that of the newest
    advisory data; a record's own day is only when it was last changed. `exposed` says by host
    whether it can be reached from public networks; a host that is not in it is unknown.
    `sweep_days` are the days of all sweeps, in order, `history` what each unit ran and when; both
    may be empty, then a unit is detected on the day of its collection.
    """

    as_of: date
    run_day: date
    policy: Policy = field(default_factory=Policy)
    max_age: MaxAge = field(default_factory=MaxAge)
    contracts: tuple[ContractData, ...] = ()
    file_days: Mapping[str, date] = field(default_factory=dict)
    trains: tuple[TrainMilestones, ...] = ()
    reachable: tuple[ReachableTrain, ...] = ()
    advisories: tuple[Advisory, ...] = ()
    advisories_dated: date | None = None
    first_fixed: tuple[FirstFixed, ...] = ()
    kev: tuple[Kev, ...] = ()
    patches: tuple[PatchMapping, ...] = ()
    exposed: Mapping[str, bool] = field(default_factory=dict)
    sweep_days: tuple[date, ...] = ()
    history: Mapping[UnitKey, tuple[Running, ...]] = field(default_factory=dict)

    def too_old(self, kind: Kind, dated: date | None) -> bool:
        """Whether data of that day is older than its limit; the last day of the limit is not."""
        return dated is not None and days(dated, self.run_day) > getattr(self.max_age, kind)

    def day_of(self, evidence: Evidence) -> date | None:
        """The day on which the data of a row was true: its file's own, else its modification."""
        if evidence.collected is not None:
            return evidence.collected.date()
        return self.file_days.get(evidence.source)
