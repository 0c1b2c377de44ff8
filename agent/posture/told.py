"""Posture, verdicts and deadlines in words."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

from agent.model import FIX_VERDICTS, HEADLINES
from agent.posture.assessment import Assessment
from agent.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agent.model import AdvisoryLine, Deadline, Posture


def postures(units: Iterable[Posture]) -> str:
    """How many units have which headline, the worst first."""
    counts = Counter(unit.headline for unit in units)
    told = ", ".join(f"{counts[name]} {name}" for name in HEADLINES if counts[name])
    return f"{count(counts.total(), 'unit')}{f': {told}' if told else ''}"


def verdicts(advisories: Iterable[AdvisoryLine]) -> str:
    """How often which verdict stands; what is stale or not confirmed is counted apart."""
    if not isinstance(advisories, Assessment) or not advisories.facts.advisories:
        return "no advisories loaded"
    counts = advisories.verdicts()
    told = [f"{counts[name]} {name}" for name in FIX_VERDICTS if counts.get(name)]
    stale = advisories.stale_verdicts()
    unconfirmed = advisories.outcomes().get(("fixed_by_order", False), 0)
    told += [f"{stale} by data beyond its age limit"] if stale else []
    told += [f"{unconfirmed} fixed by order only, not confirmed"] if unconfirmed else []
    return f"advisories: {', '.join(told) or 'none open'}"


def until(deadline: Deadline | None) -> str:
    """Both deadlines where exposure is not declared, else the one that applies."""
    if deadline is None:
        return "no deadline"
    exposed = str(deadline.exposed or "undecided").replace("_", " ")
    internal = str(deadline.not_exposed or "undecided").replace("_", " ")
    triage = ", forensic triage" if deadline.forensic else ""
    triage += f", {deadline.note}" if deadline.note else ""
    if deadline.applies == "exposed" or exposed == internal:
        return f"due {exposed}{triage}"
    if deadline.applies == "not_exposed":
        return f"due {internal}{triage}"
    return f"due {exposed} if exposed{triage}, else {internal}"


def earliest(deadline: Deadline | None) -> date | None:
    """The first day of the directive that can apply; of unknown exposure the earlier one."""
    if deadline is None:
        return None
    asked = {"exposed": (deadline.exposed,), "not_exposed": (deadline.not_exposed,)}
    counted = asked.get(deadline.applies, (deadline.exposed, deadline.not_exposed))
    return min((day for day in counted if isinstance(day, date)), default=None)
