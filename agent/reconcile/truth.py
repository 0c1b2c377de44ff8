"""What sources of truth say of what was seen, and what they list that was not seen.

A unit is the same by its serial number; a host by its name, with or without its domain.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from agent.model import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from agent.model import Discovered, ListedHost, ListedUnit, Listing, Sweep

State: TypeAlias = Literal[
    "listed", "no_serial", "not_in_service", "other_serial", "not_listed", "not_asked"
]
ACTIVE = "active"


@dataclass(frozen=True, slots=True)
class Said:
    """What one source says of one unit; `unit` is None where it states no serial number."""

    listing: Listing
    host: ListedHost
    unit: ListedUnit | None = None

    @property
    def status(self) -> str:
        """The unit's status there, else its host's."""
        return self.unit.status if self.unit else self.host.status

    @property
    def evidence(self) -> Evidence:
        """Where it is said."""
        listing = self.listing
        source = f"{listing.source} {listing.origin}"
        return Evidence(source, self.host.place, listing.taken, listing.sha256)

    def __str__(self) -> str:
        where = f"{self.host.name} ({self.host.place}), {self.status}"
        return f"{self.listing.source} lists it as {where}"


@dataclass(frozen=True, slots=True)
class Truth:
    """All that sources of truth list, by serial number and by name of host."""

    listings: tuple[Listing, ...]
    units: Mapping[str, tuple[Said, ...]]
    hosts: Mapping[str, tuple[Said, ...]]

    def of_serial(self, serial: str | None) -> tuple[Said, ...]:
        """Who claims a serial number."""
        return self.units.get((serial or "").upper(), ())

    def of_host(self, name: str | None) -> tuple[Said, ...]:
        """Who lists a host of that name; a bare name and the same with a domain are one."""
        wanted = (name or "").casefold()
        near = self.hosts.get(_bare(wanted), ())
        same = tuple(said for said in near if said.host.name.casefold() == wanted)
        one_is_bare = (
            said for said in near if _bare(wanted) in {wanted, said.host.name.casefold()}
        )
        return same or tuple(one_is_bare)


@dataclass(frozen=True, slots=True)
class Answer:
    """What all sources together say of one unit that was seen."""

    state: State
    reason: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Unlisted:
    """A unit that was seen and that no source of truth lists as it is."""

    host: str
    serial: str | None
    pid: str | None
    answer: Answer


@dataclass(frozen=True, slots=True)
class Unseen:
    """A host or unit that a source lists as active and that was not seen."""

    said: Said
    reason: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both lists, sorted, and how many units were compared."""

    compared: int
    unlisted: tuple[Unlisted, ...]
    unseen: tuple[Unseen, ...]


def truth(listings: Iterable[Listing]) -> Truth | None:
    """What the sources list, ready to be asked; None where there is none."""
    kept = tuple(listings)
    if not kept:
        return None
    units: dict[str, list[Said]] = defaultdict(list)
    hosts: dict[str, list[Said]] = defaultdict(list)
    for listing in kept:
        for host in listing.hosts:
            hosts[_bare(host.name.casefold())].append(Said(listing, host))
            for unit in host.units:
                units[unit.serial.upper()].append(Said(listing, host, unit))
    return Truth(
        kept,
        {key: tuple(said) for key, said in units.items()},
        {key: tuple(said) for key, said in hosts.items()},
    )


def _bare(name: str) -> str:
    """A name without its domain; an address stays whole."""
    return name if name.replace(".", "").isdigit() else name.partition(".")[0]


def answer(known: Truth, host: str | None, serials: Iterable[str | None]) -> Answer:
    """What the sources say of a unit that was seen on a host, by any of its serial numbers."""
    seen = [serial for serial in serials if serial]
    claims = [said for serial in seen for said in known.of_serial(serial)]
    if claims:
        best = min(claims, key=lambda said: said.status != ACTIVE)
        state: State = "listed" if best.status == ACTIVE else "not_in_service"
        words = str(best) if state == "listed" else f"{best}, and it is in service"
        return Answer(state, words, (best.evidence,))
    listed = known.of_host(host)
    if listed:
        said = listed[0]
        named = [unit.serial for unit in said.host.units]
        if not named or not seen:
            words = str(said) if named else f"{said}, without a serial number"
            return Answer("no_serial", words, (said.evidence,))
        words = f"{said}, with the serial number {', '.join(named)}, not this one"
        return Answer("other_serial", words, (said.evidence,))
    asked = ", ".join(f"{each.source} (asked {each.taken:%Y-%m-%d})" for each in known.listings)
    filters = [word for listing in known.listings for word in listing.filters]
    if filters:
        words = f"not listed by {asked}, which was asked for {', '.join(filters)} alone"
        return Answer("not_asked", words)
    return Answer("not_listed", f"not listed by {asked}")


def compare(known: Truth, sweep: Sweep) -> Comparison:
    """What was seen and is not listed, and what is listed and was not seen."""
    units = [unit for unit in sweep.observations if unit.kind in ("chassis", "stack_member")]
    unlisted = []
    for unit in units:
        found = answer(known, unit.host, (unit.serial, *unit.other_serials))
        if found.state not in {"listed", "no_serial"}:
            unlisted.append(Unlisted(unit.host, unit.serial, unit.pid, found))
    return Comparison(
        compared=len(units),
        unlisted=tuple(sorted(unlisted, key=lambda u: (u.host, u.serial or "", u.pid or ""))),
        unseen=tuple(sorted(_unseen(known, sweep), key=_place)),
    )


def compare_found(known: Truth, found: Iterable[Discovered]) -> Comparison:
    """The same of what was discovered, where a management address tells a device too."""
    devices = [device for device in found if device.candidate]
    addresses = {host.address for listing in known.listings for host in listing.hosts}
    unlisted = []
    for device in devices:
        said = answer(known, device.name, (device.serial,))
        by_address = device.address in addresses and said.state in {"not_listed", "not_asked"}
        if said.state not in {"listed", "no_serial"} and not by_address:
            host = device.name or device.address or ""
            unlisted.append(Unlisted(host, device.serial, device.pid, said))
    return Comparison(
        compared=len(devices),
        unlisted=tuple(sorted(unlisted, key=lambda u: (u.host, u.serial or "", u.pid or ""))),
        unseen=tuple(sorted(_not_found(known, devices), key=_place)),
    )


def _not_found(known: Truth, devices: Sequence[Discovered]) -> Iterator[Unseen]:
    serials = {device.serial.upper() for device in devices if device.serial}
    places = {device.address for device in devices if device.address}
    places |= {device.name.casefold() for device in devices if device.name}
    for listing in known.listings:
        for host in filter(_in_service, listing.hosts):
            units = {unit.serial.upper() for unit in host.units}
            if not (units & serials or places & {host.address, host.name.casefold()}):
                yield Unseen(Said(listing, host), "not found")


def _in_service(host: ListedHost) -> bool:
    """Whether a host is listed as active, and not declared to be left alone."""
    return host.status == ACTIVE and bool(host.platform or host.problem)


def _unseen(known: Truth, sweep: Sweep) -> Iterator[Unseen]:
    serials = {
        serial.upper()
        for unit in sweep.observations
        for serial in (unit.serial, *unit.other_serials)
        if serial
    }
    failures = {failure.host.casefold(): failure for failure in sweep.unreached}
    reached = {visit.host.casefold() for visit in sweep.reached()}
    for listing in known.listings:
        for host in filter(_in_service, listing.hosts):
            name = host.name.casefold()
            said = [Said(listing, host, unit) for unit in host.units if unit.status == ACTIVE]
            missing = [
                each for each in said if each.unit and each.unit.serial.upper() not in serials
            ]
            if (said and not missing) or (not said and name in reached):
                continue
            if name in failures:
                failure = failures[name]
                yield Unseen(Said(listing, host), f"not read: {failure.kind}: {failure.reason}")
            elif name in reached:
                for each in missing:
                    yield Unseen(each, "its host was read, and this serial number was not there")
            elif len(missing) == len(said):
                yield Unseen(Said(listing, host), "not among the hosts of the sweep")
            else:
                for each in missing:
                    yield Unseen(each, "other units of its host were seen, this one was not")


def _place(unseen: Unseen) -> tuple[str, ...]:
    said = unseen.said
    serial = said.unit.serial if said.unit else ""
    return (said.listing.source, said.listing.origin, said.host.name, said.host.place, serial)
