"""A contract line runs on after the last date of support: money for nothing.

After that day there is no service of any kind for the product, so the rest of the term buys none.

Remedy: end the line on the last date of support when it is renewed, or ask for the credit.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from agent.model import days
from agent.rules import Rule, Verdict, describe, lines_evidence

if TYPE_CHECKING:
    from agent.model import Asset
    from agent.rules import Context


def check(asset: Asset, context: Context) -> Verdict:
    """A line that has not ended ends after the LDoS of its product."""
    current = [line for line in asset.lines if line.end >= context.as_of]
    if not current:
        return Verdict("not_applicable", "no current contract line")
    ldos = asset.milestones.last_date_of_support if asset.milestones else None
    evidence = lines_evidence(current)
    if not isinstance(ldos, date):
        return Verdict("not_applicable", "no last date of support is known", None, evidence)
    longest = max(current, key=lambda line: line.end)
    if longest.end <= ldos:
        return Verdict("not_a_finding", f"{describe(longest)} ends by {ldos}", None, evidence)
    beyond = days(ldos, longest.end)
    reason = f"{describe(longest)} runs {beyond} days beyond the last date of support, {ldos}"
    return Verdict("open", reason, ldos, evidence)


RULE = Rule(severity="medium", check=check)
