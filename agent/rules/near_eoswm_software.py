"""The end of software maintenance of the running train comes within the horizon.

After it only security fixes are made for the train, or none are promised at all.

Remedy: plan the next train. The horizon is ``near_sw_maintenance_months`` in netcover.toml.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.rules import Rule
from agent.rules._milestones import software_near

if TYPE_CHECKING:
    from agent.model import Asset
    from agent.rules import Context, Verdict


def check(asset: Asset, context: Context) -> Verdict:
    """The end of software maintenance comes within the horizon."""
    months = context.policy.near_sw_maintenance_months
    return software_near(asset, context, "sw_maintenance", "end of software maintenance", months)


RULE = Rule(severity="low", check=check)
