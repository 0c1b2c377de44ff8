"""On which day a file's data was true, and who says so.

The user says it, else the file in the rows above its headings, else the file's modification time,
which tells how old the data may be and never which of two files is newer.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from agent.sources import cells

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from agent.sources import Basis, Declared

_SAYS = re.compile(
    r"(?i)\b(?:as of|as at|data date|report date|report run date|run date|date of report|created"
    r"|generated|exported|downloaded|export date|extract date|snapshot)\b[^0-9A-Za-z]*"
    r"(?:on|at|date)?[^0-9A-Za-z]*(.*)"
)
_DAY = re.compile(
    r"\d{4}[-/]\d{2}[-/]\d{2}|\d{1,2}[-/. ][A-Za-z]{3,9}[-/., ]+\d{4}"
    r"|[A-Za-z]{3,9} \d{1,2}, ?\d{4}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|\d{5}(?!\d)"
)


def data_date(
    path: Path, declared: Declared, titles: Iterable[tuple[str, ...]] = ()
) -> tuple[date | None, Basis]:
    """The day of a file's data, and its basis."""
    if declared.data_date is not None:
        return declared.data_date, "declared"
    for row in titles:
        if stated := _stated(" ".join(row), declared.date_format):
            return stated, "header"
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).date(), "modified"


def _stated(text: str, date_format: str | None) -> date | None:
    says = _SAYS.search(text)
    day = _DAY.search(says[1]) if says else None
    if day is None:
        return None
    try:
        return cells.day(day[0], date_format)
    except ValueError:
        return None


def collected(day: date | None, basis: Basis) -> datetime | None:
    """The time that evidence gives for a day; none where it is only a modification time."""
    return None if day is None or basis == "modified" else datetime.combine(day, time(), UTC)
