"""One event loop with hundreds of sessions; alone in a process of its own, or in the caller's."""

from __future__ import annotations

import asyncio
import queue
import signal
import threading
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias

from agent.errors import HostFailureError
from agent.model import Capture, HostResult, HostVisit, Incomplete, Output, Unreached
from agent.reading import read
from agent.transports import fast_ssh
from agent.transports.dialogue import OutputTooLongError, SurpriseError

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

    from agent.inventory.credentials import ClientKeys
    from agent.transports.fast_ssh import Target
    from agent.transports.host_keys import HostKey

TICK: Final = 0.1
"""Seconds between two looks at the event loop's own delay."""
OVERLOADED: Final = 0.7
"""Seconds of delay in the loop after which a time-out may be our own fault."""
MEMORY: Final = 100
"""Ticks for which a delay is remembered."""


@dataclass(frozen=True, slots=True)
class Done:
    """How one visit ended.

    `surprised`: the dialogue was not understood, the compatible lane may read it.
    `overloaded`: this process was too busy for a time-out to mean anything.
    """

    number: int
    result: HostResult
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
    target: Target,
    lag: Lag,
    tell: Callable[[News], None],
    keys: ClientKeys = fast_ssh.NO_KEYS,
) -> None:
    """Read one host in the fast lane; the last news is always a `Done`, never an exception."""
    surprised = overloaded = False
    try:
        outputs = await fast_ssh.collect(
            target,
            partial(tell, LoggedIn(number)),
            keys,
            lambda name, key: tell(KeySeen(name, key)),
        )
        result = read(_capture(target, outputs))
    except HostFailureError as failure:
        surprised = isinstance(failure, SurpriseError)
        overloaded = failure.kind in {"timeout", "auth_timeout"} and lag.worst > OVERLOADED
        result = _unreached(target, failure)
    except OutputTooLongError as error:
        result = _truncated(target, error)
    except Exception as error:  # noqa: BLE001 - the one boundary that can name the host
        reason = f"internal error, please report it: {type(error).__name__}: {error}"
        result = _unreached(target, HostFailureError("connection_lost", reason))
    tell(Done(number, result, surprised, overloaded))


def _capture(target: Target, outputs: tuple[Output, ...]) -> Capture:
    return Capture(target.name, target.site, target.platform, fast_ssh.LANE, outputs)


def _unreached(target: Target, failure: HostFailureError) -> HostResult:
    moment = fast_ssh.now()
    return HostResult(
        visit=HostVisit(target.name, target.site, target.platform, reached=False),
        unreached=Unreached(target.name, failure.kind, failure.reason),
        outputs=tuple(Output(command, text, moment) for command, text in failure.outputs),
        lane=fast_ssh.LANE,
    )


def _truncated(target: Target, error: OutputTooLongError) -> HostResult:
    """What was printed before an endless output is read; the rest is known to be missing."""
    moment = fast_ssh.now()
    outputs = tuple(Output(command, text, moment) for command, text in error.outputs)
    result = read(_capture(target, outputs))
    gap = Incomplete(target.name, "truncated", str(error))
    return HostResult(
        visit=HostVisit(target.name, target.site, target.platform, reached=True),
        observations=result.observations,
        incomplete=(gap, *(i for i in result.incomplete if i.kind != "not_parsed")),
        outputs=outputs,
        lane=fast_ssh.LANE,
    )


def serve(pipe: Connection, keys: ClientKeys) -> None:
    """Visit what comes through `pipe` until it closes; the entry point of a worker process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(pipe, keys))


async def _serve(pipe: Connection, keys: ClientKeys) -> None:
    loop = asyncio.get_running_loop()
    finished: asyncio.Event = asyncio.Event()
    answers: queue.SimpleQueue[News | None] = queue.SimpleQueue()
    # Answers leave through a thread: a full pipe must not keep this loop from reading.
    threading.Thread(target=_answer, args=(pipe, answers), daemon=True).start()
    lag = Lag()
    watch = asyncio.create_task(lag.watch())
    running: set[asyncio.Task[None]] = set()

    def receive() -> None:
        try:
            while pipe.poll():
                number, target = pipe.recv()
                task = asyncio.create_task(visit(number, target, lag, answers.put, keys))
                running.add(task)
                task.add_done_callback(running.discard)
        except (EOFError, OSError):
            loop.remove_reader(pipe.fileno())
            finished.set()

    loop.add_reader(pipe.fileno(), receive)
    await finished.wait()
    watch.cancel()
    for task in running:
        task.cancel()
    await fast_ssh.close()
    answers.put(None)


def _answer(pipe: Connection, answers: queue.SimpleQueue[News | None]) -> None:
    with suppress(OSError):
        while (news := answers.get()) is not None:
            pipe.send(news)
