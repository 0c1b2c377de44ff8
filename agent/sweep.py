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

from agent import transports
from agent.errors import HostFailureError, UsageError
from agent.inventory.logins import jump_of, set_of
from agent.inventory.simple import site_of
from agent.model import (
    Capture,
    HostResult,
    Output,
    Unreached,
)
from agent.platforms import _snmp, platform, platforms
from agent.reading import conclude, unreached
from agent.runners import processes
from agent.runners.gates import Limits, Place
from agent.runners.processes import Lanes, ProcessRunner
from agent.runners.worker import Agent, Errand
from agent.terminal import clean
from agent.transports import SNMP, SSH, Session, now
from agent.transports.gate import hidden
from agent.transports.host_keys import UNCHECKED
from agent.transports.targets import Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nornir.core import Nornir
    from nornir.core.inventory import Host

    from agent.inventory.credentials import Credentials, SnmpCredentials
    from agent.settings import SweepSettings
    from agent.transports.access import Access


SNMP_PORT = 161
"""Where SNMP agents listen."""


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
    if set_of(host) is None and jump_of(host) is None:
        return
    ways = [way for way in ways_of(host) if way != SNMP]
    if not ways:
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

    Processors that `nornir` has are told too. With one of Nornir's own runners of threads, `save`
    is called from them, one call at a time.
    """
    try:
        processors = [*nornir.processors, _Collector(save)]
        nornir.with_processors(processors).run(task=visit, snmp=snmp)
    finally:
        transports.close()


def prepare(chosen: SweepSettings, nornir: Nornir) -> None:
    """Have the processes made ready that will visit the hosts, while this one opens the store."""
    if chosen.runner == "asyncio":
        processes.prepare(chosen.processes, len(nornir.inventory.hosts))


def fast_runner(
    chosen: SweepSettings,
    decide: Callable[[str | None, tuple[str, ...]], bool],
    access: Access | None = None,
) -> ProcessRunner:
    """The runner of a sweep; with ``runner = "threads"`` its compatible lane reads every host.

    `decide` is asked whether to go on with a site of which the named hosts refused the login.
    """
    limits = Limits(
        per_second=chosen.logins_per_second,
        per_site=chosen.per_site,
        per_aaa_group=chosen.per_aaa_group,
        jitter=chosen.jitter,
        refusals_per_site=chosen.refusals_per_site,
    )
    errand = partial(_errand, chosen=chosen)
    lanes = Lanes(errand, partial(_place, chosen=chosen), decide, limits)
    if access:
        lanes = replace(lanes, keys=access.keys, seen=access.known_hosts.add)
    if chosen.runner == "threads":
        return ProcessRunner(lanes, chosen.at_once, processes=0, threads=chosen.at_once)
    return ProcessRunner(lanes, chosen.at_once, chosen.processes)


def _errand(host: Host, *, chosen: SweepSettings) -> Errand | None:
    """The host as the fast lane needs it; None where the compatible lane has to read it."""
    device = platform(host.platform or "")
    ways = ways_of(host, snmp=chosen.snmp)
    if chosen.runner == "threads" or not set(ways) <= {SSH, SNMP}:
        return None
    return Errand(
        name=host.name,
        site=site_of(host),
        platform=device.name,
        ssh=_target(host, device.name) if SSH in ways else None,
        snmp=_agent(host) if SNMP in ways else None,
    )


def _target(host: Host, platform_name: str) -> Target:
    login = host.get_connection_parameters(SSH)
    extras = login.extras or {}
    access: Access | None = extras.get("access")
    address, port = login.hostname or host.name, login.port or 22
    return Target(
        name=host.name,
        site=site_of(host),
        platform=platform_name,
        address=address,
        port=port,
        username=login.username or "",
        password=login.password,
        secret=extras.get("secret"),
        timeout=float(extras.get("timeout", 30.0)),
        trust=access.trust(address, port) if access else UNCHECKED,
        jump=extras.get("jump"),
    )


def _agent(host: Host) -> Agent | None:
    where = host.get_connection_parameters(SNMP)
    extras = where.extras or {}
    credentials: SnmpCredentials | None = extras.get("credentials")
    if credentials is None:
        raise UsageError("no SNMP credentials: set NETCOVER_SNMP_COMMUNITY or a v3 user")
    return Agent(
        host=where.hostname or host.name,
        port=where.port or SNMP_PORT,
        credentials=credentials,
        timeout=float(extras.get("timeout", 30.0)),
    )


def _place(host: Host, *, chosen: SweepSettings) -> Place:
    group = host.get("aaa_group")
    ways = ways_of(host, snmp=chosen.snmp)
    return Place(
        site=site_of(host),
        aaa_group=None if group is None else str(group),
        credentials=set_of(host),
        logs_in=ways != (SNMP,),
        threaded=chosen.runner == "threads" or not set(ways) <= {SSH, SNMP},
    )


def visit(task: Task, *, snmp: bool = False) -> Result:
    """Read one host; the result is always a `HostResult`, never an exception.

    Beside it stand `login`, the failure of the login or None, and `logged_in`.
    """
    host = task.host
    outputs: list[Output] = []
    failures: dict[str, HostFailureError] = {}
    ways = ways_of(host, snmp=snmp)
    try:
        transports.register(ways)  # not before: what the fast lane reads needs none of them
        for way in ways:
            try:
                for output in _outputs(task, way, lane="" if way == ways[0] else way):
                    outputs.append(output)  # noqa: PERF402 - what came before a failure is kept
            except HostFailureError as failure:
                failure.reason = _hidden(host, way, failure.reason)
                failures[way] = failure
        result = conclude(_capture(host, ways[0], outputs), failures, ways)
    except Exception as error:  # noqa: BLE001 - the one boundary that can name the host
        reason = f"internal error, please report it: {type(error).__name__}: {error}"
        result = unreached(_capture(host, ways[0], outputs), "connection_lost", reason)
    finally:
        for way in ways:
            if way in host.connections:
                host.close_connection(way)
    failed = failures.get(ways[0])
    return Result(
        host=host,
        result=result,
        login=Unreached(host.name, failed.kind, failed.reason) if failed else result.unreached,
        logged_in=ways[0] != SNMP and any(not output.lane for output in outputs),
    )


def _hidden(host: Host, way: str, reason: str) -> str:
    login = host.get_connection_parameters(way)
    return hidden(reason, login.password, (login.extras or {}).get("secret"))


def _outputs(task: Task, way: str, lane: str) -> Iterator[Output]:
    """Each declared command and what it printed, as it arrives."""
    device = platform(task.host.platform or "")
    commands = (_snmp.COMMAND,) if way == SNMP else device.commands
    session: Session = task.host.get_connection(way, task.nornir.config)
    for command in commands:
        yield Output(command.text, clean(session.send(command.text)), now(), lane)


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
