"""No fix can be had by right: no train that the hardware can run is in security support.

The box may be supported and covered for years: if the last train it can run has ended, or the
hardware's own security support has, no new fix is promised. What it can run stands in
``reachable_trains.csv``.

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
    """The posture of the unit, for any software it runs, holds UNPATCHABLE_CAPPED."""
    return posture(asset, context, "UNPATCHABLE_CAPPED")


RULE = Rule(severity="critical", check=check)
