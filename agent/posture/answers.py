"""From matches to answers: verdict, action, fixed release and deadline, one by one or counted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from agent.model import FIX_VERDICTS, AdvisoryAnswer, Deadline
from agent.posture.deadlines import bod_26_04, deadline, soonest
from agent.posture.detection import detected
from agent.posture.verdict import Decision, decide

if TYPE_CHECKING:
    from agent.model import Action, Evidence, FixVerdict
    from agent.posture.deadlines import Exposure
    from agent.posture.detection import Seen
    from agent.posture.facts import Facts, Running
    from agent.posture.matcher import Likes, Match
    from agent.posture.situation import Situation
    from agent.posture.verdict import Offer, Standing

_NOT_KNOWN = Decision("cannot tell", "collect", "whether it is affected is not known")
_LATEST = 10**9
"""Sorts after the ordinal of every day."""
_NOT_LOOKED_AT = Decision("cannot tell", "collect", "treat as exposed")


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


class Answers:
    """The answers of one assessment, each worked out once for all units that share it."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._decisions: dict[tuple[int, int], Decision] = {}
        self._dues: dict[tuple[int, Seen, Exposure], tuple[date | None, ...]] = {}

    def of(self, situation: Situation) -> tuple[AdvisoryAnswer, ...]:
        """Every matched advisory's answer, by CVE."""
        return tuple(self._answer(match, situation) for match in situation.matched.matches)

    def tallies(self, situation: Situation) -> tuple[Tally, ...]:
        """The verdicts of all open matches, counted, in the order of the table."""
        found: dict[FixVerdict, list[tuple[Likes, Decision, date | None]]] = {}
        standing = situation.standing
        for likes, due in zip(situation.matched.likes, self._earliest(situation), strict=True):
            offer = likes.offer
            decision = _NOT_KNOWN if offer is None else self._decide(standing, offer)
            found.setdefault(decision.verdict, []).append((likes, decision, due))
        return tuple(_tally(v, found[v]) for v in FIX_VERDICTS if v in found)

    def _decide(self, standing: Standing, offer: Offer) -> Decision:
        key = (id(standing), id(offer))
        known = self._decisions.get(key)
        if known is None:
            known = self._decisions[key] = decide(standing, offer)
        return known

    def _answer(self, match: Match, situation: Situation) -> AdvisoryAnswer:
        advisory = match.advisory
        reason = situation.reason(match)
        decision: Decision | None = None
        target = None
        if match.open:
            decision = self._decision(match, situation.standing)
            target = _target(match, decision)
            reason = f"{reason}; {decision.why}{f' ({target})' if target else ''}"
        return AdvisoryAnswer(
            software=advisory.os,
            advisory=advisory.advisory,
            cve=advisory.cve,
            outcome=match.outcome,
            reason=reason,
            stale=match.stale,
            verdict=decision.verdict if decision else None,
            action=decision.action if decision else "none",
            fixed_release=target,
            deadline=self._deadline(match, situation) if decision else None,
            severity=advisory.severity,
            kev=match.clock.listed is not None,
            evidence=(advisory.evidence, *match.fixes.evidence),
        )

    def _decision(self, match: Match, standing: Standing) -> Decision:
        if match.offer is None:
            return _NOT_LOOKED_AT if match.outcome == "not_evaluated" else _NOT_KNOWN
        return self._decide(standing, match.offer)

    def _detected(self, match: Match, situation: Situation) -> date:
        def was_open(run: Running) -> bool:
            return id(match.advisory) in situation.earlier(run).affected

        published, sweeps = match.advisory.published, self._facts.sweep_days
        return detected(situation.seen, published, sweeps, was_open)

    def _deadline(self, match: Match, situation: Situation) -> Deadline | None:
        """The deadline of the directive, and the site's own where it set one."""
        note = "mitigated" if match.mitigated else "as if affected" if not match.offer else None
        day, as_of = self._detected(match, situation), self._facts.as_of
        due = deadline(match.clock, day, situation.exposure, as_of, note=note)
        if match.site is None:
            return due
        if due is None:
            early = "before the directive"
            due = Deadline(None, None, situation.exposure, forensic=False, note=early)
        return replace(due, site=match.site)

    def _earliest(self, situation: Situation) -> tuple[date | None, ...]:
        """The earliest deadline of the directive for each kind of open match."""
        key = (id(situation.matched), situation.seen, situation.exposure)
        known = self._dues.get(key)
        if known is None:
            known = tuple(self._first(each, situation) for each in situation.matched.likes)
            self._dues[key] = known
        return known

    def _first(self, likes: Likes, situation: Situation) -> date | None:
        issued = bod_26_04().issued
        if self._facts.as_of < issued:
            return None
        found = []
        for match in likes.members:
            limit = soonest(match.clock, situation.exposure)
            if limit is not None:
                day, listed = self._detected(match, situation), match.clock.listed
                start = min(day, listed) if listed else day
                found.append(max(start, issued).toordinal() + limit)
        return date.fromordinal(min(found)) if found else None


def _target(match: Match, decision: Decision) -> str | None:
    """The fixed release that a decision means."""
    if decision.train is None:
        return None
    return match.fixes.of(decision.train) if decision.migration else match.running_fix


def _tally(verdict: FixVerdict, found: list[tuple[Likes, Decision, date | None]]) -> Tally:
    """All kinds of matches with one verdict counted together; the first due one is named."""
    likes, decision, due = min(found, key=_due_first)
    example = likes.members[0]
    sites = [each.site for each, _, _ in found if each.site is not None]
    return Tally(
        verdict=verdict,
        count=sum(len(each.members) for each, _, _ in found),
        stale=sum(each.stale for each, _, _ in found),
        exploited=sum(each.exploited for each, _, _ in found),
        example=example.advisory.cve,
        action=decision.action,
        fixed_release=_target(example, decision),
        due=due,
        site_due=min(sites, default=None),
        evidence=(example.advisory.evidence, *example.fixes.evidence),
    )


def _due_first(found: tuple[Likes, Decision, date | None]) -> tuple[int, bool, str]:
    likes, _, due = found
    return (
        _LATEST if due is None else due.toordinal(),
        not likes.exploited,
        likes.members[0].advisory.cve,
    )
