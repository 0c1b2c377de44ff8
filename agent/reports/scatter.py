"""Days as circles over time: each row of a picture one kind of day, a circle's area its units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from typing import TYPE_CHECKING

from agent.model import add_months, days

if TYPE_CHECKING:
    from collections.abc import Mapping

SMALLEST, LARGEST = 3.0, 26.0
MOST_DAYS = 90
"""Distinct days in one row above which they are put together by month."""
ROW, TOP, WIDTH, LEFT, RIGHT = 46, 40, 1160, 230, 30
BACK, AHEAD = 12, 84
"""Months before and after the day of the report that are shown at most."""


@dataclass(frozen=True, slots=True)
class Dot:
    """Units to which something happens on one day; `label` is the day, or its month."""

    day: date
    units: int
    x: float
    y: float
    radius: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class Scale:
    """Days of a stretch of time as places between two edges of a picture."""

    first: date
    last: date
    left: float
    right: float

    def x(self, day: date) -> float:
        """The place of a day."""
        share = days(self.first, day) / max(1, days(self.first, self.last))
        return round(self.left + (self.right - self.left) * share, 1)

    def dots(self, found: Mapping[date, int], y: float, most: int) -> tuple[Dot, ...]:
        """A circle for each day; `most` is the count whose circle is the largest."""
        return tuple(
            Dot(day, units, self.x(day), float(y), radius(units, most), day.isoformat())
            for day, units in sorted(found.items())
        )


def radius(units: int, most: int, largest: float = LARGEST) -> float:
    """Of a circle whose area says how many."""
    return round(max(SMALLEST, largest * sqrt(units / most)), 1)


@dataclass(frozen=True, slots=True)
class Lane:
    """One row: what happens, when, and to how many units before and after what is shown."""

    label: str
    kind: str
    y: int
    dots: tuple[Dot, ...]
    earlier: int
    later: int


@dataclass(frozen=True, slots=True)
class Tick:
    """A label on the axis."""

    label: str
    x: float


@dataclass(frozen=True, slots=True)
class Scatter:
    """The picture. `window` is the place and width of the quote window."""

    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]
    today: float
    window: float
    width: int
    height: int
    by_month: bool
    left: int
    years: tuple[tuple[str, tuple[int, ...]], ...]
    """The same as a table: for each year, units in each lane."""


def scatter(
    found: Mapping[tuple[str, str], Mapping[date, int]], as_of: date, window: int
) -> Scatter:
    """What ends when; `found` has the days and their units by the label and kind of their row."""
    every = sorted({day for each in found.values() for day in each})
    first = max(add_months(as_of, -BACK), min([as_of, *every])) - timedelta(days=20)
    last = min(add_months(as_of, AHEAD), max([add_months(as_of, 12), *every])) + timedelta(days=20)
    scale = Scale(first, last, LEFT, WIDTH - RIGHT)
    by_month = any(len(each) > MOST_DAYS for each in found.values())
    rows = {
        name: _by_month(each) if by_month else dict(each) for name, each in sorted(found.items())
    }
    most = max([1, *(units for each in rows.values() for units in each.values())])
    lanes = []
    for place, (label, kind) in enumerate(found):
        y = TOP + ROW // 2 + place * ROW
        dots = tuple(
            Dot(
                day,
                units,
                scale.x(day),
                float(y),
                radius(units, most, ROW / 2),
                f"{day:%B %Y}" if by_month else day.isoformat(),
            )
            for day, units in sorted(rows[label, kind].items())
            if first <= day <= last
        )
        days_ = found[label, kind].items()
        lanes.append(
            Lane(
                label,
                kind,
                y,
                dots,
                earlier=sum(units for day, units in days_ if day < first),
                later=sum(units for day, units in days_ if day > last),
            )
        )
    return Scatter(
        lanes=tuple(lanes),
        ticks=tuple(_ticks(scale)),
        today=scale.x(as_of),
        window=scale.x(as_of + timedelta(days=window)),
        width=WIDTH,
        height=TOP + ROW * len(found) + 30,
        by_month=by_month,
        left=LEFT,
        years=_years(found),
    )


def _by_month(found: Mapping[date, int]) -> dict[date, int]:
    months: dict[date, int] = {}
    for day, units in found.items():
        middle = day.replace(day=15)
        months[middle] = months.get(middle, 0) + units
    return months


def _ticks(scale: Scale) -> list[Tick]:
    """The years, and of a short stretch the quarters."""
    step = 3 if days(scale.first, scale.last) < 3 * 366 else 12
    month = date(scale.first.year, 1, 1)
    ticks = []
    while month <= scale.last:
        if month >= scale.first:
            ticks.append(Tick(f"{month:%b %Y}" if step == 3 else f"{month.year}", scale.x(month)))  # noqa: PLR2004 - quarters
        month = add_months(month, step)
    return ticks


def _years(
    found: Mapping[tuple[str, str], Mapping[date, int]],
) -> tuple[tuple[str, tuple[int, ...]], ...]:
    years = sorted({day.year for each in found.values() for day in each})
    return tuple(
        (
            str(year),
            tuple(sum(n for day, n in each.items() if day.year == year) for each in found.values()),
        )
        for year in years
    )
