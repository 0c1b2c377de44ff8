"""What to do next: units with the same remedy, grouped so that one order settles them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.model import Finding, Sweep
    from agent.reports.units import Unit

Verb: TypeAlias = Literal["attach", "renew", "replace", "find_out", "drop"]

NAMED = 20
"""Units or hosts of a batch that are named; the others are counted."""

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
VERBS: dict[Verb, str] = {verb: title.lower() for verb, (title, _) in _WORDS.items()}
"""What is to be done, as one word in a column."""


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
    """Name and anchor of the first twenty units or hosts."""


@dataclass(frozen=True, slots=True)
class Action:
    """One remedy and everything it is needed for, most urgent first."""

    verb: Verb
    title: str
    why: str
    units: int
    hosts: int
    batches: tuple[Batch, ...]


class ToDo:
    """Gathers what has to be done, unit by unit, and holds no more than the batches."""

    def __init__(self) -> None:
        self._batches: dict[tuple[Verb, str, str, str | None], _Draft] = {}

    def add(self, unit: Unit) -> None:
        """Take note of what one unit needs."""
        for verb, finding in remedies(unit):
            key = (verb, finding.rule, unit.pid or "PID not known", unit.site)
            draft = self._batches.setdefault(key, _Draft(finding.reason))
            draft.units += 1
            if finding.due and (draft.due is None or finding.due < draft.due):
                draft.due = finding.due
            if len(draft.members) < NAMED:
                draft.members.append((unit.name(), unit.anchor))

    def actions(self, sweep: Sweep) -> tuple[Action, ...]:
        """Remedies in the order in which people act on them; without those that nothing needs."""
        found: dict[Verb, list[Batch]] = {verb: [] for verb in _WORDS}
        for (verb, rule, what, site), draft in self._batches.items():
            found[verb].append(draft.batch(rule, what, site))
        found["find_out"] += _host_batches(sweep)
        return tuple(_action(verb, batches) for verb, batches in found.items() if batches)


@dataclass(slots=True)
class _Draft:
    """A batch while units are still coming."""

    reason: str
    units: int = 0
    due: date | None = None
    members: list[tuple[str, str]] = field(default_factory=list)

    def batch(self, rule: str, what: str, site: str | None) -> Batch:
        named = tuple(self.members)
        return Batch(rule, what, site, self.units, 0, self.due, self.reason, named)


def remedies(unit: Unit) -> Iterator[tuple[Verb, Finding]]:
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
    return tuple((host, "section-not-read") for host in sorted(hosts)[:NAMED])


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
