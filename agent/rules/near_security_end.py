"""The last security fix for anything the hardware can run comes within the horizon.

It is the earlier of the hardware's own end of security support and the end of the train that lasts
longest; after it the unit is capped, whatever its contract says.

Remedy: plan the refresh. The horizon is ``near_security_months`` in netcover.toml, 12 by default.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.model import days
from agent.rules import Rule, Verdict
from agent.rules._posture import NO_SOFTWARE

if TYPE_CHECKING:
    from agent.model import Asset
    from agent.rules import Context


def check(asset: Asset, context: Context) -> Verdict:
    """The last security end lies between today and the end of the horizon, both included."""
    judged = context.judged(asset)
    if not judged:
        return NO_SOFTWARE
    each = next((one for one in judged if one.stream.near), judged[0])
    end, evidence = each.stream.last_security_end, each.stream.evidence
    if each.stream.value == "dead_end":
        return Verdict("not_applicable", f"ended: {each.stream.reason}", None, evidence)
    if end is None:
        reason = "no last security end is announced for all that it can run, or it is not known"
        return Verdict("not_reviewed", reason, None, evidence)
    reason = f"the last security fixes for anything it can run end on {end}"
    if each.stream.near:
        return Verdict("open", f"{reason}, in {days(context.as_of, end)} days", end, evidence)
    return Verdict("not_a_finding", reason, end, evidence)


RULE = Rule(severity="medium", check=check)
