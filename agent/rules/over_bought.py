"""A line pays for more units than there are.

Lines without serial numbers state a quantity. Where fewer units of the product are in service at
the site than are paid for, the rest is paid for nothing; a serial number is one unit.

Remedy: have the quantity lowered at the renewal, and serials put on the line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.reconcile.pid import family
from agent.rules import Rule, Verdict, describe, lines_evidence

if TYPE_CHECKING:
    from agent.model import Asset
    from agent.rules import Context


def check(asset: Asset, context: Context) -> Verdict:
    """Quantities of lines that have not ended against units in service that no other line names."""
    current = [line for line in asset.lines if line.end >= context.as_of]
    if not current:
        return Verdict("not_applicable", "no line that still runs")
    evidence = lines_evidence(current)
    if asset.serial is not None:
        many = next((line for line in current if line.quantity > 1), None)
        if many is None:
            return Verdict("not_a_finding", "one unit on each line", None, evidence)
        reason = f"{describe(many)} pays for {many.quantity} units under one serial"
        return Verdict("open", reason, many.end, evidence)
    return _by_quantity(asset, context)


def _by_quantity(asset: Asset, context: Context) -> Verdict:
    current = [line for line in asset.lines if line.end >= context.as_of]
    evidence = lines_evidence(current)
    where = f"site {asset.site}" if asset.site else "an unknown site"
    if asset.pid is None:
        return Verdict("not_reviewed", "the line names neither a serial nor a PID", None, evidence)
    lot = (asset.site, family(asset.pid))
    bought, there = context.survey.bought.get(lot, 0), context.survey.unclaimed.get(lot, 0)
    if bought <= there:
        reason = f"{bought} of {asset.pid} bought for {where}, {there} there on no other line"
        return Verdict("not_a_finding", reason, None, evidence)
    if not asset.site or not context.sweep.site_complete(asset.site):
        reason = (
            f"{bought} of {asset.pid} bought, {there} seen, and {where} was not read completely"
        )
        return Verdict("not_reviewed", reason, None, evidence)
    reason = (
        f"{describe(current[0])}: {bought} of {asset.pid} bought for {where},"
        f" {there} there on no other line"
    )
    return Verdict("open", reason, current[0].end, evidence)


RULE = Rule(severity="low", check=check)
