"""What is paid for against what is there, both ways, with how sure that is and what was decided.

The rules find the differences; here they stand beside the decision of a person, who is asked again
where the facts have changed since.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from agent.model import TrueUp
from agent.plan.decisions import decided, fingerprint
from agent.plan.licences import licences
from agent.reconcile.truth import ACTIVE
from agent.rules.retired import listed_as, missed_in
from agent.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agent.model import Asset, Finding, Licence
    from agent.plan.decisions import Register
    from agent.rules import Context

Confidence: TypeAlias = Literal["high", "medium", "low"]

CONFIDENCE: dict[str, Confidence] = {
    "orphaned": "high",
    "duplicate_cover": "high",
    "wrong_pid_on_line": "medium",
    "contract_site_mismatch": "medium",
    "moved_site": "medium",
    "over_bought": "medium",
    "covered_by_parent": "medium",
    "retired": "medium",
    "rma_swap": "low",
}
"""Rules that are part of the true-up, and how sure one sweep makes them."""
SURE = 2
"""So many complete sweeps without a unit make it surely gone."""


def true_up(
    assets: Iterable[Asset],
    findings: Iterable[Finding],
    register: Register,
    context: Context,
    bought: Iterable[Licence],
) -> tuple[TrueUp, ...]:
    """Every open difference, spares that were declared, and licences bought against consumed."""
    units = {asset.key: asset for asset in assets}
    rows = [*licences(bought, units.values(), context.sweep.id)]
    for finding in findings:
        asset = units.get((finding.host, finding.serial, finding.pid, finding.position))
        if asset is None or finding.rule not in CONFIDENCE:
            continue
        if finding.status == "open":
            rows.append(_row(finding.rule, finding, asset, register, context))
        elif finding.rule == "retired" and "declared to be a spare" in finding.reason:
            rows.append(_row("spare", finding, asset, register, context))
    return tuple(sorted(rows, key=_order))


def _row(kind: str, finding: Finding, asset: Asset, register: Register, context: Context) -> TrueUp:
    answer = decided(register, asset, None, context.as_of)
    lines = asset.lines or asset.doubtful_lines
    return TrueUp(
        kind=kind,
        confidence=_confidence(kind, asset, context),
        serial=asset.serial,
        pid=asset.pid,
        contract=lines[0].contract if lines else None,
        host=asset.host,
        site=asset.site,
        reason=finding.reason,
        facts=fingerprint(asset),
        rests_on=_rests_on(asset, context),
        decision=answer.decision.id if answer.decision else None,
        decision_state=answer.state,
        evidence=finding.evidence,
    )


def _confidence(kind: str, asset: Asset, context: Context) -> Confidence:
    if kind == "retired":
        return _gone(asset, context)
    if kind == "rma_swap" and asset.last_seen is not None:
        return "medium"
    return CONFIDENCE.get(kind, "high")


def _gone(asset: Asset, context: Context) -> Confidence:
    """How sure it is that a unit is gone: by sweeps, and by what a source of truth says of it."""
    often = missed_in(asset, context) >= SURE
    said = listed_as(asset, context)
    if said and said.status == ACTIVE:
        return "medium" if often else "low"
    return "high" if often or said else "medium"


def _rests_on(asset: Asset, context: Context) -> str:
    """The sweeps a row rests on, in words."""
    sweep = f"sweep {context.sweep.id}"
    if asset.observation is not None:
        return f"seen in {sweep}"
    missed = missed_in(asset, context)
    since = f", last seen {asset.last_seen:%Y-%m-%d}" if asset.last_seen else ", never seen"
    return f"{count(missed, 'complete sweep')}, the last {sweep}{since}"


def _order(row: TrueUp) -> tuple[str, ...]:
    return (
        row.kind,
        row.site or "~",
        row.serial or "",
        row.pid or "",
        row.contract or "",
        row.reason,
    )
