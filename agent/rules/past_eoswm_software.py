"""The end of software maintenance of the running train has passed.

Defects without a security rating stay; for ASA, FTD and FXOS security fixes are at Cisco's
discretion from here on.

Remedy: plan the next train.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.rules import Rule
from agent.rules._milestones import software_past

if TYPE_CHECKING:
    from agent.model import Asset
    from agent.rules import Context, Verdict


def check(asset: Asset, context: Context) -> Verdict:
    """The end of software maintenance is past."""
    return software_past(asset, context, "sw_maintenance", "end of software maintenance")


RULE = Rule(severity="low", check=check)
