"""The posture of every unit, and every advisory's answer about it, shared where units are alike."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from agent.model import IN_SERVICE_KINDS, AdvisoryLine, Posture
from agent.posture.answers import Answers, Tally
from agent.posture.detection import Seen
from agent.posture.entitlement import gate, judge_entitlement
from agent.posture.groups import Member, members, roll_up
from agent.posture.hardware import judge_hardware
from agent.posture.headline import action, headlines, migrates
from agent.posture.matcher import Matcher
from agent.posture.situation import Situation
from agent.posture.stream import judge_stream, judge_trainless
from agent.posture.trains import Train, Trains
from agent.posture.verdict import Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from agent.model import (
        AdvisoryAnswer,
        Asset,
        AssetKey,
        FixVerdict,
        Headline,
        Observation,
        Outcome,
        Software,
        UnitGroup,
    )
    from agent.posture.entitlement import EntitlementAnswer
    from agent.posture.facts import Facts
    from agent.posture.hardware import HardwareAnswer
    from agent.posture.stream import StreamAnswer

_CACHED_SITUATIONS = 64


@dataclass(frozen=True, slots=True)
class Judged:
    """One unit and running software with the three answers behind its posture."""

    posture: Posture
    hardware: HardwareAnswer
    stream: StreamAnswer
    entitlement: EntitlementAnswer
    situation: Situation


RunningSoftware: TypeAlias = "tuple[Software, str | None, tuple[str, ...]]"


class Assessment:
    """What :func:`assess_posture` found. Iterating gives a line per unit and matched advisory."""

    def __init__(
        self, facts: Facts, judged: tuple[Judged, ...], places: Mapping[AssetKey, range]
    ) -> None:
        self.facts = facts
        self.judged = judged
        self._places = places
        self._shared = Answers(facts)
        self._answers = lru_cache(_CACHED_SITUATIONS)(self._shared.of)
        self._tallies: dict[Situation, tuple[Tally, ...]] = {}
        # Every rule asks about the same asset in turn.
        self._last: tuple[Asset | None, tuple[Judged, ...]] = (None, ())

    @property
    def postures(self) -> tuple[Posture, ...]:
        """The posture of every unit and running software, in the order of the assets."""
        return tuple(each.posture for each in self.judged)

    def of(self, asset: Asset) -> tuple[Judged, ...]:
        """What is judged about one asset; empty where it runs no software of its own."""
        last, judged = self._last
        if last is asset:
            return judged
        place = self._places.get(asset.key)
        judged = self.judged[place.start : place.stop] if place else ()
        self._last = (asset, judged)
        return judged

    def advisories(self, judged: Judged) -> tuple[AdvisoryAnswer, ...]:
        """Every matched advisory's answer about one unit and running software, by CVE."""
        return self._answers(judged.situation)

    def tallies(self, judged: Judged) -> tuple[Tally, ...]:
        """The verdicts about one unit, counted, with the earliest deadline of each."""
        found = self._tallies.get(judged.situation)
        if found is None:
            found = self._tallies[judged.situation] = self._shared.tallies(judged.situation)
        return found

    def __iter__(self) -> Iterator[AdvisoryLine]:
        return (line for each in self.judged for line in self._of(each))

    def _of(self, judged: Judged) -> Iterator[AdvisoryLine]:
        return (AdvisoryLine(judged.posture, answer) for answer in self.advisories(judged))

    def about(self, postures: Iterable[Posture]) -> Iterator[AdvisoryLine]:
        """The lines about some of the postures alone."""
        wanted = {id(posture) for posture in postures}
        return (
            line for each in self.judged if id(each.posture) in wanted for line in self._of(each)
        )

    def verdicts(self) -> dict[FixVerdict, int]:
        """How often each verdict stands, over all units; stale ones are not among them."""
        return self._count()[0]

    def outcomes(self) -> dict[tuple[Outcome, bool], int]:
        """How often each outcome stands, over all units; stale ones apart."""
        return self._count()[1]

    def stale_verdicts(self) -> int:
        """How many verdicts rest on data beyond its age limit."""
        return self._count()[2]

    def _count(self) -> tuple[dict[FixVerdict, int], dict[tuple[Outcome, bool], int], int]:
        units = Counter(each.situation for each in self.judged)
        first: dict[Situation, Judged] = {}
        for each in self.judged:
            first.setdefault(each.situation, each)
        verdicts: dict[FixVerdict, int] = defaultdict(int)
        outcomes: dict[tuple[Outcome, bool], int] = defaultdict(int)
        stale = 0
        for situation, number in units.items():
            for one in self.tallies(first[situation]):
                verdicts[one.verdict] += number * (one.count - one.stale)
                stale += number * one.stale
            for key, count in situation.matched.outcomes.items():
                outcomes[key] += number * count
        return dict(verdicts), dict(outcomes), stale


def assess_posture(assets: Sequence[Asset], facts: Facts) -> Assessment:
    """Answer H, S and E for every unit seen, and match what runs on it with every advisory."""
    return _Assessor(facts).assess(assets)


def software_of(asset: Asset) -> tuple[RunningSoftware, ...]:
    """What runs on a unit: each software with its release, as the nearest sighting states it.

    Of the parts of a unit only those are asked that run software of their own: security modules.
    """
    runs = any(seen.software != "other" for seen in asset.sightings)
    if asset.kind not in IN_SERVICE_KINDS and not runs:
        return ()
    found: dict[Software, Observation] = {}
    for seen in asset.sightings:
        known = found.get(seen.software)
        if known is None or (known.version is None and seen.version is not None):
            found[seen.software] = seen
    if len(found) > 1:
        found.pop("other", None)
    return tuple((unit.software, unit.version, unit.patches) for unit in found.values())


@dataclass(frozen=True, slots=True)
class _Unit:
    """A unit and software before its group is known."""

    asset: Asset
    software: RunningSoftware
    hardware: HardwareAnswer
    stream: StreamAnswer
    entitlement: EntitlementAnswer
    hits: tuple[Headline, ...]


class _Assessor:
    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._trains = Trains(facts)
        self._matcher = Matcher(facts, self._trains)
        self._hardware: dict[tuple[str | None, int, int], HardwareAnswer] = {}
        self._streams: dict[tuple[object, ...], StreamAnswer] = {}
        self._running: dict[tuple[Software, str | None], Train | None] = {}
        self._alike: dict[Standing, Standing] = {}
        self._standings: dict[tuple[object, ...], Standing] = {}
        self._seen_before: dict[Seen, Seen] = {}
        self._situations: dict[Situation, Situation] = {}

    def assess(self, assets: Sequence[Asset]) -> Assessment:
        units: list[_Unit] = []
        groups: list[str | None] = []
        places: dict[AssetKey, range] = {}
        names = members(assets)
        parents = {asset.serial: asset for asset in assets if asset.kind == "chassis"}
        for index, asset in enumerate(assets):
            running = software_of(asset)
            if not running:
                continue
            start = len(units)
            hardware = self._judge_hardware(asset)
            entitlement = self._judge_entitlement(asset, hardware, parents)
            for software in running:
                units.append(self._unit(asset, software, hardware, entitlement))
                groups.append(names.get(index))
            places[asset.key] = range(start, len(units))
        rolled = self._roll_up(units, groups)
        judged = tuple(
            self._judged(unit, rolled[name] if name else None)
            for unit, name in zip(units, groups, strict=True)
        )
        return Assessment(self._facts, judged, places)

    def _judge_hardware(self, asset: Asset) -> HardwareAnswer:
        key = (asset.pid, id(asset.milestones), id(asset.milestone_match))
        found = self._hardware.get(key)
        if found is None:
            found = self._hardware[key] = judge_hardware(asset, self._facts)
        return found

    def _judge_entitlement(
        self, asset: Asset, hardware: HardwareAnswer, parents: Mapping[str | None, Asset]
    ) -> EntitlementAnswer:
        """E of a unit; a part without lines of its own is covered through its parent."""
        part_of = [
            x.parent_serial for x in asset.sightings if x.kind == "module" and x.parent_serial
        ]
        parent = parents.get(part_of[0]) if part_of and not asset.lines else None
        if parent is None:
            return judge_entitlement(asset, hardware, self._facts)
        answer = judge_entitlement(parent, self._judge_hardware(parent), self._facts)
        return replace(answer, reason=f"through {parent.serial}: {answer.reason}")

    def _unit(
        self,
        asset: Asset,
        software: RunningSoftware,
        hardware: HardwareAnswer,
        entitlement: EntitlementAnswer,
    ) -> _Unit:
        stream = self._judge_stream(asset.pid, software[:2], hardware)
        hits = headlines(hardware, stream, entitlement, self._facts)
        return _Unit(asset, software, hardware, stream, entitlement, hits)

    def _judge_stream(
        self, pid: str | None, running: tuple[Software, str | None], hardware: HardwareAnswer
    ) -> StreamAnswer:
        train = self._running.get(running)
        if train is None and running not in self._running:
            train = self._running[running] = self._trains.running(running[1], running[0])
        key = (pid, running if train is None else id(train), id(hardware))
        found = self._streams.get(key)
        if found is None:
            found = (
                judge_trainless(running, hardware, self._facts)
                if train is None
                else judge_stream(pid, train, hardware, self._trains, self._facts)
            )
            self._streams[key] = found
        return found

    def _roll_up(self, units: list[_Unit], groups: list[str | None]) -> dict[str, UnitGroup]:
        found: dict[str, list[Member]] = defaultdict(list)
        for unit, name in zip(units, groups, strict=True):
            if name is not None:
                os, version, _ = unit.software
                found[name].append(Member(unit.hits[0], unit.entitlement.value, os, version))
        return {name: roll_up(name, each) for name, each in found.items()}

    def _judged(self, unit: _Unit, group: UnitGroup | None) -> Judged:
        asset, h, s, e = unit.asset, unit.hardware, unit.stream, unit.entitlement
        headline = unit.hits[0]
        os, version, _ = unit.software
        posture = Posture(
            host=asset.host,
            serial=asset.serial,
            pid=asset.pid,
            position=asset.position,
            software=os,
            version=version,
            hardware=h.value,
            stream=s.value,
            entitlement=e.value,
            headline=headline,
            hits=unit.hits,
            migration=migrates(headline, s),
            action=action(headline, h, e, self._facts),
            reasons=(h.reason, s.reason, e.reason),
            evidence=(*h.evidence, *s.evidence, *e.evidence),
            group=group,
            security_end=s.security_end,
            last_security_end=s.last_security_end,
            cover_end=e.cover_end,
            train=s.train.milestones if s.train else None,
        )
        return Judged(posture, h, s, e, self._situation(unit))

    def _situation(self, unit: _Unit) -> Situation:
        os, version, patches = unit.software
        asset = unit.asset
        exposed = self._facts.exposed.get(asset.host or "")
        platform = self._matcher.platform(asset.pid)
        made = Situation(
            (self._matcher, platform),
            self._matcher.matched(os, version, patches, platform),
            self._standing(unit.hardware, unit.stream, unit.entitlement),
            "unknown" if exposed is None else "exposed" if exposed else "not_exposed",
            self._seen(asset, os, version),
        )
        return self._situations.setdefault(made, made)

    def _standing(self, h: HardwareAnswer, s: StreamAnswer, e: EntitlementAnswer) -> Standing:
        """How a unit stands; one object for all that stand alike."""
        key = (id(h), id(s), e.value, e.past_cover)
        found = self._standings.get(key)
        if found is not None:
            return found
        way = gate(e.past_cover, h.attach, h.renew, self._facts.as_of)
        if e.value == "no_software":
            way = "change_service_level"
        elif e.value == "warranty_only" and way == "renew":
            way = "attach"
        made = Standing(
            hardware_past=h.value == "past",
            dead_end=s.value == "dead_end",
            entitlement=e.value,
            train=s.train.name if s.train else None,
            supported=s.supported,
            doubtful=s.doubtful,
            reach_known=s.reach_known,
            way=way,
        )
        shared = self._alike.setdefault(made, made)
        self._standings[key] = shared
        return shared

    def _seen(self, asset: Asset, os: Software, version: str | None) -> Seen:
        collected = _collected(asset, self._facts)
        runs = self._facts.history.get((asset.serial, asset.pid), ())
        same = [run.first for run in runs if (run.software, run.version) == (os, version)]
        earlier = tuple(run for run in runs if run.software == os and run.version != version)
        made = Seen(collected, min([*same, collected]), earlier)
        return self._seen_before.setdefault(made, made)


def _collected(asset: Asset, facts: Facts) -> date:
    """The day the unit was read."""
    evidence = asset.observation.evidence if asset.observation else ()
    moments = [piece.collected for piece in evidence if piece.collected is not None]
    return moments[0].date() if moments else facts.run_day
