"""One pass over an inventory: a Nornir task that logs in, sends what is declared, and reads.

Whatever befalls a host becomes a typed value of that host; nothing stops the sweep.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from nornir.core.inventory import ConnectionOptions
from nornir.core.task import AggregatedResult, MultiResult, Result, Task

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
from agent.platforms import platform, platforms
from agent.transports import Session, register

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from nornir.core import Nornir
    from nornir.core.inventory import Host

    from agent.inventory.credentials import Credentials
    from agent.model import UnreachedKind
    from agent.platforms import Platform


def now() -> datetime:
    """Return the time in UTC, whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def authorise(nornir: Nornir, credentials: Credentials, timeout: float) -> None:
    """Give every host of the inventory the credentials and the time-out, in seconds."""
    defaults = nornir.inventory.defaults
    defaults.username = credentials.username
    defaults.password = credentials.password
    extras = {"secret": credentials.enable, "timeout": timeout}
    for name in {each.transport for each in platforms().values()}:
        defaults.connection_options[name] = ConnectionOptions(extras=extras)


def sweep(nornir: Nornir, sweep_id: str, save: Callable[[HostResult], None]) -> Sweep:
    """Visit every host of `nornir` and hand each result to `save` as it arrives.

    `save` is called from worker threads.
    """
    register({platform(h.platform or "").transport for h in nornir.inventory.hosts.values()})
    started = now()
    collector = _Collector(save)
    nornir.with_processors([collector]).run(task=visit)
    return Sweep.of(sweep_id, started, now(), collector.results)


def visit(task: Task) -> Result:
    """Read one host; the result is always a `HostResult`, never an exception."""
    host = task.host
    device = platform(host.platform or "")
    outputs: list[Output] = []
    try:
        session: Session = host.get_connection(device.transport, task.nornir.config)
        for command in device.commands:
            text = session.send(command.text)
            outputs.append(Output(command.text, text, now()))
        result = read(_capture(host, device, outputs))
    except HostFailureError as failure:
        result = unreached(host, failure.kind, failure.reason, outputs)
    except Exception as error:  # noqa: BLE001 - the one boundary that can name the host
        reason = f"internal error, please report it: {type(error).__name__}: {error}"
        result = unreached(host, "connection_lost", reason, outputs)
    finally:
        if device.transport in host.connections:
            host.close_connection(device.transport)
    return Result(host=host, result=result)


def read(capture: Capture) -> HostResult:
    """Parse one capture. A reading with no unit says whether another platform fits better."""
    device = platform(capture.platform)
    reading = device.parse(capture)
    if not reading.observations and not device.recognises(capture):
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
        lane=platform(host.platform or "").transport,
    )


def _nothing(capture: Capture, seen: bool) -> tuple[Incomplete, ...]:  # noqa: FBT001
    """A host that yields no unit is never silently complete."""
    if seen:
        return ()
    return (Incomplete(capture.host, "not_parsed", "no unit found in what the device printed"),)


def _capture(host: Host, device: Platform, outputs: list[Output]) -> Capture:
    return Capture(host.name, site_of(host), device.name, device.transport, tuple(outputs))


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
