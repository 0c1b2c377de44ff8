"""Every number a report prints, counted once, so that all formats say the same."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from agent.model import SEVERITIES, days
from agent.reports.actions import Action, actions
from agent.reports.expiry import Expiry, Month, expiries, months
from agent.reports.patching import Patching, patching
from agent.reports.units import Unit, units
from agent.rules import rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date, datetime

    from agent.model import Finding, HostVisit, Incomplete, Report, Severity, Sweep, Unreached


@dataclass(frozen=True, slots=True)
class Hosts:
    """The denominator. `partial` were reached, with something known to be missing."""

    attempted: int
    reached: int
    failed: int
    partial: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """Units in service by cover. `percent` is of `units`, rounded down; None where there are none.

    `not_applicable` units need no contract and are not among `units`.
    """

    units: int
    covered: int
    uncovered: int
    unknown: int
    not_applicable: int
    percent: float | None


@dataclass(frozen=True, slots=True)
class Support:
    """Units in service by what their last date of support means on the day."""

    supported: int
    near_ldos: int
    past_ldos: int
    unknown: int
    not_applicable: int


@dataclass(frozen=True, slots=True)
class Group:
    """One site or one platform."""

    name: str
    hosts: Hosts
    coverage: Coverage
    support: Support
    lapsing: int
    next_end: date | None


@dataclass(frozen=True, slots=True)
class Absent:
    """Assets that were paid for and not seen, and why that may be."""

    not_seen: int
    cannot_tell: int
    not_reached: int
    ended: int


@dataclass(frozen=True, slots=True)
class Age:
    """How old one kind of input was on the day of the run."""

    what: str
    source: str
    dated: date | None
    days_old: int | None
    rows: int
    limit: int | None = None
    sha256: str | None = None

    @property
    def state(self) -> Literal["within its limit", "too old", "age not known", "no limit"]:
        """Whether the data is young enough to prove anything on the day of the run."""
        if self.days_old is None:
            return "age not known"
        if self.limit is None:
            return "no limit"
        return "too old" if self.days_old > self.limit else "within its limit"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One finding beside the unit it is about; `unit` is None where no asset matches it."""

    finding: Finding
    name: str
    anchor: str | None


@dataclass(frozen=True, slots=True)
class RuleResult:
    """One rule over all assets; `verdicts` are those that need somebody, worst first."""

    rule: str
    meaning: str
    severity: Severity
    open: int
    not_reviewed: int
    not_a_finding: int
    not_applicable: int
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """A report in numbers, groups and rows. `complete`: every host was read, nothing missing."""

    as_of: date
    run_day: date
    tool_version: str
    sweep: str
    started: datetime
    ended: datetime
    hosts: Hosts
    complete: bool
    warnings: tuple[str, ...]
    quote_window_days: int
    near_ldos_months: int
    coverage: Coverage
    support: Support
    patching: Patching
    lapsing: int
    duplicates: int
    absent: Absent
    data_ages: tuple[Age, ...]
    expiries: tuple[Expiry, ...]
    timeline: tuple[Month, ...]
    actions: tuple[Action, ...]
    sites: tuple[Group, ...]
    platforms: tuple[Group, ...]
    units: tuple[Unit, ...]
    parts: tuple[Unit, ...]
    not_seen: tuple[Unit, ...]
    hosts_not_reached: tuple[Unit, ...]
    unreached: tuple[Unreached, ...]
    incomplete: tuple[Incomplete, ...]
    rules: tuple[RuleResult, ...]


def summarise(report: Report) -> Summary:
    """Count the report. Pure: the same report gives the same summary."""
    everything = units(report)
    serving = tuple(u for u in everything if u.record == "in_service")
    sweep, window = report.sweep, report.quote_window_days
    ends = expiries(serving, report.as_of, window)
    hosts = _hosts(sweep, sweep.hosts)
    return Summary(
        as_of=report.as_of,
        run_day=report.run_day,
        tool_version=report.tool_version,
        sweep=sweep.id,
        started=sweep.started,
        ended=sweep.ended,
        hosts=hosts,
        complete=not _warnings(hosts),
        warnings=_warnings(hosts),
        quote_window_days=window,
        near_ldos_months=report.near_ldos_months,
        coverage=_coverage(serving),
        support=_support(serving),
        patching=patching(everything),
        lapsing=sum(u.is_open("lapsing") for u in serving),
        duplicates=sum(u.is_open("duplicate_cover") for u in everything),
        absent=_absent(everything),
        data_ages=_ages(report),
        expiries=ends,
        timeline=months(ends, report.as_of, window),
        actions=actions(everything, sweep),
        sites=_groups(sweep, serving, lambda each: each.site or "no site"),
        platforms=_groups(sweep, serving, lambda each: each.platform or "no platform"),
        units=serving,
        parts=tuple(u for u in everything if u.record == "part"),
        not_seen=tuple(u for u in everything if u.record == "not_seen"),
        hosts_not_reached=tuple(u for u in everything if u.record == "host_not_reached"),
        unreached=sweep.unreached,
        incomplete=sweep.incomplete,
        rules=_rules(report, everything),
    )


def _hosts(sweep: Sweep, visits: Iterable[HostVisit]) -> Hosts:
    gaps = {gap.host for gap in sweep.incomplete if gap.kind != "absent_slot"}
    visits = tuple(visits)
    reached = [visit for visit in visits if visit.reached]
    return Hosts(
        attempted=len(visits),
        reached=len(reached),
        failed=len(visits) - len(reached),
        partial=sum(visit.host in gaps for visit in reached),
    )


def _warnings(hosts: Hosts) -> tuple[str, ...]:
    """What keeps the numbers from being the whole truth, in the words every format uses."""
    found = []
    if not hosts.attempted:
        found.append("no host was attempted: there is nothing behind these numbers.")
    for count, how, what in (
        (hosts.failed, "not read", "units"),
        (hosts.partial, "read only in part", "missing units"),
    ):
        were, their = ("was", "its") if count == 1 else ("were", "their")
        if count:
            found.append(
                f"{count} of {hosts.attempted} hosts {were} {how}:"
                f" {their} {what} are not in these numbers."
            )
    return tuple(found)


def _coverage(serving: Iterable[Unit]) -> Coverage:
    states = [unit.cover for unit in serving]
    covered = states.count("covered")
    total = len(states) - states.count("not_applicable")
    return Coverage(
        units=total,
        covered=covered,
        uncovered=states.count("uncovered"),
        unknown=states.count("unknown"),
        not_applicable=states.count("not_applicable"),
        percent=covered * 1000 // total / 10 if total else None,
    )


def _support(serving: Iterable[Unit]) -> Support:
    states = [unit.support for unit in serving]
    return Support(
        supported=states.count("supported"),
        near_ldos=states.count("near_ldos"),
        past_ldos=states.count("past_ldos"),
        unknown=states.count("unknown"),
        not_applicable=states.count("not_applicable"),
    )


def _absent(everything: Iterable[Unit]) -> Absent:
    states = [unit.presence for unit in everything if unit.record == "not_seen"]
    return Absent(
        not_seen=states.count("not_seen"),
        cannot_tell=states.count("cannot_tell"),
        not_reached=states.count("not_reached"),
        ended=states.count("ended"),
    )


def _ages(report: Report) -> tuple[Age, ...]:
    return tuple(
        Age(
            what=a.what,
            source=a.described,
            dated=a.dated,
            days_old=days(a.dated, report.run_day) if a.dated else None,
            rows=a.rows,
            limit=a.limit,
            sha256=a.sha256,
        )
        for a in report.data_ages
    )


def _groups(
    sweep: Sweep, serving: tuple[Unit, ...], name: Callable[[HostVisit | Unit], str]
) -> tuple[Group, ...]:
    """Hosts and units by name, those with hosts that were all unreached included."""
    visits: dict[str, list[HostVisit]] = defaultdict(list)
    members: dict[str, list[Unit]] = defaultdict(list)
    for visit in sweep.hosts:
        visits[name(visit)].append(visit)
    for unit in serving:
        members[name(unit)].append(unit)
    return tuple(
        Group(
            name=each,
            hosts=_hosts(sweep, visits[each]),
            coverage=_coverage(members[each]),
            support=_support(members[each]),
            lapsing=sum(u.is_open("lapsing") for u in members[each]),
            next_end=min(
                (u.ends for u in members[each] if u.cover == "covered" and u.ends), default=None
            ),
        )
        for each in sorted({*visits, *members})
    )


def _rules(report: Report, everything: tuple[Unit, ...]) -> tuple[RuleResult, ...]:
    """All findings by rule: rules with the worst open finding first."""
    owned = {id(finding): unit for unit in everything for finding in unit.findings}
    by_rule: dict[str, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        by_rule[finding.rule].append(finding)
    results = (_rule(rule, found, owned) for rule, found in by_rule.items())
    return tuple(sorted(results, key=lambda r: (not r.open, SEVERITIES.index(r.severity), r.rule)))


def _rule(rule: str, found: list[Finding], owned: dict[int, Unit]) -> RuleResult:
    states = [finding.status for finding in found]
    wanted = [f for f in found if f.status in ("open", "not_reviewed")]
    wanted.sort(key=lambda f: (f.status != "open", SEVERITIES.index(f.severity)))
    return RuleResult(
        rule=rule,
        meaning=_meanings().get(rule, ""),
        severity=min((f.severity for f in found), key=SEVERITIES.index),
        open=states.count("open"),
        not_reviewed=states.count("not_reviewed"),
        not_a_finding=states.count("not_a_finding"),
        not_applicable=states.count("not_applicable"),
        verdicts=tuple(_verdict(finding, owned.get(id(finding))) for finding in wanted),
    )


def _meanings() -> dict[str, str]:
    """The first sentence of every rule's documentation."""
    return {rule.id: rule.documentation.partition("\n")[0] for rule in rules()}


def _verdict(finding: Finding, unit: Unit | None) -> Verdict:
    return Verdict(
        finding=finding,
        name=unit.name() if unit else finding.serial or finding.host or "unnamed",
        anchor=unit.anchor if unit else None,
    )
