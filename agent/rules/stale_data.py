"""What is known about this unit rests on data older than its limit.

Old data proves only what is past; answers that rest on it turn to unknown or are marked stale.
The limits stand under ``[max_age_days]`` in netcover.toml, and ages are measured on the day of the
run, whatever day is asked about.

Remedy: import newer contract, EoX or advisory data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.rules import Rule, Verdict
from agent.rules._posture import NO_SOFTWARE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.model import Asset, Evidence
    from agent.posture.facts import Facts, Kind
    from agent.rules import Context


def check(asset: Asset, context: Context) -> Verdict:
    """The unit's EoX row, its train's, its contract data or the advisories are too old."""
    judged = context.judged(asset)
    if not judged or context.assessment is None:
        return NO_SOFTWARE
    facts = context.assessment.facts
    pieces: list[tuple[Kind, Evidence]] = []
    pieces += [("eox", asset.milestones.evidence)] if asset.milestones else []
    pieces += [
        ("eox", each.stream.train.milestones.evidence)
        for each in judged
        if each.stream.train is not None and each.stream.train.milestones is not None
    ]
    pieces += [("contracts", line.evidence) for line in asset.lines]
    old = list(dict.fromkeys(_old(pieces, facts)))
    if facts.too_old("advisories", facts.advisories_dated):
        limit = facts.max_age.advisories
        old.append(
            f"advisories: the newest are of {facts.advisories_dated}, older than {limit} days"
        )
    evidence = tuple(piece for _, piece in pieces)
    if old:
        return Verdict("open", "; ".join(old), None, evidence)
    return Verdict("not_a_finding", "all within their limits", None, evidence)


def _old(pieces: list[tuple[Kind, Evidence]], facts: Facts) -> Iterator[str]:
    for kind, piece in pieces:
        day = facts.day_of(piece)
        if facts.too_old(kind, day):
            limit = getattr(facts.max_age, kind)
            yield f"{kind}: {piece.source} is of {day}, older than {limit} days"


RULE = Rule(severity="medium", check=check)
