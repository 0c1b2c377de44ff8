"""Deriving everything again from a bundle alone, and naming what differs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from pydantic import ValidationError

from agent import __version__
from agent.evidence import derive, reread
from agent.evidence.archive import BundleError
from agent.evidence.bundle import ASKED, RAW, ROWS, TEMPLATES, restored

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.evidence.archive import Bundle
    from agent.store import Store

_DERIVED = ("sweep.json", "findings.json", "plan.json")


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay found: hosts read again, files made again, and every difference in words."""

    hosts_read: int
    hosts_without_raw: int
    files: int
    differences: tuple[str, ...]


def replay(bundle: Bundle) -> Replayed:
    """Read the raw outputs and derive findings, plan and reports again, and compare.

    :raises BundleError: the bundle is of a netcover this one does not understand.
    """
    with TemporaryDirectory(prefix="netcover-") as folder:
        work = Path(folder)
        for part in (ROWS, TEMPLATES):
            _unpack(bundle, part, work)
        with restored(work, work / "bundle.db") as store:
            read, without, differ = _read_again(bundle, store)
            files, changed = _derived_again(bundle, store, work)
    return Replayed(read, without, files, (*_misnamed(bundle), *differ, *changed))


def _misnamed(bundle: Bundle) -> Iterator[str]:
    """Raw outputs that are not what the hash in their name says."""
    for member in bundle.manifest.members:
        if member.name.startswith(f"{RAW}/") and member.name != f"{RAW}/{member.sha256}.txt":
            yield f"{member.name}: is not the text of this hash"


def _unpack(bundle: Bundle, part: str, work: Path) -> None:
    (work / part).mkdir()
    for name in sorted(n for n in bundle.names if n.startswith(f"{part}/")):
        path = work / part / Path(name).name
        with path.open("wb") as file:
            file.writelines(bundle.lines(name))


def _read_again(bundle: Bundle, store: Store) -> tuple[int, int, list[str]]:
    """Hosts read again, hosts without raw outputs, and what differs."""

    def text(sha256: str) -> str | None:
        name = f"{RAW}/{sha256}.txt"
        return bundle.read(name).decode() if name in bundle.names else None

    manifest = bundle.manifest
    recorded = reread.Recorded.of(store.sweep(manifest.sweep))
    read = without = 0
    found = []
    for host in store.printed(manifest.sweep):
        shown = reread.capture(host, text)
        if shown is None:
            without += 1
            continue
        read += 1
        differs = reread.difference(shown, recorded) if host.visit.reached else None
        if differs is not None and differs not in manifest.reread:
            found.append(differs)
    return read, without, found


def _derived_again(bundle: Bundle, store: Store, work: Path) -> tuple[int, list[str]]:
    """How many files were made again, and which are not what the bundle has."""
    manifest = bundle.manifest
    try:
        asked = derive.asked_of(bundle.read(ASKED))
    except ValidationError as error:
        reason = error.errors()[0]["msg"]
        raise BundleError(
            f"{ASKED} is of netcover {manifest.netcover}, this is {__version__}: {reason}"
        ) from None
    sweep = store.sweep(manifest.sweep)
    derive.derive(store, sweep, asked, manifest.reports, (work / TEMPLATES,), work / "made")
    made = {
        path.relative_to(work / "made").as_posix(): path
        for path in (work / "made").rglob("*")
        if path.is_file()
    }
    theirs = {name for name in bundle.names if name in _DERIVED or name.startswith("reports/")}
    return len(made), list(_changed(bundle, made, theirs))


def _changed(bundle: Bundle, made: dict[str, Path], theirs: set[str]) -> Iterator[str]:
    for name in sorted(theirs | made.keys()):
        if name not in made:
            yield f"{name}: could not be made again; an extra may not be installed"
        elif name not in theirs:
            yield f"{name}: is made now, and is not in the bundle"
        elif (place := _first_difference(bundle.read(name), made[name].read_bytes())) is not None:
            yield f"{name}: differs from {place} on"


def _first_difference(before: bytes, after: bytes) -> str | None:
    """Where two files part, as a line of text where they are text."""
    if before == after:
        return None
    byte = next(
        (n for n, (b, a) in enumerate(zip(before, after, strict=False)) if b != a),
        min(len(before), len(after)),
    )
    if b"\0" in before[:1024] or before.startswith((b"%PDF", b"PK")):
        return f"byte {byte}"
    line = before.count(b"\n", 0, byte) + 1
    return f"line {line}"
