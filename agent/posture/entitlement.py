"""E: does a contract entitle this very serial number to operating-system software."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal, TypeAlias

from agent.model import past
from agent.posture.cover import cover_end

if TYPE_CHECKING:
    from agent.model import (
        Action,
        Asset,
        ContractLine,
        CoverStatement,
        EntitlementState,
        Evidence,
        Milestone,
    )
    from agent.posture.facts import Facts
    from agent.posture.hardware import HardwareAnswer

History: TypeAlias = Literal["never", "lapsed", "future"]


@dataclass(frozen=True, slots=True)
class EntitlementAnswer:
    """E with its reason.

    `cover_end` is the last day of gapless cover; `ends_with_hardware` says that the last date of
    support ends it, so that no renewal can. `past_cover` is what the unit had where it has none.
    """

    value: EntitlementState
    reason: str
    evidence: tuple[Evidence, ...] = ()
    cover_end: date | None = None
    ends_with_hardware: bool = False
    past_cover: History = "never"


def judge_entitlement(asset: Asset, hardware: HardwareAnswer, facts: Facts) -> EntitlementAnswer:
    """Answer E for a unit. Lines are active on their start and end day and end with the LDoS."""
    if asset.serial is None:
        return EntitlementAnswer("unknown", "the serial number is not known")
    ldos = hardware.ldos if isinstance(hardware.ldos, date) else None
    fresh = [x for x in asset.lines if not facts.too_old("contracts", facts.day_of(x.evidence))]
    older = [x for x in asset.lines if x not in fresh] if len(fresh) < len(asset.lines) else []
    still = [x for x in older if x.covers(facts.as_of) is not False]
    lines = _Lines.on(facts.as_of, fresh, ldos)
    if lines.active:
        answer = _active(lines, ldos, facts.as_of)
        if answer.value == "entitled" or not still:
            return answer
        return EntitlementAnswer(
            "unproven", f"{answer.reason}; {_too_old(still, facts)}", answer.evidence
        )
    stated = _stated(asset, ldos, facts)
    if stated is not None:
        return stated
    gap = _too_old(still, facts) if still else None if fresh else _no_data(asset, facts)
    if gap:
        return EntitlementAnswer("unknown", gap, _rows(asset.lines))
    return _inactive(asset, _Lines.on(facts.as_of, list(asset.lines), ldos), ldos, facts)


@dataclass(frozen=True, slots=True)
class _Lines:
    """The lines of one unit as they stand on the day; `unclear` ones state no start."""

    all: tuple[ContractLine, ...]
    active: list[ContractLine] = field(default_factory=list)
    unclear: list[ContractLine] = field(default_factory=list)

    @classmethod
    def on(cls, day: date, lines: list[ContractLine], ldos: date | None) -> _Lines:
        sorted_in = cls(tuple(lines))
        if ldos is not None and day > ldos:
            return sorted_in
        for line in lines:
            covers = line.covers(day)
            if covers:
                sorted_in.active.append(line)
            elif covers is None:
                sorted_in.unclear.append(line)
        return sorted_in


def _active(lines: _Lines, ldos: date | None, day: date) -> EntitlementAnswer:
    proven = [line for line in lines.active if _software(line)]
    known = all(_software(line) is False for line in (*lines.active, *lines.unclear))
    value: EntitlementState = "entitled" if proven else "no_software" if known else "unproven"
    counted = [line for line in lines.all if _software(line)] if proven else lines.all
    end = cover_end(counted, day)
    decisive = max(proven or lines.active, key=lambda line: line.end)
    words = {
        "entitled": "includes operating-system software",
        "no_software": "does not include operating-system software",
        "unproven": "is not known to include operating-system software",
    }
    return EntitlementAnswer(
        value,
        f"{_describe(decisive)} {words[value]}",
        _rows(proven or lines.active),
        _cut(end, ldos) if end else None,
        ends_with_hardware=end is not None and ldos is not None and end >= ldos,
    )


def _software(line: ContractLine) -> bool | None:
    """Whether a line entitles to Cisco's software; somebody else's maintenance does not."""
    return False if line.third_party else line.entitles.os_software


def _inactive(asset: Asset, lines: _Lines, ldos: date | None, facts: Facts) -> EntitlementAnswer:
    day, evidence = facts.as_of, _rows(lines.all)
    history, reason = _history(lines, ldos, day)
    if lines.unclear:
        stated = f"{_describe(lines.unclear[0])} states no start date, so cover is not proven"
        return EntitlementAnswer("unknown", stated, evidence)
    if asset.doubtful_lines and any(line.end >= day for line in asset.doubtful_lines):
        line = asset.doubtful_lines[0]
        stated = f"{_describe(line)} names this serial number as {line.pid}"
        return EntitlementAnswer("unknown", stated, _rows(asset.doubtful_lines))
    warranty = max((w for line in lines.all if (w := line.warranty_end)), default=None)
    if warranty is not None and _cut(warranty, ldos) >= day:
        stated = f"{reason}; warranty until {_cut(warranty, ldos)}, which is no right to software"
        return EntitlementAnswer("warranty_only", stated, evidence, past_cover=history)
    if asset.observation is not None and asset.observation.virtual and not lines.all:
        stated = "virtual: its serial number is on no hardware contract"
        return EntitlementAnswer("unknown", stated, asset.observation.evidence)
    return EntitlementAnswer("uncovered", reason, evidence, past_cover=history)


def _history(lines: _Lines, ldos: date | None, day: date) -> tuple[History, str]:
    """What cover the unit had or will have."""
    future = [x for x in lines.all if x.start and day < x.start <= (ldos or x.start)]
    if future:
        first = min(future, key=lambda line: line.start or line.end)
        return "future", f"{_describe(first)} begins only on {first.start}"
    ended = [line for line in lines.all if _cut(line.end, ldos) < day and line not in future]
    if ended:
        last = max(ended, key=lambda line: line.end)
        if ldos and last.end > ldos:
            return "lapsed", f"{_describe(last)} was cut by the last date of support, {ldos}"
        return "lapsed", f"lapsed since {last.end}: {_describe(last)}"
    return "never", "never seen on a contract"


def _answers(asset: Asset, facts: Facts) -> list[CoverStatement]:
    """What sources answer about this serial, as far as it is not too old."""
    return [
        answer
        for answer in asset.statements
        if not facts.too_old("contracts", facts.day_of(answer.evidence))
    ]


def _stated(asset: Asset, ldos: date | None, facts: Facts) -> EntitlementAnswer | None:
    """The answer for a unit that has no active line, but of which a source says more."""
    answers = _answers(asset, facts)
    for answer in answers:
        until = answer.until or facts.as_of
        if answer.state == "covered" and _cut(until, ldos) >= facts.as_of:
            reason = f"covered by what level is not known: {answer.reason}"
            return EntitlementAnswer("unproven", reason, (answer.evidence,), answer.until)
    for answer in answers:
        if answer.state == "not_visible":
            return EntitlementAnswer("not_visible", answer.reason, (answer.evidence,))
    return None


def _no_data(asset: Asset, facts: Facts) -> str | None:
    """Say that no contract data proves absence at the unit's site, or None where some does."""
    if any(answer.state == "not_covered" for answer in _answers(asset, facts)):
        return None
    if not facts.contracts:
        return "no contract data is loaded"
    covering = [c for c in facts.contracts if c.sites is None or asset.site in c.sites]
    if not covering:
        return f"no contract data covers site {asset.site}"
    if all(facts.too_old("contracts", c.dated) for c in covering):
        return f"the contract data is older than {facts.max_age.contracts} days"
    return None


def _too_old(lines: list[ContractLine], facts: Facts) -> str:
    return f"{_describe(lines[0])} is in data older than {facts.max_age.contracts} days"


def _cut(end: date, ldos: date | None) -> date:
    return end if ldos is None else min(end, ldos)


def _rows(lines: tuple[ContractLine, ...] | list[ContractLine]) -> tuple[Evidence, ...]:
    return tuple(line.evidence for line in lines)


def _describe(line: ContractLine) -> str:
    level = f" ({line.service_level})" if line.service_level else ""
    return f"contract {line.contract or 'without a number'}{level} to {line.end}"


def gate(history: History, attach: Milestone, renew: Milestone, day: date) -> Action:
    """What can still be done about a unit without cover: attach, renew, replace, wait or find out.

    The end of new service attachment is the last day to add uncovered equipment, also such that
    had cover once; what is not stated is not known to be open.
    """
    if history == "future":
        return "await_start"
    needed = (attach, renew) if history == "lapsed" else (attach,)
    if any(past(milestone, day) for milestone in needed):
        return "replace"
    if any(not _open(milestone) for milestone in needed):
        return "collect"
    return "renew" if history == "lapsed" else "attach"


def _open(milestone: Milestone) -> bool:
    return isinstance(milestone, date) or milestone == "not announced"
