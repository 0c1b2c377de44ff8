"""How a sweep of the lab compares with what the lab's estate declares to be there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agent.model import Sweep
    from lab.truth import TrueUnit


@dataclass(frozen=True, slots=True)
class Score:
    """Units found against units declared; the goal is all of them and no wrong one.

    `beyond_reach` counts units on hosts that the estate declares unreadable, of which
    `beyond_reach_seen` were claimed all the same. `wrong_serials` were seen and are not declared.
    """

    declared: int
    found: int
    beyond_reach: int
    beyond_reach_seen: int
    missed: tuple[str, ...]
    wrong_serials: tuple[str, ...]
    wrong_pids: tuple[str, ...]
    wrong_versions: tuple[str, ...]
    wrongly_unreached: tuple[str, ...]

    @property
    def perfect(self) -> bool:
        """Whether everything is as the estate declares."""
        return self.found == self.declared and not (
            self.missed
            or self.wrong_serials
            or self.wrong_pids
            or self.wrong_versions
            or self.wrongly_unreached
            or self.beyond_reach_seen
        )


def score(sweep: Sweep, truth: Iterable[TrueUnit], unreadable: frozenset[str]) -> Score:
    """Compare `sweep` with the declared units; `unreadable` are hosts declared out of reach."""
    units = tuple(truth)
    seen: dict[str, set[tuple[str | None, str | None]]] = {}
    for unit in sweep.observations:
        if unit.serial:
            seen.setdefault(unit.serial, set()).add((unit.pid, unit.version))
    within = [u for u in units if u.reachable]
    beyond = [u for u in units if not u.reachable]
    found = [u for u in within if u.serial in seen]
    declared = {u.serial for u in units}
    return Score(
        declared=len(within),
        found=len(found),
        beyond_reach=len(beyond),
        beyond_reach_seen=sum(u.serial in seen for u in beyond),
        missed=tuple(f"{u.host}: {u.pid} {u.serial}" for u in within if u.serial not in seen),
        wrong_serials=tuple(
            f"{u.host}: {u.pid} {u.serial}"
            for u in sweep.observations
            if u.serial and u.serial not in declared
        ),
        wrong_pids=tuple(
            f"{u.host}: {u.serial}: {_said(pid for pid, _ in seen[u.serial])}, not {u.pid}"
            for u in found
            if {pid for pid, _ in seen[u.serial] if pid} != {u.pid}
        ),
        wrong_versions=tuple(
            f"{u.host}: {u.serial}: {_said(v for _, v in seen[u.serial])}, not {u.version}"
            for u in found
            if u.version and {v for _, v in seen[u.serial] if v} != {u.version}
        ),
        wrongly_unreached=tuple(
            f"{u.host}: {u.kind}: {u.reason}" for u in sweep.unreached if u.host not in unreadable
        ),
    )


def _said(values: Iterable[str | None]) -> str:
    return " and ".join(sorted(v or "nothing" for v in set(values)))
