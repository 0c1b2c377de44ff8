"""Hosts that were found or are listed, joined with the inventory folder that is there.

A value in the folder is never changed: what is missing is filled in, new hosts are added below, and
what contradicts is listed. A host is the same by its serial number, else by its management address,
else by its name.
"""

from __future__ import annotations

import difflib
import ipaddress
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

from agent.files import write
from agent.inventory._yaml import Changes, changed, text_of
from agent.inventory.listed import plain
from agent.inventory.logins import SSH_PORT
from agent.inventory.simple import load_inventory, serials_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from nornir.core.inventory import Host

    from agent.model import Discovered, ListedHost, Listing

Value: TypeAlias = "str | int | float | bool | date | tuple[str, ...] | None"

_FIELDS = ("hostname", "port", "platform")
"""What stands beside ``data`` in a host's entry."""
DISCOVERY = "discovery"


@dataclass(frozen=True, slots=True)
class Conflict:
    """A value of the inventory that is contradicted; it was kept. `said_by` names who does."""

    host: str
    key: str
    kept: str
    said: str
    said_by: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A device that is not written into the inventory, and why."""

    name: str
    reason: str
    said_by: str


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file of the folder before and after; `before` is empty where it is new."""

    path: Path
    before: str
    after: str

    @property
    def diff(self) -> str:
        """The change as a unified diff; empty where there is none."""
        before, after = (text.splitlines(keepends=True) for text in (self.before, self.after))
        name = str(self.path)
        lines = difflib.unified_diff(before, after, name if before else "/dev/null", name)
        return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge comes to; nothing is written before :meth:`write`.

    `added` are new hosts, `filled` those in which values were missing, `unconfirmed` those of the
    folder that were neither found nor are listed; they stay.
    """

    files: tuple[FileChange, ...]
    added: tuple[str, ...]
    filled: tuple[str, ...]
    unconfirmed: tuple[str, ...]
    conflicts: tuple[Conflict, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def diff(self) -> str:
        """Every change as a unified diff; empty where there is none."""
        return "".join(file.diff for file in self.files)

    def write(self) -> None:
        """Write each changed file, whole or not at all; groups before the hosts that name them.

        :raises OutputError: as :func:`agent.files.write`.
        """
        for file in self.files:
            if file.after != file.before:
                write(file.path.resolve(), [file.after])


@dataclass(slots=True)
class _Entry:
    """A host as it is going to be. `own` are hand-made values, `new` what is to be written."""

    name: str
    own: dict[str, Value] = field(default_factory=dict)
    new: dict[str, Value] = field(default_factory=dict)
    groups: tuple[str, ...] = ()
    hand_made: bool = False
    said_by: dict[str, str] = field(default_factory=dict)

    def get(self, key: str) -> Value:
        """The value that holds."""
        return self.own[key] if self.own.get(key) is not None else self.new.get(key)


@dataclass(frozen=True, slots=True)
class _Claim:
    """What one source says of one host."""

    name: str
    said_by: str
    values: dict[str, Value]
    groups: tuple[str, ...] = ()


def merge(
    folder: Path,
    discovered: Iterable[Discovered] = (),
    listings: Iterable[Listing] = (),
    statuses: tuple[str, ...] = ("active",),
) -> Merged:
    """Join what was found, then what sources list, with the files in `folder`.

    Listed hosts are taken in where their status is one of `statuses`.

    :raises InventoryError: the folder holds files that cannot be read, or not changed without loss.
    """
    hosts = folder / "hosts.yaml"
    before = text_of(hosts)
    entries = _Entries(_hand_made(folder) if before.content else [])
    left_out: list[LeftOut] = []
    for claim in (*_found(discovered, left_out), *_listed(listings, left_out, statuses)):
        entries.take(claim)
    port = text_of(folder / "defaults.yaml").content.get("port") or SSH_PORT
    changes = Changes(
        added={e.name: _written(e, port) for e in entries.all if not e.hand_made},
        filled={e.name: _written(e, port) for e in entries.all if e.hand_made and e.new},
    )
    groups = text_of(folder / "groups.yaml")
    wanted = {name for entry in entries.all for name in entry.groups} - groups.content.keys()
    files = (
        FileChange(
            groups.path,
            groups.text,
            changed(groups, Changes(added={name: {} for name in sorted(wanted)})),
        ),
        FileChange(hosts, before.text, changed(before, changes)),
    )
    return Merged(
        files=files,
        added=tuple(sorted(changes.added)),
        filled=tuple(sorted(changes.filled)),
        unconfirmed=tuple(sorted(e.name for e in entries.all if e.hand_made and not e.said_by)),
        conflicts=tuple(sorted(entries.conflicts, key=lambda c: (c.host, c.key, c.said_by))),
        left_out=tuple(sorted(left_out, key=lambda o: (o.said_by, o.name, o.reason))),
    )


class _Entries:
    """All hosts, found again by serial number, address and name."""

    def __init__(self, hand_made: list[_Entry]) -> None:
        self.all: list[_Entry] = []
        self.conflicts: list[Conflict] = []
        self._serials: dict[str, _Entry] = {}
        self._places: dict[tuple[str, int], _Entry] = {}
        self._addresses: dict[str, dict[str, _Entry]] = {}
        self._names: dict[str, _Entry] = {}
        for entry in hand_made:
            self._add(entry)

    def take(self, claim: _Claim) -> None:
        """Join a claim with the entry that it is about, or make a new one."""
        entry = self._entry_of(claim)
        if entry is None:
            entry = _Entry(self._free(claim), groups=claim.groups)
            entry.new = {key: value for key, value in claim.values.items() if value is not None}
            self._add(entry)
        else:
            self._join(entry, claim)
        entry.said_by[claim.said_by] = claim.name
        self._index(entry)

    def _add(self, entry: _Entry) -> None:
        self.all.append(entry)
        self._names[entry.name.casefold()] = entry
        self._index(entry)

    def _index(self, entry: _Entry) -> None:
        for serial in _serials(entry.get("serials")):
            self._serials.setdefault(serial.upper(), entry)
        if place := _place(entry.get("hostname"), entry.get("port")):
            self._places.setdefault(place, entry)
            self._addresses.setdefault(place[0], {})[entry.name] = entry

    def _entry_of(self, claim: _Claim) -> _Entry | None:
        for serial in _serials(claim.values["serials"]):
            if found := self._serials.get(serial.upper()):
                return found
        place = _place(claim.values["hostname"], claim.values["port"])
        if place and (found := self._places.get(place)):
            return found
        there = self._addresses.get(place[0], {}) if place else {}
        if claim.values["port"] is None and len(there) == 1:
            return next(iter(there.values()))
        named = self._names.get(claim.name.casefold())
        # Two devices of one source may bear the same name; by name each entry is taken once.
        if named is None or claim.said_by in named.said_by or _are_two(named, claim):
            return None
        return named

    def _join(self, entry: _Entry, claim: _Claim) -> None:
        for key, said in claim.values.items():
            kept = entry.get(key)
            if (
                said in {None, ()}
                or _word(kept) == _word(said)
                or (key == "hostname" and _is_name(kept))
            ):
                continue
            if kept in {None, ()}:
                entry.new[key] = said
            elif key == "serials" and not entry.hand_made:
                entry.new[key] = tuple(dict.fromkeys((*_serials(kept), *_serials(said))))
            elif not (key == "serials" and _upper(said) <= _upper(kept)):
                words = Conflict(entry.name, key, _word(kept), _word(said), claim.said_by)
                self.conflicts.append(words)
        if not entry.hand_made:
            entry.groups = tuple(dict.fromkeys((*entry.groups, *claim.groups)))

    def _free(self, claim: _Claim) -> str:
        """A name that no other host has."""
        tries = (claim.name, f"{claim.name}@{claim.values['hostname']}")
        free = (name for name in tries if name.casefold() not in self._names)
        numbered = f"{tries[1]}:{claim.values['port'] or SSH_PORT}"
        return next(free, numbered)


def _are_two(entry: _Entry, claim: _Claim) -> bool:
    """Whether serial numbers say that it is not the same device."""
    ours, theirs = _upper(entry.get("serials")), _upper(claim.values["serials"])
    return bool(ours and theirs) and not ours & theirs


def _hand_made(folder: Path) -> list[_Entry]:
    """The hosts of the folder with every value that holds for them, inherited ones too."""
    hosts = load_inventory(folder).inventory.hosts
    return [_Entry(name, own=_values(host), hand_made=True) for name, host in hosts.items()]


def _values(host: Host) -> dict[str, Value]:
    return {key: _value(value) for key, value in host.items()} | {
        "hostname": host.hostname or host.name,
        "port": host.port or SSH_PORT,
        "platform": host.platform,
        "serials": serials_of(host) or None,
    }


def _value(value: object) -> Value:
    """A value of any kind as one that can be compared; whatever is there is hand-made."""
    if isinstance(value, list):
        return tuple(map(str, value))
    return value if value is None or isinstance(value, (str, int, float, date)) else str(value)


def _found(discovered: Iterable[Discovered], left_out: list[LeftOut]) -> Iterator[_Claim]:
    for device in sorted(discovered, key=lambda d: (d.address or "~", d.port or 0, d.name or "")):
        name = plain(device.name or device.address or device.serial or "")
        if reason := _not_written(device):
            left_out.append(LeftOut(name, reason, DISCOVERY))
            continue
        yield _Claim(
            name,
            DISCOVERY,
            {
                "hostname": device.address,
                "port": device.port,
                "platform": device.platform,
                "serials": (device.serial,) if device.serial else None,
            },
        )


def _not_written(device: Discovered) -> str | None:
    if device.address is None:
        return f"only {device.managed_by or 'another device'} knows it, without an address"
    if not device.candidate:
        return f"nothing says that it is gear of yours: {device.reason or 'not identified'}"
    if device.platform is None:
        return f"its platform is not told: {device.reason or 'not identified'}"
    return None


def _listed(
    listings: Iterable[Listing], left_out: list[LeftOut], statuses: tuple[str, ...]
) -> Iterator[_Claim]:
    for listing in sorted(listings, key=lambda each: (each.source, each.origin)):
        for host in listing.hosts:
            if reason := _why_not(host, statuses):
                left_out.append(LeftOut(host.name, reason, listing.source))
            else:
                yield _claim(host, listing.source)


def _why_not(host: ListedHost, statuses: tuple[str, ...]) -> str | None:
    if host.problem:
        return host.problem
    if host.status not in statuses:
        return f"its status is {host.status}"
    return None if host.platform else "its platform is not to be read"


def _claim(host: ListedHost, source: str) -> _Claim:
    values: dict[str, Value] = {
        "hostname": host.address,
        "port": host.port,
        "platform": host.platform,
        "site": host.site,
        "role": host.role,
        "tenant": host.tenant,
        "tags": host.tags or None,
        "serials": tuple(unit.serial for unit in host.units) or None,
    }
    return _Claim(host.name, source, values | dict(host.data), host.groups)


def _written(entry: _Entry, port: int) -> dict[str, object]:
    """An entry as hosts.yaml has it: only what is new. `port` is that of the defaults."""
    new = {key: value for key, value in entry.new.items() if value not in {None, ()}}
    if new.get("port") == port:
        new.pop("port")
    data = {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in new.items()
        if key not in _FIELDS
    }
    fields: dict[str, object] = {key: new[key] for key in _FIELDS if key in new}
    if entry.groups and not entry.hand_made:
        fields["groups"] = list(entry.groups)
    return fields | ({"data": data} if data else {})


def _serials(value: Value) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()


def _upper(value: Value) -> set[str]:
    return {serial.upper() for serial in _serials(value)}


def _place(hostname: Value, port: Value) -> tuple[str, int] | None:
    if not isinstance(hostname, str):
        return None
    return hostname.casefold(), port if isinstance(port, int) else SSH_PORT


def _is_name(hostname: Value) -> bool:
    """Whether a host is reached by name: that contradicts no address."""
    try:
        ipaddress.ip_address(str(hostname))
    except ValueError:
        return hostname is not None
    return False


def _word(value: Value) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)
