"""CISA BOD 26-02: the unit is an end-of-support edge device, or will be one soon.

The directive defines end of support by behaviour: no timely security updates from the maker. Its
list of devices is not published, so what gets no fixes by right counts: hardware past its support,
or capped at trains that have ended. It binds federal civilian agencies; for others it is a
yardstick. Its dates stand in ``agent/posture/bod_26_02.yaml``.

Remedy: move to supported software at once where that is possible; else replace by the date given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.model import add_months
from agent.posture.directives import bod_26_02
from agent.rules import Rule, Verdict
from agent.rules._posture import NO_SOFTWARE

if TYPE_CHECKING:
    from agent.model import Asset
    from agent.posture.assessment import Judged
    from agent.rules import Context


def check(asset: Asset, context: Context) -> Verdict:
    """Which of the directive's dates concerns the unit, worst first over all it runs."""
    judged = context.judged(asset)
    if not judged:
        return NO_SOFTWARE
    if context.as_of < bod_26_02().issued:
        return Verdict("not_applicable", "before the directive")
    found = [_one(each) for each in judged]
    order = ("open", "not_reviewed", "not_a_finding", "not_applicable")
    return min(found, key=lambda verdict: (order.index(verdict.status), verdict.due is None))


def _one(judged: Judged) -> Verdict:
    dates, unit = bod_26_02(), judged.posture
    evidence = (*judged.hardware.evidence, *judged.stream.evidence)
    if unit.hardware == "past" or unit.stream == "dead_end":
        reason = (
            f"{judged.stream.reason}; to be replaced by {dates.decommission}, where CISA lists"
            f" it by {dates.inventory}"
        )
        return Verdict("open", reason, dates.decommission, evidence)
    if unit.stream == "migrate":
        reason = f"{judged.stream.reason}; supported devices are to be updated at once"
        return Verdict("open", reason, dates.issued, evidence)
    if "unknown" in (unit.hardware, unit.stream):
        answer = judged.hardware if unit.hardware == "unknown" else judged.stream
        return Verdict("not_reviewed", answer.reason, None, evidence)
    last = judged.stream.last_security_end
    if last is not None and last <= add_months(dates.inventory, dates.inventory_months):
        reason = f"security fixes end on {last}: to be inventoried by {dates.inventory}"
        return Verdict("open", reason, dates.inventory, evidence)
    return Verdict("not_a_finding", judged.stream.reason, None, evidence)


RULE = Rule(severity="high", check=check)
