"""An uncovered unit is past the end of new service attachment: it cannot be brought under contract.

From that day on Cisco sells no contract for equipment that has none, be it new to a contract or
lapsed from one.

Remedy: replace the unit, or ask Cisco about reinstatement.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from agent.model import past
from agent.rules import Rule, Verdict
from agent.rules._posture import NO_SOFTWARE, UNSETTLED

if TYPE_CHECKING:
    from agent.model import Asset
    from agent.rules import Context


def check(asset: Asset, context: Context) -> Verdict:
    """No cover, none to come, and D > EoNSA."""
    judged = context.judged(asset)
    if not judged:
        return NO_SOFTWARE
    cover, hardware = judged[0].entitlement, judged[0].hardware
    if cover.value in UNSETTLED:
        return Verdict("not_reviewed", cover.reason, None, cover.evidence)
    if cover.value not in ("uncovered", "warranty_only") or cover.past_cover == "future":
        return Verdict("not_applicable", cover.reason, None, cover.evidence)
    last, evidence = hardware.attach, (*cover.evidence, *hardware.evidence)
    over = past(last, context.as_of)
    if over is None:
        reason = "the end of new service attachment is not known"
        return Verdict("not_reviewed", reason, None, evidence)
    day = last if isinstance(last, date) else None
    if over:
        reason = f"{cover.reason}; new service attachment ended on {last}"
        return Verdict("open", reason, day, evidence)
    return Verdict("not_a_finding", f"end of new service attachment: {last}", day, evidence)


RULE = Rule(severity="high", check=check)
