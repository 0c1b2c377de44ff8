"""What a device says when it is asked: who it is, and who its neighbours are. By SNMP, or SSH.

Commands of a discovery have a gate of their own: what is asked here is not declared for sweeps.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from pyrate_limiter import Limiter, Rate

from agent.discovery import _cdp, _lldp, _neighbour_tables
from agent.discovery.identity import shown
from agent.errors import HostFailureError
from agent.model import Capture, Output
from agent.platforms import Command, _inventory, _snmp, _snmp_identity, _walk, platform, platforms
from agent.terminal import clean
from agent.transports import now
from agent.transports._gated import connect, log_in
from agent.transports.snmp import SnmpSession, client, resolve
from agent.transports.ssh import SshSession

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from agent.discovery import Errand
    from agent.discovery._neighbour import Neighbour
    from agent.inventory.credentials import Credentials, SnmpCredentials
    from agent.model import Observation
    from agent.platforms import Platform
    from agent.transports.access import Access

_IDENTITY = ("show version", "show inventory")
_ACCESS_POINTS = ("show ap summary", "show ap config general")
_BOTH = (_cdp.COMMAND, _lldp.COMMAND)
ASKED: dict[str, tuple[str, ...]] = {
    "catalyst_9300": (*_IDENTITY, *_BOTH),
    "catalyst_9800": (*_IDENTITY, *_ACCESS_POINTS, *_BOTH),
    "eos": ("show version", _lldp.COMMAND),
    "ios": ("show version", *_BOTH),
    "ios_xr": ("show inventory", *_BOTH),
    "nxos": ("show inventory", *_BOTH),
}
"""What a discovery types into each platform. Firewalls have neither protocol at a command line."""

SESSION = {
    "eos": ("terminal length 0", "terminal width 511", "exit"),
    "ios": ("terminal length 0", "terminal width 511", "exit"),
    "ios_xr": ("terminal length 0", "terminal width 511", "exit"),
    "nxos": ("terminal length 0", "terminal width 511", "exit"),
}
# As IOS and NX-OS print it, and EOS.
_BOARD = re.compile(
    r"^\s*(?:Processor board ID|Serial number:)\s+(\S+)\s*$", re.IGNORECASE | re.MULTILINE
)
_NAMED = re.compile(r"^\s*(\S+) uptime is ", re.MULTILINE)
_WHOLE = frozenset({"chassis", "stack_member"})


def asked(name: str) -> Platform | None:
    """The platform with the commands of a discovery in place of its own; None where it has none."""
    if name not in ASKED:
        return None
    return replace(
        platform(name),
        commands=tuple(Command(text) for text in ASKED[name]),
        session=SESSION.get(name, platform(name).session),
    )


def declared() -> list[Platform]:
    """All platforms into which a discovery types, by name."""
    return [found for name in platforms() if (found := asked(name))]


@dataclass(frozen=True, slots=True)
class Door:
    """How a device is called; `platform` is what somebody says that it is."""

    address: str
    port: int | None = None
    platform: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """What a device said at an address; `failure` is why it did not."""

    address: str
    port: int | None = None
    platform: str | None = None
    name: str | None = None
    serials: tuple[str, ...] = ()
    chassis_id: str | None = None
    units: tuple[Observation, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()
    way: str = ""
    failure: HostFailureError | None = None


@dataclass(frozen=True, slots=True)
class Keys:
    """What a visitor may show: credentials for SSH, SNMP, or both, and the ports to try.

    `refusals`: so many devices that refuse the login end all logins, 0 for never. `per_second`:
    logins a second, 0 for no limit.
    """

    login: Credentials | None = None
    snmp: SnmpCredentials | None = None
    access: Access | None = None
    ports: tuple[int, ...] = (22,)
    snmp_port: int = 161
    timeout: float = 10.0
    refusals: int = 3
    per_second: float = 0.0


class Visitor:
    """Asks devices; may be called from several threads."""

    def __init__(self, errand: Errand, keys: Keys) -> None:
        self._errand = errand
        self._keys = keys
        self._refused: set[str] = set()
        self._lock = threading.Lock()
        self._proven = threading.Event()
        self._pace = keys.per_second and Limiter(
            [Rate(1, max(1, round(1000 / keys.per_second)))]  # milliseconds
        )

    def __call__(self, door: Door) -> Visit:
        """What the device there says, by SNMP; by SSH where SNMP tells no serial.

        :raises ScopeError: it may not be contacted.
        """
        self._errand.scope.require(door.address)
        failures: list[HostFailureError] = []
        found = Visit(door.address, platform=door.platform, name=door.name)
        ways: tuple[Callable[[Door, Visit], Visit], ...] = (self._by_snmp, self._by_ssh)
        for way in ways:
            try:
                found = way(door, found)
            except HostFailureError as failure:
                failures.append(failure)
            if found.serials and found.way:
                break
        if found.way:
            return found
        reason = "; ".join(f.reason for f in failures) or "no credentials for it"
        kind = failures[-1].kind if failures else "auth_refused"
        return replace(found, failure=HostFailureError(kind, reason))

    # --------------------------------------------------------------------------- SNMP

    def _by_snmp(self, door: Door, found: Visit) -> Visit:
        keys = self._keys
        if keys.snmp is None:
            return found
        tried = partial(self._errand.journal.tried, door.address, keys.snmp_port)
        try:
            agent = client(resolve(door.address, keys.snmp_port), keys.snmp, keys.timeout)
            text = SnmpSession(agent).send(_snmp.WALK)
            tried("snmp", "answered")
            values = list(agent.get(_neighbour_tables.OWN_CHASSIS))
            for columns in _neighbour_tables.TABLES:
                values += agent.table(columns)
        except HostFailureError as failure:
            tried("snmp", failure.kind)
            raise
        tried("neighbours", "answered")
        output = Output(_snmp.WALK, text, now())
        named = door.platform or _snmp_identity.GENERIC
        capture = Capture(door.name or door.address, None, named, "snmp", (output,))
        by_agent = _snmp.platform_of(capture)
        told = by_agent if by_agent != _snmp_identity.GENERIC else None
        known = told or door.platform
        units = _snmp.parse(replace(capture, platform=known or named)).observations
        return replace(
            found,
            platform=known or by_agent,
            name=_system_name(text) or found.name,
            serials=_serials(units),
            chassis_id=_neighbour_tables.own_chassis(values),
            units=units,
            neighbours=_neighbour_tables.read(values),
            way="SNMP",
        )

    # ---------------------------------------------------------------------------- SSH

    def _by_ssh(self, door: Door, found: Visit) -> Visit:
        keys = self._keys
        device = asked(found.platform or "")
        if keys.login is None or device is None:
            if device is None and not found.way and found.platform:
                reason = f"neither CDP nor LLDP is asked of a {found.platform}"
                raise HostFailureError("wrong_platform", reason)
            return found
        if self._proven.is_set():
            return self._try_ports(device, door, found)
        with self._lock:  # one after the other, until a device has taken the login
            return self._try_ports(device, door, found)

    def _try_ports(self, device: Platform, door: Door, found: Visit) -> Visit:
        keys = self._keys
        if keys.refusals and len(self._refused) >= keys.refusals:
            reason = f"no more logins: {', '.join(sorted(self._refused))} refused them"
            raise HostFailureError("auth_refused", reason)
        failure: HostFailureError | None = None
        for port in dict.fromkeys([door.port] if door.port else keys.ports):
            try:
                return self._logged_in(device, door, port, found)
            except HostFailureError as error:
                self._errand.journal.tried(door.address, port, "login", error.kind)
                if error.kind in {"auth_refused", "password_change"}:
                    self._refused.add(door.address)
                    raise
                failure = failure or error
        raise failure or HostFailureError("unreachable", "no port to try")

    def _logged_in(self, device: Platform, door: Door, port: int, found: Visit) -> Visit:
        keys = self._keys
        login = keys.login
        assert login is not None  # noqa: S101 - looked at by the caller
        if self._pace:
            self._pace.try_acquire("login")
        where = (door.address, port)
        sock = connect(where, keys.timeout)
        try:
            channel = log_in(
                device, sock, where, login.username, login.password, login.enable, keys.timeout,
                keys.access,
            )  # fmt: skip
        except BaseException:
            sock.close()
            raise
        journal = self._errand.journal
        journal.tried(door.address, port, "login", "answered")
        self._proven.set()
        try:
            session = SshSession(channel, keys.timeout)
            outputs = tuple(
                Output(c.text, clean(session.send(c.text)), now()) for c in device.commands
            )
            name = _own_name(outputs) or str(channel.base_prompt or "").strip() or None
        finally:
            channel.disconnect()
        journal.tried(door.address, port, "neighbours", "answered")
        return _read(device, replace(found, port=port, name=name or found.name), outputs)


def _own_name(outputs: tuple[Output, ...]) -> str | None:
    """The name in ``show version``; netmiko cuts that of the prompt."""
    found = (_NAMED.search(o.text) for o in outputs if o.command == "show version")
    return next((match[1] for match in found if match), None)


def _read(device: Platform, found: Visit, outputs: tuple[Output, ...]) -> Visit:
    """What a device printed, with what SNMP told of it before."""
    capture = Capture(found.name or found.address, None, device.name, "ssh", outputs)
    ours = platform(device.name).transport == "ssh"
    units = device.parse(capture).observations if ours else ()
    printed = _serials(units) or _printed(capture)
    told = (
        *_cdp.read(capture.text(_cdp.COMMAND) or ""),
        *_lldp.read(capture.text(_lldp.COMMAND) or ""),
    )
    return replace(
        found,
        serials=printed or found.serials,
        units=units or found.units,
        neighbours=tuple(dict.fromkeys((*found.neighbours, *told))),
        way="SSH",
    )


def _printed(capture: Capture) -> tuple[str, ...]:
    """The serial of the chassis where the platform is one that NAPALM reads in a sweep.

    The board that NX-OS names in ``show version`` is another unit.
    """
    rows = _inventory.read(capture.text("show inventory") or "").rows
    listed = tuple(row.serial for row in rows if _inventory.chassis(row) and row.serial)
    return listed[:1] or tuple(_BOARD.findall(capture.text("show version") or "")[:1])


def _serials(units: Iterable[Observation]) -> tuple[str, ...]:
    """The serials of a device's chassis, those of a stack in order."""
    whole = [u for u in units if u.kind in _WHOLE and u.serial]
    return tuple(dict.fromkeys(s for u in whole for s in (u.serial, *u.other_serials) if s))


def _system_name(walk: str) -> str | None:
    return shown(_walk.read(walk).scalar(_snmp_identity.SYS_NAME)) or None
