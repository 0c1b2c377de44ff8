"""Only a warranty covers the unit, and a warranty is no right to software.

Hardware is replaced under it; security fixes of the operating system are not part of it.

Remedy: attach the serial number to a contract that includes software.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.rules import Rule
from agent.rules._posture import posture

if TYPE_CHECKING:
    from agent.model import Asset
    from agent.rules import Context, Verdict


def check(asset: Asset, context: Context) -> Verdict:
    """The posture of the unit, for any software it runs, holds WARRANTY_ONLY."""
    return posture(asset, context, "WARRANTY_ONLY")


RULE = Rule(severity="medium", check=check)
