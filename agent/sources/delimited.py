"""Delimited text as spreadsheets and portals write it: encoding, delimiter and heading row found.

The delimiter and the heading row are those under which the most known columns appear.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from agent.errors import SourceError
from agent.model import Rejected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SUFFIXES = (".csv", ".tsv", ".txt")
DELIMITERS = (",", ";", "\t", "|")
HEADING_ROWS = 30
"""Portals put a few title rows above the headings."""
_CHUNK = 1 << 20
_BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


@dataclass(frozen=True, slots=True)
class Row:
    """Cells of one row and the line of the file it begins on, as an editor counts."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class DelimitedFile:
    """A text file whose heading row is known."""

    path: Path
    sha256: str
    encoding: str
    delimiter: str
    headings: tuple[str, ...]
    heading_line: int

    def rows(self) -> Iterator[Row | Rejected]:
        """Rows below the headings that are not blank.

        :raises SourceError: a quotation mark is never closed: what follows cannot be told apart.
        """
        for row in _records(self.path, self.encoding, self.delimiter):
            if isinstance(row, Rejected):
                if row.row > self.heading_line:
                    yield row
            elif row.line > self.heading_line and any(cell.strip() for cell in row.cells):
                if any(cell.strip() for cell in row.cells[len(self.headings) :]):
                    reason = f"{len(row.cells)} cells under {len(self.headings)} headings"
                    yield Rejected(self.path.name, row.line, f"{reason}; mend the row")
                else:
                    yield row


def open_delimited(
    path: Path, recognised: Callable[[list[str]], int], needed: str
) -> DelimitedFile:
    """Find out how `path` is written. `recognised` counts the known columns of a heading row.

    :raises SourceError: it cannot be read, is no text, or has no heading row with `needed`.
    """
    sha256, encoding = _inspect(path)
    found: list[tuple[int, DelimitedFile]] = []
    widest: list[str] = []
    for delimiter in DELIMITERS:
        for row in _first_rows(path, encoding, delimiter):
            widest = max(widest, row.cells, key=len)
            if count := recognised(row.cells):
                headings = tuple(row.cells)
                file = DelimitedFile(path, sha256, encoding, delimiter, headings, row.line)
                found.append((count, file))
                break
    if not found:
        seen = ", ".join(repr(" ".join(cell.split())) for cell in widest if cell.strip())
        raise SourceError(
            f"{path}: no heading row with {needed} in the first {HEADING_ROWS} rows;"
            f" seen: {seen or 'nothing'}"
        )
    return max(found, key=lambda pair: pair[0])[1]


def _first_rows(path: Path, encoding: str, delimiter: str) -> Iterator[Row]:
    # Under a wrong delimiter a quotation mark may seem never to be closed: no row, no error.
    with suppress(SourceError):
        for row in islice(_records(path, encoding, delimiter), HEADING_ROWS):
            if isinstance(row, Row):
                yield row


def _records(path: Path, encoding: str, delimiter: str) -> Iterator[Row | Rejected]:
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        line = 1
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield _malformed(path, line, reader.line_num, error)
            else:
                yield Row(line, cells)
            line = reader.line_num + 1


def _malformed(path: Path, first: int, last: int, error: csv.Error) -> Rejected:
    if "unexpected end of data" in str(error) or "field limit" in str(error):
        raise SourceError(
            f"{path}: row {first}: a quotation mark is opened and never closed; close or remove it"
        )
    rows = f"rows {first} to {last} were read as one: " if last > first else ""
    return Rejected(
        path.name, first, f"{rows}stray quotation mark; double it inside a quoted cell or remove it"
    )


def _inspect(path: Path) -> tuple[str, str]:
    """The SHA-256 and the encoding of a text file, in one pass and constant memory."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            start = file.read(_CHUNK)
            marked = next((name for bom, name in _BOMS.items() if start.startswith(bom)), None)
            if not start:
                raise SourceError(f"{path}: is empty; export it again")
            if b"\0" in start and marked is None:
                raise SourceError(f"{path}: is binary, not text; export it as CSV")
            candidates = {
                name: codecs.getincrementaldecoder(name)()
                for name in ([marked] if marked else ["utf-8", "cp1252"])
            }
            chunk = start
            while chunk:
                digest.update(chunk)
                following = file.read(_CHUNK)
                _keep_readable(candidates, chunk, final=not following)
                chunk = following
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror or error}") from None
    if not candidates:
        raise SourceError(f"{path}: is neither UTF-8, UTF-16 nor Windows-1252; save it as UTF-8")
    return digest.hexdigest(), next(iter(candidates))


def _keep_readable(
    candidates: dict[str, codecs.IncrementalDecoder], chunk: bytes, *, final: bool
) -> None:
    for name, decoder in list(candidates.items()):
        try:
            decoder.decode(chunk, final)
        except UnicodeDecodeError:
            del candidates[name]
