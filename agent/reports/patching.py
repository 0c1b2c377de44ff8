"""Whether units can have the next security fix, counted by unit and put into plain words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from agent.model import HEADLINES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agent.model import Headline
    from agent.reports.units import Unit

Standing: TypeAlias = Literal["blocked", "unknown", "move_first", "watch", "clear"]
"""What a headline means for somebody who has to patch. `unknown` is never `clear`."""

STANDINGS: dict[Standing, str] = {
    "blocked": "cannot have the next security fix by right",
    "unknown": "not known whether they can",
    "move_first": "can, after a move to another software train",
    "watch": "can, and something ends soon",
    "clear": "can",
}

HEADLINE_WORDS: dict[Headline, tuple[Standing, str]] = {
    "UNPATCHABLE_HW": ("blocked", "hardware past its last date of support"),
    "UNPATCHABLE_CAPPED": ("blocked", "no software train that it can run gets security fixes"),
    "UNPATCHABLE_ENTITLEMENT": ("blocked", "no contract gives a right to software"),
    "WARRANTY_ONLY": ("blocked", "warranty alone, which gives no right to software"),
    "COVERED_NO_SOFTWARE": ("blocked", "the contract covers hardware and no software"),
    "UNKNOWN": ("unknown", "hardware, software or contract cannot be told"),
    "PATCHABLE_BY_MIGRATION": ("move_first", "the running train gets no fixes, another one does"),
    "SECURITY_DISCRETIONARY": ("watch", "fixes at the maker's discretion"),
    "EXPIRING": ("watch", "cover ends inside the quote window"),
    "NEAR_EOS": ("watch", "support ends soon"),
    "SECURITY_ONLY": ("watch", "security fixes only, no maintenance"),
    "PATCHABLE": ("clear", "fixes are made and paid for"),
}


@dataclass(frozen=True, slots=True)
class HeadlineCount:
    """How many units have one headline, and what it means."""

    headline: Headline
    standing: Standing
    words: str
    units: int


@dataclass(frozen=True, slots=True)
class Patching:
    """Units by what stands between them and the next fix; each counts once, by its worst software.

    `units` run software of their own. `headlines` are those that occur, the worst first.
    """

    units: int
    blocked: int
    unknown: int
    move_first: int
    watch: int
    clear: int
    headlines: tuple[HeadlineCount, ...]


def patching(units: Iterable[Unit]) -> Patching:
    """Count the units that run software by their headline."""
    return counted(Counter(unit.headline for unit in units if unit.headline))


def counted(counts: Counter[Headline]) -> Patching:
    """What units by headline mean."""
    found = tuple(
        HeadlineCount(headline, *HEADLINE_WORDS[headline], counts[headline])
        for headline in HEADLINES
        if counts[headline]
    )
    standings: Counter[Standing] = Counter()
    for each in found:
        standings[each.standing] += each.units
    return Patching(
        units=counts.total(),
        blocked=standings["blocked"],
        unknown=standings["unknown"],
        move_first=standings["move_first"],
        watch=standings["watch"],
        clear=standings["clear"],
        headlines=found,
    )
