"""The contract can no longer be renewed: the end of service contract renewal has passed.

The current line runs to its end; no order extends it. Cover after it cannot be bought.

Remedy: plan the replacement for the day on which the line ends.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from agent.model import past
from agent.rules import Rule, Verdict
from agent.rules._posture import NO_SOFTWARE

if TYPE_CHECKING:
    from agent.model import Asset
    from agent.rules import Context


def check(asset: Asset, context: Context) -> Verdict:
    """D > EoSCR while a line is active that does not last until the LDoS."""
    judged = context.judged(asset)
    if not judged:
        return NO_SOFTWARE
    cover, hardware = judged[0].entitlement, judged[0].hardware
    if cover.cover_end is None:
        return Verdict("not_applicable", "no active cover: see uncovered", None, cover.evidence)
    last, evidence = hardware.renew, (*cover.evidence, *hardware.evidence)
    over = past(last, context.as_of)
    if cover.ends_with_hardware:
        reason = f"cover lasts until the last date of support, {hardware.ldos}"
        return Verdict("not_a_finding", reason, None, evidence)
    if over is None:
        reason = "the end of service contract renewal is not known"
        return Verdict("not_reviewed", reason, None, evidence)
    if over:
        reason = f"cover ends on {cover.cover_end}, and renewal was possible until {last}"
        return Verdict("open", reason, cover.cover_end, evidence)
    day = last if isinstance(last, date) else None
    return Verdict("not_a_finding", f"end of service contract renewal: {last}", day, evidence)


RULE = Rule(severity="medium", check=check)
