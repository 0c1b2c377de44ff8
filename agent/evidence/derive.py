"""From a store and a question to findings, plan and reports: what a bundle holds, and a replay."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from agent import model, settings
from agent.documents import dump, findings_text, sweep_document
from agent.files import write
from agent.pipeline import Asked, build_report
from agent.plan import renewal
from agent.plan.document import plan_document
from agent.posture import declared
from agent.reports import render

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from agent.model import Sweep
    from agent.store import Store

REPORTS = "reports"


def derive(  # noqa: PLR0917 - one call, all of them needed
    store: Store,
    sweep: Sweep,
    asked: Asked,
    reports: Sequence[str],
    templates: tuple[Path, ...],
    out: Path,
) -> None:
    """Write ``sweep.json``, ``findings.json``, ``plan.json`` and the reports into `out`.

    :raises UsageError: a report is not known, or a template is wrong.
    """
    report = build_report(store, sweep, asked)
    days = (asked.as_of, asked.run_day)
    answers = report.advisories or ()
    write(out / "sweep.json", dump(sweep_document(sweep)))
    write(out / "findings.json", findings_text(days, report.findings, report.postures, answers))
    if report.plan is not None:
        write(out / "plan.json", dump(plan_document(report.plan)))
    for name in reports:
        render(report, name, out / REPORTS, templates)


def asked_text(asked: Asked) -> bytes:
    """The question as it stands in ``asked.json``."""
    return _adapter().dump_json(asked, indent=1)


def asked_of(text: bytes) -> Asked:
    """What :func:`asked_text` wrote.

    :raises ValueError: it is not of this netcover.
    """
    return _adapter().validate_json(text)


def _adapter() -> TypeAdapter[Asked]:
    adapter = TypeAdapter(Asked)
    # The types below import these names for type checkers only; pydantic has to be told.
    names: dict[str, Any] = {each.__name__: each for each in (Mapping, date, datetime, Decimal)}
    for module in (model, settings, renewal, declared):
        names |= vars(module)
    adapter.rebuild(_types_namespace=names)
    return adapter
