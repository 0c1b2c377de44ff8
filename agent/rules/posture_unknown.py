"""Whether the unit can be patched is not known.

The product id, its EoX dates, the release, its train, the serial number or its service level is
missing, in conflict, hidden or older than its limit. Unknown never counts as patchable.

Remedy: collect what the reason names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.rules import Rule, Verdict
from agent.rules._posture import NO_SOFTWARE, UNSETTLED

if TYPE_CHECKING:
    from agent.model import Asset
    from agent.rules import Context


def check(asset: Asset, context: Context) -> Verdict:
    """Any of the three answers about the unit is unknown, unproven or not visible."""
    judged = context.judged(asset)
    if not judged:
        return NO_SOFTWARE
    for each in judged:
        answers = (each.hardware, each.stream, each.entitlement)
        gaps = [answer for answer in answers if answer.value in UNSETTLED]
        if gaps:
            evidence = tuple(piece for answer in gaps for piece in answer.evidence)
            reason = "; ".join(answer.reason for answer in gaps)
            return Verdict("not_reviewed", reason, None, evidence)
    return Verdict("not_a_finding", "hardware, software stream and entitlement are known")


RULE = Rule(severity="medium", check=check)
