"""When cover ends: by day for the next quotes, by month for the budget."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from agent.model import days

if TYPE_CHECKING:
    from agent.reports.units import Unit

_MONTHS = (12, 36)
"""Fewest and most months of the time line; what ends later is one bar of its own."""


@dataclass(frozen=True, slots=True)
class Expiry:
    """A last covered day, and the covered units in service that it is the last day of."""

    day: date
    days_left: int
    in_quote_window: bool
    units: int
    contracts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Month:
    """Covered units in service whose cover ends in one month; no `first` means later than all."""

    first: date | None
    units: int
    in_quote_window: bool


class Ends:
    """Gathers the days on which cover ends, unit by unit."""

    def __init__(self) -> None:
        self._units: dict[date, int] = defaultdict(int)
        self._contracts: dict[date, set[str]] = defaultdict(set)

    def add(self, unit: Unit) -> None:
        """Take note of the end of one unit in service."""
        if unit.cover == "covered" and unit.ends:
            self._units[unit.ends] += 1
            if unit.contract:
                self._contracts[unit.ends].add(unit.contract)

    def expiries(self, as_of: date, window: int) -> tuple[Expiry, ...]:
        """Every day on which cover ends, earliest first."""
        return tuple(
            Expiry(
                day=day,
                days_left=days(as_of, day),
                in_quote_window=days(as_of, day) <= window,
                units=units,
                contracts=tuple(sorted(self._contracts[day])),
            )
            for day, units in sorted(self._units.items())
        )


def months(ends: tuple[Expiry, ...], as_of: date, window: int) -> tuple[Month, ...]:
    """The same by month from that of `as_of` on, none left out, the last bar being "later"."""
    counts: dict[int, int] = defaultdict(int)
    for end in ends:
        counts[_index(end.day) - _index(as_of)] += end.units
    fewest, most = _MONTHS
    shown = min(max(*counts, fewest - 1) if counts else fewest - 1, most - 1) + 1
    last_day = as_of + timedelta(days=window)
    bars = [
        Month(first=_first(_index(as_of) + n), units=counts[n], in_quote_window=first <= last_day)
        for n in range(shown)
        for first in (_first(_index(as_of) + n),)
    ]
    later = sum(units for n, units in counts.items() if n >= shown)
    return (*bars, Month(None, later, in_quote_window=False)) if later else tuple(bars)


def _index(day: date) -> int:
    return day.year * 12 + day.month - 1


def _first(index: int) -> date:
    return date(index // 12, index % 12 + 1, 1)
