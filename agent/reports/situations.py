"""Units that every advisory answers alike, so that their answers are told once for all of them."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

from agent.model import FIX_VERDICTS
from agent.posture.assessment import Assessment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agent.model import AdvisoryAnswer, Deadline, FixVerdict, Report
    from agent.posture.assessment import Judged

Answers: TypeAlias = "tuple[AdvisoryAnswer, ...]"


@dataclass(frozen=True, slots=True)
class Told:
    """One situation in short: how often each verdict stands, and the first deadline of the open.

    Of unknown exposure the earlier deadline counts. `exploited` are open and in KEV.
    """

    verdicts: tuple[tuple[FixVerdict, int], ...]
    exploited: int
    due: date | None


@dataclass(frozen=True, slots=True)
class VerdictCount:
    """How many answers have one verdict, and about how many units and running software."""

    verdict: FixVerdict
    answers: int
    units: int


class Situations:
    """The situations of a report, numbered as they are met; `numbers` has one for each posture."""

    def __init__(self, report: Report) -> None:
        self.numbers = array("L")
        self.told: list[Told] = []
        self._answers: list[Callable[[], Answers]] = []
        known: dict[object, int] = {}
        for key, answers, tell in _situations(report):
            number = known.get(key)
            if number is None:
                number = known[key] = len(self._answers)
                self._answers.append(answers)
                self.told.append(tell())
            self.numbers.append(number)

    def __len__(self) -> int:
        return len(self._answers)

    def answers(self, number: int) -> Answers:
        """Every matched advisory's answer in one situation."""
        return self._answers[number]()

    def verdicts(self) -> tuple[VerdictCount, ...]:
        """Verdicts over all units, in the order of the table, without those that never stand."""
        answers: Counter[FixVerdict] = Counter()
        units: Counter[FixVerdict] = Counter()
        for number, count in Counter(self.numbers).items():
            for verdict, found in self.told[number].verdicts:
                answers[verdict] += found * count
                units[verdict] += count
        return tuple(
            VerdictCount(verdict, answers[verdict], units[verdict])
            for verdict in FIX_VERDICTS
            if answers[verdict]
        )


_Situation: TypeAlias = "tuple[object, Callable[[], Answers], Callable[[], Told]]"


def _situations(report: Report) -> Iterator[_Situation]:
    """For each posture what tells its situation from others, and how to have its answers.

    :raises ValueError: the lines do not stand in the order of the postures.
    """
    source = report.advisories
    if isinstance(source, Assessment):
        for judged in source.judged:
            yield judged.situation, *_of_assessment(source, judged)
        return
    lines = iter(source)
    line = next(lines, None)
    for posture in report.postures:
        found = []
        while line is not None and line.unit is posture:
            found.append(line.answer)
            line = next(lines, None)
        yield tuple(found), *_of_lines(tuple(found))
    if line is not None:
        raise ValueError(f"an advisory's line out of the order of the postures: {line.unit}")


def _of_assessment(
    source: Assessment, judged: Judged
) -> tuple[Callable[[], Answers], Callable[[], Told]]:
    """Answers made when they are wanted; what is told of them was counted without them."""

    def tell() -> Told:
        tallies = source.tallies(judged)
        still_open = [tally for tally in tallies if tally.verdict != "mitigated by SMU"]
        dues = [due for each in still_open for due in (each.due, each.site_due) if due]
        return Told(
            verdicts=tuple((tally.verdict, tally.count) for tally in tallies),
            exploited=sum(tally.exploited for tally in still_open),
            due=min(dues, default=None),
        )

    return lambda: source.advisories(judged), tell


def _of_lines(answers: Answers) -> tuple[Callable[[], Answers], Callable[[], Told]]:
    """The same of answers that are at hand."""

    def tell() -> Told:
        counts = Counter(answer.verdict for answer in answers if answer.verdict)
        still_open = [a for a in answers if a.verdict and a.verdict != "mitigated by SMU"]
        dues = [day for answer in still_open for day in _days(answer.deadline)]
        return Told(
            verdicts=tuple((v, counts[v]) for v in FIX_VERDICTS if counts[v]),
            exploited=sum(answer.kev for answer in still_open),
            due=min(dues, default=None),
        )

    return lambda: answers, tell


def _days(deadline: Deadline | None) -> Iterator[date]:
    """The days a deadline names for the exposure that applies, the site's own among them."""
    if deadline is None:
        return
    named = {"exposed": (deadline.exposed,), "not_exposed": (deadline.not_exposed,)}
    for day in (
        *named.get(deadline.applies, (deadline.exposed, deadline.not_exposed)),
        deadline.site,
    ):
        if isinstance(day, date):
            yield day
