"""``netcover discover --from``: where walks begin, and what they and managers told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from ipaddress import ip_address
from typing import TYPE_CHECKING

from agent.cli._app import say
from agent.errors import HostFailureError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from nornir.core.inventory import Host

    from agent.discovery import Errand
    from agent.discovery._visit import Door, Keys
    from agent.discovery.neighbours import Limits
    from agent.inventory.credentials import Credentials
    from agent.model import Discovered


@dataclass(frozen=True, slots=True)
class Start:
    """A host that was named with ``--from``; `credentials` is the set of its own, if it has one."""

    word: str
    door: Door
    credentials: str | None = None

    @property
    def manager(self) -> bool:
        """Whether it is asked for what it manages, and not for neighbours."""
        from agent.platforms import platform
        from agent.transports import REST

        return self.door.platform is not None and platform(self.door.platform).transport == REST


def starts(words: Sequence[str], inventory: Path) -> tuple[Start, ...]:
    """The hosts that `words` name: addresses, hosts of the inventory, or names that resolve.

    :raises UsageError: a word is none of these.
    """
    hosts = _hosts(inventory) if any(not _is_address(word) for word in words) else {}
    return tuple(_start(word, hosts) for word in dict.fromkeys(words))


def _is_address(word: str) -> bool:
    try:
        ip_address(word)
    except ValueError:
        return False
    return True


def _hosts(inventory: Path) -> Mapping[str, Host]:
    from agent.inventory.simple import load_inventory

    if not (inventory / "hosts.yaml").is_file():
        return {}
    return dict(load_inventory(inventory).inventory.hosts)


def _start(word: str, hosts: Mapping[str, Host]) -> Start:
    from agent.discovery._visit import Door
    from agent.inventory.logins import set_of

    if word in hosts:
        host = hosts[word]
        address = _resolved(host.hostname or word, f"--from {word}")
        return Start(word, Door(address, host.port, host.platform, word), set_of(host))
    if _is_address(word):
        return Start(word, Door(str(ip_address(word))))
    return Start(word, Door(_resolved(word, "--from"), name=word))


def _resolved(name: str, where: str) -> str:
    """The first address of a name.

    :raises UsageError: it has none.
    """
    from agent.discovery.targets import resolved

    if _is_address(name):
        return str(ip_address(name))
    try:
        return str(resolved(name)[0])
    except (OSError, UnicodeError, IndexError):
        raise UsageError(
            f"{where}: {name!r} is no address, no host of the inventory, and does not resolve"
        ) from None


def walked(
    begins: Sequence[Start],
    scanned: Iterable[Discovered],
    errand: Errand,
    keys: Keys,
    logins: Mapping[str | None, Credentials],
    limits: Limits,
) -> Iterator[Discovered]:
    """What managers tell, and what the walks along cables find; each noted in the journal."""
    from agent.discovery.controllers import managed
    from agent.discovery.neighbours import walk

    known = {host.address: host for host in scanned}
    for begin in begins:
        if begin.manager:
            own = replace(keys, login=logins.get(begin.credentials, keys.login))
            try:
                yield from _noted(managed(errand, begin.door, own), errand)
            except HostFailureError as failure:
                yield _silent(begin.door, failure)
    doors = [_told(begin.door, known) for begin in begins if not begin.manager]
    if doors:
        yield from _noted(walk(errand, doors, keys, limits), errand)


def _noted(found: Iterable[Discovered], errand: Errand) -> Iterator[Discovered]:
    for host in found:
        if host.address:
            errand.journal.found(host)
        yield host


def _told(door: Door, known: Mapping[str | None, Discovered]) -> Door:
    """The door with what the scan has learned of it."""
    seen = known.get(door.address)
    if seen is None:
        return door
    return replace(
        door,
        port=door.port or seen.port,
        platform=door.platform or seen.platform,
        name=door.name or seen.name,
    )


def _silent(door: Door, failure: HostFailureError) -> Discovered:
    from agent.model import Discovered

    return Discovered(
        address=door.address,
        name=door.name,
        platform=door.platform,
        reason=f"{failure.kind}: {failure.reason}",
        candidate=True,
        found_by=("source",),
    )


def complete(walk: Iterable[Discovered], errand: Errand) -> bool:
    """Say which devices that may be contacted did not answer; whether there is none."""
    gaps = [
        host
        for host in walk
        if host.candidate
        and host.address
        and host.confidence != "high"
        and errand.scope.admits(host.address)
    ]
    for host in gaps:
        say(f"not read    {host.name or host.address}: {host.reason}")
    return not gaps
