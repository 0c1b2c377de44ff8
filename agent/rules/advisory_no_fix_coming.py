"""The unit is open to an advisory, and no train that it can run will get the fix.

First-fixed data names other trains only, and the hardware or its last train has reached its end.

Remedy: replace the unit; until then take it off the paths that the advisory needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.rules import Rule
from agent.rules._fixes import verdict

if TYPE_CHECKING:
    from agent.model import Asset
    from agent.rules import Context, Verdict


def check(asset: Asset, context: Context) -> Verdict:
    """At least one advisory has the verdict "no fix will come"."""
    return verdict(asset, context, "no fix will come")


RULE = Rule(severity="critical", check=check)
