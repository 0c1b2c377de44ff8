"""The last date of support of the running train has passed.

TAC takes no case about this release any more.

Remedy: move to a supported train.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.rules import Rule
from agent.rules._milestones import software_past

if TYPE_CHECKING:
    from agent.model import Asset
    from agent.rules import Context, Verdict


def check(asset: Asset, context: Context) -> Verdict:
    """The last date of support is past."""
    return software_past(asset, context, "last_date_of_support", "last date of support")


RULE = Rule(severity="high", check=check)
