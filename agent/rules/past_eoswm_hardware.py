"""The end of software maintenance of the product has passed.

No maintenance release is made for it any more; security fixes may still come until the end of its
security support.

Remedy: none at once; the end of security support is the day to plan for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.rules import Rule
from agent.rules._milestones import hardware_past

if TYPE_CHECKING:
    from agent.model import Asset
    from agent.rules import Context, Verdict


def check(asset: Asset, context: Context) -> Verdict:
    """The end of software maintenance is past."""
    return hardware_past(asset, context, "sw_maintenance", "end of software maintenance")


RULE = Rule(severity="low", check=check)
