"""What the coverage page is made of beside its numbers: columns, plain rows, and data in chunks.

Chunks are made as they are walked, so that a page of any size is written in constant memory. A
large one is packed (gzip as base64), which every current browser unpacks by itself.
"""

from __future__ import annotations

import base64
import zlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import quote

from agent.reports.escaping import spelt
from agent.reports.situations import Situations
from agent.reports.stories import MILESTONES, Table, answer, as_json, story
from agent.reports.unit_table import COLUMNS, HEADLINES, Column, unit_rows
from agent.reports.units import walk
from agent.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.model import Headline, Report
    from agent.reports.situations import VerdictCount
    from agent.reports.unit_table import Tone, UnitRow

PLAIN = 2_000
"""Below so many units the page holds a plain table, complete without scripts."""
PACKED = 200_000
"""Characters of a chunk above which it is packed."""
ROWS, STORIES = 10_000, 5_000
"""Units in one chunk of the table, and in one of stories."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Data of the page. `kind` is ``rows``, ``stories`` or ``situations``."""

    kind: str
    packed: bool
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell of the plain table."""

    text: str
    tone: Tone | None


class Page:
    """The page of one report."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self.size = len(report.assets)
        self.plain = self.size < PLAIN

    @cached_property
    def situations(self) -> Situations:
        """Units that advisories answer alike."""
        return Situations(self._report)

    @property
    def columns(self) -> tuple[Column, ...]:
        """Those that are shown."""
        return tuple(column for column in COLUMNS if column.shown)

    @staticmethod
    def headline(name: Headline) -> str:
        """The word that stands for a headline in the table."""
        return HEADLINES[name]

    @staticmethod
    def view(filters: dict[str, object]) -> str:
        """The part of the page's address that shows the table with these filters."""
        return "&".join(
            f"{key}={quote(visible(spelt(value)), safe=',:=', errors='replace')}"
            for key, value in filters.items()
        )

    @property
    def verdicts(self) -> tuple[VerdictCount, ...]:
        """What advisories mean, over all units."""
        return self.situations.verdicts()

    @property
    def overdue(self) -> int:
        """Units with an advisory past its deadline, by the day of the report."""
        return sum(bool(r.fix_by and r.fix_by < self._report.as_of) for r in self._rows())

    def head(self) -> str:
        """What the script has to know of the columns, as JSON."""
        columns = [
            {
                "key": column.key,
                "label": column.label,
                "kind": column.kind,
                "shown": column.shown,
                "tones": dict(column.tones),
            }
            for column in COLUMNS
        ]
        return as_json(
            {
                "rows": self.size,
                "plain": PLAIN,
                "stories": STORIES,
                "name": f"coverage-{self._report.as_of}",
                "columns": columns,
                "milestones": [label for label, _ in MILESTONES],
            }
        )

    def rows(self) -> Iterator[tuple[Shown, ...]]:
        """The cells of the plain table."""
        for row in self._rows():
            yield tuple(Shown(text, dict(c.tones).get(text)) for c, text in _cells(row, shown=True))

    def chunks(self) -> Iterator[Chunk]:
        """All data, in the order in which the script wants it."""
        yield from self._tables()
        yield from self._stories()
        known = Table()
        for number in range(len(self.situations)):
            known.add(tuple(answer(each) for each in self.situations.answers(number)))
        yield self._chunk("situations", known.text())

    def _rows(self) -> Iterator[UnitRow]:
        return unit_rows(walk(self._report), self.situations)

    def _tables(self) -> Iterator[Chunk]:
        """Columns of so many rows: each value once, and for each row the place of its value."""
        columns = _empty()
        count = 0
        for row in self._rows():
            for (values, places), (_, text) in zip(columns, _cells(row, shown=False), strict=True):
                places.append(values.setdefault(text, len(values)))
            count += 1
            if count == ROWS:
                yield self._chunk("rows", _columns(columns))
                columns, count = _empty(), 0
        if count:
            yield self._chunk("rows", _columns(columns))

    def _stories(self) -> Iterator[Chunk]:
        table = Table()
        for row in self._rows():
            table.add(story(row))
            if len(table) == STORIES:
                yield self._chunk("stories", table.text())
                table = Table()
        if len(table):
            yield self._chunk("stories", table.text())

    @staticmethod
    def _chunk(kind: str, text: str) -> Chunk:
        if len(text) < PACKED:
            return Chunk(kind, packed=False, text=text)
        # A surrogate, half a character of a broken capture, is spelt as JSON spells it.
        raw = text.encode("utf-8", "backslashreplace")
        packer = zlib.compressobj(9, wbits=31)
        packed = packer.compress(raw) + packer.flush()
        return Chunk(kind, packed=True, text=base64.b64encode(packed).decode())


def page(report: Report) -> Page:
    """The page of `report`, for templates."""
    return Page(report)


def _cells(row: UnitRow, *, shown: bool) -> Iterator[tuple[Column, str]]:
    for column in COLUMNS:
        if column.shown or not shown:
            yield column, visible(spelt(column.of(row)))


def _empty() -> list[tuple[dict[str, int], list[int]]]:
    return [({}, []) for _ in COLUMNS]


def _columns(columns: list[tuple[dict[str, int], list[int]]]) -> str:
    return as_json([[list(values), places] for values, places in columns])
