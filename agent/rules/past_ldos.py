"""The last date of support has passed.

Cisco gives no service for this product any more: no replacement, no TAC, and security fixes only
by exception. A contract that runs on is money for nothing.

Remedy: replace the unit, or record the approved reason for keeping it (NIST SP 800-53 SA-22).
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from agent.model import Unstated, days
from agent.rules import Rule, Verdict, milestone_missing

if TYPE_CHECKING:
    from agent.model import Asset
    from agent.rules import Context


def check(asset: Asset, context: Context) -> Verdict:
    """The LDoS day is the last good day; the day after is past."""
    if asset.observation is None:
        return Verdict("not_applicable", "not seen in this sweep: see retired and not_reached")
    ldos = asset.milestones.last_date_of_support if asset.milestones else Unstated.UNKNOWN
    if not isinstance(ldos, date):
        return milestone_missing(asset, ldos, "last date of support", context)
    evidence = (asset.milestones.evidence,) if asset.milestones else ()
    if ldos < context.as_of:
        reason = (
            f"last date of support of {asset.pid} was {ldos}, {days(ldos, context.as_of)} days ago"
        )
        return Verdict("open", reason, ldos, evidence)
    return Verdict("not_a_finding", f"supported until {ldos}", None, evidence)


RULE = Rule(severity="high", check=check)
