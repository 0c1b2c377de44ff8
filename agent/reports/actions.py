"""What to do next: units with the same remedy, grouped so that one order settles them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agent.model import Finding, Sweep
    from agent.reports.units import Unit

Verb: TypeAlias = Literal["attach", "renew", "replace", "find_out", "drop"]

_WORDS: dict[Verb, tuple[str, str]] = {
    "attach": ("Attach", "in service and on no contract: put them on one"),
    "renew": (
        "Renew",
        "cover lapsed, lapses inside the quote window or begins later: ask for a quote",
    ),
    "replace": ("Replace", "past or near the last date of support: no service reaches beyond it"),
    "find_out": (
        "Find out",
        "something about them is not known: read the host or find the data",
    ),
    "drop": ("Drop", "paid for but not seen, or paid for twice: take off the next renewal"),
}


@dataclass(frozen=True, slots=True)
class Batch:
    """What can be settled together: one product, host or cause at one site."""

    rule: str | None
    what: str
    site: str | None
    units: int
    hosts: int
    due: date | None
    reason: str
    members: tuple[tuple[str, str], ...]
    """Name and anchor of each unit."""


@dataclass(frozen=True, slots=True)
class Action:
    """One remedy and everything it is needed for, most urgent first."""

    verb: Verb
    title: str
    why: str
    units: int
    hosts: int
    batches: tuple[Batch, ...]


_Wanted: TypeAlias = "dict[tuple[str, str, str | None], list[tuple[Unit, Finding]]]"


def actions(units: Iterable[Unit], sweep: Sweep) -> tuple[Action, ...]:
    """Remedies in the order in which people act on them; one with nothing to do is left out."""
    wanted: dict[Verb, _Wanted] = {verb: defaultdict(list) for verb in _WORDS}
    for unit in units:
        for verb, finding in _remedies(unit):
            key = (finding.rule, unit.pid or "PID not known", unit.site)
            wanted[verb][key].append((unit, finding))
    result = []
    for verb, groups in wanted.items():
        batches = [_unit_batch(*key, found) for key, found in groups.items()]
        if verb == "find_out":
            batches += _host_batches(sweep)
        if batches:
            result.append(_action(verb, batches))
    return tuple(result)


def _remedies(unit: Unit) -> Iterator[tuple[Verb, Finding]]:
    """What one unit needs and the finding that says so. Past its last day, nothing but a new one.

    A unit on a host that was not reached is settled with the host.
    """
    if unit.unreached or unit.record == "part":
        return
    open_now = {f.rule: f for f in unit.findings if f.status == "open"}
    unknown = {f.rule: f for f in unit.findings if f.status == "not_reviewed"}
    ageing = _first(open_now, "past_ldos", "near_ldos")
    bare = _first(open_now, "uncovered", "lapsing")
    surplus = _first(open_now, "retired", "duplicate_cover")
    unclear = _first(unknown, "uncovered", "retired", "past_ldos", *unknown)
    if ageing:
        yield "replace", ageing
    if bare and "past_ldos" not in open_now:
        yield "renew" if unit.lines else "attach", bare
    if surplus:
        yield "drop", surplus
    if unclear:
        yield "find_out", unclear


def _first(findings: dict[str, Finding], *rules: str) -> Finding | None:
    return next((findings[rule] for rule in rules if rule in findings), None)


def _unit_batch(rule: str, what: str, site: str | None, found: list[tuple[Unit, Finding]]) -> Batch:
    findings = [finding for _, finding in found]
    return Batch(
        rule=rule,
        what=what,
        site=site,
        units=len(found),
        hosts=0,
        due=min((f.due for f in findings if f.due), default=None),
        reason=findings[0].reason,
        members=tuple((unit.name(), unit.anchor) for unit, _ in found),
    )


def _host_batches(sweep: Sweep) -> list[Batch]:
    """Hosts that have to be read again, by what went wrong at which site."""
    site_of = {host.host: host.site for host in sweep.hosts}
    groups: dict[tuple[str, str | None], dict[str, str]] = defaultdict(dict)
    for failed in sweep.unreached:
        what = f"hosts not read: {failed.kind}"
        groups[what, site_of.get(failed.host)][failed.host] = failed.reason
    for gap in sweep.incomplete:
        what = f"hosts read in part: {gap.kind}"
        groups[what, site_of.get(gap.host)][gap.host] = gap.reason
    return [
        Batch(None, what, site, 0, len(hosts), None, next(iter(hosts.values())), _names(hosts))
        for (what, site), hosts in groups.items()
    ]


def _names(hosts: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((host, "section-not-read") for host in sorted(hosts))


def _action(verb: Verb, batches: list[Batch]) -> Action:
    title, why = _WORDS[verb]
    return Action(
        verb=verb,
        title=title,
        why=why,
        units=sum(batch.units for batch in batches),
        hosts=sum(batch.hosts for batch in batches),
        batches=tuple(sorted(batches, key=_urgency)),
    )


def _urgency(batch: Batch) -> tuple[date, int, str, str]:
    return (batch.due or date.max, -batch.units - batch.hosts, batch.what, batch.site or "")
