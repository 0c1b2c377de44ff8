"""The unit is open to an advisory, and no fix is published for what it can run yet.

First-fixed data is at hand and names no release of a train that the unit can run in support.

Remedy: mitigate as the advisory says, and look again when new advisory data arrives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.rules import Rule
from agent.rules._fixes import verdict

if TYPE_CHECKING:
    from agent.model import Asset
    from agent.rules import Context, Verdict


def check(asset: Asset, context: Context) -> Verdict:
    """At least one advisory has the verdict "no fix yet"."""
    return verdict(asset, context, "no fix yet")


RULE = Rule(severity="medium", check=check)
