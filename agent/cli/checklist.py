"""``netcover checklist``: a reviewer's STIG checklists with the running release filled in."""

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
    report_of,
    say,
    settings,
    tell,
)
from agent.errors import UsageError
from agent.wording import count


@app.command("checklist")
def command(
    files: Annotated[list[Path], typer.Argument(metavar="CKLB...", help="Checklists to fill in.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder they are written to.")],
    host: Annotated[
        str | None,
        typer.Option("--host", metavar="NAME", help="The host of a single checklist."),
    ] = None,
    as_of: AsOf = None,
    sweep: SweepChoice = None,
    config: ConfigFile = None,
) -> None:
    """Answer the STIG rule on the supported release in checklists (CKLB); all else stays.

    Exit code 3 where a host was not read, so that its checklist stays as it was.
    """
    from agent.files import replacing_bytes
    from agent.reports.checklist import merge

    if host is not None and len(files) > 1:
        raise UsageError("--host names the host of one checklist; give one, or leave it out")
    names = [path.name for path in files]
    if len(set(names)) != len(names):
        raise UsageError("two checklists have the same file name; give them in two runs")
    report = report_of(settings(config), sweep, day(as_of))
    merged = []
    for path in files:
        try:
            merged.append(merge(path.read_bytes(), report, host))
        except OSError as error:
            raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from None
        except UsageError as error:
            raise UsageError(f"{path}: {error}") from None
    rows = [("checklist", "host", "rule", "status")]
    unread = []
    for path, each in zip(files, merged, strict=True):
        with replacing_bytes(out / path.name) as file:
            file.write(each.content)
        rows += [(path.name, each.host, number, status) for number, status in each.answers]
        if not each.answers:
            unread.append(each.host)
            rows.append((path.name, each.host, "", "left as it was"))
    tell(columns(rows))
    for name in unread:
        say(f"left as it was: {name} was not read, or runs nothing that is known")
    say(f"{count(len(merged), 'checklist')} as of {report.as_of}, {len(unread)} left as they were")
    if unread:
        raise typer.Exit(INCOMPLETE)
