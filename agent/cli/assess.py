"""``netcover assess``: rules over assets, as a table people can act on."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli._app import (
    FINDINGS,
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
    settings,
)
from agent.errors import UsageError

if TYPE_CHECKING:
    from agent.model import Finding, Report


@app.command("assess")
def command(
    as_of: AsOf = None,
    sweep: SweepChoice = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Write findings.json here."),
    ] = None,
    fail_on: Annotated[
        str | None,
        typer.Option("--fail-on", metavar="SEVERITY", help="Exit 4 at findings this bad or worse."),
    ] = None,
    config: ConfigFile = None,
) -> None:
    """Judge every unit by every rule.

    Open findings are printed, the worst first; findings.json holds the passes too.
    """
    from agent.documents import dump, findings_document
    from agent.files import write

    limit = _limit(fail_on)
    report = report_of(settings(config), sweep, day(as_of))
    if output is not None:
        write(output, dump(findings_document(report.as_of, report.run_day, report.findings)))
    worst_first = sorted(
        (f for f in report.findings if f.status == "open"),
        key=lambda f: (_rank(f), f.rule, f.host or "~", f.position or "", f.serial or ""),
    )
    if worst_first:
        typer.echo(columns([_HEADER, *(_row(f) for f in worst_first)]))
    say(_summary(report))
    if any(_rank(f) <= limit for f in worst_first):
        raise typer.Exit(FINDINGS)
    if is_incomplete(report.sweep):
        raise typer.Exit(INCOMPLETE)


_HEADER = ("severity", "rule", "host", "position", "serial", "pid", "due", "reason")


def _row(finding: "Finding") -> tuple[str, ...]:
    return (
        finding.severity,
        finding.rule,
        finding.host or "-",
        finding.position or "-",
        finding.serial or "-",
        finding.pid or "-",
        finding.due.isoformat() if finding.due else "-",
        finding.reason,
    )


def _rank(finding: "Finding") -> int:
    from agent.model import SEVERITIES

    return SEVERITIES.index(finding.severity)


def _limit(fail_on: str | None) -> int:
    from agent.model import SEVERITIES

    if fail_on is None:
        return -1
    for rank, severity in enumerate(SEVERITIES):
        if severity == fail_on:
            return rank
    raise UsageError(f"--fail-on {fail_on}: must be one of {', '.join(SEVERITIES)}")


def _summary(report: "Report") -> str:
    counts: dict[str, int] = {}
    for finding in report.findings:
        if finding.status == "open":
            counts[finding.rule] = counts.get(finding.rule, 0) + 1
    parts = [f"{n} {rule}" for rule, n in sorted(counts.items())] or ["no open finding"]
    unknown = sum(f.status == "not_reviewed" for f in report.findings)
    incomplete = "; sweep incomplete" if is_incomplete(report.sweep) else ""
    return (
        f"as of {report.as_of}: {', '.join(parts)}; {unknown} not known;"
        f" {denominator(report.sweep)}{incomplete}"
    )
