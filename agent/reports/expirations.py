"""The estate's scatter of expirations, before and after co-termination, as a picture."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from agent.reports.scatter import Dot, Scale

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agent.model import PlannedLine, RenewalPlan

WIDTH, LEFT, RIGHT = 960, 70, 30
BEFORE, AFTER, AXIS = 60, 150, 200


@dataclass(frozen=True, slots=True)
class Mark:
    """A line across the picture, or a label on its axis."""

    kind: str
    label: str
    x: float
    width: float = 0.0


@dataclass(frozen=True, slots=True)
class Picture:
    """Circles by day, their area by units; above as it is, below as it will be."""

    before: tuple[Dot, ...]
    after: tuple[Dot, ...]
    marks: tuple[Mark, ...]
    later_before: int
    later_after: int
    dates_before: int
    dates_after: int
    width: int = WIDTH
    left: int = LEFT
    right: int = WIDTH - RIGHT
    axis: int = AXIS
    row_before: int = BEFORE
    row_after: int = AFTER


def picture(plan: RenewalPlan) -> Picture:
    """What ends when, from the order day to a year past the anniversary."""
    kept = [line for line in plan.lines if line.action not in {"drop", "not_eligible"}]
    first = plan.order_day
    last = max(plan.window_end, plan.anniversary) + timedelta(days=31)
    # What is ended, dropped or refused is no expiry that is left; before, it was one.
    before = _count((line.end, line.quantity) for line in plan.lines)
    after = _count((_ends(line), line.quantity) for line in kept)
    shown = {
        name: {d: n for d, n in found.items() if first <= d <= last}
        for name, found in (("before", before), ("after", after))
    }
    scale = Scale(first, last, LEFT, WIDTH - RIGHT)
    most = max([1, *shown["before"].values(), *shown["after"].values()])
    return Picture(
        before=scale.dots(shown["before"], BEFORE, most),
        after=scale.dots(shown["after"], AFTER, most),
        marks=_marks(plan, scale),
        later_before=sum(n for d, n in before.items() if d > last),
        later_after=sum(n for d, n in after.items() if d > last),
        dates_before=len(shown["before"]),
        dates_after=len(shown["after"]),
    )


def _ends(line: PlannedLine) -> date | None:
    return line.bridge.end if line.bridge else line.end


def _count(ends: Iterable[tuple[date | None, int]]) -> Counter[date]:
    found: Counter[date] = Counter()
    for day, units in ends:
        if day is not None:
            found[day] += units
    return found


def _marks(plan: RenewalPlan, scale: Scale) -> tuple[Mark, ...]:
    first, last = scale.first, scale.last
    found = [Mark("anniversary", f"{plan.anniversary}", scale.x(plan.anniversary))]
    opened = None
    for entry in plan.calendar:
        if not first <= entry.day <= last:
            continue
        at = scale.x(entry.day)
        if entry.kind == "fiscal_year":
            found.append(Mark("fiscal_year", entry.title, at))
        elif entry.kind == "budget_opens":
            opened = at
        elif entry.kind == "budget_closes":
            start = opened if opened is not None else float(LEFT)
            found.append(Mark("budget", entry.title, start, round(at - start, 1)))
            opened = None
    month = first.replace(day=1)
    while month <= last:
        if month >= first and month.month % 3 == 1:
            found.append(Mark("month", f"{month:%b %Y}", scale.x(month)))
        month = (month + timedelta(days=32)).replace(day=1)
    return tuple(found)
