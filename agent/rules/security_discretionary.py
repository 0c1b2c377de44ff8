"""Maintenance of the train has ended, and its bulletin promises no security fixes.

Cisco's bulletins for ASA, FTD and FXOS state no end of security support: between the end of
software maintenance and the last date of support, fixes come at Cisco's discretion.

Remedy: plan the move to a train under maintenance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.rules import Rule
from agent.rules._posture import posture

if TYPE_CHECKING:
    from agent.model import Asset
    from agent.rules import Context, Verdict


def check(asset: Asset, context: Context) -> Verdict:
    """The posture of the unit, for any software it runs, holds SECURITY_DISCRETIONARY."""
    return posture(asset, context, "SECURITY_DISCRETIONARY")


RULE = Rule(severity="medium", check=check)
