"""Whether the unit is open to an advisory, or may have its fix, is not known.

The record does not settle the release, first-fixed data is missing, or the right to software is
not proven. Such rows are never counted as safe, and keep the deadline of an affected unit.

Remedy: get first-fixed data for the advisory, or collect what the posture names as unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.rules import Rule
from agent.rules._fixes import verdict

if TYPE_CHECKING:
    from agent.model import Asset
    from agent.rules import Context, Verdict


def check(asset: Asset, context: Context) -> Verdict:
    """At least one advisory has the verdict "cannot tell"."""
    return verdict(asset, context, "cannot tell")


RULE = Rule(severity="medium", check=check)
