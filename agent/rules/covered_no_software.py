"""The unit is covered, and none of its lines includes operating-system software.

Hardware-only service levels, third-party maintenance and licence subscriptions count as covered in
an export, and bring no security fix.

Remedy: change the service level to one that includes software.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.rules import Rule
from agent.rules._posture import posture

if TYPE_CHECKING:
    from agent.model import Asset
    from agent.rules import Context, Verdict


def check(asset: Asset, context: Context) -> Verdict:
    """The posture of the unit, for any software it runs, holds COVERED_NO_SOFTWARE."""
    return posture(asset, context, "COVERED_NO_SOFTWARE")


RULE = Rule(severity="high", check=check)
