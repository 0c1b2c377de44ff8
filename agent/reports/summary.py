"""Every number a report prints, counted once, so that all formats say the same."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from agent.model import SEVERITIES, days
from agent.reports.expiry import Expiry, Month, months
from agent.reports.patching import Patching, counted
from agent.reports.rows import Rows
from agent.reports.scatter import Scatter, scatter
from agent.reports.shared import shared
from agent.reports.tally import (
    Absent,
    Counts,
    Coverage,
    Support,
    Tally,
    platform_of,
    site_of,
)
from agent.reports.units import Unit, walk
from agent.rules import rules

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date, datetime

    from agent.model import (
        Finding,
        HostVisit,
        Incomplete,
        Report,
        Severity,
        Status,
        Sweep,
        Unreached,
    )
    from agent.reports.actions import Action
    from agent.reports.units import Record


@dataclass(frozen=True, slots=True)
class Hosts:
    """The denominator. `partial` were reached, with something known to be missing."""

    attempted: int
    reached: int
    failed: int
    partial: int


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


def input_words(what: str) -> str:
    """A kind of input as readers know it."""
    known = {
        "contracts": "contract lines",
        "eox": "lifecycle dates (EoX)",
        "kev": "known exploited (CISA KEV)",
        "first_fixed": "first fixed releases",
        "patch_map": "what patches mend",
    }
    return known.get(what, what.replace("_", " "))


@dataclass(frozen=True, slots=True)
class Verdict:
    """One finding beside the name and the anchor of the unit it is about."""

    finding: Finding
    name: str
    anchor: str


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
    verdicts: Sequence[Verdict]


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
    scatter: Scatter
    actions: tuple[Action, ...]
    sites: tuple[Group, ...]
    platforms: tuple[Group, ...]
    units: Sequence[Unit]
    parts: Sequence[Unit]
    not_seen: Sequence[Unit]
    hosts_not_reached: Sequence[Unit]
    unreached: tuple[Unreached, ...]
    incomplete: tuple[Incomplete, ...]
    rules: tuple[RuleResult, ...]


@shared
def summarise(report: Report) -> Summary:
    """Count the report in one walk over it. Pure: the same report gives the same summary.

    The rows are made anew by every walk over them, so that an estate of any size need not be held.
    """
    tally = Tally()
    for unit in walk(report):
        tally.add(unit)
    sweep, window = report.sweep, report.quote_window_days
    ends = tally.ends.expiries(report.as_of, window)
    hosts = _hosts(_gaps(sweep), sweep.hosts)
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
        coverage=tally.serving.coverage(),
        support=tally.serving.support(),
        patching=counted(tally.headlines),
        lapsing=tally.serving.lapsing,
        duplicates=tally.duplicates,
        absent=tally.absences(),
        data_ages=_ages(report),
        expiries=ends,
        timeline=months(ends, report.as_of, window),
        scatter=scatter(tally.dates, report.as_of, window),
        actions=tally.todo.actions(sweep),
        sites=_groups(sweep, tally.sites, site_of),
        platforms=_groups(sweep, tally.platforms, platform_of),
        units=_rows(report, tally, "in_service"),
        parts=_rows(report, tally, "part"),
        not_seen=_rows(report, tally, "not_seen"),
        hosts_not_reached=_rows(report, tally, "host_not_reached"),
        unreached=sweep.unreached,
        incomplete=sweep.incomplete,
        rules=_rules(report, tally.findings),
    )


def _rows(report: Report, tally: Tally, record: Record) -> Rows[Unit]:
    """The units of one kind."""
    return Rows(
        lambda: (unit for unit in walk(report) if unit.record == record), tally.records[record]
    )


def _gaps(sweep: Sweep) -> frozenset[str]:
    """Hosts of which units are known to be missing."""
    return frozenset(gap.host for gap in sweep.incomplete if gap.kind != "absent_slot")


def _hosts(gaps: frozenset[str], visits: Sequence[HostVisit]) -> Hosts:
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
    sweep: Sweep, counted: Mapping[str, Counts], name: Callable[[HostVisit], str]
) -> tuple[Group, ...]:
    """Hosts and units by name, those with hosts that were all unreached included."""
    visits: dict[str, list[HostVisit]] = defaultdict(list)
    for visit in sweep.hosts:
        visits[name(visit)].append(visit)
    gaps = _gaps(sweep)
    return tuple(
        Group(
            name=each,
            hosts=_hosts(gaps, visits[each]),
            coverage=counts.coverage(),
            support=counts.support(),
            lapsing=counts.lapsing,
            next_end=counts.next_end,
        )
        for each in sorted({*visits, *counted})
        for counts in (counted.get(each) or Counts(),)
    )


def _rules(
    report: Report, counted: Mapping[str, Counter[tuple[Status, Severity]]]
) -> tuple[RuleResult, ...]:
    """All findings by rule: rules with the worst open finding first."""
    verdicts = _Verdicts(report)
    results = (_rule(rule, found, verdicts) for rule, found in counted.items())
    return tuple(sorted(results, key=lambda r: (not r.open, SEVERITIES.index(r.severity), r.rule)))


def _rule(rule: str, found: Counter[tuple[Status, Severity]], verdicts: _Verdicts) -> RuleResult:
    states: Counter[Status] = Counter()
    for (status, _), count in found.items():
        states[status] += count
    return RuleResult(
        rule=rule,
        meaning=_meanings().get(rule, ""),
        severity=min((severity for _, severity in found), key=SEVERITIES.index),
        open=states["open"],
        not_reviewed=states["not_reviewed"],
        not_a_finding=states["not_a_finding"],
        not_applicable=states["not_applicable"],
        verdicts=Rows(lambda: iter(verdicts.of(rule)), states["open"] + states["not_reviewed"]),
    )


class _Verdicts:
    """What needs somebody, by rule, gathered when it is first asked for."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._found: dict[str, list[Verdict]] | None = None

    def of(self, rule: str) -> list[Verdict]:
        if self._found is None:
            self._found = defaultdict(list)
            for unit in walk(self._report):
                for finding in unit.findings:
                    if finding.status in ("open", "not_reviewed"):
                        self._found[finding.rule].append(Verdict(finding, unit.name(), unit.anchor))
            for each in self._found.values():
                each.sort(key=_worst_first)
        return self._found.get(rule, [])


def _worst_first(verdict: Verdict) -> tuple[bool, int]:
    return (verdict.finding.status != "open", SEVERITIES.index(verdict.finding.severity))


def _meanings() -> dict[str, str]:
    """The first sentence of every rule's documentation."""
    return {rule.id: rule.documentation.partition("\n")[0] for rule in rules()}
