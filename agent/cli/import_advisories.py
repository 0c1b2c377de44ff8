"""``netcover import advisories``: CVE records, KEV, CSAF, openVuln, fixed releases, patch maps."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli._app import INCOMPLETE, ConfigFile, columns, day, say, settings, store, tell
from agent.cli.imports import imports
from agent.wording import count

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from agent.sources.advisories.files import Collection
    from agent.store import FileKind, ImportSummary, Store

NAMES = {
    "Advisory": "advisories",
    "FirstFixed": "first fixed releases",
    "Kev": "known exploited",
    "PatchMapping": "patch mappings",
    "Withdrawn": "withdrawn",
}


@imports.command("advisories")
def advisories(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Files, folders or zips to read.")
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show counts and rejected records; keep nothing.")
    ] = False,
    data_date: Annotated[
        str | None,
        typer.Option("--data-date", metavar="DATE", help="The day on which the data was true."),
    ] = None,
    config: ConfigFile = None,
) -> None:
    """Read advisory records: CVE v5, KEV, CSAF, openVuln, first_fixed.csv, patch_map.csv."""
    from agent.sources.advisories.files import read_collection

    dated = day(data_date, "--data-date") if data_date else None
    found = [read_collection(path, dated) for path in paths]
    if dry_run:
        for path, each in zip(paths, found, strict=True):
            tell(f"{path}\n{_counts(each)}")
            for other in each.unrelated:
                say(f"not ours  {other.file} record {other.row}: {other.reason}")
    else:
        with store(settings(config)) as keeper:
            for path, each in zip(paths, found, strict=True):
                tell(f"{path}\n{_outcome(keep(keeper, each, dated))}")
    for each in found:
        for reject in each.rejected:
            say(f"rejected  {reject.file} record {reject.row}: {reject.reason}")
    _sum_up(found, "would be taken" if dry_run else "taken")


def keep(
    keeper: "Store", collection: "Collection", dated: "date | None"
) -> "Mapping[FileKind, ImportSummary]":
    """Take a collection into the store, as one transaction."""
    from agent.store import ImportFile

    moment = datetime.now(UTC).replace(microsecond=0)
    file = ImportFile(collection.name, collection.sha256, moment, dated, "advisories")
    return keeper.import_advisories(file, collection.records)


def _counts(collection: "Collection") -> str:
    counted = Counter((form, type(record).__name__) for form, record in collection.records)
    rows = [("form", "records of", "count")]
    rows += [(form, NAMES[kind], str(n)) for (form, kind), n in sorted(counted.items())]
    return columns(rows)


def _outcome(done: "Mapping[FileKind, ImportSummary]") -> str:
    rows: list[tuple[str, ...]] = [
        ("kind", "new or changed", "as before", "superseded", "outdated")
    ]
    for kind, summary in done.items():
        numbers = (summary.added, summary.unchanged, summary.superseded, summary.outdated)
        rows.append((kind, *map(str, numbers)))
    return columns(rows)


def _sum_up(found: "list[Collection]", verb: str) -> None:
    files = sum(each.files for each in found)
    records = sum(len(each.records) for each in found)
    rejected = sum(len(each.rejected) for each in found)
    unrelated = sum(len(each.unrelated) for each in found)
    say(
        f"{count(files, 'file')}: {count(records, 'record')} {verb}, {rejected} rejected,"
        f" {unrelated} about nothing that is assessed here"
    )
    if rejected:
        raise typer.Exit(INCOMPLETE)
