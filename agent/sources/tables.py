"""A table of any carrier: where its headings are, and the rows below them.

The heading row is the one under which the most known columns appear; portals put a few title rows
above it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from agent.model import Rejected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    Recognised: TypeAlias = "Callable[[Sequence[str]], int]"

HEADING_ROWS = 30


@dataclass(frozen=True, slots=True)
class Row:
    """Cells of one row and its number, as an editor or a spreadsheet counts.

    `numbers` are the places of cells that the carrier holds as numbers, not as text.
    """

    line: int
    cells: Sequence[str]
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings. `part` names it inside its file: a sheet, a member of an archive.

    `titles` are the cells above the headings.
    """

    file: str
    part: str | None
    headings: tuple[str, ...]
    heading_line: int
    titles: tuple[tuple[str, ...], ...]
    every_row: Callable[[], Iterable[Row | Rejected]]

    def rows(self) -> Iterator[Row | Rejected]:
        """Rows below the headings that are not blank."""
        width = len(self.headings)
        for row in self.every_row():
            if isinstance(row, Rejected):
                if row.row > self.heading_line:
                    yield row
            elif row.line > self.heading_line and any(map(str.strip, row.cells)):
                if any(map(str.strip, row.cells[width:])):
                    reason = f"{len(row.cells)} cells under {width} headings; mend the row"
                    yield Rejected(self.file, row.line, reason, tuple(row.cells))
                else:
                    yield row

    def place(self, line: int) -> str:
        """How evidence names a row."""
        return f"{self.part} row {line}" if self.part else f"row {line}"


@dataclass(frozen=True, slots=True)
class Start:
    """The first rows of a table, and where a heading row was found among them."""

    heading: Row | None
    known: int
    titles: tuple[tuple[str, ...], ...]
    widest: Sequence[str]


def find_headings(rows: Iterable[Row | Rejected], recognised: Recognised) -> Start:
    """The first row that is recognised as headings, with what stands above it."""
    titles: list[tuple[str, ...]] = []
    widest: Sequence[str] = ()
    for number, row in enumerate(rows):
        if number >= HEADING_ROWS:
            break
        if isinstance(row, Rejected):
            continue
        widest = max(widest, row.cells, key=len)
        if known := recognised(row.cells):
            return Start(row, known, tuple(titles), widest)
        titles.append(tuple(row.cells))
    return Start(None, 0, (), widest)


def describe_cells(cells: Sequence[str]) -> str:
    """Headings as messages name them."""
    seen = ", ".join(repr(" ".join(cell.split())) for cell in cells if cell.strip())
    return seen or "nothing"
