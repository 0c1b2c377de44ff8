"""No fix can be had by right: the hardware is past its last date of support.

Whatever release runs on it and whatever contract pays for it, the maker promises no security fix
any more. A fix may still appear by exception; that is no reason to wait for one.

Remedy: replace the unit, or record the approved reason for keeping it (NIST SP 800-53 SA-22 b).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.rules import Rule
from agent.rules._posture import posture

if TYPE_CHECKING:
    from agent.model import Asset
    from agent.rules import Context, Verdict


def check(asset: Asset, context: Context) -> Verdict:
    """The posture of the unit, for any software it runs, holds UNPATCHABLE_HW."""
    return posture(asset, context, "UNPATCHABLE_HW")


RULE = Rule(severity="critical", check=check)
