"""The last date of support of the running train comes within the horizon.

After it TAC takes no case about the release any more.

Remedy: plan the move. The horizon is ``near_ldos_months`` in netcover.toml, 24 by default.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.rules import Rule
from agent.rules._milestones import software_near

if TYPE_CHECKING:
    from agent.model import Asset
    from agent.rules import Context, Verdict


def check(asset: Asset, context: Context) -> Verdict:
    """The last date of support comes within the horizon."""
    months = context.policy.near_ldos_months
    return software_near(asset, context, "last_date_of_support", "last date of support", months)


RULE = Rule(severity="medium", check=check)
