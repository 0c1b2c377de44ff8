"""Two contract lines pay for the same unit on the same day.

Overlapping lines come from renewals booked beside the old contract and from resellers who quote
what is already covered. Consecutive terms are not duplicates.

Remedy: keep the line with the later end, and have the other one cancelled or credited.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from agent.rules import Rule, Verdict, describe, lines_evidence

if TYPE_CHECKING:
    from agent.model import Asset, ContractLine
    from agent.rules import Context


def check(asset: Asset, context: Context) -> Verdict:
    """Two lines that have not ended share at least one day."""
    current = [line for line in asset.lines if line.end >= context.as_of]
    if len(current) < 2:  # noqa: PLR2004 - a pair
        return Verdict("not_a_finding" if current else "not_applicable", _count(current))
    for one, other in combinations(current, 2):
        if overlap(one, other):
            reason = f"{describe(one)} and {describe(other)} overlap"
            return Verdict("open", reason, min(one.end, other.end), lines_evidence((one, other)))
    if any(line.start is None for line in current):
        reason = "a line states no start date, so an overlap cannot be ruled out"
        return Verdict("not_reviewed", reason, None, lines_evidence(current))
    return Verdict("not_a_finding", "terms follow one another", None, lines_evidence(current))


def _count(current: list[ContractLine]) -> str:
    return f"one line: {describe(current[0])}" if current else "no current contract line"


def overlap(one: ContractLine, other: ContractLine) -> bool:
    """Whether two lines pay for the same on the same day, as far as it can be proven."""
    if one.start is None or other.start is None or _complement(one, other):
        return False
    return max(one.start, other.start) <= min(one.end, other.end)


def _complement(one: ContractLine, other: ContractLine) -> bool:
    """Whether one line pays for what the other provably leaves out, as software does."""
    pairs = [
        (getattr(one.entitles, what), getattr(other.entitles, what))
        for what in ("rma", "os_software", "application_software")
    ]
    known = all(None not in pair for pair in pairs)
    return known and any(True in pair for pair in pairs) and (True, True) not in pairs


RULE = Rule(severity="low", check=check)
