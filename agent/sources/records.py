"""Rows of a delimited file as typed records; a row that does not fit keeps its reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Generic, TypeVar

from pydantic import ValidationError

from agent.model import Evidence, Rejected
from agent.sources import SourceFile, cells
from agent.sources.columns import describe, match
from agent.sources.delimited import open_delimited

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from agent.sources.columns import Aliases
    from agent.sources.delimited import DelimitedFile, Row

Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class Form(Generic[Record]):
    """What a file has to hold, and how a row of it becomes a record.

    `suffices`: whether the fields that have a column are enough; `needed` says it in words.
    `record` takes the cells by field, the declared date format and the row's evidence; it raises
    pydantic's ValidationError, with plain ValueErrors inside, where the row cannot be taken.
    """

    known: Aliases
    suffices: Callable[[Mapping[str, int]], bool]
    needed: str
    record: Callable[[Mapping[str, str], str | None, Evidence], Record]


def read_delimited(
    path: Path, form: Form[Record], date_format: str | None, data_date: date | None
) -> SourceFile[Record]:
    """The records of a delimited file.

    :raises SourceError: it cannot be read, is no text, or has no heading row.
    """
    cells.check_format(date_format)
    file = open_delimited(path, lambda headings: _count(headings, form), form.needed)
    places = match(file.headings, form.known)
    columns = describe(str(path), file.headings, places)
    collected = None if data_date is None else datetime.combine(data_date, time(), UTC)

    def rows() -> Iterator[Record | Rejected]:
        for row in file.rows():
            if isinstance(row, Rejected):
                yield row
                continue
            evidence = Evidence(path.name, f"row {row.line}", collected, file.sha256)
            try:
                yield form.record(_values(row, places), date_format, evidence)
            except ValidationError as error:
                yield Rejected(path.name, row.line, _reasons(error, file, places))

    return SourceFile(path.name, file.sha256, columns, rows)


def _count(headings: list[str], form: Form[Record]) -> int:
    found = match(headings, form.known)
    return len(found) if form.suffices(found) else 0


def _values(row: Row, places: Mapping[str, int]) -> dict[str, str]:
    width = len(row.cells)
    return {field: row.cells[place] for field, place in places.items() if place < width}


def _reasons(error: ValidationError, file: DelimitedFile, places: Mapping[str, int]) -> str:
    """Every problem of a row, each under the heading that the file uses."""
    reasons = []
    for problem in error.errors():
        text = str(problem["ctx"]["error"]) if "ctx" in problem else problem["msg"]
        field = str(problem["loc"][0]) if problem["loc"] else ""
        heading = " ".join(file.headings[places[field]].split()) if field in places else field
        reasons.append(f"{heading}: {text}" if heading else text)
    return "; ".join(reasons)
