"""Anniversaries, fiscal years and windows on their edges."""

from datetime import date

import pytest

from agent.plan.calendars import (
    add_years,
    anniversaries,
    fiscal_year,
    fiscal_year_end,
    fiscal_year_ends,
    month_ends,
)
from agent.yearly import MonthDay, Window


def test_the_leap_day_comes_back_in_leap_years():
    days = anniversaries(date(2028, 2, 29), date(2032, 1, 1))
    assert [d.isoformat() for d in days[:5]] == [
        "2028-02-29",
        "2029-02-28",
        "2030-02-28",
        "2031-02-28",
        "2032-02-29",
    ]
    assert add_years(date(2027, 2, 28), 1) == date(2028, 2, 28)


@pytest.mark.parametrize(
    ("start", "day", "year", "end"),
    [
        ("01-01", date(2027, 12, 31), 2027, date(2027, 12, 31)),
        ("10-01", date(2026, 9, 30), 2026, date(2026, 9, 30)),
        ("10-01", date(2026, 10, 1), 2027, date(2027, 9, 30)),
        ("02-29", date(2027, 2, 28), 2028, date(2028, 2, 28)),
        ("02-29", date(2028, 2, 28), 2028, date(2028, 2, 28)),
    ],
)
def test_a_fiscal_year_is_named_by_the_year_it_ends_in(start, day, year, end):
    assert fiscal_year(day, MonthDay.parse(start)) == year
    assert fiscal_year_end(year, MonthDay.parse(start)) == end


def test_ends_in_a_stretch_both_days_included():
    first, last = date(2027, 1, 31), date(2027, 3, 31)
    assert list(month_ends(first, last)) == [first, date(2027, 2, 28), last]
    ends = list(fiscal_year_ends(date(2026, 9, 30), date(2027, 9, 29), MonthDay(10, 1)))
    assert ends == [date(2026, 9, 30)]


@pytest.mark.parametrize(
    ("window", "day", "inside"),
    [
        ("07-01..09-30", date(2027, 7, 1), True),
        ("07-01..09-30", date(2027, 9, 30), True),
        ("07-01..09-30", date(2027, 10, 1), False),
        ("11-15..01-31", date(2027, 1, 31), True),
        ("11-15..01-31", date(2027, 11, 14), False),
        ("11-15 to 02-29", date(2027, 2, 28), True),
        ("11-15/02-29", date(2027, 3, 1), False),
    ],
)
def test_windows_may_wrap(window, day, inside):
    assert Window.parse(window).holds(day) is inside


@pytest.mark.parametrize("text", ["13-01", "02-30", "x", "", "1-1-1"])
def test_what_is_no_day_of_the_year_is_refused(text):
    with pytest.raises(ValueError, match="write it as"):
        MonthDay.parse(text)
