"""Delimited text as spreadsheets and portals write it: encoding and delimiter found.

The delimiter is the one under which the most known columns appear.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import IO, TYPE_CHECKING

from agent.errors import SourceError
from agent.model import Rejected
from agent.sources.tables import HEADING_ROWS, Row, Start, Table, find_headings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from agent.sources.tables import Recognised

SUFFIXES = (".csv", ".tsv", ".txt")
DELIMITERS = (",", ";", "\t", "|")
_CHUNK = 1 << 20
_BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


@dataclass(frozen=True, slots=True)
class Text:
    """A text that can be opened again and again: a file, or a member of an archive."""

    name: str
    file: str
    part: str | None
    open: Callable[[], IO[bytes]]


def inspect(text: Text) -> tuple[str, str]:
    """The SHA-256 and the encoding of a text, in one pass and constant memory.

    :raises SourceError: it cannot be read, or is no text.
    """
    digest = hashlib.sha256()
    try:
        with text.open() as file:
            start = file.read(_CHUNK)
            marked = next((name for bom, name in _BOMS.items() if start.startswith(bom)), None)
            if not start:
                raise SourceError(f"{text.name}: is empty; export it again")
            if b"\0" in start and marked is None:
                raise SourceError(f"{text.name}: is binary, not text; export it as CSV")
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
        raise SourceError(f"{text.name}: cannot be read: {error.strerror or error}") from None
    if not candidates:
        raise SourceError(
            f"{text.name}: is neither UTF-8, UTF-16 nor Windows-1252; save it as UTF-8"
        )
    return digest.hexdigest(), next(iter(candidates))


def _keep_readable(
    candidates: dict[str, codecs.IncrementalDecoder], chunk: bytes, *, final: bool
) -> None:
    for name, decoder in list(candidates.items()):
        try:
            decoder.decode(chunk, final)
        except UnicodeDecodeError:
            del candidates[name]


def find_table(
    text: Text, encoding: str, recognised: Recognised
) -> tuple[Table | None, Sequence[str]]:
    """The table in a text, or None; and its widest row, for a message.

    Its rows raise SourceError where a quotation mark is never closed: what follows cannot be told
    apart.
    """
    found: list[tuple[int, Table]] = []
    widest: Sequence[str] = ()
    for delimiter in DELIMITERS:
        start = _start(text, encoding, delimiter, recognised)
        widest = max(widest, start.widest, key=len)
        if start.heading is not None:
            rows = _Rows(text, encoding, delimiter)
            headings, line = tuple(start.heading.cells), start.heading.line
            table = Table(text.file, text.part, headings, line, start.titles, rows)
            found.append((start.known, table))
    return (max(found, key=lambda pair: pair[0])[1] if found else None), widest


def _start(text: Text, encoding: str, delimiter: str, recognised: Recognised) -> Start:
    # Under a wrong delimiter a quotation mark may seem never to be closed: no row, no error.
    kept: list[Row | Rejected] = []
    with suppress(SourceError):
        kept.extend(islice(_Rows(text, encoding, delimiter)(), HEADING_ROWS))
    return find_headings(kept, recognised)


@dataclass(frozen=True, slots=True)
class _Rows:
    """All rows of a text, those above the headings included."""

    text: Text
    encoding: str
    delimiter: str

    def __call__(self) -> Iterator[Row | Rejected]:
        with io.TextIOWrapper(self.text.open(), self.encoding, newline="") as file:
            reader = csv.reader(file, delimiter=self.delimiter, strict=True)
            line = 1
            while True:
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    yield _malformed(self.text, line, reader.line_num, error)
                else:
                    yield Row(line, cells)
                line = reader.line_num + 1


def _malformed(text: Text, first: int, last: int, error: csv.Error) -> Rejected:
    if "unexpected end of data" in str(error) or "field limit" in str(error):
        raise SourceError(
            f"{text.name}: row {first}: a quotation mark is opened and never closed;"
            " close or remove it"
        )
    rows = f"rows {first} to {last} were read as one: " if last > first else ""
    return Rejected(
        text.file, first, f"{rows}stray quotation mark; double it inside a quoted cell or remove it"
    )
