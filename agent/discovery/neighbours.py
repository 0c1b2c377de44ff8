"""The walk along cables: CDP and LLDP, breadth first, from devices that somebody named.

Only addresses of the allow-list are asked, and of these only devices that a neighbour describes as
a switch or router of a platform that is known. All others are listed as heard of.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.discovery._sightings import Book
from agent.discovery._threads import in_thread
from agent.discovery._visit import ASKED, Door, Visitor
from agent.discovery.identity import shown
from agent.model import Clue, Discovered
from agent.releases import canonical

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from agent.discovery import Errand
    from agent.discovery._neighbour import Neighbour
    from agent.discovery._sightings import Device
    from agent.discovery._visit import Keys, Visit
    from agent.model import FoundBy, Observation

AT_ONCE = 8
"""Devices that are asked at the same time."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a walk goes: cables from the start, and devices that are asked in all."""

    depth: int = 16
    devices: int = 1000


def walk(
    errand: Errand, starts: Sequence[Door], keys: Keys, limits: Limits | None = None
) -> Iterable[Discovered]:
    """Every device that the walk asked or heard of, each once.

    :raises ScopeError: a start is outside the allow-list.
    """
    for start in starts:
        errand.scope.require(start.address, "--from")
    return along(errand, starts, Visitor(errand, keys), limits or Limits())


def along(
    errand: Errand, starts: Sequence[Door], visit: Callable[[Door], Visit], limits: Limits
) -> Iterator[Discovered]:
    """The walk itself; `visit` asks one device."""
    book = Book()
    frontier = [(book.start(door), door) for door in starts]
    visited = 0
    try:
        while frontier and not errand.stop.is_set():
            frontier = frontier[: max(0, limits.devices - visited)]
            visited += len(frontier)
            for device, door in frontier:
                device.asked.append(door.address)
            doors = [door for _, door in frontier]
            for (device, _), said in zip(frontier, _asked(doors, visit), strict=True):
                _learn(book, book.visited(device, said), said)
            frontier = list(_candidates(book, errand, limits, limits.devices - visited))
    except KeyboardInterrupt:
        _close(book, errand, limits, "the walk was interrupted")
        yield from _discovered(book)
        raise
    _close(book, errand, limits, "the walk was stopped")
    yield from _discovered(book)


def _asked(doors: Sequence[Door], visit: Callable[[Door], Visit]) -> list[Visit]:
    """What all of `doors` say, in their order."""

    async def run() -> list[Visit]:
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(door: Door) -> Visit:
            async with gate:
                return await in_thread(lambda: visit(door))

        return list(await asyncio.gather(*(one(door) for door in doors)))

    return asyncio.run(run())


def _learn(book: Book, device: Device, said: Visit) -> None:
    if said.failure is None:
        for neighbour in said.neighbours:
            book.hear(device, neighbour)


def _candidates(
    book: Book, errand: Errand, limits: Limits, room: int
) -> Iterator[tuple[Device, Door]]:
    """Devices that are to be asked next, at the first address that was not tried yet."""
    claimed: set[str] = set()
    for device in book.devices():
        if room <= 0 or device.depth > limits.depth or not _open(device) or _silent(device):
            continue
        free = (
            a
            for a in device.addresses
            if a not in device.asked and a not in claimed and errand.scope.admits(a)
        )
        address = next(free, None)
        if address is not None:
            claimed.add(address)
            room -= 1
            known = _platform(device)
            yield device, Door(address, platform=known, name=device.name)


def _open(device: Device) -> bool:
    """Whether a device has still to be asked: not yet, or not reached at another address."""
    failure = device.visit.failure if device.visit else None
    return device.visit is None or (failure is not None and failure.kind in _ELSEWHERE)


_ELSEWHERE = frozenset({"dns", "unreachable", "refused", "timeout"})
"""Failures that another address of the device may not have."""
_TRUNKED = frozenset({"switch", "router"})
_ENDS = frozenset({"phone", "access point"})


def _platform(device: Device) -> str | None:
    return next((n.platform for n in device.told() if n.platform), None)


def _silent(device: Device) -> str:
    """Why a device that was heard of is not asked, whatever its address; empty where it is."""
    kinds = {n.kind for n in device.told()}
    # Phones and access points say that they bridge, as switches do.
    ends = sorted(kinds & _ENDS) or sorted(kinds & {"host"})
    if ends and (kinds & _ENDS or not kinds & _TRUNKED):
        return f"a neighbour tells that it is {_article(ends[0])}: not asked"
    known = _platform(device)
    if device.door is None and known is None:
        return "no neighbour tells its platform: not asked"
    if known is not None and known not in ASKED and not kinds & _TRUNKED:
        return f"by its description {_article(known)}, which has no neighbours to tell: not asked"
    return ""


def _article(word: str) -> str:
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


def _close(book: Book, errand: Errand, limits: Limits, stopped: str) -> None:
    """Say of each device that was not asked why it was not."""
    for device in book.devices():
        if device.reason or (device.visit and device.visit.failure is None):
            continue
        device.reason = _why(device, errand, limits, stopped)


def _why(device: Device, errand: Errand, limits: Limits, stopped: str) -> str:
    failure = device.visit.failure if device.visit else None
    if failure is not None:
        return f"asked at {', '.join(device.asked)}: {failure.kind}: {failure.reason}"
    if reason := _silent(device) or _nowhere(device, errand):
        return reason
    if errand.stop.is_set() or stopped.endswith("interrupted"):
        return f"not asked: {stopped}"
    if device.depth > limits.depth:
        return f"{device.depth} cables away, and the limit is {limits.depth}: not asked"
    return f"the limit of {limits.devices} devices is reached: not asked"


def _nowhere(device: Device, errand: Errand) -> str:
    """Why a device has no address at which it may be asked; empty where it has one."""
    if device.addresses and not any(map(errand.scope.admits, device.addresses)):
        return errand.scope.refusal(device.addresses[0])
    if not device.addresses and device.shared:
        return f"{device.shared[0]} is the address of another device too: not asked"
    return "" if device.addresses else "no neighbour states an address of it: not asked"


# ------------------------------------------------------------------------------ results


def _discovered(book: Book) -> Iterator[Discovered]:
    """The result: devices in the order of hearing, each with the access points joined to it."""
    for device in book.devices():
        yield _found(device)
        if device.visit and device.visit.failure is None:
            yield from joined(device.called, device.visit.units)


def _found(device: Device) -> Discovered:
    visit = device.visit if device.visit and device.visit.failure is None else None
    whole = next((u for u in visit.units if u.serial in visit.serials), None) if visit else None
    told = list(device.told())
    known = (visit.platform if visit else None) or _platform(device)
    software = next((n.version for n in told if n.version), None)
    by: list[FoundBy] = sorted({n.protocol for n in told})
    serial = next(iter(visit.serials), None) if visit else None
    return Discovered(
        address=visit.address if visit else next(iter(device.addresses), None),
        port=visit.port if visit else None,
        name=device.name,
        platform=known,
        confidence="high" if visit else "medium" if known else "none",
        reason=f"asked by {visit.way}{_also(device, visit)}" if visit else device.reason,
        candidate=visit is not None or bool(known and not _silent(device)),
        found_by=tuple(by) or ("source",),
        serial=serial or next(iter(sorted(device.serials)), None),
        pid=whole.pid if whole else None,
        version=whole.version if whole else canonical(software, "other") if software else None,
        evidence=tuple(sorted({_clue(origin, n) for origin, n in device.heard})),
    )


def _also(device: Device, visit: Visit) -> str:
    others = [address for address in device.addresses if address != visit.address]
    return f"; also at {', '.join(others)}" if others else ""


def _clue(origin: str, neighbour: Neighbour) -> Clue:
    said = [
        neighbour.local_port,
        neighbour.name or neighbour.serial or neighbour.chassis_id or "without a name",
        neighbour.model,
        neighbour.kind,
        " ".join(neighbour.addresses),
        neighbour.description.partition("\n")[0],
    ]
    return Clue(neighbour.protocol, shown(origin), shown(", ".join(part for part in said if part)))


def joined(controller: str, units: Iterable[Observation]) -> Iterator[Discovered]:
    """The access points that a wireless controller lists; nobody logs in to them."""
    for unit in units:
        if unit.kind == "access_point":
            yield Discovered(
                address=None,
                name=unit.position,
                confidence="high",
                reason=f"joined to {controller}: read there, not asked itself",
                found_by=("controller",),
                managed_by=controller,
                serial=unit.serial,
                pid=unit.pid,
                version=unit.version,
                evidence=(Clue("controller", shown(controller), shown(unit.position or "")),),
            )
