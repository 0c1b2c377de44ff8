"""The two calendars a renewal lives between: anniversaries and fiscal years, in whole days."""

from __future__ import annotations

import calendar
from bisect import bisect_left
from datetime import MAXYEAR, date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.yearly import MonthDay


ENDLESS_YEARS = 50
"""What ends so far ahead, such as on 9999-12-31, says that it has no end."""


def add_years(day: date, years: int) -> date:
    """The same day `years` later; 29 February becomes 28 February where there is none.

    >>> add_years(date(2028, 2, 29), 1), add_years(date(2028, 2, 29), 4)
    (datetime.date(2029, 2, 28), datetime.date(2032, 2, 29))
    """
    year = day.year + years
    return date(year, day.month, min(day.day, calendar.monthrange(year, day.month)[1]))


def anniversaries(first: date, until: date) -> tuple[date, ...]:
    """`first` and its yearly repeats, up to two of them after `until`."""
    count = max(0, until.year - first.year) + 3
    return tuple(add_years(first, n) for n in range(count))


def next_on_or_after(days: tuple[date, ...], day: date) -> date:
    """The first of the sorted `days` that is not before `day`."""
    return days[bisect_left(days, day)]


def month_ends(first: date, last: date) -> Iterator[date]:
    """The last days of months from `first` to `last`."""
    year, month = first.year, first.month
    while date(year, month, 1) <= last:
        end = date(year, month, calendar.monthrange(year, month)[1])
        if first <= end <= last:
            yield end
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)  # noqa: PLR2004


def fiscal_year(day: date, start: MonthDay) -> int:
    """The fiscal year that holds `day`, named by the year it ends in."""
    begins = start.on(day.year)
    if (start.month, start.day) == (1, 1):
        return day.year
    return day.year + 1 if day >= begins else day.year


def fiscal_year_end(year: int, start: MonthDay) -> date:
    """The last day of the fiscal year that is named `year`."""
    if (start.month, start.day) == (1, 1):
        return date(year, 12, 31)
    return start.on(year) - timedelta(days=1)


def fiscal_year_ends(first: date, last: date, start: MonthDay) -> Iterator[date]:
    """The last days of fiscal years from `first` to `last`."""
    for year in range(first.year, min(last.year + 1, MAXYEAR) + 1):
        end = fiscal_year_end(year, start)
        if first <= end <= last:
            yield end
