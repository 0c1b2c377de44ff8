"""``netcover import``: files into the store."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from agent.cli._app import INCOMPLETE, ConfigFile, app, columns, day, say, settings, store

if TYPE_CHECKING:
    from agent.model import ContractLine, Milestones, Rejected
    from agent.sources import SourceFile
    from agent.store import Store

imports = typer.Typer(
    help="Read contract and EoX files into the store.",
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
Row = TypeVar("Row", "ContractLine", "Milestones")


@imports.command("contracts")
def contracts(
    files: Files,
    dry_run: DryRun = False,
    date_format: DateFormat = None,
    data_date: DataDate = None,
    config: ConfigFile = None,
) -> None:
    """Read support-contract lines: serial number, end date and what else the file states."""
    _take_all("contracts", files, dry_run, date_format, data_date, config)


@imports.command("eox")
def eox(
    files: Files,
    dry_run: DryRun = False,
    date_format: DateFormat = None,
    data_date: DataDate = None,
    config: ConfigFile = None,
) -> None:
    """Read end-of-life milestones by product id."""
    _take_all("eox", files, dry_run, date_format, data_date, config)


@dataclass(slots=True)
class Tally:
    """What became of the rows of one file."""

    taken: int = 0
    outcome: str = "known already, nothing changed"
    rejected: list["Rejected"] = field(default_factory=list)


def _take_all(
    kind: str,
    files: list[Path],
    dry_run: bool,  # noqa: FBT001 - handed on from the option
    date_format: str | None,
    data_date: str | None,
    config: Path | None,
) -> None:
    dated = day(data_date, "--data-date") if data_date else None
    opened = [(path, _open(kind, path, date_format, dated)) for path in files]
    tallies: list[Tally] = []
    if dry_run:
        for path, source in opened:
            headings = [("column", "taken as")]
            headings += [(c.heading, c.field or "not used") for c in source.columns]
            typer.echo(f"{path}\n{columns(headings)}")
            tallies.append(_count(source))
    else:
        with store(settings(config)) as keeper:
            for path, source in opened:
                tallies.append(_keep(keeper, kind, source, dated, date_format))
                typer.echo(f"{path}: {tallies[-1].outcome}")
    rejected = [reject for tally in tallies for reject in tally.rejected]
    for each in rejected:
        say(f"rejected  {each.file} row {each.row}: {each.reason}")
    taken = sum(tally.taken for tally in tallies)
    kept = "would be taken" if dry_run else "taken"
    say(f"{len(files)} files: {taken} rows {kept}, {len(rejected)} rejected")
    if rejected:
        raise typer.Exit(INCOMPLETE)


def take(keeper: "Store", kind: str, path: Path, dated: date) -> Tally:
    """Read one file, whose data was true on `dated`, into the store."""
    return _keep(keeper, kind, _open(kind, path, None, dated), dated, None)


def _open(
    kind: str, path: Path, date_format: str | None, dated: date | None
) -> "SourceFile[ContractLine] | SourceFile[Milestones]":
    from agent.sources.contracts import read_lines
    from agent.sources.eox import read_milestones

    return (read_lines if kind == "contracts" else read_milestones)(path, date_format, dated)


def _count(source: "SourceFile[ContractLine] | SourceFile[Milestones]") -> Tally:
    tally = Tally()
    for row in source:
        _sort(row, tally)
    return tally


def _keep(
    keeper: "Store",
    kind: str,
    source: "SourceFile[ContractLine] | SourceFile[Milestones]",
    dated: date | None,
    date_format: str | None,
) -> Tally:
    from agent.store import ImportFile

    tally = Tally()
    moment = datetime.now(UTC).replace(microsecond=0)
    if kind == "contracts":
        file = ImportFile(source.name, source.sha256, moment, dated, "contracts", date_format)
        done = keeper.import_lines(file, _accepted(source, tally))  # type: ignore[arg-type]
    else:
        file = ImportFile(source.name, source.sha256, moment, dated, "eox", date_format)
        done = keeper.import_milestones(file, _accepted(source, tally))  # type: ignore[arg-type]
    if tally.taken or tally.rejected:
        tally.outcome = (
            f"{done.added} rows new or changed, {done.unchanged} as before,"
            f" {done.superseded} superseded, {done.outdated} older than what is known"
        )
    return tally


def _accepted(source: "SourceFile[Row]", tally: Tally) -> Iterator[Row]:
    for row in source:
        if _sort(row, tally):
            yield row  # type: ignore[misc]  # what is sorted in is no Rejected


def _sort(row: "ContractLine | Milestones | Rejected", tally: Tally) -> bool:
    """Count a row in, or keep why it is not."""
    from agent.model import Rejected

    if isinstance(row, Rejected):
        tally.rejected.append(row)
        return False
    tally.taken += 1
    return True
