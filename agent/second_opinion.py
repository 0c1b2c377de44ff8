"""Two readings of one host, by its command line and by SNMP, joined into one.

Units that both see carry the evidence of both. Where the two contradict each other, the unit says
so in `disagreements`, and the rule ``second_opinion`` makes a finding of it. What a manager says of
a unit is a sighting of its own, compared with the unit's once both are one asset.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.model import Reading, unique
from agent.platforms import _snmp, _snmp_identity, platform

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agent.model import Capture, Incomplete, Kind, Observation

_WHOLE: frozenset[Kind] = frozenset({"chassis", "stack_member"})
_WAYS = ("the command line", "SNMP")
_FIREWALLS = frozenset({"asa", "ftd"})
# SNMP shows no mate of a failover pair; what the command line says of it stands alone.
_MATE = "failover mate of this host"
_MODEL_NAME = "named by its model"
# What the agent could not state is no gap where the command line states it.
_FILLED = frozenset({"members_not_enumerated", "standby_not_seen"})
_OWN_GAPS = frozenset({"absent_slot", "truncated", "not_parsed", "command_refused"})


def reading(capture: Capture) -> Reading:
    """What `capture` shows: its outputs by the platform's parser, its walks by that of SNMP."""
    device = platform(capture.platform)
    walks = _snmp.walks(capture)
    if not walks:
        return device.parse(capture)
    walked = replace(capture, outputs=walks, lane=walks[0].lane or capture.lane)
    typed = _snmp.without_walks(capture)
    if not typed.outputs:
        return _snmp.parse(walked)
    return join(device.parse(typed), _snmp.read(walked))


def stranger(capture: Capture) -> str | None:
    """The platform that the agent names, where it is not the one that was declared.

    None where the command line was read too, and where SNMP cannot tell the declared platform.
    """
    if any(output.command != _snmp.WALK for output in capture.outputs):
        return None
    told = {signs.platform for signs in _snmp_identity.signs()}
    named = _snmp.platform_of(capture)
    return named if {named, capture.platform} <= told and named != capture.platform else None


def join(typed: Reading, walked: Reading) -> Reading:
    """One reading of both; `typed` is that of the command line, whose words stand.

    A unit that only SNMP shows is added once; `walked` may hold a chassis that states a release
    and no more.
    """
    units = list(typed.observations)
    left: list[Observation] = []
    seen: set[int] = set()
    for shown in _serials_first(walked.observations):
        place = _match(shown, units, seen)
        if place is None:
            left.append(shown)
        else:
            seen.add(place)
            units[place] = _agree(units[place], shown)
    alone = _shown_alone(left, typed.observations)
    mates = {unit.serial for unit in units if _MATE in unit.notes} - {None}
    units = [
        unit
        if place in seen or unit.serial in mates or unit.parent_serial in mates
        else _missed(unit, walked.observations)
        for place, unit in enumerate(units)
    ]
    return Reading((*units, *alone), _gaps(typed, walked, (*units, *alone)))


def _serials_first(units: Iterable[Observation]) -> list[Observation]:
    """A serial settles what a unit is; what has none takes what is left."""
    return sorted(units, key=lambda unit: unit.serial is None)


def _group(unit: Observation) -> Kind:
    """The kind, but one for all that is a device: a firewall may run on a module of a chassis."""
    whole = unit.kind in _WHOLE or unit.software in _FIREWALLS
    return "chassis" if whole else unit.kind


def _match(shown: Observation, units: Sequence[Observation], seen: set[int]) -> int | None:
    """The unit of the command line that `shown` is; by serial, else by its place."""
    if shown.serial:
        same = [
            place
            for place, unit in enumerate(units)
            if shown.serial in {unit.serial, *unit.other_serials}
        ]
        exact = [place for place in same if _group(units[place]) == _group(shown)]
        if same:
            return (exact or same)[0]
    free = [
        (place, unit)
        for place, unit in enumerate(units)
        if place not in seen
        and _group(unit) == _group(shown)
        and _MATE not in unit.notes
        and not (unit.serial and shown.serial)
    ]
    here = [
        p for p, u in free if shown.position and _spelled(u.position) == _spelled(shown.position)
    ]
    if here:
        return here[0]
    whole = [place for place, _ in free if _group(shown) == "chassis"]
    return whole[0] if len(whole) == 1 and not shown.position else None


def _spelled(text: str | None) -> str:
    return (text or "").casefold()


def _agree(unit: Observation, shown: Observation) -> Observation:
    """The unit with SNMP's evidence, what it did not state itself, and what contradicts it."""
    stated = [n for n in unit.notes if not (n.startswith("serial ") and shown.serial)]
    if not unit.serial and shown.serial:
        stated.append("serial as SNMP states it")
    pid = unit.pid if unit.pid and not _only_a_model(unit, shown) else shown.pid or unit.pid
    return replace(
        unit,
        serial=unit.serial or shown.serial,
        pid=pid,
        vid=unit.vid or shown.vid,
        parent_serial=unit.parent_serial or shown.parent_serial,
        version=unit.version or shown.version,
        version_raw=unit.version_raw or shown.version_raw,
        notes=tuple(stated),
        disagreements=tuple(
            dict.fromkeys((*unit.disagreements, *_contradictions(unit, shown, *_WAYS)))
        ),
        evidence=unique((*unit.evidence, *shown.evidence)),
    )


def _only_a_model(unit: Observation, shown: Observation) -> bool:
    """Whether the command line named the unit by its model, and SNMP by its PID."""
    return bool(shown.pid) and any(note.startswith(_MODEL_NAME) for note in unit.notes)


def _contradictions(unit: Observation, shown: Observation, way: str, other: str) -> list[str]:
    found = []
    if unit.pid and shown.pid and not _only_a_model(unit, shown) and _differ(unit.pid, shown.pid):
        found.append(f"PID: {way} states {unit.pid}, {other} {shown.pid}")
    if unit.version and shown.version and unit.version != shown.version:
        found.append(f"release: {way} states {unit.version}, {other} {shown.version}")
    return found


def managers_words(sightings: Sequence[Observation]) -> list[str] | None:
    """Where a manager contradicts what a unit says of itself, empty where they agree.

    None where only one of them spoke.
    """
    own = [unit for unit in sightings if unit.managed_by is None]
    told = [unit for unit in sightings if unit.managed_by is not None]
    if not own or not told:
        return None
    return [
        words
        for unit in told
        for words in _contradictions(own[0], unit, "the unit itself", f"its manager {unit.host}")
    ]


def _differ(one: str, other: str) -> bool:
    """Whether two PIDs differ by more than the suffix of an image or a region."""
    short, long = sorted((one.casefold(), other.casefold()), key=len)
    return long != short and not long.startswith(f"{short}-")


def _lists(units: Iterable[Observation], wanted: Observation) -> bool:
    """Whether a reading shows units of this kind with their serials, so that it shows them all."""
    return any(unit.serial and _group(unit) == _group(wanted) for unit in units)


def _missed(unit: Observation, walked: Iterable[Observation]) -> Observation:
    """The unit with the remark that SNMP should have shown it."""
    if not unit.serial or not _lists(walked, unit):
        return unit
    return replace(unit, disagreements=(*unit.disagreements, "SNMP does not show this unit"))


def _shown_alone(left: Iterable[Observation], typed: Sequence[Observation]) -> list[Observation]:
    """Units that only SNMP shows; rows without a serial only where nothing of the kind is known."""
    found = []
    for unit in left:
        listed = _lists(typed, unit)
        if not unit.serial and (listed or not unit.pid):
            continue
        remark = ("the command line does not show this unit",) if listed else ()
        found.append(replace(unit, disagreements=remark))
    return found


def _wholes(units: Iterable[Observation]) -> int:
    return sum(1 for unit in units if unit.kind in _WHOLE and unit.serial)


def _gaps(typed: Reading, walked: Reading, units: Sequence[Observation]) -> tuple[Incomplete, ...]:
    """What is missing from both; of one reading's gaps those that the other fills are none."""
    firewalls = [u for u in units if u.software in _FIREWALLS]
    kept = [
        gap
        for gap in walked.incomplete
        if gap.kind in _OWN_GAPS or (gap.kind == "mate_unknown" and len(firewalls) < 2)  # noqa: PLR2004
    ]
    filled = _wholes(units) > _wholes(typed.observations)
    own = [g for g in typed.incomplete if not (filled and g.kind in _FILLED)]
    absent = {gap.reason for gap in own if gap.kind == "absent_slot"}
    kept = [gap for gap in kept if gap.kind != "absent_slot" or gap.reason not in absent]
    return tuple(dict.fromkeys((*own, *kept)))
