"""One pass over an inventory: a Nornir task that logs in, sends what is declared, and reads.

Whatever befalls a host becomes a typed value of that host; nothing stops the sweep.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING

from nornir.core.inventory import ConnectionOptions
from nornir.core.task import AggregatedResult, MultiResult, Result, Task

from agent.errors import HostFailureError
from agent.inventory.logins import jump_of, set_of
from agent.inventory.simple import site_of
from agent.model import (
    Capture,
    HostResult,
    HostVisit,
    Incomplete,
    Output,
    Unreached,
)
from agent.platforms import _snmp, platform, platforms
from agent.reading import read
from agent.runners.gates import Limits, Place
from agent.runners.processes import Lanes, ProcessRunner
from agent.terminal import clean
from agent.transports import Session, _paramiko, register
from agent.transports.fast_ssh import Target, now
from agent.transports.gate import hidden
from agent.transports.host_keys import UNCHECKED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from nornir.core import Nornir
    from nornir.core.inventory import Host

    from agent.inventory.credentials import Credentials, SnmpCredentials
    from agent.model import UnreachedKind
    from agent.settings import SweepSettings
    from agent.transports.access import Access


SSH = "ssh"
SNMP = "snmp"
"""The transport that gives a second opinion, and the port its agents listen on."""
SNMP_PORT = 161


def authorise(
    nornir: Nornir,
    credentials: Credentials | None,
    timeout: float,
    snmp: SnmpCredentials | None = None,
    access: Access | None = None,
) -> None:
    """Give every host of the inventory the credentials and the time-out, in seconds.

    `credentials` are the usual ones; `access` has those of hosts with a set of their own, and all
    else that a login needs.
    """
    defaults = nornir.inventory.defaults
    if credentials:
        defaults.username = credentials.username
        defaults.password = credentials.password
    secret = credentials.enable if credentials else None
    for name in {SNMP, *(each.transport for each in platforms().values())}:
        given = defaults.connection_options.get(name)
        port = given.port if given else None
        if name == SNMP:
            options = ConnectionOptions(
                port=port or SNMP_PORT, extras={"credentials": snmp, "timeout": timeout}
            )
        else:
            options = ConnectionOptions(
                port=port, extras={"secret": secret, "timeout": timeout, "access": access}
            )
        defaults.connection_options[name] = options
    if access:
        for host in nornir.inventory.hosts.values():
            _authorise_apart(host, access)


def _authorise_apart(host: Host, access: Access) -> None:
    """Give a host what others do not have: credentials of its own set, a jump host."""
    own, jump = set_of(host), jump_of(host)
    ways = [way for way in ways_of(host) if way != SNMP]
    if (own is None and jump is None) or not ways:
        return
    login = access.login(host)
    given = host.connection_options.get(ways[0])
    host.connection_options[ways[0]] = ConnectionOptions(
        hostname=given.hostname if given else None,
        port=given.port if given else None,
        username=login.username,
        password=login.password,
        platform=given.platform if given else None,
        extras={
            "secret": login.enable,
            "timeout": access.timeout,
            "access": access,
            "jump": access.jump(host),
        },
    )


def ways_of(host: Host, *, snmp: bool = False) -> tuple[str, ...]:
    """The transports a host is read by, its own first.

    `snmp`: whether a host that does not say so itself (``data: snmp``) is read by SNMP too.
    """
    own = str(host.get("transport") or platform(host.platform or "").transport)
    return (own, SNMP) if own != SNMP and host.get(SNMP, snmp) else (own,)


def sweep(nornir: Nornir, save: Callable[[HostResult], None], *, snmp: bool = False) -> None:
    """Visit every host of `nornir` and hand each result to `save` as it arrives.

    With a runner of threads, `save` is called from them, one call at a time.
    """
    register({w for h in nornir.inventory.hosts.values() for w in ways_of(h, snmp=snmp)})
    try:
        nornir.with_processors([_Collector(save)]).run(task=visit, snmp=snmp)
    finally:
        _paramiko.JUMPS.close()


def fast_runner(
    chosen: SweepSettings,
    decide: Callable[[str | None, tuple[str, ...]], bool],
    access: Access | None = None,
) -> ProcessRunner:
    """The runner on asyncio for the hosts of `nornir`.

    `decide` is asked whether to go on with a site of which the named hosts refused the login.
    """
    limits = Limits(
        per_second=chosen.logins_per_second,
        per_site=chosen.per_site,
        per_aaa_group=chosen.per_aaa_group,
        jitter=chosen.jitter,
        refusals_per_site=chosen.refusals_per_site,
    )
    target = partial(_target, snmp=chosen.snmp)
    lanes = Lanes(target, _place, decide, limits)
    if access:
        lanes = replace(lanes, keys=access.keys, seen=access.known_hosts.add)
    return ProcessRunner(lanes, chosen.at_once, chosen.processes)


def _target(host: Host, *, snmp: bool) -> Target | None:
    """The host as the fast lane needs it; None where something else than SSH alone reads it."""
    device = platform(host.platform or "")
    if ways_of(host, snmp=snmp) != (SSH,):
        return None
    login = host.get_connection_parameters(SSH)
    extras = login.extras or {}
    access: Access | None = extras.get("access")
    address, port = login.hostname or host.name, login.port or 22
    return Target(
        name=host.name,
        site=site_of(host),
        platform=device.name,
        address=address,
        port=port,
        username=login.username or "",
        password=login.password,
        secret=extras.get("secret"),
        timeout=float(extras.get("timeout", 30.0)),
        trust=access.trust(address, port) if access else UNCHECKED,
        jump=extras.get("jump"),
    )


def _place(host: Host) -> Place:
    group = host.get("aaa_group")
    return Place(site_of(host), None if group is None else str(group))


def visit(task: Task, *, snmp: bool = False) -> Result:
    """Read one host; the result is always a `HostResult`, never an exception."""
    host = task.host
    outputs: list[Output] = []
    failures: dict[str, HostFailureError] = {}
    ways = ways_of(host, snmp=snmp)
    try:
        for way in ways:
            try:
                for output in _outputs(task, way, lane="" if way == ways[0] else way):
                    outputs.append(output)  # noqa: PERF402 - what came before a failure is kept
            except HostFailureError as failure:
                failures[way] = failure
        if len(failures) == len(ways):
            first = failures[ways[0]]
            login = host.get_connection_parameters(ways[0])
            secrets = login.password, (login.extras or {}).get("secret")
            result = unreached(host, first.kind, hidden(first.reason, *secrets), outputs)
        else:
            result = _in_part(read(_capture(host, ways[0], outputs)), failures)
    except Exception as error:  # noqa: BLE001 - the one boundary that can name the host
        reason = f"internal error, please report it: {type(error).__name__}: {error}"
        result = unreached(host, "connection_lost", reason, outputs)
    finally:
        for way in ways:
            if way in host.connections:
                host.close_connection(way)
    return Result(host=host, result=result)


def _outputs(task: Task, way: str, lane: str) -> Iterator[Output]:
    """Each declared command and what it printed, as it arrives."""
    device = platform(task.host.platform or "")
    commands = (_snmp.COMMAND,) if way == SNMP else device.commands
    session: Session = task.host.get_connection(way, task.nornir.config)
    for command in commands:
        yield Output(command.text, clean(session.send(command.text)), now(), lane)


def _in_part(result: HostResult, failures: Mapping[str, HostFailureError]) -> HostResult:
    """The result of a host that was read in one way, with why it was not in the other."""
    gaps = (
        Incomplete(result.visit.host, "command_refused", f"{way}: {failure.kind}: {failure.reason}")
        for way, failure in failures.items()
    )
    return replace(result, incomplete=(*result.incomplete, *gaps))


def unreached(
    host: Host, kind: UnreachedKind, reason: str, outputs: Iterable[Output] = ()
) -> HostResult:
    """Build the result of a host that could not be read; what it did print is kept as evidence."""
    return HostResult(
        visit=HostVisit(host.name, site_of(host), host.platform or "", reached=False),
        unreached=Unreached(host.name, kind, reason),
        outputs=tuple(outputs),
        lane=_lane(ways_of(host)[0]),
    )


def _capture(host: Host, lane: str, outputs: list[Output]) -> Capture:
    return Capture(host.name, site_of(host), host.platform or "", _lane(lane), tuple(outputs))


def _lane(way: str) -> str:
    """The lane's name in the results; two lanes read over SSH."""
    return "netmiko" if way == SSH else way


class _Collector:
    """A Nornir processor that hands on each host's result."""

    def __init__(self, save: Callable[[HostResult], None]) -> None:
        self._save = save
        self._one_at_a_time = Lock()

    def task_started(self, task: Task) -> None: ...

    def task_completed(self, task: Task, result: AggregatedResult) -> None: ...

    def task_instance_started(self, task: Task, host: Host) -> None: ...

    def task_instance_completed(self, task: Task, host: Host, result: MultiResult) -> None:  # noqa: ARG002
        with self._one_at_a_time:
            self._save(result[0].result)

    def subtask_instance_started(self, task: Task, host: Host) -> None: ...

    def subtask_instance_completed(self, task: Task, host: Host, result: MultiResult) -> None: ...
