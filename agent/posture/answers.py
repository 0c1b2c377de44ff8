"""From matches to answers: verdict, action, fixed release and deadline, one by one or counted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from agent.model import FIX_VERDICTS, AdvisoryAnswer, Deadline
from agent.posture.deadlines import applies, bod_26_04, deadline
from agent.posture.detection import detected
from agent.posture.verdict import CANNOT_TELL, decide

if TYPE_CHECKING:
    from datetime import date

    from agent.model import Action, Evidence, FixVerdict
    from agent.posture.facts import Facts, Running
    from agent.posture.matcher import Likes, Match
    from agent.posture.situation import Situation
    from agent.posture.verdict import Decision

_TREATED = {"unknown": "as if affected", "not_evaluated": "as if affected"}


@dataclass(frozen=True, slots=True)
class Tally:
    """One verdict about one unit, counted.

    `stale` of them rest on old data, `exploited` are in KEV. `due` is the earliest deadline of
    the directive that applies (of unknown exposure the earlier one), `site_due` the site's own.
    `example` names the most urgent one.
    """

    verdict: FixVerdict
    count: int
    stale: int
    exploited: int
    example: str
    action: Action
    fixed_release: str | None
    due: date | None
    site_due: date | None
    evidence: tuple[Evidence, ...]


def answers(situation: Situation, facts: Facts) -> tuple[AdvisoryAnswer, ...]:
    """Every matched advisory's answer, by CVE."""
    return tuple(_answer(match, situation, facts) for match in situation.matched.matches)


def _answer(match: Match, situation: Situation, facts: Facts) -> AdvisoryAnswer:
    advisory = match.advisory
    verdict: FixVerdict | None = None
    action: Action = "none"
    fixed, reason, due = None, match.reason, None
    if match.open:
        verdict, action, fixed, why = _decision(match, situation)
        reason = f"{reason}; {why}"
        due = _deadline(match, situation, facts)
    return AdvisoryAnswer(
        software=advisory.os,
        advisory=advisory.advisory,
        cve=advisory.cve,
        outcome=match.outcome,
        reason=reason,
        stale=match.stale,
        verdict=verdict,
        action=action,
        fixed_release=fixed,
        deadline=due,
        severity=advisory.severity,
        kev=match.clock.listed is not None,
        evidence=(advisory.evidence, *match.fixes.evidence),
    )


def _decision(match: Match, situation: Situation) -> Decision:
    if match.outcome in CANNOT_TELL:
        treat = "; treat as exposed" if match.outcome == "not_evaluated" else ""
        return "cannot tell", "collect", None, f"whether it is affected is not known{treat}"
    return decide(
        situation.standing,
        match.fixes,
        match.running_fix,
        mitigated=match.mitigated,
        free=match.free,
    )


def _directive(match: Match, situation: Situation, facts: Facts) -> Deadline | None:
    note = "mitigated" if match.mitigated else _TREATED.get(match.outcome)

    def was_open(run: Running) -> bool:
        return id(match.advisory) in situation.earlier(run).affected

    day = detected(situation.seen, match.advisory.published, facts.sweep_days, was_open)
    return deadline(match.clock, day, situation.exposure, facts.as_of, note=note)


def _deadline(match: Match, situation: Situation, facts: Facts) -> Deadline | None:
    """The deadline of the directive, and the site's own where it set one."""
    due = _directive(match, situation, facts)
    if match.site is None:
        return due
    if due is None:
        early = "before the directive"
        due = Deadline(None, None, situation.exposure, forensic=False, note=early)
    return replace(due, site=match.site)


def tally(situation: Situation, facts: Facts) -> tuple[Tally, ...]:
    """The verdicts of all open matches, counted, in the order of the table."""
    found: dict[FixVerdict, Tally] = {}
    for likes in situation.matched.likes:
        verdict, action, fixed, _ = _decision(likes.example, situation)
        one = Tally(
            verdict,
            likes.count,
            likes.stale,
            likes.kev,
            likes.example.advisory.cve,
            action,
            fixed,
            _earliest(likes, situation, facts),
            likes.site,
            (likes.example.advisory.evidence, *likes.example.fixes.evidence),
        )
        known = found.get(verdict)
        found[verdict] = one if known is None else _joined(known, one)
    return tuple(found[verdict] for verdict in FIX_VERDICTS if verdict in found)


def _joined(one: Tally, other: Tally) -> Tally:
    """Both counted together; the one with the earlier deadline is named."""
    first, second = sorted((one, other), key=_due_first)
    site = [day for day in (one.site_due, other.site_due) if day is not None]
    return replace(
        first,
        count=one.count + other.count,
        stale=one.stale + other.stale,
        exploited=one.exploited + other.exploited,
        due=first.due or second.due,
        site_due=min(site, default=None),
    )


def _due_first(each: Tally) -> tuple[bool, str, bool, str]:
    due = each.due.isoformat() if each.due else ""
    return (each.due is None, due, not each.exploited, each.example)


def _earliest(likes: Likes, situation: Situation, facts: Facts) -> date | None:
    """The earliest deadline of the directive among matches that share their row of its table."""
    issued = bod_26_04().issued
    if facts.as_of < issued or likes.first_published is None:
        return None
    if situation.seen.earlier:
        return _earliest_of_each(likes, situation, facts)
    day = detected(situation.seen, likes.first_published, facts.sweep_days)
    start = max(issued, min(likes.first_listed or day, day))
    clock = likes.example.clock
    rows = {"exposed": (clock.exposed,), "not_exposed": (clock.not_exposed,)}
    counted = rows.get(situation.exposure, (clock.exposed, clock.not_exposed))
    limits = [row[0] for row in counted if row is not None and row[0] is not None]
    return start + timedelta(days=min(limits)) if limits else None


def _earliest_of_each(likes: Likes, situation: Situation, facts: Facts) -> date | None:
    """The same where the unit ran other releases before: each match has its own first day."""
    dues = (_directive(match, situation, facts) for match in likes.members)
    return min((day for due in dues for day in applies(due)), default=None)
