"""Every asset as one row: is it covered, until when, still supported, still in service."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Generic, Literal, TypeAlias, TypeVar

from agent.model import HEADLINES, IN_SERVICE_KINDS, Unstated, days

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from agent.model import (
        Asset,
        AssetKey,
        ContractLine,
        Evidence,
        Finding,
        Headline,
        Kind,
        Milestone,
        Milestones,
        Observation,
        PidMatch,
        Posture,
        Report,
        Status,
        Unreached,
    )

Record: TypeAlias = Literal["in_service", "part", "not_seen", "host_not_reached"]
"""`part`: covered by its parent. `not_seen`: paid for, not found. `host_not_reached`: neither."""

Cover: TypeAlias = Literal["covered", "uncovered", "unknown", "not_applicable"]
Support: TypeAlias = Literal["supported", "near_ldos", "past_ldos", "unknown", "not_applicable"]
Presence: TypeAlias = Literal["seen", "not_seen", "cannot_tell", "not_reached", "ended"]
"""`not_seen`: its whole site was read without it. `cannot_tell`: some of the site was not read.
`ended`: not seen, and no line of it runs any more."""

_COVER: dict[Status, Cover] = {
    "not_a_finding": "covered",
    "open": "uncovered",
    "not_reviewed": "unknown",
    "not_applicable": "not_applicable",
}


_ABSENCE: dict[Status, Presence] = {
    "open": "not_seen",
    "not_reviewed": "cannot_tell",
    "not_applicable": "ended",
    "not_a_finding": "cannot_tell",
}


@dataclass(frozen=True, slots=True)
class Source:
    """One raw text or file, and the commands or rows in it that were used."""

    source: str
    collected: datetime | None
    sha256: str
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """One asset with its answers. `line` is the contract line that stands for its cover.

    `ends` is the last covered day, through lines that follow each other without a gap. `postures`
    has one for each software that the unit runs.
    """

    anchor: str
    record: Record
    host: str | None
    site: str | None
    platform: str | None
    kind: Kind | None
    position: str | None
    serial: str | None
    pid: str | None
    version: str | None
    virtual: bool
    cover: Cover
    cover_reason: str
    contract: str | None
    service_level: str | None
    starts: date | None
    ends: date | None
    days_left: int | None
    support: Support
    ldos: Milestone
    presence: Presence
    lines: tuple[ContractLine, ...]
    line_matches: tuple[PidMatch, ...]
    doubtful_lines: tuple[ContractLine, ...]
    milestones: Milestones | None
    milestone_match: PidMatch | None
    sightings: tuple[Observation, ...]
    unreached: Unreached | None
    findings: tuple[Finding, ...]
    postures: tuple[Posture, ...]

    def rules(self, status: Status) -> tuple[str, ...]:
        """The rules whose finding about this unit has `status`."""
        return tuple(f.rule for f in self.findings if f.status == status)

    def finding(self, rule: str) -> Finding | None:
        """What `rule` says about this unit."""
        return next((f for f in self.findings if f.rule == rule), None)

    def is_open(self, rule: str) -> bool:
        """Whether `rule` has an open finding about this unit."""
        return any(f.rule == rule and f.status == "open" for f in self.findings)

    @property
    def headline(self) -> Headline | None:
        """The worst headline of the software it runs; None where it runs none of its own."""
        return min((p.headline for p in self.postures), key=HEADLINES.index, default=None)

    def sources(self) -> tuple[Source, ...]:
        """The raw texts behind everything said about this unit, each once."""
        places: dict[tuple[str, datetime | None, str], dict[str, None]] = {}
        for evidence in self.evidence():
            key = (evidence.source, evidence.collected, evidence.sha256)
            places.setdefault(key, {})[evidence.command] = None
        return tuple(Source(*key, tuple(found)) for key, found in places.items())

    def evidence(self) -> Iterator[Evidence]:
        """Everything that anything said about this unit rests on, in the order of its story."""
        for sighting in self.sightings:
            yield from sighting.evidence
        for line in (*self.lines, *self.doubtful_lines):
            yield line.evidence
        if self.milestones:
            yield self.milestones.evidence
        for posture in self.postures:
            yield from posture.evidence
        for finding in self.findings:
            yield from finding.evidence

    def name(self) -> str:
        """What people call the unit: its serial, else its place, else what it is."""
        place = " ".join(filter(None, (self.host, self.position)))
        return self.serial or place or f"{self.pid or 'unit'} without a serial"


def units(report: Report) -> tuple[Unit, ...]:
    """Every asset of the report, in the report's order, each with an anchor of its own."""
    return tuple(walk(report))


def walk(report: Report) -> Iterator[Unit]:
    """The same one by one: findings and postures stand in the order of the assets.

    :raises ValueError: they do not, so that some would belong to no unit.
    """
    anchors = _Anchors()
    findings, postures = _Queue(report.findings), _Queue(report.postures)
    for asset in report.assets:
        own = findings.take(asset.key, lambda finding: finding.rule)
        runs = postures.take(asset.key, lambda posture: posture.software)
        yield _unit(asset, own, runs, anchors.new(asset), report.as_of)
    for queue in (findings, postures):
        if queue.head is not None:
            raise ValueError(f"out of the order of the assets: {queue.head}")


_Judged = TypeVar("_Judged", bound="Finding | Posture")


class _Queue(Generic[_Judged]):
    """What was judged, handed to one asset after the other.

    Assets without a serial can share a key: each takes one of every rule or software.
    """

    def __init__(self, judged: Iterable[_Judged]) -> None:
        self._rest = iter(judged)
        self.head = next(self._rest, None)

    def take(self, key: AssetKey, kind: Callable[[_Judged], str]) -> tuple[_Judged, ...]:
        taken: dict[str, _Judged] = {}
        while (one := self.head) is not None:
            if (one.host, one.serial, one.pid, one.position) != key or kind(one) in taken:
                break
            taken[kind(one)] = one
            self.head = next(self._rest, None)
        return tuple(taken.values())


def _unit(
    asset: Asset,
    findings: tuple[Finding, ...],
    postures: tuple[Posture, ...],
    anchor: str,
    as_of: date,
) -> Unit:
    by_rule = {finding.rule: finding for finding in findings}
    seen = asset.observation
    cover = by_rule.get("uncovered")
    line = _standing(asset.lines, as_of)
    ends = _last_covered_day(line, asset.lines) if line else None
    return Unit(
        anchor=anchor,
        record=_record(asset),
        host=asset.host,
        site=asset.site,
        platform=asset.platform,
        kind=asset.kind,
        position=asset.position,
        serial=asset.serial,
        pid=asset.pid,
        version=seen.version if seen else None,
        virtual=bool(seen and seen.virtual),
        cover=_COVER[cover.status] if cover else "unknown",
        cover_reason=cover.reason if cover else "no rule looked at this unit's cover",
        contract=line.contract if line else None,
        service_level=line.service_level if line else None,
        starts=line.start if line else None,
        ends=ends,
        days_left=days(as_of, ends) if ends else None,
        support=_support(by_rule.get("near_ldos"), by_rule.get("past_ldos")),
        ldos=asset.milestones.last_date_of_support if asset.milestones else Unstated.UNKNOWN,
        presence=_presence(asset, by_rule.get("retired")),
        lines=asset.lines,
        line_matches=asset.line_matches,
        doubtful_lines=asset.doubtful_lines,
        milestones=asset.milestones,
        milestone_match=asset.milestone_match,
        sightings=asset.sightings,
        unreached=asset.unreached,
        findings=findings,
        postures=postures,
    )


def _record(asset: Asset) -> Record:
    if asset.kind in IN_SERVICE_KINDS:
        return "in_service"
    if asset.kind:
        return "part"
    return "not_seen" if asset.lines or asset.serial else "host_not_reached"


def _presence(asset: Asset, retired: Finding | None) -> Presence:
    if asset.observation:
        return "seen"
    if asset.unreached:
        return "not_reached"
    return _ABSENCE[retired.status] if retired else "cannot_tell"


def _support(near: Finding | None, past: Finding | None) -> Support:
    """Supported only where both rules say so; one that could not tell leaves it unknown."""
    states = [finding.status if finding else "not_reviewed" for finding in (near, past)]
    if past and past.status == "open":
        return "past_ldos"
    if near and near.status == "open":
        return "near_ldos"
    if "not_reviewed" in states:
        return "unknown"
    return "not_applicable" if set(states) == {"not_applicable"} else "supported"


def _standing(lines: tuple[ContractLine, ...], day: date) -> ContractLine | None:
    """The line that says most about `day`: in force, else start unknown, else next, else last."""

    def rank(line: ContractLine) -> tuple[int, int, str]:
        far = days(day, line.end)
        if line.covers(day):
            return (0, -far, line.contract or "")
        if line.end < day:
            return (3, -far, line.contract or "")
        return (1 if line.start is None else 2, far, line.contract or "")

    return min(lines, key=rank, default=None)


def _last_covered_day(line: ContractLine, lines: tuple[ContractLine, ...]) -> date:
    """The end of `line`, or of the last line that carries on from it without a gap."""
    end = line.end
    for other in sorted(lines, key=lambda each: (each.start or date.max, each.end)):
        if other.start and other.start <= end + timedelta(days=1):
            end = max(end, other.end)
    return end


class _Anchors:
    """Fragment names: the serial where it is usable and still free, else it with a number."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._counts: Counter[str] = Counter()

    def new(self, asset: Asset) -> str:
        wanted = asset.serial or f"host-{asset.host or 'unknown'}"
        stem = re.sub(r"[^A-Za-z0-9.]+", "-", wanted).strip("-.") or "unit"
        if stem.startswith(("section-", "evidence-")):
            stem = f"unit-{stem}"
        anchor = stem
        while anchor in self._taken:
            self._counts[stem] += 1
            anchor = f"{stem}-{self._counts[stem] + 1}"
        self._taken.add(anchor)
        return anchor
