"""The estate in numbers for Prometheus: a text file for its node exporter, or what ``serve`` says.

Every gauge states what it counts; what is not known has a value of its own and is never left out.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, time
from typing import IO, TYPE_CHECKING, Any, Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily

from agent.model import days
from agent.reports import Format
from agent.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from prometheus_client.metrics_core import Metric

    from agent.model import Report

UNKNOWN: Final = "unknown"
WINDOWS: Final = (30, 60, 90, 365)
"""Days ahead in which dates are counted."""


def metrics(report: Report) -> Iterator[Metric]:
    """Every gauge of a report, in a fixed order."""
    sweep = report.sweep
    yield _one("sweep_started_timestamp_seconds", "When the sweep began.", sweep.started)
    yield _one("sweep_ended_timestamp_seconds", "When the sweep ended.", sweep.ended)
    yield _one("as_of_timestamp_seconds", "The day everything is judged as of.", _moment(report))
    unread = {gap.host for gap in sweep.unreached}
    partly = {gap.host for gap in sweep.incomplete if gap.kind != "absent_slot"} - unread
    states = Counter(
        (
            visit.site or UNKNOWN,
            "unread" if visit.host in unread else "partly" if visit.host in partly else "read",
        )
        for visit in sweep.hosts
    )
    yield _counted("hosts", "Hosts that were attempted.", ("site", "state"), states)
    sites = {visit.host: visit.site for visit in sweep.hosts}
    headlines = Counter(
        (sites.get(unit.host or "") or UNKNOWN, unit.software, unit.headline)
        for unit in report.postures
    )
    yield _counted(
        "units",
        "Units and the software they run, by whether the next fix can be had.",
        ("site", "software", "headline"),
        headlines,
    )
    findings = Counter(
        (f.rule, f.severity, "waived" if f.waiver and f.status == "open" else f.status)
        for f in report.findings
        if f.status != "not_applicable"
    )
    yield _counted("findings", "Answers of rules.", ("rule", "severity", "status"), findings)
    yield from _ages(report)
    if report.plan is not None:
        ahead = Counter(
            (entry.kind, str(window), "yes" if entry.owner else "no")
            for entry in report.plan.calendar
            for window in WINDOWS
            if 0 <= days(report.as_of, entry.day) <= window
        )
        yield _counted(
            "dates_ahead",
            "Dates of the renewal's calendar within so many days; counted in each window.",
            ("kind", "days", "owned"),
            ahead,
        )


def text(found: Iterable[Metric]) -> bytes:
    """The gauges in Prometheus' text format."""

    class Once:
        def collect(self) -> Iterable[Metric]:
            return found

    registry = CollectorRegistry(auto_describe=False)
    registry.register(Once())
    return generate_latest(registry)


def write(report: Report, stream: IO[bytes]) -> None:
    """Write the text file."""
    stream.write(text(list(metrics(report))))


def _ages(report: Report) -> Iterator[Metric]:
    """How old imported data is; of a file without a day, that it is not known."""
    oldest: dict[tuple[str, str], int | None] = {}
    rows: Counter[tuple[str, str]] = Counter()
    for age in report.data_ages:
        key = (age.what, visible(age.source))
        old = None if age.dated is None else days(age.dated, report.run_day)
        before = oldest.get(key, old)
        oldest[key] = None if old is None or before is None else max(old, before)
        rows[key] += age.rows
    gauge = _gauge(
        "data_age_days", "Days since the data was true; NaN: no day is stated.", ("what", "source")
    )
    for key, old in sorted(oldest.items()):
        gauge.add_metric(list(key), float("nan") if old is None else old)
    yield gauge
    yield _counted("data_rows", "Rows of imported data that count.", ("what", "source"), rows)


def _one(name: str, words: str, when: datetime) -> Metric:
    gauge = _gauge(name, words, ())
    gauge.add_metric([], when.timestamp())
    return gauge


def _counted(
    name: str,
    words: str,
    labels: tuple[str, ...],
    counted: Mapping[Any, int],
) -> Metric:
    gauge = _gauge(name, words, labels)
    for values, number in sorted(counted.items()):
        gauge.add_metric([visible(value) for value in values], number)
    return gauge


def _gauge(name: str, words: str, labels: tuple[str, ...]) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"netcover_{name}", words, labels=labels)


def _moment(report: Report) -> datetime:
    return datetime.combine(report.as_of, time(), UTC)


FORMAT = Format(
    report="metrics",
    ending="prom",
    title="The estate in numbers, for Prometheus",
    audience="monitoring",
    write_bytes=write,
)
