"""Maintenance of the train has ended: it gets security fixes and nothing else.

Defects without a security rating stay. The next milestone is the end of security support.

Remedy: none at once; plan the next train.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.rules import Rule
from agent.rules._posture import posture

if TYPE_CHECKING:
    from agent.model import Asset
    from agent.rules import Context, Verdict


def check(asset: Asset, context: Context) -> Verdict:
    """The posture of the unit, for any software it runs, holds SECURITY_ONLY."""
    return posture(asset, context, "SECURITY_ONLY")


RULE = Rule(severity="low", check=check)
