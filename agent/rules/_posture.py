"""Rules that ask for one headline of a unit's posture."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, TypeAlias

from agent.rules import Verdict

if TYPE_CHECKING:
    from agent.model import Asset, Headline
    from agent.posture.assessment import Judged
    from agent.posture.entitlement import EntitlementAnswer
    from agent.posture.hardware import HardwareAnswer
    from agent.posture.stream import StreamAnswer
    from agent.rules import Context

    Answer: TypeAlias = HardwareAnswer | StreamAnswer | EntitlementAnswer

NO_SOFTWARE = Verdict("not_applicable", "runs no software of its own")
UNSETTLED = ("unknown", "unproven", "not_visible")
_ENTITLEMENT = ("UNPATCHABLE_ENTITLEMENT", "WARRANTY_ONLY", "COVERED_NO_SOFTWARE")


def posture(asset: Asset, context: Context, headline: Headline) -> Verdict:
    """Whether `headline` holds for a unit, with the reason of the answer that decides it."""
    judged = context.judged(asset)
    if not judged:
        return NO_SOFTWARE
    worst = next((each for each in judged if headline in each.posture.hits), None)
    if worst is not None:
        answer = _decisive(worst, headline)
        reason = f"{answer.reason}; {_then(worst)}"
        return Verdict("open", reason, _due(worst, headline), answer.evidence)
    for each in judged:
        answer = _decisive(each, headline)
        if answer.value in UNSETTLED:
            return Verdict("not_reviewed", answer.reason, None, answer.evidence)
    answer = _decisive(judged[0], headline)
    return Verdict("not_a_finding", answer.reason, None, answer.evidence)


def _decisive(judged: Judged, headline: Headline) -> Answer:
    if headline == "UNPATCHABLE_HW":
        return judged.hardware
    return judged.entitlement if headline in _ENTITLEMENT else judged.stream


def _due(judged: Judged, headline: Headline) -> date | None:
    if headline in _ENTITLEMENT:
        return None
    if headline == "UNPATCHABLE_HW":
        return judged.hardware.ldos if isinstance(judged.hardware.ldos, date) else None
    return judged.stream.security_end


def _then(judged: Judged) -> str:
    """What to do, in the word of the posture."""
    action = judged.posture.action.replace("_", " ")
    return f"{judged.posture.headline}{'+migration' if judged.posture.migration else ''}: {action}"
