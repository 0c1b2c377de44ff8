"""The work that advisories ask for, counted once: what to do, by when, what stands in the way."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

from agent.posture.told import earliest, until
from agent.reports.references import Reference, References
from agent.reports.shared import shared
from agent.reports.units import walk
from agent.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agent.model import (
        Action,
        AdvisoryAnswer,
        FixVerdict,
        Outcome,
        Posture,
        Report,
        Severity,
        Software,
    )
    from agent.reports.units import Unit

NAME = "patch-entitlement"

SECTIONS: dict[FixVerdict, tuple[str, str]] = {
    "patch now, entitled": (
        "Patch now",
        "a fixed release is published, and a contract gives the right to it",
    ),
    "free fix through TAC only": (
        "Ask Cisco TAC for the fix",
        "not entitled, but Cisco offers the fix without a contract: name serial and advisory",
    ),
    "fix exists, not entitled": (
        "Blocked by entitlement",
        "a fixed release is published, and nothing gives these units the right to it",
    ),
    "no fix will come": (
        "No fix will come",
        "no release for this hardware mends it, and support has ended: replace",
    ),
    "no fix yet": ("No fix yet", "nothing mends it today: mitigate, and look again"),
    "cannot tell": (
        "Cannot tell, so treat as open",
        "whether the unit is affected, or what mends it, is not known",
    ),
    "mitigated by SMU": (
        "Mended by a patch on top",
        "an installed SMU, APSP or hotfix is known to mend it: verify that it is active",
    ),
}
"""Title and meaning of each verdict, in the order in which people act on them."""

_REASONS = 3
"""Different reasons that one task spells out."""

ACTIONS: dict[Action, str] = {
    "upgrade": "upgrade within the train",
    "migrate": "move to another train",
    "tac_case": "open a TAC case",
    "attach": "put on a contract",
    "renew": "renew the contract",
    "change_service_level": "change the service level",
    "await_start": "await the start of the contract",
    "replace": "replace the hardware",
    "refresh": "plan the replacement",
    "mitigate": "mitigate",
    "verify": "verify",
    "collect": "find out",
    "plan": "plan",
    "none": "nothing",
}


@dataclass(frozen=True, slots=True)
class Task:
    """One vulnerability that needs the same of several units until the same day.

    `due` is the earliest day that can apply, the directive's or the site's own; `deadline` says it
    in words. `stale`: judged by data beyond its age limit. `cites` number the references.
    """

    verdict: FixVerdict
    action: Action
    cve: str
    advisory: str | None
    severity: Severity | None
    exploited: bool
    forensic: bool
    software: Software
    fixed_release: str | None
    due: date | None
    deadline: str
    overdue: bool
    stale: bool
    reason: str
    units: tuple[Unit, ...]
    cites: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Everything with one verdict: known exploited first, then by deadline."""

    verdict: FixVerdict
    title: str
    meaning: str
    tasks: tuple[Task, ...]
    units: int
    exploited_units: int
    overdue_units: int

    @property
    def due(self) -> date | None:
        """The first deadline of all."""
        return min((task.due for task in self.tasks if task.due), default=None)


@dataclass(frozen=True, slots=True)
class Exposure:
    """One unit and software with what is open on it; `releases` mend what can be mended."""

    unit: Unit
    posture: Posture
    open: int
    exploited: int
    unclear: int
    due: date | None
    overdue: bool
    releases: tuple[str, ...]
    cites: tuple[int, ...]

    def missing(self) -> tuple[str, ...]:
        """Why hardware, software stream or entitlement are not known, of those that are not."""
        judged = (self.posture.hardware, self.posture.stream, self.posture.entitlement)
        told = zip(judged, self.posture.reasons, strict=True)
        return tuple(why for value, why in told if value in {"unknown", "unproven", "not_visible"})


@dataclass(frozen=True, slots=True)
class Fixes:
    """The patch-entitlement report. Each count of units counts a unit once.

    `loaded`: whether there is any advisory data; without it nothing is known to be closed.
    `exploited_units` are vulnerable to something known to be exploited; `exploited_unclear` are the
    further ones that may be. `barred` units have no right to software, `unclear` ones cannot be
    told; `settled` are matches that need nothing, by outcome, and `unconfirmed` is how many of
    them rest on weak ground. `beyond` are units known from before on hosts that were not read.
    """

    loaded: bool
    units: int
    open_units: int
    exploited_units: int
    exploited_unclear: int
    overdue_units: int
    sections: tuple[Section, ...]
    exposures: tuple[Exposure, ...]
    barred: tuple[Exposure, ...]
    unclear: tuple[Exposure, ...]
    settled: tuple[tuple[Outcome, int], ...]
    unconfirmed: int
    beyond: tuple[Unit, ...]
    exposure_unknown: int
    references: tuple[Reference, ...]

    def section(self, verdict: FixVerdict) -> Section | None:
        """The section of a verdict; None where no advisory has it."""
        return next((each for each in self.sections if each.verdict == verdict), None)

    def first(self, most: int) -> tuple[Task, ...]:
        """The most urgent tasks of all sections."""
        doing = (each for each in self.sections if each.verdict != "mitigated by SMU")
        return tuple(sorted((t for each in doing for t in each.tasks), key=_urgency)[:most])

    def count(self, verdict: FixVerdict) -> int:
        """Units with an advisory of that verdict."""
        found = self.section(verdict)
        return found.units if found else 0


_Key: TypeAlias = "tuple[FixVerdict, Action, str, Software, str | None, str, bool]"


@shared
def fixes(report: Report) -> Fixes:
    """Group every open advisory of every unit into tasks. Pure."""
    known = tuple(unit for unit in walk(report) if unit.postures or unit.unreached)
    owners = {id(posture): unit for unit in known for posture in unit.postures}
    grouped: dict[_Key, list[tuple[Unit, AdvisoryAnswer]]] = defaultdict(list)
    settled: Counter[Outcome] = Counter()
    unconfirmed = 0
    answered: dict[int, list[AdvisoryAnswer]] = {}
    for _, lines in groupby(report.advisories, key=lambda line: id(line.unit)):
        for line in lines:
            answer, unit = line.answer, owners[id(line.unit)]
            if answer.verdict is None:
                settled[answer.outcome] += 1
                unconfirmed += answer.stale or answer.outcome == "fixed_by_order"
            else:
                grouped[_key(answer)].append((unit, answer))
                answered.setdefault(id(line.unit), []).append(answer)
    references = References()
    ordered = sorted(grouped.values(), key=lambda found: _urgency(_task(found, report.as_of, ())))
    tasks = [
        _task(found, report.as_of, references.cite(p for _, a in found for p in a.evidence))
        for found in ordered
    ]
    exposures = tuple(
        _exposure(
            unit, posture, answered.get(id(posture), []), report.as_of, _cited(references, unit)
        )
        for unit in known
        for posture in unit.postures
    )
    doing = [task for task in tasks if task.verdict != "mitigated by SMU"]
    sure = [task for task in doing if task.exploited and task.verdict != "cannot tell"]
    return Fixes(
        loaded=any(age.what == "advisories" and age.rows for age in report.data_ages),
        units=sum(bool(unit.postures) for unit in known),
        open_units=_distinct(doing),
        exploited_units=_distinct(sure),
        exploited_unclear=_distinct(task for task in doing if task.exploited) - _distinct(sure),
        overdue_units=_distinct(task for task in doing if task.overdue),
        sections=tuple(_section(v, tasks) for v in SECTIONS if any(t.verdict == v for t in tasks)),
        exposures=tuple(sorted(exposures, key=_worst)),
        barred=tuple(sorted((each for each in exposures if _is_barred(each.posture)), key=_worst)),
        unclear=tuple(sorted((each for each in exposures if _is_unclear(each)), key=_worst)),
        settled=tuple(sorted(settled.items())),
        unconfirmed=unconfirmed,
        beyond=tuple(unit for unit in known if unit.unreached and unit.serial),
        exposure_unknown=_exposure_unknown(report, exposures),
        references=references.listed(),
    )


def _key(answer: AdvisoryAnswer) -> _Key:
    verdict = answer.verdict or "cannot tell"
    deadline = _words(answer)
    return (
        verdict,
        answer.action,
        answer.cve,
        answer.software,
        answer.fixed_release,
        deadline,
        answer.stale,
    )


def _task(found: list[tuple[Unit, AdvisoryAnswer]], as_of: date, cites: tuple[int, ...]) -> Task:
    first = found[0][1]
    due = _due(first)
    return Task(
        verdict=first.verdict or "cannot tell",
        action=first.action,
        cve=first.cve,
        advisory=first.advisory,
        severity=first.severity,
        exploited=first.kev,
        forensic=bool(first.deadline and first.deadline.forensic),
        software=first.software,
        fixed_release=first.fixed_release,
        due=due,
        deadline=_words(first),
        overdue=_overdue(first, as_of),
        stale=first.stale,
        reason=_reasons([answer.reason for _, answer in found]),
        units=tuple({unit.anchor: unit for unit, _ in found}.values()),
        cites=cites,
    )


def _reasons(given: list[str]) -> str:
    """Why, with how many units each reason holds for where they differ: the releases they run."""
    counts = sorted(Counter(given).items(), key=lambda each: (-each[1], each[0]))
    if len(counts) == 1:
        return counts[0][0]
    told = [f"{reason} ({count(units, 'unit')})" for reason, units in counts[:_REASONS]]
    rest = counts[_REASONS:]
    if rest:
        units = sum(number for _, number in rest)
        told.append(f"{count(len(rest), 'reason')} more ({count(units, 'unit')})")
    return "; ".join(told)


def _due(answer: AdvisoryAnswer) -> date | None:
    site = answer.deadline.site if answer.deadline else None
    return min((day for day in (earliest(answer.deadline), site) if day), default=None)


def _words(answer: AdvisoryAnswer) -> str:
    site = answer.deadline.site if answer.deadline else None
    own = f"; the site's own limit {site}" if site else ""
    return until(answer.deadline).removeprefix("due ") + own


def _overdue(answer: AdvisoryAnswer, as_of: date) -> bool:
    """Whether a deadline has passed; what is mitigated keeps its deadline and is not overdue."""
    due = _due(answer)
    return due is not None and due < as_of and answer.verdict != "mitigated by SMU"


def _urgency(task: Task) -> tuple[bool, date, int, str, str, str]:
    """Known exploited first, then the first deadline, then how many units."""
    release = task.fixed_release or ""
    return (
        not task.exploited,
        task.due or date.max,
        -len(task.units),
        task.cve,
        task.software,
        f"{task.action} {release} {task.deadline}",
    )


def _section(verdict: FixVerdict, tasks: Iterable[Task]) -> Section:
    mine = tuple(task for task in tasks if task.verdict == verdict)
    title, meaning = SECTIONS[verdict]
    return Section(
        verdict=verdict,
        title=title,
        meaning=meaning,
        tasks=mine,
        units=_distinct(mine),
        exploited_units=_distinct(task for task in mine if task.exploited),
        overdue_units=_distinct(task for task in mine if task.overdue),
    )


def _distinct(tasks: Iterable[Task]) -> int:
    return len({unit.anchor for task in tasks for unit in task.units})


def _exposure(
    unit: Unit,
    posture: Posture,
    answers: list[AdvisoryAnswer],
    as_of: date,
    cites: tuple[int, ...],
) -> Exposure:
    doing = [answer for answer in answers if answer.verdict != "mitigated by SMU"]
    return Exposure(
        unit=unit,
        posture=posture,
        open=len(doing),
        exploited=sum(answer.kev for answer in doing),
        unclear=sum(answer.verdict == "cannot tell" for answer in doing),
        due=min((day for day in map(_due, doing) if day), default=None),
        overdue=any(_overdue(answer, as_of) for answer in doing),
        releases=tuple(sorted({a.fixed_release for a in doing if a.fixed_release})),
        cites=cites,
    )


def _cited(references: References, unit: Unit) -> tuple[int, ...]:
    """Where a unit was seen, and what its posture rests on."""
    evidence = [piece for posture in unit.postures for piece in posture.evidence]
    seen = references.of_unit(unit)
    return tuple(sorted({*seen, *references.of_claim(unit, evidence)}))


def _worst(each: Exposure) -> tuple[bool, date, int, str, str]:
    return (
        not each.exploited,
        each.due or date.max,
        -each.open,
        each.unit.anchor,
        each.posture.software,
    )


def _is_barred(posture: Posture) -> bool:
    return posture.entitlement in {"uncovered", "warranty_only", "no_software"}


def _is_unclear(each: Exposure) -> bool:
    return each.posture.headline == "UNKNOWN" or each.unclear > 0


def _exposure_unknown(report: Report, exposures: Iterable[Exposure]) -> int:
    """Hosts with something open of which nobody declares whether public networks reach them."""
    declared = {facts.host for facts in report.hosts if facts.exposed is not None}
    return len({each.unit.host for each in exposures if each.open} - declared)
