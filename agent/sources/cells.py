"""What one cell of a table says: text or nothing, and dates that can be read only one way."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import lru_cache

from agent.errors import SourceError

_NOTHING = {"", "-", "--", "n/a", "#n/a", "none", "null"}
_TIME = r"(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?(?:Z|GMT|UTC))?)?"
_ISO = re.compile(rf"(\d{{4}})([-/.])(\d{{1,2}})\2(\d{{1,2}}){_TIME}")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/. ]([A-Za-z]{3,9})[-/., ]+(\d{4})")
_MONTH_FIRST = re.compile(r"([A-Za-z]{3,9})[-/. ](\d{1,2})[-/., ]+(\d{4})")
_NUMERIC = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}")
_FOUR_DIGIT_YEAR = re.compile(rf"(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}}){_TIME}")
_SPREADSHEET_DAY = re.compile(r"(\d{5})(?:\.\d+)?")
_SPREADSHEET_EPOCH = date(1899, 12, 30)
_SPREADSHEET_DAYS = range(32_874, 73_051)
"""1990 to 2099: a number outside is no day of a contract."""
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)


def content(cell: str) -> str | None:
    """The cell without blanks around it; None where it says that there is nothing."""
    text = cell.strip()
    return None if text.lower() in _NOTHING else text


def check_format(date_format: str | None) -> None:
    """Make sure that a declared date format states a whole day.

    :raises SourceError: it does not.
    """
    if date_format is None:
        return
    sample = date(2026, 11, 24)
    try:
        whole = datetime.strptime(sample.strftime(date_format), date_format).date() == sample  # noqa: DTZ007 - a day has no offset
    except ValueError:
        whole = False
    if not whole:
        raise SourceError(
            f"date format {date_format!r} does not state a day; write it as %d/%m/%Y or %d-%b-%Y"
        )


@lru_cache(maxsize=10_000)
def day(text: str, date_format: str | None) -> date:
    """The day that `text` states.

    ISO or with the year first, with an English month name, in the declared format, or as the number
    that spreadsheets keep days as (origin 1899-12-30).

    :raises ValueError: it is no date, or could be read as two; the message says what to do.
    """
    if iso := _ISO.fullmatch(text):
        return _checked(text, int(iso[1]), int(iso[3]), int(iso[4]))
    if (number := _SPREADSHEET_DAY.fullmatch(text)) and int(number[1]) in _SPREADSHEET_DAYS:
        return _SPREADSHEET_EPOCH + timedelta(days=int(number[1]))
    if date_format is not None:
        try:
            return datetime.strptime(text, date_format).date()  # noqa: DTZ007 - a day has no offset
        except ValueError:
            raise ValueError(f"{text!r} is neither ISO nor {date_format}") from None
    if words := _DAY_FIRST.fullmatch(text):
        return _checked(text, int(words[3]), _month(text, words[2]), int(words[1]))
    if words := _MONTH_FIRST.fullmatch(text):
        return _checked(text, int(words[3]), _month(text, words[1]), int(words[2]))
    if (parts := _FOUR_DIGIT_YEAR.fullmatch(text)) and (only := _only_reading(parts)):
        return only
    if _NUMERIC.fullmatch(text) or parts:
        raise ValueError(
            f"{text!r} can be read in more than one way;"
            " declare how with --date-format %d/%m/%Y or %m/%d/%Y, or write 2026-11-24"
        )
    raise ValueError(f"{text!r} is not a date; write it as 2026-11-24")


def _only_reading(parts: re.Match[str]) -> date | None:
    """The day that two numbers and a year name, where one order of the two names none."""
    found = set()
    for month, number in ((parts[1], parts[3]), (parts[3], parts[1])):
        with suppress(ValueError):
            found.add(date(int(parts[4]), int(month), int(number)))
    return found.pop() if len(found) == 1 else None


def _month(text: str, name: str) -> int:
    for number, month in enumerate(_MONTHS, start=1):
        if month.startswith(name.lower()):
            return number
    raise ValueError(f"{text!r}: {name!r} is not a month; write it as 2026-11-24")


def _checked(text: str, year: int, month: int, number: int) -> date:
    try:
        return date(year, month, number)
    except ValueError:
        raise ValueError(f"{text!r} is not a day of the calendar") from None
