"""One event loop with hundreds of sessions; alone in a process of its own, or in the caller's."""

from __future__ import annotations

import asyncio
import copyreg
import signal
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from agent.errors import HostFailureError
from agent.model import (
    Capture,
    Evidence,
    HostResult,
    HostVisit,
    Incomplete,
    LicenceUse,
    Licensing,
    Observation,
    Output,
    Unreached,
)
from agent.platforms import _snmp
from agent.reading import conclude, unreached
from agent.runners.wire import Wire
from agent.terminal import clean
from agent.transports import SNMP, SSH, now
from agent.transports._on_thread import on_thread
from agent.transports.dialogue import OutputTooLongError, SurpriseError
from agent.transports.targets import LANE, NO_KEYS

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from agent.inventory.credentials import ClientKeys, SnmpCredentials
    from agent.transports.host_keys import HostKey
    from agent.transports.targets import Seen, Target

TICK: Final = 0.1
"""Seconds between two looks at the event loop's own delay."""
OVERLOADED: Final = 0.7
"""Seconds of delay in the loop after which a time-out may be our own fault."""
MEMORY: Final = 100
"""Ticks for which a delay is remembered."""


@dataclass(frozen=True, slots=True)
class Agent:
    """Where and as whom a host is asked by SNMP; `timeout` in seconds."""

    host: str
    port: int
    credentials: SnmpCredentials
    timeout: float


@dataclass(frozen=True, slots=True)
class Errand:
    """A host that the fast lane is to read: by SSH, by SNMP, or by one after the other."""

    name: str
    site: str | None
    platform: str
    ssh: Target | None = None
    snmp: Agent | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """How one visit ended.

    `failure`: why the login failed, although SNMP may have read the host all the same; without a
    login, why the host was not read. `logged_in`: the credentials were taken, where `LoggedIn`
    did not say so before. `surprised`: the dialogue was not understood, the compatible lane may
    read it. `overloaded`: this process was too busy for a time-out to mean anything.
    """

    number: int
    result: HostResult
    failure: Unreached | None = None
    logged_in: bool = False
    surprised: bool = False
    overloaded: bool = False


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """The credentials were taken by a host; its visit goes on."""

    number: int


@dataclass(frozen=True, slots=True)
class KeySeen:
    """A host key that is new; only the process that owns known_hosts writes it down."""

    name: str
    key: HostKey


News: TypeAlias = LoggedIn | KeySeen | Done


class Lag:
    """How far behind an event loop has fallen lately, in seconds."""

    def __init__(self) -> None:
        self._seen: deque[float] = deque([0.0], MEMORY)

    async def watch(self) -> None:
        """Measure for ever."""
        loop = asyncio.get_running_loop()
        while True:
            before = loop.time()
            await asyncio.sleep(TICK)
            self._seen.append(loop.time() - before - TICK)

    @property
    def worst(self) -> float:
        """The longest delay that is remembered."""
        return max(self._seen)


async def visit(
    number: int,
    errand: Errand,
    lag: Lag,
    tell: Callable[[News], None],
    keys: ClientKeys = NO_KEYS,
) -> None:
    """Read one host in the fast lane; the last news is always a `Done`, never an exception."""
    trip = _Trip(errand)
    try:
        if errand.ssh is not None:
            seen = lambda name, key: tell(KeySeen(name, key))  # noqa: E731 - a word for one line
            await trip.by_ssh(errand.ssh, partial(tell, LoggedIn(number)), keys, seen)
            trip.mind(lag)
        if errand.snmp is not None and not (trip.surprised or trip.overloaded):
            await trip.by_snmp(errand.snmp)
        result = trip.result()
    except Exception as error:  # noqa: BLE001 - the one boundary that can name the host
        reason = f"internal error, please report it: {type(error).__name__}: {error}"
        result = unreached(trip.capture(), "connection_lost", reason)
    failed = trip.failures.get(SSH)
    failure = Unreached(errand.name, failed.kind, failed.reason) if failed else result.unreached
    tell(Done(number, result, failure, surprised=trip.surprised, overloaded=trip.overloaded))


async def close() -> None:
    """Close what visits in this event loop shared."""
    from agent.transports import fast_ssh  # noqa: PLC0415 - heavy, see `by_ssh`

    await fast_ssh.close()


class _Trip:
    """What a visit has brought so far."""

    def __init__(self, errand: Errand) -> None:
        self._errand = errand
        self._ways: list[str] = []
        self._outputs: list[Output] = []
        self._too_long = ""
        self.failures: dict[str, HostFailureError] = {}
        self.surprised = self.overloaded = False

    async def by_ssh(
        self, target: Target, logged_in: Callable[[], None], keys: ClientKeys, seen: Seen
    ) -> None:
        from agent.transports import fast_ssh  # noqa: PLC0415 - heavy, and the parent only sends errands

        self._ways.append(SSH)
        try:
            self._outputs += await fast_ssh.collect(target, logged_in, keys, seen)
        except HostFailureError as failure:
            self.failures[SSH] = failure
            self.surprised = isinstance(failure, SurpriseError)
            self._keep(failure.outputs)
        except OutputTooLongError as error:
            self._too_long = str(error)
            self._keep(error.outputs)

    def mind(self, lag: Lag) -> None:
        """A time-out means nothing where this process was too busy itself."""
        failed = self.failures.get(SSH)
        timed_out = failed is not None and failed.kind in {"timeout", "auth_timeout"}
        self.overloaded = timed_out and lag.worst > OVERLOADED

    async def by_snmp(self, agent: Agent) -> None:
        from agent.transports.snmp import walk  # noqa: PLC0415 - heavy, and few workers need it

        self._ways.append(SNMP)
        ask = partial(walk, agent.host, agent.port, agent.credentials, agent.timeout)
        try:
            text = await on_thread(ask)
        except HostFailureError as failure:
            self.failures[SNMP] = failure
        else:
            lane = "" if self._ways[0] == SNMP else SNMP
            self._outputs.append(Output(_snmp.WALK, clean(text), now(), lane))

    def capture(self) -> Capture:
        errand = self._errand
        lane = LANE if errand.ssh is not None else SNMP
        return Capture(errand.name, errand.site, errand.platform, lane, tuple(self._outputs))

    def result(self) -> HostResult:
        """What was printed before an endless output is read; the rest is known to be missing."""
        found = conclude(self.capture(), self.failures, tuple(self._ways))
        if not self._too_long:
            return found
        gap = Incomplete(self._errand.name, "truncated", self._too_long)
        return HostResult(
            visit=replace(found.visit, reached=True),
            observations=found.observations,
            incomplete=(gap, *(i for i in found.incomplete if i.kind != "not_parsed")),
            outputs=found.outputs,
            lane=found.lane,
        )

    def _keep(self, outputs: tuple[tuple[str, str], ...]) -> None:
        moment = now()
        self._outputs += [Output(command, text, moment) for command, text in outputs]


def _by_place(kind: type[Any]) -> None:
    """Send values of a dataclass as a call of it, which takes half the time."""
    values = attrgetter(*(each.name for each in fields(kind) if each.init))
    copyreg.pickle(kind, lambda value: (kind, values(value)))


def serve(sock: socket.socket, keys: ClientKeys) -> None:
    """Visit what comes through `sock` until it closes; the entry point of a worker process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    for kind in (Done, HostResult, HostVisit, Observation, Evidence, Output, Licensing, LicenceUse):
        _by_place(kind)
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(sock, keys))


async def _serve(sock: socket.socket, keys: ClientKeys) -> None:
    finished: asyncio.Event = asyncio.Event()
    lag = Lag()
    watch = asyncio.create_task(lag.watch())
    running: set[asyncio.Task[None]] = set()

    def begin(job: tuple[int, Errand]) -> None:
        number, errand = job
        task = asyncio.create_task(visit(number, errand, lag, wire.send, keys))
        running.add(task)
        task.add_done_callback(running.discard)

    wire = Wire(sock, begin, lambda error: finished.set())  # noqa: ARG005 - the end is the end
    await finished.wait()
    watch.cancel()
    for task in running:
        task.cancel()
    await close()
