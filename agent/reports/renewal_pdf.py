"""The renewal package as a PDF, set by typst from its own fonts: no network, no clock.

The data goes to the template as JSON, never as markup, so no value of the estate can change it.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from agent import resources
from agent.reports import Format
from agent.reports.escaping import spelt, to_json
from agent.reports.renewal import package
from agent.terminal import visible
from agent.wording import sentence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agent.model import PlannedLine, RenewalPlan, Report
    from agent.reports.renewal import Package
    from agent.reports.renewal_tables import Table


TABLES = (
    "orders",
    "true_up",
    "years",
    "sites",
    "vehicles",
    "origins",
    "refresh",
    "calendar",
    "inventory",
    "settings",
)


def write(report: Report, stream: IO[bytes]) -> None:
    """Write the PDF; the same report gives the same bytes."""
    import typst  # noqa: PLC0415 - an extra: only who asks for a PDF needs it

    template = resources.folder("templates") / "renewal-package.typ"
    made = typst.compile(
        template.read_bytes(),
        sys_inputs={"data": to_json(_shown(_content(package(report))))},
        ignore_system_fonts=True,
    )
    stream.write(made)


def _shown(value: object) -> object:
    """The content with every text as it may be shown."""
    match value:
        case str():
            return visible(value)
        case list() | tuple():
            return [_shown(item) for item in value]
        case dict():
            return {key: _shown(item) for key, item in value.items()}
        case _:
            return value


def _content(made: Package) -> dict[str, Any]:
    """What the template sets: text and lists of text, nothing to compute."""
    plan = made.plan
    return {
        "what": "Common end date" if plan.co_terminates else "Nothing to co-terminate",
        "anniversary": plan.anniversary,
        "ordered": _ordered(plan),
        "as_of": plan.as_of,
        "order_day": plan.order_day,
        "tool_version": made.report.tool_version,
        "sweep": made.report.sweep.id,
        "hosts": f"{made.hosts_attempted} attempted, {made.hosts_failed} not read",
        "why": plan.why,
        "breaks": plan.breaks,
        "counts": [[words, str(count)] for words, count in made.counts],
        "orders": f"{plan.orders_before} before, {plan.orders_after} after",
        "uncovered": f"{plan.uncovered_unit_days} left of {plan.uncovered_if_nothing_is_done}",
        "never": str(plan.not_eligible_unit_days),
        "totals": [[t.currency, t.bridges, t.terms, t.total] for t in plan.totals],
        "estimates": [
            [t.currency, t.back_bill_estimate, t.fee_estimate]
            for t in plan.totals
            if t.back_bill_estimate or t.fee_estimate
        ],
        "questions": plan.open_questions,
        "extended": _rows(made.extended),
        "added": _rows(made.added),
        "dropped": _reasons(made.dropped),
        "not_eligible": _reasons(made.not_eligible),
        "tables": {name: _table(made.tables[name]) for name in TABLES},
    }


def _ordered(plan: RenewalPlan) -> str:
    asked = f"; asked for, the best day is {plan.best}" if plan.asked_for else ""
    second = plan.runner_up or "none"
    return f"ordered on {plan.order_day}{asked}; runner-up in another month: {second}"


def _table(table: Table) -> dict[str, Any]:
    """A table as text; the template sets it as it is."""
    return {
        "heads": table.headings,
        "rows": [[spelt(cell) for cell in row] for row in table.rows],
        "numbers": table.numbers,
    }


def _rows(lines: Iterable[PlannedLine]) -> list[list[object]]:
    return [
        [
            line.contract,
            line.serial,
            line.pid,
            line.site,
            line.end,
            line.bridge.start if line.bridge else None,
            line.bridge.end if line.bridge else None,
            str(line.bridge.days) if line.bridge else "",
            line.bridge.amount if line.bridge else None,
            line.currency,
            f"{spelt(line.quote_by)}, late" if line.late else line.quote_by,
            sentence(line.reason),
        ]
        for line in lines
    ]


def _reasons(lines: Iterable[PlannedLine]) -> list[list[object]]:
    return [
        [line.contract, line.serial, line.pid, line.site, line.end, sentence(line.reason)]
        for line in lines
    ]


FORMAT = Format(
    report="renewal-package",
    ending="pdf",
    title="",
    audience="",
    write_bytes=write,
    extra="pdf",
    module="typst",
)
