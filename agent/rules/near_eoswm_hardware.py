"""The end of software maintenance of the product comes within the horizon.

After it no maintenance release is made for the product, only security fixes for a while.

Remedy: look at the next milestones. The horizon is ``near_sw_maintenance_months`` in netcover.toml.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.rules import Rule
from agent.rules._milestones import hardware_near

if TYPE_CHECKING:
    from agent.model import Asset
    from agent.rules import Context, Verdict


def check(asset: Asset, context: Context) -> Verdict:
    """The end of software maintenance comes within the horizon."""
    months = context.policy.near_sw_maintenance_months
    return hardware_near(asset, context, "sw_maintenance", "end of software maintenance", months)


RULE = Rule(severity="low", check=check)
