"""What single hosts cannot know about themselves: whether an estate fits together."""

from __future__ import annotations

import re
from collections import Counter
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, TypeVar

from lab.answers import commands
from lab.platforms import PLATFORMS
from lab.schema import Member

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lab.estate import Estate
    from lab.platforms import Platform
    from lab.schema import Host

T = TypeVar("T")
LOOPBACK = IPv4Network("127.0.0.0/8")


def contradictions(estate: Estate) -> Iterator[str]:
    """One line for each contradiction: the host, the key, and what to do."""
    if not estate.network.subnet_of(LOOPBACK):
        yield f"network: {estate.network} is not on loopback; use a part of {LOOPBACK}"
    names = [each.name for each in estate.everybody]
    yield from (f"{n}: name: is used twice; give each host its own" for n in _twice(names))
    yield from (
        f"{site}: sites: is the name of a platform; choose another"
        for site in estate.sites
        if site in PLATFORMS
    )
    for host in estate.hosts:
        yield from (f"{host.name}: {problem}" for problem in _host_problems(estate, host))
    yield from _manager_problems(estate)
    for link in estate.links:
        for name in link.hosts:
            if name not in estate.by_name:
                yield f"links: {name!r} of {link.ends} is no host of this estate; declare it"
    for stranger in estate.strangers:
        if stranger.address not in LOOPBACK:
            yield f"{stranger.name}: address: {stranger.address} is not on loopback"
    serials = [(serial, host.name) for host in estate.hosts for serial in _serials(host)]
    serials += [(d.serial, f"{m.name}: {d.name}") for m in estate.managers for d in m.only_here]
    for serial in _twice(serial for serial, _ in serials):
        holders = ", ".join(sorted({name for other, name in serials if other == serial}))
        yield f"{holders}: serial: {serial} is declared twice; each unit has its own"
    placed = [(each.name, each.address) for each in estate.everybody if each.address]
    for address in _twice(address for _, address in placed):
        holders = ", ".join(name for name, other in placed if other == address)
        yield f"{holders}: address: {address} is used twice; give each host its own"


def _twice(values: Iterable[T]) -> list[T]:
    return [value for value, count in Counter(values).items() if count > 1]


def _host_problems(estate: Estate, host: Host) -> Iterator[str]:
    """What is wrong with one host as a part of its estate."""
    if host.site not in estate.sites:
        yield f"site: {host.site!r} is not declared; known: {', '.join(estate.sites)}"
    if host.address and host.address not in LOOPBACK:
        yield f"address: {host.address} is not on loopback; use one of {LOOPBACK}"
    if host.platform in PLATFORMS:
        yield from _unit_problems(PLATFORMS[host.platform], host)
        yield from _fault_problems(host)
    else:
        yield f"platform: {host.platform!r} is not known; known: {', '.join(PLATFORMS)}"
    if host.chassis:
        yield from _chassis_problems(estate, host)
    if host.failover:
        yield from _failover_problems(estate, host)


def _unit_problems(platform: Platform, host: Host) -> Iterator[str]:
    versions = [host.version, *(m.version for m in host.members if m.version)]
    for version in versions:
        if not re.fullmatch(platform.version, version):
            yield f"version: {version!r} is none of {host.platform}; write it as {platform.example}"
    if len(host.members) > platform.most_members:
        yield f"members: {len(host.members)} are too many; at most {platform.most_members} here"
    if len(host.stack_cables) > len(host.present):
        yield "stack_cables: more cables than units; a ring has one for each"
    if not host.members and not host.chassis:
        yield "serial: is missing; give the host 'pid' and 'serial', or 'members'"


def _fault_problems(host: Host) -> Iterator[str]:
    known = commands(host.platform)
    for command in (fault.named for fault in host.faults):
        if command and command not in known:
            yield (
                f"fault: {command!r} is neither a step nor a command of {host.platform}; "
                f"its commands: {', '.join(sorted(known))}"
            )


def _chassis_problems(estate: Estate, host: Host) -> Iterator[str]:
    chassis = estate.by_name.get(host.chassis or "")
    if chassis is None or chassis.platform != "fxos":
        yield f"chassis: {host.chassis!r} is not an fxos host of this estate; declare it"
    elif host.slot not in {module.slot for module in chassis.security_modules}:
        yield f"slot: {chassis.name} has no security module in slot {host.slot}; declare it there"
    if host.members:
        yield "chassis: a host on a chassis runs on its module; leave out 'pid' and 'serial'"


def _failover_problems(estate: Estate, host: Host) -> Iterator[str]:
    pair = host.failover
    if pair is None or not isinstance(pair.mate, str):
        return
    mate = estate.by_name.get(pair.mate)
    if mate is None or mate is host:
        yield f"failover.mate: {pair.mate!r} is not another host of this estate; declare it"
    elif mate.platform != host.platform:
        yield f"failover.mate: {pair.mate!r} is of platform {mate.platform}, not {host.platform}"
    elif mate.failover:
        if mate.failover.mate != host.name:
            yield f"failover.mate: {pair.mate!r} names another mate; let the two name each other"
        elif (mate.failover.unit, mate.failover.state) in {
            (pair.unit, mate.failover.state),
            (mate.failover.unit, pair.state),
        }:
            yield f"failover: {pair.mate!r} says the same unit or state; one is the opposite"


def _manager_problems(estate: Estate) -> Iterator[str]:
    """What is wrong with managers; what they alone know has serials of its own."""
    for manager in estate.managers:
        if manager.address not in LOOPBACK:
            yield f"{manager.name}: address: {manager.address} is not on loopback"
        if manager.site not in estate.sites:
            yield f"{manager.name}: site: {manager.site!r} is not declared"
        grouped = (name for members in manager.clusters.values() for name in members)
        for name in (*manager.hosts, *grouped, *manager.disconnected):
            host = estate.by_name.get(name)
            if host is None or host.platform != "ftd":
                yield f"{manager.name}: {name!r} is not an ftd host of this estate; declare it"


def _serials(host: Host) -> Iterator[str]:
    """Every serial a host declares. Both ends of one cable may carry the same (T5)."""
    mate = host.failover.mate if host.failover else None
    plugged: set[tuple[str, str]] = set()
    for member in (*host.members, *([mate] if isinstance(mate, Member) else [])):
        own = {serial for serial in (member.serial, member.board_serial) if serial}
        yield from sorted(own)
        yield from (part.serial for part in (*member.power_supplies, *member.modules))
        plugged |= {(end.pid, end.serial) for end in member.transceivers}
    yield from (serial for _, serial in sorted(plugged))
    yield from (part.serial for part in (*host.stack_cables, *host.security_modules))
    yield from (point.serial for point in host.access_points)
