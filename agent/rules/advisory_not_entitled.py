"""A fix is published, and the unit has no right to it.

The fixed release exists for this platform; what is missing is the contract.

Remedy: cover the unit as ``unpatchable_entitlement`` says, or replace it where that cannot be done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.rules import Rule
from agent.rules._fixes import verdict

if TYPE_CHECKING:
    from agent.model import Asset
    from agent.rules import Context, Verdict


def check(asset: Asset, context: Context) -> Verdict:
    """At least one advisory has the verdict "fix exists, not entitled"."""
    return verdict(asset, context, "fix exists, not entitled")


RULE = Rule(severity="high", check=check)
