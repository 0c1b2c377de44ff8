"""No support contract covers this unit today.

A unit without an active line has no right to replacement, to TAC, or to software updates: Cisco
grants each per serial number, so a covered twin does not help.

Where Cisco covers a unit and hides the contract from whoever asked, the answer is "not visible": it
counts as unknown, and says how to have the contract shown.

Remedy: attach the serial to a contract, or renew the line that lapsed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.reconcile.coverage import cover_of
from agent.rules import Rule, Verdict, describe, lines_evidence, sightings_evidence
from agent.rules._cover import doubt, not_askable

if TYPE_CHECKING:
    from datetime import date

    from agent.model import Asset
    from agent.rules import Context


def check(asset: Asset, context: Context) -> Verdict:
    """Covered by an active line, provably not covered, or not known."""
    day = context.as_of
    active = tuple(line for line in asset.lines if line.covers(day))
    cover = cover_of(asset, day) if asset.observation is not None else None
    if cover and active and cover.state == "covered":
        best = max(active, key=lambda line: line.end)
        return Verdict("not_a_finding", describe(best), None, lines_evidence(active))
    if cover and cover.remedy:
        return Verdict("not_reviewed", f"{cover.reason}; {cover.remedy}", None, cover.evidence)
    if cover and cover.state == "covered":
        return Verdict("not_a_finding", cover.reason, None, cover.evidence)
    if cover and not asset.lines:
        return Verdict("open", cover.reason, None, sightings_evidence(asset) + cover.evidence)
    unclear = tuple(line for line in asset.lines if line.covers(day) is None)
    if unclear and asset.observation is not None:
        reason = f"{describe(unclear[0])} states no start date, so cover today is not proven"
        return Verdict("not_reviewed", reason, None, lines_evidence(unclear))
    answer = not_askable(asset, context) or doubt(asset)
    return answer or Verdict(
        "open",
        _why(asset, day),
        None,
        sightings_evidence(asset) + lines_evidence(asset.lines),
    )


def _why(asset: Asset, day: date) -> str:
    lapsed = [line for line in asset.lines if line.end < day]
    future = [line for line in asset.lines if line.start and line.start > day]
    if future:
        first = min(future, key=lambda line: line.start or line.end)
        return f"{describe(first)} begins only on {first.start}"
    if lapsed:
        last = max(lapsed, key=lambda line: line.end)
        return f"lapsed: {describe(last)}, {(day - last.end).days} days ago"
    return "on no contract line"


RULE = Rule(severity="high", check=check)
