"""Software trains: until when each gets security fixes, and which a product can run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from agent.model import Unstated, past
from agent.reconcile.pid import family
from agent.reconcile.versions import train_key, train_name

if TYPE_CHECKING:
    from datetime import date

    from agent.model import Milestone, ReachableTrain, Software, TrainMilestones
    from agent.posture.facts import Facts

NO_SECURITY_ROW: tuple[Software, ...] = ("asa", "ftd", "fxos")
"""Cisco's bulletins for these have no row for the end of security support: blank is not stated."""


@dataclass(frozen=True, slots=True)
class Train:
    """One train with its milestones, None where no EoX data names it."""

    os: Software
    name: str
    milestones: TrainMilestones | None
    stale: bool

    @property
    def security_stated(self) -> Milestone:
        """EoVSS as the bulletin of its software is to be read."""
        if self.milestones is None:
            return Unstated.UNKNOWN
        stated = self.milestones.security_support
        blank = stated is Unstated.UNKNOWN and self.os in NO_SECURITY_ROW
        return Unstated.NOT_STATED if blank else stated

    @property
    def security_end(self) -> Milestone:
        """The last day of security fixes: EoVSS, else, where not stated, the train's LDoS."""
        stated = self.security_stated
        if stated is not Unstated.NOT_STATED or self.milestones is None:
            return stated
        ldos = self.milestones.last_date_of_support
        return Unstated.UNKNOWN if ldos is Unstated.NOT_STATED else ldos

    def supported(self, day: date, cap: date | None = None) -> bool | None:
        """Whether it gets security fixes on `day`, never beyond the hardware's `cap`.

        None where that is not known. What is past is past, also in data beyond its age limit.
        """
        if cap is not None and day > cap:
            return False
        over = past(self.security_end, day)
        if over:
            return False
        return None if self.stale or over is None else True


class Trains:
    """All trains that EoX data names, and what each product can run."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._rows: dict[tuple[Software, str], TrainMilestones] = {
            (row.os, row.train): row for row in facts.trains
        }
        self._trains: dict[tuple[Software, str], Train] = {}

    @cached_property
    def _reachable(self) -> dict[str, tuple[ReachableTrain, ...]]:
        found: dict[str, tuple[ReachableTrain, ...]] = {}
        for row in self._facts.reachable:
            found[family(row.pid)] = (*found.get(family(row.pid), ()), row)
        return found

    def train(self, os: Software, name: str) -> Train:
        """A train by its name; an access point's release is that of its controller's IOS-XE."""
        known = self._trains.get((os, name))
        if known is None:
            known = self._trains[os, name] = self._make(os, name)
        return known

    def _make(self, os: Software, name: str) -> Train:
        row = self._rows.get((os, name))
        if row is None and os == "ap":
            row = self._rows.get(("ios-xe", name))
        stale = row is not None and self._facts.too_old("eox", self._facts.day_of(row.evidence))
        return Train(os, name, row, stale)

    def running(self, version: str | None, os: Software) -> Train | None:
        """The train of a release; three numbers where the EoX data has such a train (FTD 6.2.3)."""
        name = train_name(version, os)
        if name is None or version is None:
            return None
        longer = ".".join(version.split(".")[:3])
        return self.train(os, longer if (os, longer) in self._rows else name)

    def rows(self, pid: str | None, os: Software) -> tuple[ReachableTrain, ...]:
        """The rows that say what `pid` can run of `os`; empty where nothing is known."""
        systems = ("ap", "ios-xe") if os == "ap" else (os,)
        stated = self._reachable.get(family(pid), ()) if pid else ()
        exact = tuple(r for r in stated if pid and r.pid.strip().upper() == pid.strip().upper())
        return tuple(r for r in exact or stated if r.os in systems)

    def reachable(self, pid: str | None, running: Train) -> tuple[Train, ...]:
        """The trains `pid` can run, the running one among them, oldest first."""
        names = {row.train for row in self.rows(pid, running.os)} | {running.name}
        return tuple(self.train(running.os, name) for name in sorted(names, key=order))


@lru_cache(maxsize=4_096)
def order(train: str) -> tuple[int, int, int, str]:
    """Sort key of a train's name; a name that is no number stands first."""
    return train_key(train) or (-1, 0, 0, train)
