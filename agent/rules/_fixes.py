"""Rules that ask for one verdict about the advisories that a unit is open to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.rules import Verdict
from agent.rules._posture import NO_SOFTWARE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from agent.model import Asset, FixVerdict, Status
    from agent.posture.answers import Tally
    from agent.rules import Context

_NO_ADVISORIES = Verdict(
    "not_reviewed", "no advisories are loaded; import them with 'netcover import advisories FILE'"
)
_NONE = Verdict("not_a_finding", "no advisory with this verdict")


def tallies(asset: Asset, context: Context) -> tuple[Tally, ...] | Verdict:
    """The verdicts about a unit, for each software it runs; an answer where there can be none."""
    judged = context.judged(asset)
    if not judged or context.assessment is None:
        return NO_SOFTWARE
    if not context.assessment.facts.advisories:
        return _NO_ADVISORIES
    assessment = context.assessment
    if len(judged) == 1:
        return assessment.tallies(judged[0])
    return tuple(tally for each in judged for tally in assessment.tallies(each))


def verdict(asset: Asset, context: Context, wanted: FixVerdict) -> Verdict:
    """Whether any advisory has the verdict about a unit, with how many and the most urgent."""
    found = tallies(asset, context)
    if isinstance(found, Verdict):
        return found
    these = [tally for tally in found if tally.verdict == wanted]
    if not these:
        return _NONE
    status: Status = "not_reviewed" if wanted == "cannot tell" else "open"
    return Verdict(status, words(these), first(tally.due for tally in these), these[0].evidence)


def words(these: list[Tally]) -> str:
    """How many, how many of them are exploited or rest on old data, and the most urgent."""
    count = sum(tally.count for tally in these)
    exploited = sum(tally.exploited for tally in these)
    stale = sum(tally.stale for tally in these)
    told = [f"{count} {'advisory' if count == 1 else 'advisories'}"]
    told += [f"{exploited} known to be exploited"] if exploited else []
    told += [f"{stale} by data beyond its age limit"] if stale else []
    named = these[0].example
    named += f" (fixed in {these[0].fixed_release})" if these[0].fixed_release else ""
    return f"{', '.join(told)}; first: {named}"


def first(days: Iterable[date | None]) -> date | None:
    """The earliest day, None where there is none."""
    return min((day for day in days if day is not None), default=None)
