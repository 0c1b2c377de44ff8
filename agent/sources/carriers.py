"""Files that hold tables: delimited text, workbooks, and archives of either, told by content."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass
from functools import partial
from typing import IO, TYPE_CHECKING

from agent.errors import SourceError
from agent.sources import delimited
from agent.sources.delimited import Text
from agent.sources.tables import HEADING_ROWS, describe_cells

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from agent.sources.tables import Recognised, Table

SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsb", ".xlsm", ".xls", ".ods", ".zip")
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_BOOK_PARTS = ("xl/", "content.xml")
_CHUNK = 1 << 20
_LARGEST_BOOK = 1 << 28
"""A workbook inside an archive is read as a whole; a larger one has to be unpacked first."""


@dataclass(frozen=True, slots=True)
class Carrier:
    """A file's tables and its hash; `unread` are parts of it that hold no such table."""

    sha256: str
    tables: tuple[Table, ...]
    unread: tuple[str, ...]


def open_tables(
    path: Path, recognised: Recognised, needed: str, hint: Callable[[Sequence[str]], str]
) -> Carrier:
    """The tables of a file. `recognised` counts the known columns of a heading row.

    `hint` may add to the message of a file that has none.

    :raises SourceError: it cannot be read, or has no heading row with `needed`.
    """
    start = _first_bytes(path)
    if start.startswith(_OLE) or (start.startswith(_ZIP) and _is_book(path)):
        carrier, widest = _workbook(path, recognised)
    elif start.startswith(_ZIP):
        carrier, widest = _archive(path, recognised)
    else:
        text = Text(str(path), path.name, None, partial(_open_file, path))
        sha256, encoding = delimited.inspect(text)
        table, widest = delimited.find_table(text, encoding, recognised)
        carrier = Carrier(sha256, (table,) if table else (), ())
    if not carrier.tables:
        raise SourceError(
            f"{path}: no heading row with {needed} in the first {HEADING_ROWS} rows;"
            f" seen: {describe_cells(widest)}{hint(widest)}"
        )
    return carrier


def _first_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(8)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror or error}") from None


def _is_book(path: Path) -> bool:
    with _members(path) as archive:
        return any(name.startswith(_BOOK_PARTS) for name in archive.namelist())


def _members(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise SourceError(f"{path}: is no whole archive: {error}; fetch it again") from None


def _workbook(path: Path, recognised: Recognised) -> tuple[Carrier, Sequence[str]]:
    from agent.sources import workbook  # noqa: PLC0415 - only where there is one

    content = path.read_bytes()
    tables, widest, others = workbook.find_tables(content, str(path), path.name, None, recognised)
    return Carrier(hashlib.sha256(content).hexdigest(), tuple(tables), tuple(others)), widest


def _archive(path: Path, recognised: Recognised) -> tuple[Carrier, Sequence[str]]:
    """Every table in an archive: a contract export has one file per contract."""
    tables: list[Table] = []
    widest: Sequence[str] = ()
    unread: list[str] = []
    with _members(path) as archive:
        members = sorted(m.filename for m in archive.infolist() if not m.is_dir())
    for member in members:
        found, seen = _member(path, member, recognised)
        tables += found
        widest = max(widest, seen, key=len)
        unread += [] if found else [member]
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return Carrier(sha256, tuple(tables), tuple(unread)), widest


def _member(path: Path, member: str, recognised: Recognised) -> tuple[list[Table], Sequence[str]]:
    from agent.sources import workbook  # noqa: PLC0415 - only where there is one

    name = f"{path}: {member}"
    if member.lower().endswith(workbook.SUFFIXES):
        with _members(path) as archive:
            if archive.getinfo(member).file_size > _LARGEST_BOOK:
                raise SourceError(f"{name}: is too large to be read packed; unpack the archive")
            content = archive.read(member)
        label = f"{path.name}: {member}"
        tables, widest, _ = workbook.find_tables(content, name, label, member, recognised)
        return tables, widest
    if not member.lower().endswith(delimited.SUFFIXES):
        return [], ()
    text = Text(name, f"{path.name}: {member}", member, partial(_open_member, path, member))
    _, encoding = delimited.inspect(text)
    table, widest = delimited.find_table(text, encoding, recognised)
    return ([table] if table else []), widest


def _open_file(path: Path) -> IO[bytes]:
    return path.open("rb")


def _open_member(path: Path, member: str) -> IO[bytes]:
    # The archive stays open as long as its member is read.
    return zipfile.ZipFile(path).open(member)


def parts(carrier: Carrier) -> Iterator[str]:
    """What of a file was not read, in words."""
    for part in carrier.unread:
        yield f"{part}: holds no such table, not read"
