"""``netcover plan``: the day all lines meet on, what that takes, and what another day would."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
    parameters_of,
    report_of,
    say,
    settings,
    tell,
)
from agent.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.model import PlannedLine, RenewalPlan, Report


@app.command("plan")
def command(
    anniversary: Annotated[
        str | None,
        typer.Option(
            "--anniversary", metavar="DATE", help="Plan this day, and say what it breaks."
        ),
    ] = None,
    every_day: Annotated[
        bool, typer.Option("--every-day", help="Try every day of the window, not only marked ones.")
    ] = False,
    compare: Annotated[
        str | None,
        typer.Option(
            "--compare", metavar="DATE|FILE", help="Another day, or a plan.json, beside it."
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write plan.json here.")
    ] = None,
    as_of: AsOf = None,
    sweep: SweepChoice = None,
    config: ConfigFile = None,
) -> None:
    """Plan the renewal: true-up, common end date, cost.

    Lines that are retired, paid for twice or due for a refresh are dropped before any is extended.
    """
    from agent.documents import dump
    from agent.files import write
    from agent.plan.comparison import compared
    from agent.plan.document import plan_document

    chosen = settings(config)
    given = replace(
        parameters_of(chosen),
        anniversary=day(anniversary, "--anniversary") if anniversary else None,
        every_day=every_day,
    )
    judged = day(as_of)
    other = None if compare is None else _other(compare)
    report = report_of(chosen, sweep, judged, parameters=given)
    plan = _plan(report)
    document = plan_document(plan)
    if isinstance(other, date):
        second = report_of(chosen, sweep, judged, parameters=replace(given, anniversary=other))
        other = plan_document(_plan(second))
    beside = compared(document, other) if other is not None else None
    if output is not None:
        write(output, dump(document))
    tell("\n".join(_told(plan)))
    if beside is not None:
        tell(columns(beside))
    say(_summary(report, plan))
    if is_incomplete(report.sweep):
        raise typer.Exit(INCOMPLETE)


def _plan(report: "Report") -> "RenewalPlan":
    if report.plan is None:
        raise AssertionError("the pipeline always plans")
    return report.plan


def _other(compare: str) -> "date | dict[str, object]":
    from agent.plan.comparison import read_plan

    return read_plan(Path(compare)) if Path(compare).is_file() else day(compare, "--compare")


def _told(plan: "RenewalPlan") -> "Iterator[str]":
    """The plan as lines of text, the answer first."""
    if any(line.periods for line in plan.lines):
        yield f"anniversary  {plan.anniversary}{' (asked for)' if plan.asked_for else ''}"
        if plan.asked_for:
            yield f"best         {plan.best}"
        yield f"runner-up    {plan.runner_up or 'none in another month'}"
    else:
        yield "anniversary  none: nothing is to be ordered"
    yield from (f"why          {sentence}" for sentence in plan.why)
    yield from (f"breaks       {sentence}" for sentence in plan.breaks)
    actions = ("bridge", "join_later", "add", "lapsed", "drop", "not_eligible")
    counts = {name: sum(line.action == name for line in plan.lines) for name in actions}
    words = ", ".join(f"{n} {name.replace('_', ' ')}" for name, n in counts.items() if n)
    yield f"lines        {words or 'none'}"
    removed = plan.uncovered_if_nothing_is_done - plan.uncovered_unit_days
    yield (
        f"uncovered    {plan.uncovered_unit_days} unit-days left, {removed} removed;"
        f" {plan.not_eligible_unit_days} more cannot be covered by anybody"
    )
    yield f"orders       {plan.orders_before} before, {plan.orders_after} after"
    for each in plan.totals:
        yield (
            f"cost         {each.currency} {each.bridges} for bridges on {plan.order_day},"
            f" {each.terms} for the terms that follow"
        )
    for year in plan.by_fiscal_year:
        yield (
            f"FY{year.fiscal_year}       {year.currency} {year.ordered} ordered,"
            f" {year.served} served"
        )
    if plan.unpriced_lines:
        yield f"no price     {count(plan.unpriced_lines, 'line')}, planned by dates alone"
    for label, flag in (("late", "late"), ("short", "short_bridge"), ("LDoS", "capped_at_ldos")):
        found = [x for x in plan.lines if (x.late if flag == "late" else flag in x.flags)]
        if found:
            yield f"{label:<12} {count(len(found), 'line')}: {', '.join(_named(found))}"


def _named(lines: "list[PlannedLine]") -> "Iterator[str]":
    shown = 3
    for line in lines[:shown]:
        yield str(line.serial or line.contract)
    if len(lines) > shown:
        yield f"{len(lines) - shown} more"


def _summary(report: "Report", plan: "RenewalPlan") -> str:
    incomplete = "; sweep incomplete" if is_incomplete(report.sweep) else ""
    return (
        f"as of {plan.as_of}, ordered {plan.order_day}: {count(len(plan.lines), 'line')},"
        f" {count(len(plan.candidates), 'day')} tried; {denominator(report.sweep)}{incomplete}"
    )
