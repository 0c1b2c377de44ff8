"""The end of security support of the running train has passed.

For IOS-XE this day and the last date of support are years apart: a train can be supported by TAC
and have had no fix for years.

Remedy: move to a train in security support.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.rules import Rule
from agent.rules._milestones import software_past

if TYPE_CHECKING:
    from agent.model import Asset
    from agent.rules import Context, Verdict


def check(asset: Asset, context: Context) -> Verdict:
    """The end of security support is past."""
    return software_past(asset, context, "security_support", "end of security support")


RULE = Rule(severity="high", check=check)
