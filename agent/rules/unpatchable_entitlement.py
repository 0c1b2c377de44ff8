"""No fix can be had by right: no active contract line covers this serial number.

Cisco grants software per serial number; a covered twin does not help. Whether the unit can still
be attached or renewed depends on the end of new service attachment and of contract renewal.

Remedy: attach, renew or replace, as the reason says; a signed line that begins later needs none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.rules import Rule
from agent.rules._posture import posture

if TYPE_CHECKING:
    from agent.model import Asset
    from agent.rules import Context, Verdict


def check(asset: Asset, context: Context) -> Verdict:
    """The posture of the unit, for any software it runs, holds UNPATCHABLE_ENTITLEMENT."""
    return posture(asset, context, "UNPATCHABLE_ENTITLEMENT")


RULE = Rule(severity="high", check=check)
