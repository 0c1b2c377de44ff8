"""What there is to tell: dates, findings, hosts that were not read, data that is too old.

The key of a fact stays the same from run to run, whatever its words; it has ended only where the
report says so. A unit that could not be seen ends nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from agent.model import SEVERITIES, days
from agent.rules import rules
from agent.terminal import visible
from agent.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from agent.model import CalendarEntry, Finding, Report, Severity

Kind: TypeAlias = Literal["date", "finding", "gap", "data"]


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing to tell; `about` is the rule of a finding, or the kind of a date or gap.

    `ends`: whether it has ended, so that it is told anew should it hold again.
    """

    key: str
    kind: Kind
    about: str
    text: str
    severity: Severity = "info"
    day: date | None = None
    site: str | None = None
    owner: str | None = None
    host: str | None = None
    serial: str | None = None
    ends: bool = False

    @property
    def order(self) -> tuple[int, str, str]:
        """The worst first, then by day."""
        return (SEVERITIES.index(self.severity), str(self.day or "9999"), self.key)


def facts(report: Report) -> Iterator[Fact]:
    """Everything that holds or has ended, as the report has it."""
    owners = {host.host: host.owner for host in report.hosts}
    sites = {visit.host: visit.site for visit in report.sweep.hosts}
    if report.plan is not None:
        yield from (_date(entry) for entry in report.plan.calendar)
    titles = {rule.id: rule.documentation.partition("\n")[0] for rule in rules()}
    for finding in report.findings:
        if finding.status != "not_reviewed":
            host = finding.host or ""
            yield _finding(finding, titles, sites.get(host), owners.get(host))
    yield from _gaps(report, owners)
    yield from _data(report)


def _key(*parts: object) -> str:
    return json.dumps([str(part) for part in parts], ensure_ascii=False)


def _date(entry: CalendarEntry) -> Fact:
    units = f" ({count(entry.units, 'unit')})" if entry.units else ""
    return Fact(
        key=_key("date", entry.key),
        kind="date",
        about=entry.kind,
        text=visible(f"{entry.title}{units}"),
        severity="medium",
        day=entry.day,
        owner=entry.owner,
    )


def _finding(finding: Finding, titles: dict[str, str], site: str | None, owner: str | None) -> Fact:
    unit = finding.serial or finding.position or finding.pid or "unit"
    where = f" on {finding.host}" if finding.host else ""
    title = titles.get(finding.rule, finding.rule).rstrip(".")
    return Fact(
        key=_key(
            "finding", finding.rule, *(finding.host, finding.serial, finding.pid), finding.position
        ),
        kind="finding",
        about=finding.rule,
        text=visible(f"{unit}{where}: {title}: {finding.reason}"),
        severity=finding.severity,
        day=finding.due,
        site=site,
        owner=owner,
        host=finding.host,
        serial=finding.serial,
        ends=finding.status != "open" or finding.waiver is not None,
    )


def _gaps(report: Report, owners: dict[str, str | None]) -> Iterator[Fact]:
    sweep = report.sweep
    found: dict[str, dict[str, str]] = {}
    for gap in sweep.incomplete:
        if gap.kind != "absent_slot":
            found.setdefault(gap.host, {})[gap.kind] = gap.reason
    unread = {gap.host: gap for gap in sweep.unreached}
    for visit in sweep.hosts:
        told = found.get(visit.host, {})
        failure = unread.get(visit.host)
        about = "unreached" if failure else "incomplete"
        reason = "; ".join(f"{kind}: {why}" for kind, why in told.items())
        reason = failure.reason if failure else reason
        for kind, holds in (("unreached", failure is not None), ("incomplete", bool(told))):
            if kind == "incomplete" and failure and not told:
                continue  # only reading the host again shows whether it is read wholly now
            yield Fact(
                key=_key("gap", visit.host, kind),
                kind="gap",
                about=about,
                text=visible(f"{visit.host} was not read{'' if failure else ' wholly'}: {reason}"),
                severity="high" if failure else "medium",
                site=visit.site,
                owner=owners.get(visit.host),
                host=visit.host,
                ends=not holds,
            )


def _data(report: Report) -> Iterator[Fact]:
    for age in report.data_ages:
        if age.limit is None:
            continue
        old = None if age.dated is None else days(age.dated, report.run_day)
        fresh = old is not None and old <= age.limit
        said = "has no day" if old is None else f"is {count(old, 'day')} old"
        yield Fact(
            key=_key("data", age.what, age.source),
            kind="data",
            about=age.what,
            text=visible(f"{age.what} of {age.source} {said}; the limit is {age.limit}"),
            severity="medium",
            ends=fresh,
        )
