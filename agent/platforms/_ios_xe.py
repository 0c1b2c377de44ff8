"""IOS-XE switches and controllers: every output joined into chassis and the parts they hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.model import Incomplete, Kind, Observation, Reading
from agent.platforms import (
    _identity,
    _inventory,
    _ios_version,
    _licences,
    _licensing,
    _parts,
    _patches,
    _stack,
    _udi,
)
from agent.platforms._chassis import Joined, Sighting, join
from agent.platforms._outputs import answers, first_line, no_unit, not_parsed, refusals
from agent.releases import canonical

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent.model import Capture

REQUIRED = ("show version", "show inventory")
# 15.2(7)E9: classic IOS, whose releases and advisories are not those of IOS-XE
_CLASSIC = re.compile(r"\d+\.\d+\(\d")
_ROLES = ("show switch", "show chassis", "show platform", "show module")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the outputs of one host say, before it is joined.

    `installed` are the active patches: the command, the member (None: the whole device), the name.
    """

    sightings: tuple[Sighting, ...]
    listings: tuple[tuple[str, _inventory.Listing], ...]
    versions: tuple[tuple[str, _ios_version.ShowVersion], ...]
    licences: Mapping[str, str]
    licensing: _licensing.Host | None
    installed: tuple[tuple[str, int | None, str], ...]


def _rows(command: str, listing: _inventory.Listing) -> list[Sighting]:
    """The chassis rows of an inventory.

    The stack's own row repeats the serial of its active member and counts for nothing, unless
    that member is not listed: then it is the only trace of it.
    """
    found = [
        Sighting(
            command,
            number=_inventory.chassis_number(row),
            serial=row.serial,
            pid=row.pid,
            vid=row.vid,
            present=not _inventory.provisioned(row),
            notes=row.notes,
        )
        for row in listing.rows
        if _inventory.chassis(row)
    ]
    listed = {s.serial for s in found}
    return found + [
        Sighting(
            command,
            serial=row.serial,
            pid=row.pid,
            vid=row.vid,
            notes=("read from the stack's own row, which repeats its active member",),
        )
        for row in listing.rows
        if _inventory.logical(row) and row.serial and row.serial not in listed
    ]


def gather(capture: Capture) -> Facts:
    """Everything every output says, in the order of trust."""
    listings = tuple(
        (o.command, _inventory.read(o.text)) for o in answers(capture, "show inventory")
    )
    versions = tuple(
        (o.command, _ios_version.read(o.text)) for o in answers(capture, "show version")
    )
    found: list[Sighting] = []
    for command, listing in listings:
        found += _rows(command, listing)
    for output in answers(capture, "show license"):
        found += _udi.read(output.command, output.text)
    for output in answers(capture, *_ROLES):
        found += _stack.roles(output.command, output.text)
    for command, version in versions:
        found += _ios_version.sightings(command, version)
    for output in answers(capture, "show platform", "show module"):
        found += _stack.members(output.command, output.text)
    licensing = _licensing.read(capture)
    installed = tuple(
        (output.command, number, patch)
        for output in answers(capture, "show install summary", "show install active")
        for number, patch in _patches.read(output.text)
    )
    return Facts(tuple(found), listings, versions, _licences_of(capture), licensing, installed)


def _tabled(facts: Facts) -> bool:
    """Whether the device states a release per member, so that the banner speaks for none."""
    return any(v.members for _, v in facts.versions)


def _patches_of(facts: Facts, unit: Joined, *, several: bool) -> dict[str, str]:
    """Active patches of one member, each with the command that states it."""
    installed = {
        patch: command
        for command, number, patch in facts.installed
        if number in {None, unit.number} or not several
    }
    return installed | {p: c for c, v in facts.versions for p in v.patches if p not in installed}


def _licences_of(capture: Capture) -> dict[str, str]:
    """Licences in use on the host, each with the first command that states it."""
    found: dict[str, str] = {}
    for output in answers(capture, "show version", "show license"):
        for name in _licences.read(output.text):
            found.setdefault(name, output.command)
    return found


def _release(facts: Facts, unit: Joined, *, several: bool) -> tuple[str | None, str | None]:
    """The release of one member as printed, and a note where it is that of the whole host."""
    if unit.version or _tabled(facts):
        return unit.version, None
    release = next((v.release for _, v in facts.versions if v.release), None)
    if release and several and unit.role == "standby":
        return release, "release as 'show version' states it for the pair"
    return release, None


def _observation(
    capture: Capture, facts: Facts, unit: Joined, kind: Kind, place: str, *, several: bool
) -> Observation:
    release, of_pair = _release(facts, unit, several=several)
    patches = _patches_of(facts, unit, several=several)
    licences, smart = facts.licences, facts.licensing
    unstated = unit.serial is None and not any(n.startswith("serial ") for n in unit.notes)
    notes = (*unit.notes, "serial not printed" if unstated else None, of_pair)
    commands = (
        *unit.commands,
        *(command for command, v in facts.versions if release and v.release),
        *patches.values(),
        *licences.values(),
        *(smart.commands if smart else ()),
    )
    return Observation(
        host=capture.host,
        site=capture.site,
        platform=capture.platform,
        kind=kind,
        serial=unit.serial,
        pid=unit.pid,
        vid=unit.vid,
        position=f"{place} {unit.number}" if unit.number is not None else None,
        ha_role=unit.role if several else None,
        version=canonical(release, "ios-xe") if release else None,
        version_raw=release,
        software="other" if release and _CLASSIC.match(release) else "ios-xe",
        mode=unit.mode or next((v.mode for _, v in facts.versions if v.mode), None),
        patches=tuple(patches),
        licences=tuple(licences),
        licensing=smart.of(unit.serial) if smart else None,
        virtual=_identity.virtual(unit.pid),
        other_serials=unit.other_serials,
        lane=capture.lane,
        notes=tuple(note for note in notes if note),
        evidence=capture.evidence(*dict.fromkeys(commands)),
    )


def _gaps(capture: Capture, units: tuple[Joined, ...], place: str) -> list[Incomplete]:
    """Slots without a member, and members whose serial no output states."""
    gaps: list[Incomplete] = []
    for unit in units:
        where = f"{place} {unit.number}" if unit.number is not None else "the chassis"
        if not unit.present:
            product = f" ({unit.pid})" if unit.pid else ""
            reason = f"{where}{product} is provisioned or removed, not present"
            gaps.append(Incomplete(capture.host, "absent_slot", reason))
        elif unit.serial is None:
            standby = unit.role == "standby" and place == "chassis"
            gaps.append(
                Incomplete(
                    capture.host,
                    "standby_not_seen" if standby else "members_not_enumerated",
                    f"{where} is present, but no output states its serial",
                )
            )
    return gaps


def unread(capture: Capture, facts: Facts) -> list[Incomplete]:
    """Outputs that end too early, and lines that were not understood."""
    gaps: list[Incomplete] = []
    for command, listing in facts.listings:
        if listing.cut:
            reason = f"{command}: ends within an entry: {listing.cut[:80]!r}"
            gaps.append(Incomplete(capture.host, "truncated", reason))
        if listing.unread:
            gaps.append(not_parsed(capture, command, listing.unread[0][:80]))
        elif not listing.rows and not listing.cut:
            gaps.append(not_parsed(capture, command, first_line(capture.text(command) or "")))
    for command, version in facts.versions:
        text = capture.text(command) or ""
        if _ios_version.empty(version):
            gaps.append(not_parsed(capture, command, first_line(text)))
        elif cut := _ios_version.cut(text, version):
            reason = f"{command}: ends too early, after {cut[:80]!r}"
            gaps.append(Incomplete(capture.host, "truncated", reason))
    return gaps


def _cards(capture: Capture, homes: _parts.Homes) -> list[Observation]:
    return [
        _parts.observed(
            capture,
            capture.evidence(output.command),
            "supervisor" if "supervisor" in card.description.lower() else "module",
            position=f"slot {card.slot}"
            if card.switch is None
            else f"switch {card.switch} slot {card.slot}",
            serial=card.serial,
            pid=card.pid,
            parent=homes.only or homes.by_number.get(card.switch or 0),
        )
        for output in answers(capture, "show module")
        for card in _stack.modules(output.text)
    ]


def _all_parts(
    capture: Capture, facts: Facts, units: tuple[Joined, ...]
) -> tuple[Observation, ...]:
    serials = [u.serial for u in units if u.serial]
    homes = _parts.Homes(
        {u.number: u.serial for u in units if u.number is not None and u.serial},
        serials[0] if len(serials) == 1 and len(units) == 1 else None,
        frozenset(u.pid for u in units if u.pid),
    )
    found = [
        part
        for command, listing in facts.listings
        for part in _parts.read(capture, command, listing.rows, homes)
    ]
    listed = {part.serial for part in found if part.serial}
    cards = [c for c in _cards(capture, homes) if c.serial not in listed]
    return _parts.once([*found, *cards])


def _without_doubles(units: tuple[Joined, ...]) -> tuple[Joined, ...]:
    """Drop numbers that the serials known without a number account for, in whatever order."""
    loose = [u for u in units if u.serial and u.number is None]
    nameless = [u for u in units if u.present and u.number is not None and not u.serial]
    if not nameless or len(loose) < len(nameless):
        return units
    return tuple(u for u in units if u not in nameless)


def read(capture: Capture, place: str) -> Reading:
    """Chassis and parts of one host; `place` is what its members are called."""
    facts = gather(capture)
    stated = list(facts.sightings)
    if stated:
        for output in answers(capture, "show platform", "show module"):
            stated += _stack.chassis_type(output.command, output.text)
    units = _without_doubles(join(stated))
    several = len({u.number for u in units}) > 1 or len(units) > 1
    kind: Kind = "stack_member" if several and place == "switch" else "chassis"
    chassis = [
        _observation(capture, facts, unit, kind, place, several=several)
        for unit in units
        if unit.present and (unit.serial or unit.pid)
    ]
    present = tuple(u for u in units if u.present)
    parts = _all_parts(capture, facts, present)
    gaps = [
        *refusals(capture, REQUIRED),
        *_gaps(capture, units, place),
        *unread(capture, facts),
    ]
    if not chassis and not parts and not gaps:
        gaps += no_unit(capture)
    return Reading((*chassis, *parts), tuple(dict.fromkeys(gaps)))
