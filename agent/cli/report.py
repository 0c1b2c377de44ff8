"""``netcover report``: write reports."""

from pathlib import Path
from typing import Annotated

import typer

from agent.cli._app import (
    INCOMPLETE,
    AsOf,
    ConfigFile,
    SweepChoice,
    app,
    columns,
    day,
    denominator,
    is_incomplete,
    report_of,
    say,
    say_missing,
    settings,
    tell,
)
from agent.errors import UsageError
from agent.wording import count


@app.command("report")
def command(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME...", help="Reports to write; see --list.")
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Folder the files are written to.")
    ] = Path("reports"),
    listing: Annotated[bool, typer.Option("--list", help="List the reports and stop.")] = False,
    as_of: AsOf = None,
    sweep: SweepChoice = None,
    templates: Annotated[
        list[Path] | None,
        typer.Option("--templates", metavar="DIR", help="Your own templates, searched first."),
    ] = None,
    config: ConfigFile = None,
) -> None:
    """Write the named reports, each in all its formats."""
    from agent.reports import names as known
    from agent.reports import render, unknown

    folders = tuple(templates or ())
    kinds = known(folders)
    if listing:
        rows = [(k.name, ", ".join(k.endings), k.audience, k.title) for k in kinds]
        tell(columns([("name", "formats", "audience", "title"), *rows]))
        say_missing(kinds)
        return
    if not names:
        raise UsageError("name at least one report; 'netcover report --list' shows them")
    for name in names:
        if name not in {k.name for k in kinds}:
            raise UsageError(unknown(name, kinds))
    report = report_of(settings(config), sweep, day(as_of))
    say_missing(k for k in kinds if k.name in names)
    written = [path for name in names for path in render(report, name, out, folders)]
    for path in written:
        tell(str(path))
    files, gaps = count(len(written), "file"), is_incomplete(report.sweep)
    incomplete = "; sweep incomplete" if gaps else ""
    say(f"{files} as of {report.as_of}; {denominator(report.sweep)}{incomplete}")
    if gaps:
        raise typer.Exit(INCOMPLETE)
