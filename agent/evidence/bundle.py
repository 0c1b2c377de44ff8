"""Making a bundle: the slice of the store, the raw texts, the question, and what follows from them.

What follows is derived from the slice itself, not from the store it was taken from: what a replay
will do is done once while the bundle is made.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from agent.evidence import archive, derive, reread
from agent.evidence.archive import BundleError, Manifest
from agent.evidence.redact import NOTHING, renamed
from agent.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from agent.evidence.archive import Archive
    from agent.evidence.redact import Renaming
    from agent.model import Capture, Sweep
    from agent.pipeline import Asked
    from agent.store import Printed, Store

RAW, ROWS, IMPORTED, TEMPLATES = "raw", "store", "imported", "templates"
ASKED, README = "asked.json", "README.txt"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What goes into a bundle.

    `imported`: files that were imported, whose content is to go along. `templates`: folders of the
    site's own templates.
    """

    sweep: str
    asked: Asked
    reports: tuple[str, ...]
    version: str
    templates: tuple[Path, ...] = ()
    imported: tuple[Path, ...] = ()


def make(
    store: Store,
    wanted: Wanted,
    out: Path,
    key: Ed25519PrivateKey | None = None,
    renaming: Renaming = NOTHING,
) -> Manifest:
    """Write a bundle of one finished sweep and everything that is said of it.

    :raises BundleError: a file to take along was never imported.
    :raises UsageError: a report is not known.
    :raises OutputError: it cannot be written; nothing stands at `out` then.
    """
    imported = dict(_imported(store, wanted.imported))
    texts = _Texts(store, renaming)
    texts.look_at(store.sweep(wanted.sweep), store.printed(wanted.sweep))
    with TemporaryDirectory(prefix="netcover-") as folder, archive.writing(out) as made:
        work = Path(folder)
        texts.write(store.cited(wanted.sweep), made)
        _spool(store, wanted.sweep, texts, work)
        asked = _asked(wanted.asked, renaming)
        (work / ASKED).write_bytes(asked)
        with restored(work, work / "bundle.db") as slice_:
            sweep = slice_.sweep(wanted.sweep)
            question = derive.asked_of(asked)
            derive.derive(slice_, sweep, question, wanted.reports, wanted.templates, work / "made")
        for path in sorted((work / ROWS).iterdir()):
            made.add_file(f"{ROWS}/{path.name}", path)
        for path in sorted(p for p in (work / "made").rglob("*") if p.is_file()):
            made.add_file(path.relative_to(work / "made").as_posix(), path)
        for name, path in imported.items():
            made.add_file(f"{IMPORTED}/{name}", path)
        for path in _template_files(wanted.templates):
            made.add_file(f"{TEMPLATES}/{path.name}", path)
        made.add(ASKED, [asked])
        manifest = Manifest(
            netcover=wanted.version,
            sweep=wanted.sweep,
            as_of=wanted.asked.as_of.isoformat(),
            run_day=wanted.asked.run_day.isoformat(),
            reports=wanted.reports,
            redacted=renaming is not NOTHING,
            reread=tuple(texts.differences),
            raw_left_out=tuple(texts.left_out),
        )
        made.add(README, [_readme(manifest).encode()])
        return made.close(manifest, key)


@contextmanager
def restored(folder: Path, database: Path) -> Iterator[Store]:
    """A new store at `database` with the rows that lie in `folder`.

    :raises BundleError: the rows are of another netcover's store.
    """

    def rows(table: str) -> Iterator[dict[str, Any]]:
        path = folder / ROWS / f"{table}.jsonl"
        if path.is_file():
            with path.open(encoding="utf-8") as file:
                yield from map(json.loads, file)

    with open_store(f"sqlite:///{database}") as store:
        try:
            store.restore(rows)
        except (ValueError, KeyError, TypeError) as error:
            raise BundleError(f"the bundle is of another netcover: {error}") from None
        yield store


class _Texts:
    """The raw texts as they go out: renamed, each under its new hash, or left out."""

    def __init__(self, store: Store, renaming: Renaming) -> None:
        self._store = store
        self._renaming = renaming
        self._left: set[str] = set()
        self._printed: set[str] = set()
        self._written: set[str] = set()
        self.hashes: dict[str, str] = {}
        self.differences: list[str] = []
        self.left_out: list[str] = []

    def look_at(self, sweep: Sweep, printed: Sequence[Printed]) -> None:
        """Read every host again, renamed, and set it beside what was recorded."""
        recorded = reread.Recorded.of(sweep)
        kept: set[str] = set()
        for host in printed:
            shown = reread.capture(host, self._store.raw)
            if shown is None:
                self.left_out.append(f"{host.visit.host}: its raw outputs are not in the store")
                continue
            hashes = {output.sha256 for output in shown.outputs}
            self._printed |= hashes
            differs = reread.difference(shown, recorded) if host.visit.reached else None
            if differs is not None:
                self.differences.append(self._renaming.text(differs))
            elif host.visit.reached and self._renamed(shown, recorded) is not None:
                name = self._renaming.text(host.visit.host)
                self.left_out.append(f"{name}: renamed, its raw outputs would read otherwise")
                self._left |= hashes
                continue
            kept |= hashes
        self._left -= kept

    def _renamed(self, shown: Capture, recorded: reread.Recorded) -> str | None:
        """How the host reads once it is renamed, beside what was recorded, renamed likewise."""
        if self._renaming is NOTHING:
            return None
        renamed = replace(
            shown,
            host=self._renaming.text(shown.host),
            outputs=tuple(
                replace(output, text=self._renaming.text(output.text)) for output in shown.outputs
            ),
        )
        pairs = zip(shown.outputs, renamed.outputs, strict=True)
        hashes = {before.sha256: after.sha256 for before, after in pairs}
        told = recorded.renamed(shown.host, partial(self._tell, hashes=hashes))
        return reread.difference(renamed, told)

    def row(self, table: str, row: dict[str, Any]) -> dict[str, Any]:
        """A row of the store as it goes out; imported data are facts of others, and stay."""
        if table == "source_file" or "superseded_by" in row:
            return row
        told: dict[str, Any] = self._tell(row, self.hashes)
        return told

    def _tell(self, value: Any, hashes: Mapping[str, str]) -> Any:  # noqa: ANN401 - JSON
        return renamed(value, self._renaming, hashes)

    def write(self, hashes: Sequence[str], made: Archive) -> None:
        """Write every text that goes along."""
        for sha256 in hashes:
            text = None if sha256 in self._left else self._store.raw(sha256)
            if text is None:
                continue
            # What a service answered names products and releases, and nothing of the site.
            content = (self._renaming.text(text) if sha256 in self._printed else text).encode()
            renamed = hashlib.sha256(content).hexdigest()
            if renamed not in self._written:
                self._written.add(renamed)
                made.add(f"{RAW}/{renamed}.txt", [content])
            self.hashes[sha256] = renamed


def _asked(asked: Asked, renaming: Renaming) -> bytes:
    """The question as it goes out."""
    text = derive.asked_text(asked)
    if renaming is NOTHING:
        return text
    return json.dumps(
        renamed(json.loads(text), renaming, {}), ensure_ascii=False, indent=1
    ).encode()


def _spool(store: Store, sweep: str, texts: _Texts, work: Path) -> None:
    """Write the rows of every table to a file of its own, hashes of renamed texts replaced."""
    (work / ROWS).mkdir()
    for table, rows in store.extract(sweep):
        with (work / ROWS / f"{table}.jsonl").open("w", encoding="utf-8") as file:
            for row in rows:
                told = texts.row(table, row)
                file.write(json.dumps(told, ensure_ascii=False, sort_keys=True) + "\n")


def _imported(store: Store, paths: Sequence[Path]) -> Iterator[tuple[str, Path]]:
    """Each file to take along with its name in the bundle: its hash and its own name."""
    known: Mapping[str, str] = {file.sha256: file.name for file in store.files()}
    for path in paths:
        try:
            with path.open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise BundleError(f"{path}: cannot be read: {error.strerror or error}") from None
        if sha256 not in known:
            raise BundleError(f"{path}: was never imported as it is; import it, or leave it out")
        yield f"{sha256[:16]}-{Path(known[sha256]).name}", path


def _template_files(folders: Sequence[Path]) -> list[Path]:
    """The site's own templates; of equal names the one that is found first."""
    found: dict[str, Path] = {}
    for folder in reversed(folders):
        found |= {path.name: path for path in sorted(folder.iterdir()) if path.is_file()}
    return [found[name] for name in sorted(found)]


def _readme(manifest: Manifest) -> str:
    """How to check the bundle with and without netcover."""
    reread_again = "\n".join(f"  {line}" for line in manifest.reread) or "  none"
    left_out = "\n".join(f"  {line}" for line in manifest.raw_left_out) or "  none"
    return f"""Evidence of sweep {manifest.sweep}, judged as of {manifest.as_of}, made by netcover \
{manifest.netcover} on {manifest.run_day}.{_REDACTED if manifest.redacted else ""}

Without netcover:  sha256sum -c SHA256SUMS
The signature:     openssl pkeyutl -verify -pubin -inkey KEY.pub -rawin -in manifest.json \
-sigfile manifest.sig
With netcover:     netcover verify BUNDLE [--key KEY.pub]
                   netcover replay BUNDLE

raw/         what devices and services answered, each file named by its SHA-256
store/       the rows the reports rest on: visits, units, contract lines, milestones, advisories
imported/    imported files that were taken along; store/source_file.jsonl names all there are
asked.json   the day, the policy, decisions, prices and waivers
sweep.json, findings.json, plan.json, reports/   what follows from them

Hosts that this netcover reads otherwise than the sweep recorded:
{reread_again}
Hosts whose raw outputs are not in this bundle:
{left_out}
"""


_REDACTED = (
    "\nHost names, addresses and user names were replaced, each by the same word throughout."
)
