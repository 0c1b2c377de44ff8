"""What an auditor asks for: scope, controls with passes included, evidence of each device."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from agent.controls import Cited, frameworks
from agent.platforms import platforms
from agent.reports.references import Reference, References
from agent.reports.shared import shared
from agent.reports.sites import site_files
from agent.reports.units import walk
from agent.rules import rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from agent.controls import Control, Framework
    from agent.model import (
        ContractLine,
        Finding,
        HostFacts,
        Report,
        Severity,
        Status,
        Waiver,
    )
    from agent.reports.sites import SiteFile
    from agent.reports.units import Unit

ControlState: TypeAlias = Literal[
    "open", "accepted", "cannot_tell", "no_open_finding", "not_applicable", "no_evidence"
]

STATES: dict[ControlState, str] = {
    "open": "open findings",
    "accepted": "open, every one accepted",
    "cannot_tell": "cannot be told",
    "no_open_finding": "no open finding",
    "not_applicable": "does not apply",
    "no_evidence": "no evidence",
}

NOT_HELD = (
    "The account that logged in: sweeps do not record it.",
    "Whether the feature that an advisory is about is switched on: matches are by release alone.",
    "That a control is met: findings are evidence toward it, and the judgement is the assessor's.",
    "A signature: an evidence bundle (netcover bundle) holds the raw outputs and is signed.",
)
"""What an auditor may look for here in vain."""

STATUSES: tuple[Status, ...] = ("open", "not_reviewed", "not_a_finding", "not_applicable")
"""In the order in which they are shown."""

NAME = "auditor"


@dataclass(frozen=True, slots=True)
class Counts:
    """Findings by status. `accepted` of the open ones have a waiver."""

    open: int = 0
    accepted: int = 0
    not_reviewed: int = 0
    not_a_finding: int = 0
    not_applicable: int = 0

    @property
    def total(self) -> int:
        """All findings, passes included."""
        return self.open + self.not_reviewed + self.not_a_finding + self.not_applicable

    @property
    def state(self) -> ControlState:
        """What the findings say together, the worst first. None of them says that all is met."""
        if self.open > self.accepted:
            return "open"
        if self.open:
            return "accepted"
        if self.not_reviewed:
            return "cannot_tell"
        if self.not_a_finding:
            return "no_open_finding"
        return "not_applicable" if self.not_applicable else "no_evidence"


@dataclass(frozen=True, slots=True)
class ControlResult:
    """One control with the findings that are evidence toward it, and the units they are open on."""

    control: Control
    counts: Counts
    open_units: int
    units: int


@dataclass(frozen=True, slots=True)
class FrameworkResult:
    """One framework, control by control."""

    framework: Framework
    controls: tuple[ControlResult, ...]

    def having(self, state: ControlState) -> int:
        """How many of its controls are in a state."""
        return sum(each.counts.state == state for each in self.controls)


@dataclass(frozen=True, slots=True)
class RuleCount:
    """One rule over all units: what it asks, what it found, on what it is open."""

    rule: str
    meaning: str
    remedy: str
    severity: Severity
    counts: Counts
    open_on: tuple[Unit, ...]
    unclear_on: tuple[Unit, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """Rules that answered the same about a unit for the same reason from the same evidence."""

    status: Status
    rules: tuple[str, ...]
    severity: Severity
    reason: str
    due: date | None
    waiver: Waiver | None
    cites: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Device:
    """One unit with everything an assessor examines about it.

    `steps` are its findings but those that do not apply, which `beside` names.
    """

    unit: Unit
    facts: HostFacts | None
    seen: tuple[Reference, ...]
    lines: tuple[tuple[ContractLine, tuple[int, ...]], ...]
    dates: tuple[int, ...]
    postures: tuple[int, ...]
    steps: tuple[Step, ...]
    beside: tuple[str, ...]

    def found(self) -> Counts:
        """Its findings by status."""
        items = Counter((f.rule, (), f.status, f.waiver is not None) for f in self.unit.findings)
        return _counts(items.items())


@dataclass(frozen=True, slots=True)
class WaiverUse:
    """One accepted risk, whether it still stands, and how many findings it covers."""

    waiver: Waiver
    in_force: bool
    findings: int


@dataclass(frozen=True, slots=True)
class Audit:
    """The auditor's report.

    `excluded` hosts stand in the inventory and were not attempted. `files` hold the devices where
    they are too many for one file; `devices` is empty then. `commands` may be sent by platform.
    """

    counts: Counts
    units: int
    seen: int
    rules: tuple[RuleCount, ...]
    frameworks: tuple[FrameworkResult, ...]
    devices: tuple[Device, ...]
    files: tuple[SiteFile, ...]
    waivers: tuple[WaiverUse, ...]
    excluded: tuple[HostFacts, ...]
    commands: tuple[tuple[str, tuple[str, ...]], ...]
    references: tuple[Reference, ...]
    outputs: int
    not_held: tuple[str, ...] = NOT_HELD

    def unasked(self) -> tuple[str, ...]:
        """Rules that controls name and that no unit was asked by."""
        asked = {each.rule for each in self.rules}
        return tuple(each.id for each in rules() if each.id not in asked)


@shared
def audit(report: Report) -> Audit:
    """Put the auditor's report together. Pure."""
    units = tuple(walk(report))
    files = site_files(report, NAME)
    references = References()
    found = _Found(units)
    attempted = {visit.host for visit in report.sweep.hosts}
    hosts = {facts.host: facts for facts in report.hosts}
    devices = () if files else tuple(_device(unit, hosts, references) for unit in units)
    used = Counter(f.waiver.approval for f in report.findings if f.waiver)
    listed = references.listed()
    return Audit(
        counts=found.all(),
        units=len(units),
        seen=sum(bool(unit.sightings) for unit in units),
        rules=found.by_rule(large=bool(files)),
        frameworks=found.by_framework(),
        devices=devices,
        files=files,
        waivers=tuple(
            WaiverUse(waiver, report.as_of <= waiver.expires, used[waiver.approval])
            for waiver in report.waivers
        ),
        excluded=tuple(facts for facts in report.hosts if facts.host not in attempted),
        commands=_commands({visit.platform for visit in report.sweep.hosts}),
        references=listed,
        outputs=sum(each.host is not None for each in listed),
    )


class _Found:
    """All findings, counted once by what they are evidence toward."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self._units = units
        self._counted: Counter[tuple[str, tuple[str, ...], Status, bool]] = Counter()
        self._open_units: Counter[str] = Counter()
        self._asked_units: Counter[str] = Counter()
        self._severity: dict[str, Severity] = {}
        self._on: dict[tuple[str, Status], list[Unit]] = defaultdict(list)
        for unit in units:
            self._add(unit)

    def _add(self, unit: Unit) -> None:
        open_now: set[str] = set()
        asked: set[str] = set()
        for finding in unit.findings:
            accepted = finding.waiver is not None
            self._counted[finding.rule, finding.controls, finding.status, accepted] += 1
            if finding.status == "open":
                open_now.update(finding.controls)
                self._severity[finding.rule] = finding.severity
            if finding.status in ("open", "not_reviewed"):
                self._on[finding.rule, finding.status].append(unit)
            if finding.status != "not_applicable":
                asked.update(finding.controls)
        self._open_units.update(open_now)
        self._asked_units.update(asked)

    def all(self) -> Counts:
        """Every finding there is."""
        return _counts(self._counted.items())

    def by_rule(self, *, large: bool) -> tuple[RuleCount, ...]:
        """Every rule that answered; of a large estate without the units it is open on."""
        grouped: dict[str, list[_Item]] = defaultdict(list)
        for item in self._counted.items():
            grouped[item[0][0]].append(item)
        return tuple(
            RuleCount(
                rule=rule.id,
                meaning=rule.documentation.partition("\n")[0],
                remedy=_remedy(rule.documentation),
                severity=rule.severity,
                counts=_counts(grouped[rule.id]),
                open_on=() if large else tuple(self._on[rule.id, "open"]),
                unclear_on=() if large else tuple(self._on[rule.id, "not_reviewed"]),
            )
            for rule in rules()
            if rule.id in grouped
        )

    def by_framework(self) -> tuple[FrameworkResult, ...]:
        """Every control of every framework, those without any finding included."""
        grouped: dict[str, list[_Item]] = defaultdict(list)
        for item in self._counted.items():
            for control in item[0][1]:
                grouped[control].append(item)
        return tuple(
            FrameworkResult(
                framework,
                tuple(
                    ControlResult(
                        control,
                        _counts(grouped[name]),
                        self._open_units[name],
                        self._asked_units[name],
                    )
                    for control in framework.controls
                    for name in (str(Cited(framework, control)),)
                ),
            )
            for framework in frameworks().values()
        )


_Item: TypeAlias = "tuple[tuple[str, tuple[str, ...], Status, bool], int]"


def _counts(items: Iterable[_Item]) -> Counts:
    found: Counter[str] = Counter()
    for (_, _, status, accepted), count in items:
        found[status] += count
        if status == "open" and accepted:
            found["accepted"] += count
    return Counts(**found)


def _remedy(documentation: str) -> str:
    """What a rule's documentation says should be done, on one line."""
    after = documentation.partition("Remedy:")[2]
    return " ".join(after.partition("\n\n")[0].split()).replace("``", "")


def _commands(asked: Iterable[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    known = platforms()
    return tuple(
        (name, tuple(command.text for command in known[name].commands))
        for name in sorted(asked)
        if name in known
    )


def _device(unit: Unit, hosts: dict[str, HostFacts], references: References) -> Device:
    seen = set(references.of_unit(unit))
    posture = [piece for each in unit.postures for piece in each.evidence]
    dates = [unit.milestones.evidence] if unit.milestones else []
    dates += [each.train.evidence for each in unit.postures if each.train]
    steps = _steps(unit, references)
    lines = tuple(
        (line, references.cite((line.evidence,))) for line in (*unit.lines, *unit.doubtful_lines)
    )
    return Device(
        unit=unit,
        facts=hosts.get(unit.host or ""),
        seen=tuple(each for each in references.listed() if each.number in seen),
        lines=lines,
        dates=references.cite(dates),
        postures=references.of_claim(unit, posture),
        steps=steps,
        beside=unit.rules("not_applicable"),
    )


def _steps(unit: Unit, references: References) -> tuple[Step, ...]:
    grouped: dict[tuple[object, ...], list[Finding]] = defaultdict(list)
    for finding in unit.findings:
        if finding.status != "not_applicable":
            same = (finding.status, finding.reason, finding.due, finding.evidence, finding.waiver)
            grouped[same].append(finding)
    steps = [
        Step(
            status=found[0].status,
            rules=tuple(each.rule for each in found),
            severity=found[0].severity,
            reason=found[0].reason,
            due=found[0].due,
            waiver=found[0].waiver,
            cites=references.of_claim(unit, found[0].evidence),
        )
        for found in grouped.values()
    ]
    return tuple(sorted(steps, key=lambda step: (STATUSES.index(step.status), step.rules)))
