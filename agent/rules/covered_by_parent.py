"""A part has a contract line of its own, and so has the unit it sits in.

Power supplies, modules and transceivers are covered by the chassis they sit in. Some are sold with
a line of their own for good reason, so this is a question and not a verdict.

Remedy: ask the reseller what the part's line adds; where it adds nothing, decide to drop it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.model import IN_SERVICE_KINDS
from agent.rules import Rule, Verdict, describe, lines_evidence

if TYPE_CHECKING:
    from agent.model import Asset
    from agent.rules import Context


def check(asset: Asset, context: Context) -> Verdict:
    """A part with a line that has not ended, in a unit with such a line."""
    unit = asset.observation
    if unit is None or unit.kind in IN_SERVICE_KINDS:
        return Verdict("not_applicable", "no part of another unit, or not seen")
    current = [line for line in asset.lines if line.end >= context.as_of]
    if not current:
        return Verdict("not_a_finding", "no line of its own")
    if unit.parent_serial is None:
        return Verdict("not_reviewed", "it is not known which unit the part sits in")
    evidence = lines_evidence(current)
    if unit.parent_serial not in context.survey.covered:
        reason = f"{unit.parent_serial}, which it sits in, is on no line that still runs"
        return Verdict("not_a_finding", reason, None, evidence)
    reason = f"{describe(current[0])}, beside the cover of {unit.parent_serial}, which it sits in"
    return Verdict("open", reason, current[0].end, evidence)


RULE = Rule(severity="low", check=check)
