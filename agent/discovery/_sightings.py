"""Who is who among neighbours: sightings of one device put together, by what is its own. Pure.

A serial tells a device. So do a chassis id and an address, unless the serials say otherwise, or
name and chassis id do: addresses are used twice, and names are. CDP and LLDP at the same port that
use the same name tell of one device.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agent.discovery._neighbour import Neighbour
    from agent.discovery._visit import Door, Visit


@dataclass(slots=True)
class Device:
    """One device: what was heard of it, and what it said itself, if it was asked.

    `reason` is why it was not. `shared` are addresses at which another device answers, or may.
    """

    number: int
    depth: int
    door: Door | None = None
    addresses: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    serials: set[str] = field(default_factory=set)
    chassis_ids: set[str] = field(default_factory=set)
    heard: list[tuple[str, Neighbour]] = field(default_factory=list)
    visit: Visit | None = None
    asked: list[str] = field(default_factory=list)
    shared: list[str] = field(default_factory=list)
    reason: str = ""

    @property
    def name(self) -> str | None:
        """The first name that is known."""
        return next(iter(self.names), None)

    @property
    def called(self) -> str:
        """The device in words."""
        return self.name or next(iter([*self.addresses, *sorted(self.serials)]), "a device")

    def told(self) -> Iterator[Neighbour]:
        """What was heard, the richest first: CDP states models and serials."""
        yield from sorted((n for _, n in self.heard), key=lambda n: n.protocol)


Key = tuple[object, ...]


def _short(name: str | None) -> str:
    return (name or "").partition(".")[0].casefold()


class Book:
    """Every device that was heard of, in the order of hearing."""

    def __init__(self) -> None:
        self._devices: dict[int, Device] = {}
        self._by_key: dict[Key, int] = {}
        self._became: dict[int, int] = {}
        self._next = 0

    def devices(self) -> list[Device]:
        """All devices, those that were heard of first before the others."""
        return [self._devices[number] for number in sorted(self._devices)]

    def start(self, door: Door) -> Device:
        """A device that is asked because somebody named it."""
        known = self._find([("address", door.address)])
        device = known[0] if known else self._new(0)
        device.door = device.door or door
        self._add(device, addresses=[door.address], names=[door.name] if door.name else [])
        return device

    def hear(self, by: Device, neighbour: Neighbour) -> Device:
        """The device that `by` tells of."""
        own: list[Key] = [("serial", neighbour.serial.upper())] if neighbour.serial else []
        weak: list[Key] = [("chassis", neighbour.chassis_id)] if neighbour.chassis_id else []
        weak += [("address", each) for each in neighbour.addresses]
        link: Key = ("link", by.number, neighbour.port, neighbour.short_name)
        if neighbour.short_name:
            weak.append(link)
        matches = self._find(own)
        for found in self._find(weak):
            strange = _others(found, neighbour) or any(_apart(found, other) for other in matches)
            if found not in matches and not strange:
                matches.append(found)
        device = self._merged(matches) if matches else self._new(by.depth + 1)
        device.heard.append((by.called, neighbour))
        self._add(
            device,
            addresses=neighbour.addresses,
            names=[neighbour.name] if neighbour.name else [],
            serials=[neighbour.serial] if neighbour.serial else [],
            chassis_ids=[neighbour.chassis_id] if neighbour.chassis_id else [],
        )
        if neighbour.short_name:
            self._by_key.setdefault(link, device.number)
        return device

    def visited(self, device: Device, visit: Visit) -> Device:
        """The device that answered: another one than `device`, where its serials say so."""
        number = device.number
        while number in self._became:  # put together with another one while it was being asked
            number = self._became[number]
        device = self._devices[number]
        if visit.failure is not None:
            if device.visit is None or device.visit.failure is not None:
                device.visit = visit
            return device
        answered = {serial.upper() for serial in visit.serials}
        heard_of = {n.serial.upper() for _, n in device.heard if n.serial}
        if answered and heard_of and not answered & heard_of:
            device.reason = (
                f"at its address {visit.address} another device answers:"
                f" {visit.name or 'without a name'} ({', '.join(visit.serials)})"
            )
            stranger = self._new(device.depth)
            self._by_key["address", visit.address] = stranger.number
            device.addresses = [a for a in device.addresses if a != visit.address]
            stranger.asked.append(visit.address)
            device = stranger
        if device.visit is None or device.visit.failure is not None:
            device.visit = visit
        self._add(
            device,
            addresses=[visit.address],
            names=[visit.name] if visit.name else [],
            serials=visit.serials,
            chassis_ids=[visit.chassis_id] if visit.chassis_id else [],
        )
        keys: list[Key] = [("serial", serial) for serial in sorted(answered)]
        if visit.chassis_id:
            keys.append(("chassis", visit.chassis_id))
        twins = [t for t in self._find(keys) if t is not device and not _apart(t, device)]
        return self._merged([device, *twins])

    # ------------------------------------------------------------------------- the index

    def _new(self, depth: int) -> Device:
        device = Device(self._next, depth)
        self._devices[self._next] = device
        self._next += 1
        return device

    def _find(self, keys: Iterable[Key]) -> list[Device]:
        numbers = dict.fromkeys(self._by_key[key] for key in keys if key in self._by_key)
        return [self._devices[number] for number in sorted(numbers)]

    def _add(
        self,
        device: Device,
        addresses: Iterable[str] = (),
        names: Iterable[str] = (),
        serials: Iterable[str] = (),
        chassis_ids: Iterable[str] = (),
    ) -> None:
        for address in addresses:
            owner = self._by_key.setdefault(("address", address), device.number)
            known = device.addresses if owner == device.number else device.shared
            if address not in known:
                known.append(address)
        device.names += [name for name in names if name not in device.names]
        device.serials |= {serial.upper() for serial in serials}
        device.chassis_ids |= set(chassis_ids)
        for serial in device.serials:
            self._by_key.setdefault(("serial", serial), device.number)
        for chassis_id in device.chassis_ids:
            self._by_key.setdefault(("chassis", chassis_id), device.number)

    def _merged(self, devices: list[Device]) -> Device:
        """All of `devices` as the first that was heard of; one that was asked keeps its words."""
        first, *others = sorted(devices, key=lambda d: d.number)
        for other in others:
            del self._devices[other.number]
            self._became[other.number] = first.number
            for key, number in list(self._by_key.items()):
                if number == other.number:
                    self._by_key[key] = first.number
            first.depth = min(first.depth, other.depth)
            first.door = first.door or other.door
            first.heard += other.heard
            first.asked += other.asked
            if other.visit and (first.visit is None or first.visit.failure is not None):
                first.visit = other.visit
            addresses = [*other.addresses, *other.shared]
            self._add(first, addresses, other.names, other.serials, other.chassis_ids)
        return first


def _apart(one: Device, other: Device) -> bool:
    """Whether the serials of two say that they are two."""
    return bool(one.serials and other.serials) and one.serials.isdisjoint(other.serials)


def _others(device: Device, neighbour: Neighbour) -> bool:
    """Whether an address or a port is shared by two: their serials differ, or all else does."""
    if neighbour.serial and device.serials:
        return neighbour.serial.upper() not in device.serials
    strange = (
        neighbour.chassis_id is not None
        and bool(device.chassis_ids)
        and neighbour.chassis_id not in device.chassis_ids
    )
    names = {_short(name) for name in device.names}
    return strange and bool(names) and neighbour.short_name not in names
