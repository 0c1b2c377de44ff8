"""Files, folders and zips of advisory records: every member is read, or named with a reason."""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from agent.errors import SourceError, said
from agent.model import Rejected, Unrelated
from agent.sources.advisories import (
    Document,
    Record,
    json_sources,
    table_sources,
)
from agent.sources.delimited import SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from agent.sources.advisories import Entry


_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


@dataclass(frozen=True, slots=True)
class Collection:
    """What one path given by the user holds: records with the form they came in, and the rest."""

    name: str
    sha256: str
    files: int
    records: tuple[tuple[str, Record], ...]
    rejected: tuple[Rejected, ...]
    unrelated: tuple[Unrelated, ...]


@dataclass(frozen=True, slots=True)
class _Member:
    name: str
    path: Path | None
    archive: zipfile.ZipFile | None = None
    alone: bool = False

    def read(self) -> bytes:
        if self.archive is not None:
            return self.archive.read(self.name)
        assert self.path is not None  # noqa: S101 - a member is one or the other
        return self.path.read_bytes()


def read_collection(path: Path, data_date: date | None = None) -> Collection:
    """Read a file, every file of a folder, or every member of a zip.

    :raises SourceError: there is nothing to read, or it cannot be opened.
    """
    records: list[tuple[str, Record]] = []
    rejected: list[Rejected] = []
    unrelated: list[Unrelated] = []
    hashes: list[str] = []
    with _members(path) as members:
        for member in members:
            for form, entry in _entries(member, data_date, hashes):
                if isinstance(entry, Rejected):
                    rejected.append(entry)
                elif isinstance(entry, Unrelated):
                    unrelated.append(entry)
                else:
                    records.append((form, entry))
    if not hashes:
        titles = [*(s.title for s in json_sources()), *(s.title for s in table_sources())]
        known = "; ".join(titles)
        raise SourceError(f"{path}: holds no file to read; known: {known}")
    digest = hashlib.sha256("\n".join(sorted(hashes)).encode()).hexdigest()
    return Collection(
        path.name, digest, len(hashes), tuple(records), tuple(rejected), tuple(unrelated)
    )


@contextmanager
def _members(path: Path) -> Iterator[Iterator[_Member]]:
    try:
        if path.is_dir():
            inside = (p for p in sorted(path.rglob("*")) if p.is_file() and _readable(p.name))
            yield (_Member(p.relative_to(path).as_posix(), p) for p in inside)
        elif path.suffix.lower() == ".zip":
            with zipfile.ZipFile(path) as archive:
                names = sorted(i.filename for i in archive.infolist() if not i.is_dir())
                yield (_Member(name, None, archive) for name in names if _readable(name))
        else:
            yield iter([_Member(path.name, path, alone=True)])
    except (*_UNREADABLE, OSError) as error:
        raise SourceError(f"{path}: cannot be read: {said(error)}") from None


def _readable(name: str) -> bool:
    hidden = any(part.startswith((".", "__MACOSX")) for part in name.split("/"))
    return not hidden and name.lower().endswith((".json", *SUFFIXES))


def _entries(
    member: _Member, data_date: date | None, hashes: list[str]
) -> Iterator[tuple[str, Entry]]:
    raw = member.read()
    digest = hashlib.sha256(raw).hexdigest()
    hashes.append(digest)
    if not member.name.lower().endswith(".json"):
        yield from _table(member, raw, data_date)
        return
    try:
        content = json.loads(raw)
    except (ValueError, RecursionError) as error:
        yield "", Rejected(member.name, 1, f"not JSON: {error}; get the file again")
        return
    if isinstance(content, list):
        content = {"advisories": content}
    if not isinstance(content, dict):
        yield "", Rejected(member.name, 1, "no advisory record: a JSON object is expected")
        return
    source = next((s for s in json_sources() if s.accepts(content)), None)
    if source is None:
        yield "", _unknown(member, "; ".join(s.title for s in json_sources()))
        return
    for entry in source.read(Document(member.name, digest, content)):
        yield source.name, entry


def _table(member: _Member, raw: bytes, data_date: date | None) -> Iterator[tuple[str, Entry]]:
    with tempfile.TemporaryDirectory() as folder:
        path = member.path or Path(folder, Path(member.name).name)
        if member.path is None:
            path.write_bytes(raw)
        for source in table_sources():
            try:
                entries = list(source.read(path, data_date))
            except SourceError:
                continue
            yield from ((source.name, _named(entry, member.name)) for entry in entries)
            return
    yield "", _unknown(member, "; ".join(source.title for source in table_sources()))


def _unknown(member: _Member, known: str) -> Rejected | Unrelated:
    """A file of no known form: rejected where the user named it, else only something beside."""
    reason = f"of no known form; known: {known}"
    return (Rejected if member.alone else Unrelated)(member.name, 1, reason)


def _named(entry: Entry, name: str) -> Entry:
    """The entry, with its file as the collection names it."""
    if isinstance(entry, (Rejected, Unrelated)):
        return replace(entry, file=name)
    return replace(entry, evidence=replace(entry.evidence, source=name))
