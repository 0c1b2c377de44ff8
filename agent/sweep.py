"""One pass over an inventory: a Nornir task that logs in, sends what is declared, and reads.

Whatever befalls a host becomes a typed value of that host; nothing stops the sweep.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from nornir.core.inventory import ConnectionOptions
from nornir.core.task import AggregatedResult, MultiResult, Result, Task

from agent import second_opinion
from agent.errors import HostFailureError
from agent.inventory.simple import site_of
from agent.model import (
    Capture,
    HostResult,
    HostVisit,
    Incomplete,
    Output,
    Sweep,
    Unreached,
)
from agent.platforms import _snmp, platform, platforms
from agent.transports import Session, register

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from nornir.core import Nornir
    from nornir.core.inventory import Host

    from agent.inventory.credentials import Credentials, SnmpCredentials
    from agent.model import UnreachedKind


SNMP = "snmp"
"""The transport that gives a second opinion, and the port its agents listen on."""
SNMP_PORT = 161


def now() -> datetime:
    """Return the time in UTC, whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def authorise(
    nornir: Nornir,
    credentials: Credentials | None,
    timeout: float,
    snmp: SnmpCredentials | None = None,
) -> None:
    """Give every host of the inventory the credentials and the time-out, in seconds."""
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
            options = ConnectionOptions(port=port, extras={"secret": secret, "timeout": timeout})
        defaults.connection_options[name] = options


def ways_of(host: Host, *, snmp: bool = False) -> tuple[str, ...]:
    """The transports a host is read by, its own first.

    `snmp`: whether a host that does not say so itself (``data: snmp``) is read by SNMP too.
    """
    own = str(host.get("transport") or platform(host.platform or "").transport)
    return (own, SNMP) if own != SNMP and host.get("snmp", snmp) else (own,)


def sweep(
    nornir: Nornir, sweep_id: str, save: Callable[[HostResult], None], *, snmp: bool = False
) -> Sweep:
    """Visit every host of `nornir` and hand each result to `save` as it arrives.

    `save` is called from worker threads. `snmp`: a host that does not say is read by SNMP too.
    """
    hosts = nornir.inventory.hosts.values()
    register({way for host in hosts for way in ways_of(host, snmp=snmp)})
    started = now()
    collector = _Collector(save)
    nornir.with_processors([collector]).run(task=visit, snmp=snmp)
    return Sweep.of(sweep_id, started, now(), collector.results)


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
            result = unreached(host, first.kind, first.reason, outputs)
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
        yield Output(command.text, session.send(command.text), now(), lane)


def _in_part(result: HostResult, failures: Mapping[str, HostFailureError]) -> HostResult:
    """The result of a host that was read in one way, with why it was not in the other."""
    gaps = (
        Incomplete(result.visit.host, "command_refused", f"{way}: {failure.kind}: {failure.reason}")
        for way, failure in failures.items()
    )
    return replace(result, incomplete=(*result.incomplete, *gaps))


def read(capture: Capture) -> HostResult:
    """Parse one capture. A reading with no unit says whether another platform fits better."""
    device = platform(capture.platform)
    reading = second_opinion.reading(capture)
    others: list[str] = []
    if stranger := second_opinion.stranger(capture):
        others = [stranger]
    elif not reading.observations and not device.recognises(capture):
        others = [p.name for p in platforms().values() if p.recognises(capture)]
    if others:
        reason = f"declared as {device.name}, but its output is that of {' or '.join(others)}"
        return HostResult(
            visit=HostVisit(capture.host, capture.site, capture.platform, reached=False),
            unreached=Unreached(capture.host, "wrong_platform", reason),
            outputs=capture.outputs,
            lane=capture.lane,
        )
    return HostResult(
        visit=HostVisit(capture.host, capture.site, capture.platform, reached=True),
        observations=reading.observations,
        incomplete=reading.incomplete or _nothing(capture, bool(reading.observations)),
        outputs=capture.outputs,
        lane=capture.lane,
    )


def unreached(
    host: Host, kind: UnreachedKind, reason: str, outputs: Iterable[Output] = ()
) -> HostResult:
    """Build the result of a host that could not be read; what it did print is kept as evidence."""
    return HostResult(
        visit=HostVisit(host.name, site_of(host), host.platform or "", reached=False),
        unreached=Unreached(host.name, kind, reason),
        outputs=tuple(outputs),
        lane=ways_of(host)[0],
    )


def _nothing(capture: Capture, seen: bool) -> tuple[Incomplete, ...]:  # noqa: FBT001
    """A host that yields no unit is never silently complete."""
    if seen:
        return ()
    return (Incomplete(capture.host, "not_parsed", "no unit found in what the device printed"),)


def _capture(host: Host, lane: str, outputs: list[Output]) -> Capture:
    return Capture(host.name, site_of(host), host.platform or "", lane, tuple(outputs))


class _Collector:
    """A Nornir processor that keeps and hands on each host's result."""

    def __init__(self, save: Callable[[HostResult], None]) -> None:
        self.results: list[HostResult] = []
        self._save = save

    def task_started(self, task: Task) -> None: ...

    def task_completed(self, task: Task, result: AggregatedResult) -> None: ...

    def task_instance_started(self, task: Task, host: Host) -> None: ...

    def task_instance_completed(self, task: Task, host: Host, result: MultiResult) -> None:  # noqa: ARG002
        self.results.append(result[0].result)
        self._save(result[0].result)

    def subtask_instance_started(self, task: Task, host: Host) -> None: ...

    def subtask_instance_completed(self, task: Task, host: Host, result: MultiResult) -> None: ...
