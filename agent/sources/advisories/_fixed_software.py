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
        end = following.start() if following else len(text)
        line = text.find("\n", heading.end())
        cells = text[heading.end() : end if line < 0 else min(end, line)]
        width = heading["columns"].count(_COLUMN)
        rows, rest = _rows(cells, width)
        yield Table(" ".join(heading["product"].split()), tuple(rows), rest.strip())


def _rows(cells: str, width: int) -> tuple[list[tuple[str, str | None]], str]:
    rows: list[tuple[str, str | None]] = []
    place = 0
    while train := _TRAIN.match(cells, place):
        stated = []
        after = train.end()
        for _ in range(width):
            cell = _CELL.match(cells, after)
            if cell is None:
                return rows, cells[place:]
            stated.append(cell)
            after = cell.end()
        if not stated[0]["none"]:
            rows.append((train["train"], stated[0]["release"]))
        place = after
    return rows, cells[place:]
