"""The running train gets no more security fixes; another train that the unit can run does.

A release past its security support stays a finding until the unit has moved, however well it is
covered.

Remedy: move to the train that the reason names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.rules import Rule
from agent.rules._posture import posture

if TYPE_CHECKING:
    from agent.model import Asset
    from agent.rules import Context, Verdict


def check(asset: Asset, context: Context) -> Verdict:
    """The posture of the unit, for any software it runs, holds PATCHABLE_BY_MIGRATION."""
    return posture(asset, context, "PATCHABLE_BY_MIGRATION")


RULE = Rule(severity="high", check=check)
