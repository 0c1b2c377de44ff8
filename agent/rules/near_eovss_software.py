"""The end of security support of the running train comes within the horizon.

After it the train gets no security fix, though TAC may take cases for years.

Remedy: plan the move. The horizon is ``near_security_months`` in netcover.toml, 12 by default.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.rules import Rule
from agent.rules._milestones import software_near

if TYPE_CHECKING:
    from agent.model import Asset
    from agent.rules import Context, Verdict


def check(asset: Asset, context: Context) -> Verdict:
    """The end of security support comes within the horizon."""
    months = context.policy.near_security_months
    return software_near(asset, context, "security_support", "end of security support", months)


RULE = Rule(severity="medium", check=check)
