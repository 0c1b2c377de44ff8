"""The range scan: every address once, in a random order, at a pace, and who answers is identified.

A scan never logs in. What it sends, and to whom, stands in ``docs/discovery.md``.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from agent.discovery import greeting, web
from agent.discovery.connections import REPEAT_SECONDS, Connections, room
from agent.discovery.engine import Engines, words
from agent.discovery.identity import judge
from agent.discovery.order import shuffled
from agent.discovery.pacing import Pace, Schedule
from agent.discovery.scalars import ask
from agent.errors import HostFailureError, NetcoverError
from agent.model import Clue, Discovered

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
    from typing import Any

    from agent.discovery import Errand
    from agent.discovery.ports import Port
    from agent.discovery.spans import Address
    from agent.discovery.targets import Targets
    from agent.inventory.credentials import SnmpCredentials

TICK = 0.005
ENGINE_TRIES = 2
IDENTIFIED_AT_ONCE = 64
SETTLED = frozenset({"silent", "refused", "unreachable"})
"""Results after which an address need not be asked again when a scan goes on."""
_ANSWERED = frozenset({"open", "answered"})


@dataclass(frozen=True, slots=True)
class Plan:
    """How to scan. Rates are probes a second, 0 for no limit of a prefix.

    `most_open`: connections at the same time, 0 for what the system allows.
    """

    targets: Targets
    ports: tuple[Port, ...]
    rate: float
    per_prefix: float
    seed: int
    snmp_port: int = 161
    snmp: SnmpCredentials | None = None
    most_open: int = 0


@dataclass(slots=True)
class _Host:
    """An address while its ports are being asked."""

    place: int
    address: Address
    waiting: int
    clues: list[Clue] = field(default_factory=list)
    heard: list[tuple[Port, str]] = field(default_factory=list)

    @property
    def text(self) -> str:
        return str(self.address)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a scan is, in addresses; `found` are those at which something answered."""

    done: int
    total: int
    found: int


def scan(
    errand: Errand,
    plan: Plan,
    known: Mapping[str, Discovered] | None = None,
    tell: Callable[[Progress], None] = lambda progress: None,  # noqa: ARG005
) -> Iterable[Discovered]:
    """Every host of the targets at which a port is open, as it was judged.

    `known` are hosts that an interrupted scan had judged; with what the journal of the errand has
    of it, they are not asked again.

    :raises KeyboardInterrupt: it was interrupted; what was under way is in the journal.
    """
    mine = {a: host for a, host in (known or {}).items() if "scan" in host.found_by}
    return asyncio.run(_Scan(errand, plan, mine, tell).run())


class _Scan:
    """One run, on one event loop."""

    def __init__(
        self,
        errand: Errand,
        plan: Plan,
        known: dict[str, Discovered],
        tell: Callable[[Progress], None],
    ) -> None:
        self._errand = errand
        self._plan = plan
        self._found = known
        self._tell = tell
        self._names = dict(reversed(plan.targets.names))
        self._pace = Pace(plan.rate, plan.per_prefix)
        repeated = errand.timeout > REPEAT_SECONDS
        once = len(plan.ports)
        again = sum(port.kind == "tcp" for port in plan.ports) if repeated else 0
        self._schedule = Schedule(
            self._order(), self._pace, once, plan.targets.prefix, most=once + again
        )
        self._tasks: set[asyncio.Task[None]] = set()
        self._again: deque[tuple[_Host, Port]] = deque()
        self._gate = asyncio.Semaphore(IDENTIFIED_AT_ONCE)
        self._failure: BaseException | None = None
        self._done = 0

    async def run(self) -> list[Discovered]:
        self._connections = Connections(self._errand.timeout, self._repeated)
        self._engines = Engines()
        await self._engines.open()
        most = self._plan.most_open or room()
        loop = asyncio.get_running_loop()
        try:
            while not self._over():
                now = loop.time()
                self._connections.age(now)
                self._retry()
                free = (most - len(self._connections)) // len(self._plan.ports)
                if not len(self._connections):
                    free = max(free, 1)
                for place in self._schedule.due(now, free):
                    self._begin(place)
                self._tell(Progress(self._done, self._plan.targets.spans.size, len(self._found)))
                if self._failure:
                    raise self._failure
                await asyncio.sleep(TICK)
        finally:
            self._connections.close()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            self._engines.close()
        if self._failure:
            raise self._failure
        self._tell(Progress(self._done, self._plan.targets.spans.size, len(self._found)))
        return list(self._found.values())

    def _over(self) -> bool:
        busy = self._again or len(self._connections) or self._tasks
        return self._schedule.done and not busy

    # ------------------------------------------------------------------ order and pace

    def _order(self) -> Iterator[int]:
        """Places of addresses that are still to be asked."""
        spans = self._plan.targets.spans
        asked = [(port.kind, port.number) for port in self._plan.ports]
        settled = self._errand.journal.tally.settled(asked, SETTLED)
        for place in shuffled(spans.size, self._plan.seed):
            if settled(place) or str(spans[place]) in self._found:
                self._done += 1
            else:
                yield place

    async def _turn(self, host: _Host) -> None:
        """Wait until one more thing may be sent to `host`."""
        now = asyncio.get_running_loop().time()
        await asyncio.sleep(self._pace.wait(now, self._plan.targets.prefix(host.place)))

    # --------------------------------------------------------------------------- ports

    def _begin(self, place: int) -> None:
        host = _Host(place, self._plan.targets.spans[place], len(self._plan.ports))
        for port in self._plan.ports:
            if port.speaks == "snmp":
                self._run(self._ask_engine(host, port))
            else:
                self._connect(host, port)

    def _connect(self, host: _Host, port: Port) -> None:
        done = partial(self._connected, host, port)
        if not self._connections.begin(host.text, port.number, host.address.version, done):
            self._again.append((host, port))

    def _repeated(self, address: str, port: int) -> None:
        """Count a second SYN, which the system sent by itself: it takes a turn too."""
        self._pace.turns -= 1
        self._errand.journal.tried(address, port, "tcp_repeat", "sent")

    def _retry(self) -> None:
        """Try again what this machine had no socket for."""
        for _ in range(len(self._again)):
            self._connect(*self._again.popleft())

    def _connected(self, host: _Host, port: Port, result: str, sock: socket.socket | None) -> None:
        self._note(host, port.number, "tcp", result)
        if sock is None:
            self._heard(host, port, result)
        else:
            self._run(self._listen(host, port, sock))

    async def _listen(self, host: _Host, port: Port, sock: socket.socket) -> None:
        origin = f"{port.number}/tcp"
        try:
            if port.speaks == "https":
                result, clues = await web.look(sock, host.text, origin)
                self._note(host, port.number, "https", result)
            else:
                clues = await greeting.listen(sock, origin)
        except asyncio.CancelledError:
            sock.close()
            raise
        host.clues += clues or (Clue("tcp", origin, "open, and says nothing"),)
        self._heard(host, port, "open")

    async def _ask_engine(self, host: _Host, port: Port) -> None:
        result = await self._engine(host, port.number, tries=1)
        self._heard(host, port, result)

    async def _engine(self, host: _Host, port: int, tries: int) -> str:
        """Ask who made the SNMP agent; each question is an attempt of its own."""
        loop = asyncio.get_running_loop()
        for number in range(tries):
            if number:
                await self._turn(host)
            heard: asyncio.Future[bytes] = loop.create_future()
            where = (host.text, port)
            asked = self._engines.ask(where, host.address.version, partial(_tell, heard))
            try:
                engine = await asyncio.wait_for(heard, self._errand.timeout)
            except TimeoutError:
                self._note(host, port, "snmp_engine", "silent")
                continue
            except asyncio.CancelledError:
                self._note(host, port, "snmp_engine", "interrupted")
                raise
            finally:
                self._engines.forget(asked)
            self._note(host, port, "snmp_engine", "answered")
            host.clues.append(Clue("snmp_engine", f"{port}/udp", words(engine)))
            return "answered"
        return "silent"

    def _heard(self, host: _Host, port: Port, result: str) -> None:
        host.heard.append((port, result))
        host.waiting -= 1
        if host.waiting:
            return
        if any(how in _ANSWERED for _, how in host.heard):
            self._run(self._identify(host))
        else:
            self._done += 1

    # ------------------------------------------------------------------------ identity

    async def _identify(self, host: _Host) -> None:
        async with self._gate:
            agent = next((p.number for p, _ in host.heard if p.speaks == "snmp"), None)
            if agent is None:
                agent = self._plan.snmp_port
                await self._turn(host)
                await self._engine(host, agent, ENGINE_TRIES)
            if self._plan.snmp and judge(host.clues).candidate:
                await self._turn(host)
                await self._ask_agent(host, agent, self._plan.snmp)
        found = self._judged(host)
        self._errand.journal.found(found)
        self._found[host.text] = found
        self._done += 1

    async def _ask_agent(self, host: _Host, port: int, credentials: SnmpCredentials) -> None:
        """Ask a candidate's agent for sysObjectID, sysDescr and sysName."""
        version = host.address.version
        try:
            host.clues += await ask(host.text, port, version, credentials)
        except HostFailureError as error:
            self._note(host, port, "snmp", error.kind)
        except asyncio.CancelledError:
            self._note(host, port, "snmp", "interrupted")
            raise
        else:
            self._note(host, port, "snmp", "answered")

    def _judged(self, host: _Host) -> Discovered:
        verdict = judge(host.clues)
        said = next((c.text for c in host.clues if c.kind == "sys_name" and c.text), None)
        speaking = {c.origin for c in host.clues if c.kind == "ssh_banner"}
        port = next(
            (p.number for p, _ in sorted(host.heard) if f"{p.number}/tcp" in speaking), None
        )
        return Discovered(
            address=host.text,
            port=port,
            name=self._names.get(host.text) or said,
            platform=verdict.platform,
            confidence=verdict.confidence,
            reason=verdict.reason,
            candidate=verdict.candidate,
            found_by=("scan",),
            version=verdict.version,
            evidence=tuple(sorted(host.clues)),
        )

    # --------------------------------------------------------------------------- tasks

    def _note(self, host: _Host, port: int, kind: str, result: str) -> None:
        """Note an attempt. What cannot be noted ends the run; a callback cannot raise that."""
        try:
            self._errand.journal.tried(host.text, port, kind, result)
        except NetcoverError as error:
            self._failure = self._failure or error

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception():
            self._failure = self._failure or task.exception()


def _tell(heard: asyncio.Future[bytes], engine: bytes) -> None:
    if not heard.done():
        heard.set_result(engine)
