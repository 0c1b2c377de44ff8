"""A fix is published and the unit has no right to it by contract; the advisory offers it for free.

For critical and high advisories Cisco may give the fixed release of the same train without a
contract, on request. It brings no other train and no right to the next fix.

Remedy: open a TAC case with the serial number and the advisory's address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.rules import Rule
from agent.rules._fixes import verdict

if TYPE_CHECKING:
    from agent.model import Asset
    from agent.rules import Context, Verdict


def check(asset: Asset, context: Context) -> Verdict:
    """At least one advisory has the verdict "free fix through TAC only"."""
    return verdict(asset, context, "free fix through TAC only")


RULE = Rule(severity="high", check=check)
