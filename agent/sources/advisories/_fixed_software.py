"""The tables inside a note "Fixed Software": a train, and its first release that is mended."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

FREE = re.compile(
    r"(?:has released|plans to release|will release)\s+free\s+software\s+updates", re.IGNORECASE
)

_HEADING = re.compile(
    r"(?P<product>Cisco [A-Z][\w ()/-]*?(?: Software)?) Releases?[ \t]+"
    r"(?P<columns>First Fixed Releases?[^\d\n]*)"
)
_COLUMN = "First Fixed Release"
_TRAIN = re.compile(r"\s*(?P<train>\d+\.\d+[A-Z]*)(?: and (?:earlier|later|prior))?(?=\s)")
_CELL = re.compile(
    r"\s*(?:(?P<migrate>Migrate to a? ?(?:fixed|supported) release\.?)"
    r"|(?P<none>Not (?:affected|vulnerable)\.?)"
    r"|(?P<release>\d+\.\d[\w.()]*\w|\d+\.\d)(?: \([A-Z][a-z]+ \d{4}\))?)(?=\s|$)"
)


@dataclass(frozen=True, slots=True)
class Table:
    """One table. A row's release is None where the train gets none; `rest` could not be read."""

    product: str
    rows: tuple[tuple[str, str | None], ...]
    rest: str


def tables(text: str) -> Iterator[Table]:
    """Every table of a note. Of several columns of releases the first is this advisory's own."""
    headings = list(_HEADING.finditer(text))
    for heading, following in zip(headings, [*headings[1:], None], strict=True):
        cells = text[heading.end() : following.start() if following else len(text)]
        rows, rest = _rows(cells, heading["columns"].count(_COLUMN))
        yield Table(" ".join(heading["product"].split()), tuple(rows), rest)


def _rows(cells: str, width: int) -> tuple[list[tuple[str, str | None]], str]:
    """The rows of a table, and what of its last line is none: prose begins on a line of its own."""
    rows: list[tuple[str, str | None]] = []
    place = 0
    while train := _TRAIN.match(cells, place):
        stated = []
        after = train.end()
        for _ in range(width):
            if cell := _CELL.match(cells, after):
                stated.append(cell)
                after = cell.end()
        if len(stated) < width:
            break
        if not stated[0]["none"]:
            rows.append((train["train"], stated[0]["release"]))
        place = after
    return rows, cells[place:].split("\n", 1)[0].strip()
