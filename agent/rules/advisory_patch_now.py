"""A fixed release is published for this platform, and the unit is entitled to it.

A version match is potential exposure: whether the vulnerable feature is configured is not checked.

Remedy: upgrade to the fixed release by the deadline; ``findings.json`` names it per advisory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.rules import Rule
from agent.rules._fixes import verdict

if TYPE_CHECKING:
    from agent.model import Asset
    from agent.rules import Context, Verdict


def check(asset: Asset, context: Context) -> Verdict:
    """At least one advisory has the verdict "patch now, entitled"."""
    return verdict(asset, context, "patch now, entitled")


RULE = Rule(severity="high", check=check)
