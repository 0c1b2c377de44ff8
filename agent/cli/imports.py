"""``netcover import``: files into the store."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from agent.cli._app import INCOMPLETE, ConfigFile, app, columns, day, say, settings, store, tell
from agent.errors import UsageError
from agent.wording import count

if TYPE_CHECKING:
    from agent.cli._rejects import RejectsFile
    from agent.sources import Declared, SourceFile
    from agent.store import ImportFile, Store

    File = SourceFile[Any]  # of lines, statements, licences, milestones, trains

Kind = Literal["contracts", "eox"]

imports = typer.Typer(
    help="Read contract, EoX and advisory files into the store.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(imports, name="import")

Files = Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files to read.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show columns, counts and rejected rows; keep nothing.")
]
DateFormat = Annotated[
    str | None,
    typer.Option("--date-format", metavar="FORMAT", help="Dates beside ISO, such as %d/%m/%Y."),
]
DataDate = Annotated[
    str | None,
    typer.Option("--data-date", metavar="DATE", help="The day on which the data was true."),
]
Sites = Annotated[
    list[str] | None,
    typer.Option("--sites", metavar="SITE,...", help="The sites it speaks of; default: all."),
]
Map = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="'HEADING=FIELD'", help="Take a column for a field."),
]
Accept = Annotated[
    bool, typer.Option("--accept", help="Take every column for the field that it resembles.")
]
Rejects = Annotated[
    Path | None,
    typer.Option("--rejects", metavar="FILE", help="Write rejected rows as CSV, to mend."),
]
Complete = Annotated[
    bool,
    typer.Option(
        "--complete", help="These files name every contract (of --sites): others have ended."
    ),
]


@imports.command("contracts")
def contracts(
    files: Files,
    dry_run: DryRun = False,
    date_format: DateFormat = None,
    data_date: DataDate = None,
    sites: Sites = None,
    mapped: Map = None,
    accept: Accept = False,
    rejects: Rejects = None,
    complete: Complete = False,
    config: ConfigFile = None,
) -> None:
    """Read support-contract lines, statements about cover, and licences.

    Exports and API answers in any of their shapes: see docs/import.md.
    """
    declared = _declared(date_format, data_date, sites, mapped, accept)
    _take_all("contracts", files, declared, Choice(dry_run, rejects, complete, config))


@imports.command("eox")
def eox(
    files: Files,
    dry_run: DryRun = False,
    date_format: DateFormat = None,
    data_date: DataDate = None,
    mapped: Map = None,
    accept: Accept = False,
    rejects: Rejects = None,
    config: ConfigFile = None,
) -> None:
    """Read end-of-life milestones of products and of software trains."""
    declared = _declared(date_format, data_date, None, mapped, accept)
    _take_all("eox", files, declared, Choice(dry_run, rejects, complete=False, config=config))


@dataclass(frozen=True, slots=True)
class Choice:
    """How an import is to be done."""

    dry_run: bool
    rejects: Path | None
    complete: bool
    config: Path | None


@dataclass(slots=True)
class Tally:
    """What became of the rows of one file."""

    taken: int = 0
    rejected: int = 0
    doubts: int = 0
    outcome: str = "known already, nothing changed"
    unknown_levels: Counter[str] = field(default_factory=Counter)


def _declared(
    date_format: str | None,
    data_date: str | None,
    sites: list[str] | None,
    mapped: list[str] | None,
    accept: bool,  # noqa: FBT001 - handed on from the option
) -> "Declared":
    from agent.sources import Declared

    pairs = []
    for one in mapped or []:
        heading, equals, name = one.rpartition("=")
        if not (heading and equals and name):
            raise UsageError(f"--map {one!r}: write it as 'Heading=field'")
        pairs.append((heading, name.strip()))
    names = [name.strip() for each in sites or [] for name in each.split(",") if name.strip()]
    dated = day(data_date, "--data-date") if data_date else None
    return Declared(date_format, dated, tuple(names), tuple(pairs), accept)


def _take_all(kind: Kind, files: list[Path], declared: "Declared", choice: Choice) -> None:
    from agent.cli._rejects import rejects_file

    opened = [(path, _open(kind, path, declared)) for path in files]
    tallies: list[Tally] = []
    with rejects_file(choice.rejects) as rejects:
        if choice.dry_run:
            for path, source in opened:
                tell(f"{path}\n{columns(_headings(source))}")
                tallies.append(_count(source, rejects))
        else:
            with store(settings(choice.config)) as keeper:
                taken = []
                for path, source in opened:
                    file, tally = _keep(keeper, kind, source, declared, rejects)
                    tell(f"{path}: {tally.outcome}")
                    taken.append(file)
                    tallies.append(tally)
                if choice.complete:
                    gone = keeper.complete(taken, declared.sites)
                    tell(f"complete: {count(gone, 'row')} of other files superseded")
    _sum_up(opened, tallies, choice)


def _sum_up(opened: "list[tuple[Path, File]]", tallies: list[Tally], choice: Choice) -> None:
    for (path, source), tally in zip(opened, tallies, strict=True):
        sites = ", ".join(source.sites) or "all sites"
        dated = f"data of {source.data_date} ({source.basis})" if source.data_date else "undated"
        say(f"{path}: {source.form}, {dated}, {sites}")
        for note in source.notes:
            say(f"note      {note}")
        for level, lines in sorted(tally.unknown_levels.items()):
            say(
                f"note      service level {level!r} is not known ({count(lines, 'line')}): unproven"
            )
    taken, rejected = sum(t.taken for t in tallies), sum(t.rejected for t in tallies)
    doubts = sum(t.doubts for t in tallies)
    kept = "would be taken" if choice.dry_run else "taken"
    look = f", {doubts} to look at" if doubts else ""
    say(f"{count(len(opened), 'file')}: {count(taken, 'row')} {kept}, {rejected} rejected{look}")
    if rejected:
        raise typer.Exit(INCOMPLETE)


def _headings(source: "File") -> Iterator[tuple[str, str]]:
    yield ("column", "taken as")
    for column in source.columns:
        taken = column.field or "not used"
        if column.field is None and column.suggested:
            option = f"--map '{column.heading}={column.suggested}'"
            taken = f"not used; resembles {column.suggested}: {option} or --accept"
        yield (column.heading, taken)


def take(keeper: "Store", kind: str, path: Path, dated: date) -> Tally:
    """Read one file of contracts or of EoX, whose data was true on `dated`, into the store."""
    from agent.sources import Declared

    declared = Declared(data_date=dated)
    what: Kind = "contracts" if kind == "contracts" else "eox"
    return _keep(keeper, what, _open(what, path, declared), declared, None)[1]


def _open(kind: Kind, path: Path, declared: "Declared") -> "File":
    from agent.sources.contracts import read_lines
    from agent.sources.eox import read_milestones

    return (read_lines if kind == "contracts" else read_milestones)(path, declared)


def _count(source: "File", rejects: "RejectsFile | None") -> Tally:
    tally = Tally()
    for _ in _accepted(source, tally, rejects):
        pass
    return tally


def _keep(
    keeper: "Store",
    kind: Kind,
    source: "File",
    declared: "Declared",
    rejects: "RejectsFile | None",
) -> "tuple[ImportFile, Tally]":
    tally = Tally()
    file = _import_file(kind, source, declared)
    rows = _accepted(source, tally, rejects)
    done = (keeper.import_lines if kind == "contracts" else keeper.import_milestones)(file, rows)
    if tally.taken or tally.rejected:
        tally.outcome = (
            f"{count(done.added, 'row')} new or changed, {done.unchanged} as before,"
            f" {done.superseded} superseded, {done.outdated} older than what is known"
        )
        for place, serial, other in keeper.lookalikes(file) if kind == "contracts" else ():
            tally.doubts += 1
            say(f"look at   {source.name} {place}: serial {serial} is known elsewhere as {other}")
    return file, tally


def _import_file(kind: Kind, source: "File", declared: "Declared") -> "ImportFile":
    from agent.store import ImportFile

    options = [f"{heading}={name}" for heading, name in declared.columns]
    options += ["--accept"] if declared.accept else []
    return ImportFile(
        name=source.name,
        sha256=source.sha256,
        imported=datetime.now(UTC).replace(microsecond=0),
        data_date=source.data_date,
        kind=kind,
        date_format=declared.date_format,
        basis=source.basis,
        sites=source.sites,
        options="; ".join(options) or None,
        form=source.form,
        extent=source.extent,
    )


def _accepted(source: "File", tally: Tally, rejects: "RejectsFile | None") -> Iterator[Any]:
    """The records of a file; what is not taken or should be looked at is said at once."""
    from agent.model import ContractLine, Doubt, Rejected
    from agent.sources.service_levels import known

    for row in source:
        if isinstance(row, Rejected):
            tally.rejected += 1
            say(f"rejected  {row.file} row {row.row}: {row.reason}")
            if rejects is not None:
                rejects.add(source, row)
        elif isinstance(row, Doubt):
            tally.doubts += 1
            say(f"look at   {row.file} row {row.row}: {row.reason}")
        else:
            tally.taken += 1
            if isinstance(row, ContractLine) and row.service_level and not known(row.service_level):
                tally.unknown_levels[row.service_level] += 1
            yield row
