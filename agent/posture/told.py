"""Posture and verdicts of an estate in one line of numbers each."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from agent.model import FIX_VERDICTS, HEADLINES
from agent.posture.assessment import Assessment
from agent.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agent.model import AdvisoryLine, Posture


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
