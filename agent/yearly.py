"""Days and stretches that come back every year: ``10-01``, ``10-01..12-31``."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_MONTH_DAY = re.compile(r"(?:--)?(\d{1,2})-(\d{1,2})")
_WINDOW = re.compile(r"\s*(?P<first>[-\d]+?)\s*(?:\.\.|/|to)\s*(?P<last>[-\d]+)\s*")
LEAP_YEAR = 2024


@dataclass(frozen=True, slots=True, order=True)
class MonthDay:
    """A day of every year. 29 February is 28 February where the year has no leap day."""

    month: int
    day: int

    @classmethod
    def parse(cls, text: object) -> MonthDay:
        """Read ``10-01``; a month alone is its first day.

        :raises ValueError: it is no day of the calendar.
        """
        if isinstance(text, MonthDay):
            return text
        written = str(text).strip()
        match = _MONTH_DAY.fullmatch(f"{written}-01" if written.isdigit() else written)
        if match is None:
            raise ValueError(f"{text!r} is not a day of the year; write it as 10-01")
        month, day = int(match[1]), int(match[2])
        try:
            date(LEAP_YEAR, month, day)
        except ValueError:
            raise ValueError(f"{text!r} is not a day of the calendar; write it as 10-01") from None
        return cls(month, day)

    def on(self, year: int) -> date:
        """The day in `year`."""
        return date(year, self.month, min(self.day, calendar.monthrange(year, self.month)[1]))

    def __str__(self) -> str:
        return f"{self.month:02}-{self.day:02}"


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of every year, both ends included; it wraps where it ends before it begins."""

    first: MonthDay
    last: MonthDay

    @classmethod
    def parse(cls, text: object) -> Window:
        """Read ``10-01..12-31``, or a list of its two days.

        :raises ValueError: it is no such stretch.
        """
        if isinstance(text, Window):
            return text
        match = _WINDOW.fullmatch("..".join(text) if isinstance(text, list) else str(text))
        if match is None:
            raise ValueError(f"{text!r} is not a window; write it as 10-01..12-31")
        return cls(MonthDay.parse(match["first"]), MonthDay.parse(match["last"]))

    def holds(self, day: date) -> bool:
        """Whether `day` lies in it, ends included."""
        first, last = self.first.on(day.year), self.last.on(day.year)
        if self.first <= self.last:
            return first <= day <= last
        return day >= first or day <= last

    def edges(self, first: date, last: date) -> Iterator[date]:
        """Its first and last days from `first` to `last`."""
        for year in range(first.year, last.year + 1):
            for edge in (self.first.on(year), self.last.on(year)):
                if first <= edge <= last:
                    yield edge

    def __str__(self) -> str:
        return f"{self.first}..{self.last}"
