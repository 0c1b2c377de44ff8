"""The hardware's own end of vulnerability and security support has passed.

From that day on Cisco may provide no security fix for anything that runs on the product, though
its last date of support may be years away.

Remedy: replace the unit, or record the approved reason for keeping it (NIST SP 800-53 SA-22 b).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.rules import Rule
from agent.rules._milestones import hardware_past

if TYPE_CHECKING:
    from agent.model import Asset
    from agent.rules import Context, Verdict


def check(asset: Asset, context: Context) -> Verdict:
    """The end of security support is past."""
    return hardware_past(asset, context, "security_support", "end of security support")


RULE = Rule(severity="high", check=check)
