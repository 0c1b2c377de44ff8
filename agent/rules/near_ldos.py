"""The last date of support comes within the horizon.

After the last date of support there is no service of any kind, by contract or by warranty; the
replacement has to be budgeted before.

Remedy: plan the refresh. The horizon is ``near_ldos_months`` in netcover.toml, 24 by default.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from agent.model import Unstated, add_months, days
from agent.rules import Rule, Verdict, milestone_missing

if TYPE_CHECKING:
    from agent.model import Asset, Status
    from agent.rules import Context


def check(asset: Asset, context: Context) -> Verdict:
    """LDoS lies between today and the end of the horizon, both included."""
    if asset.observation is None:
        return Verdict("not_applicable", "not seen in this sweep: see retired and not_reached")
    ldos = asset.milestones.last_date_of_support if asset.milestones else Unstated.UNKNOWN
    if not isinstance(ldos, date):
        return milestone_missing(asset, ldos, "last date of support", context)
    evidence = (asset.milestones.evidence,) if asset.milestones else ()
    if ldos < context.as_of:
        return Verdict("not_applicable", f"past since {ldos}: see past_ldos", None, evidence)
    horizon = add_months(context.as_of, context.policy.near_ldos_months)
    status: Status = "open" if ldos <= horizon else "not_a_finding"
    reason = f"last date of support of {asset.pid} is {ldos}, in {days(context.as_of, ldos)} days"
    return Verdict(status, reason, ldos, evidence)


RULE = Rule(severity="medium", check=check)
