"""``netcover assess``: rules over assets, as a table people can act on."""

import gc
from collections import Counter
from dataclasses import dataclass, field
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
    asked_of,
    chosen_sweep,
    columns,
    day,
    denominator,
    is_incomplete,
    say,
    settings,
    store,
    tell,
)
from agent.errors import UsageError
from agent.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.model import Finding
    from agent.pipeline import Asked, Estate
    from agent.settings import Settings


@dataclass(slots=True)
class Tally:
    """Findings counted as they pass by. `worst` is the rank of the worst one not waived."""

    open: Counter[str] = field(default_factory=Counter)
    not_reviewed: Counter[str] = field(default_factory=Counter)
    waived: Counter[str] = field(default_factory=Counter)
    worst: int = 99


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
    """Judge every unit: can it still be patched, by what right, and until when.

    What to do is printed by action, the worst first, then the findings by rule; findings.json
    holds every unit, every advisory and every rule's answer, passes too.
    """
    from agent.cli._actions import table

    without_collector()
    limit = _limit(fail_on)
    chosen = settings(config)
    asked = asked_of(chosen, day(as_of))
    estate = _estate(chosen, sweep, asked)
    tally = Tally()
    if output is None:
        _count_all(estate, tally)
    else:
        _write(output, asked, estate, tally)
    for lines in (table(estate.assets, estate.context), _by_rule(tally)):
        if lines:
            tell(f"{lines}\n")
    say(summary(asked, estate, tally))
    if tally.worst <= limit:
        raise typer.Exit(FINDINGS)
    if is_incomplete(estate.context.sweep):
        raise typer.Exit(INCOMPLETE)


def without_collector() -> None:
    """Stop the cycle collector: millions of small objects without cycles, which it walks in vain.

    A quarter of the time of a large assessment; the process ends soon after.
    """
    gc.disable()


def _estate(chosen: "Settings", choice: str | None, asked: "Asked") -> "Estate":
    from agent.pipeline import join

    with store(chosen) as opened:
        return join(opened, chosen_sweep(opened, choice), asked)


def _write(output: Path, asked: "Asked", estate: "Estate", tally: Tally) -> None:
    """Write findings.json; the findings are counted on their way through."""
    from agent.documents import findings_text
    from agent.files import write
    from agent.rules import findings

    def counted() -> "Iterator[Finding]":
        for one in findings(estate.assets, estate.context):
            if one.status in ("open", "not_reviewed"):
                _count(one, tally)
            yield one

    days = (asked.as_of, asked.run_day)
    assessment = estate.assessment
    write(output, findings_text(days, counted(), assessment.postures, assessment))


def _count_all(estate: "Estate", tally: Tally) -> None:
    """Count the findings, making only those that need somebody."""
    from agent.rules import finding, judge

    for asset in estate.assets:
        for rule, verdict in judge(asset, estate.context):
            if verdict.status in ("open", "not_reviewed"):
                _count(finding(rule, asset, verdict, estate.context), tally)


def _count(one: "Finding", tally: Tally) -> None:
    if one.waiver is not None:
        tally.waived[one.rule] += 1
    elif one.status == "open":
        tally.open[one.rule] += 1
        tally.worst = min(tally.worst, _rank(one.severity))
    else:
        tally.not_reviewed[one.rule] += 1


def _by_rule(tally: Tally) -> str:
    """The findings by rule, the worst first."""
    from agent.rules import rules

    rows = [
        (
            rule.severity,
            rule.id,
            str(tally.open[rule.id]),
            str(tally.not_reviewed[rule.id]),
            str(tally.waived[rule.id]),
        )
        for rule in sorted(rules(), key=lambda r: (_rank(r.severity), r.id))
        if tally.open[rule.id] or tally.not_reviewed[rule.id] or tally.waived[rule.id]
    ]
    return columns([("severity", "rule", "open", "not known", "waived"), *rows]) if rows else ""


def _rank(severity: str) -> int:
    from agent.model import SEVERITIES

    return [str(each) for each in SEVERITIES].index(severity)


def _limit(fail_on: str | None) -> int:
    from agent.model import SEVERITIES

    if fail_on is None:
        return -1
    if fail_on not in SEVERITIES:
        raise UsageError(f"--fail-on {fail_on}: must be one of {', '.join(SEVERITIES)}")
    return _rank(fail_on)


def summary(asked: "Asked", estate: "Estate", tally: Tally) -> str:
    """The whole in one line of numbers."""
    from agent.posture.told import postures, verdicts

    sweep = estate.context.sweep
    unknown, waived = tally.not_reviewed.total(), tally.waived.total()
    parts = [
        f"as of {asked.as_of}: {postures(estate.assessment.postures)}",
        verdicts(estate.assessment),
        f"{count(tally.open.total(), 'finding')} open, {unknown} not known, {waived} waived",
        denominator(sweep),
    ]
    return "; ".join(parts) + ("; sweep incomplete" if is_incomplete(sweep) else "")
