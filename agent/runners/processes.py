"""Nornir's fast runner: asyncio sessions spread over processes, behind gates, with retries.

This process decides who is visited when; workers only visit. So rates and ceilings hold over all
processes, and a worker that dies loses no host.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import socket
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing import forkserver, resource_tracker
from typing import TYPE_CHECKING, Final

from nornir.core.processor import Processors
from nornir.core.task import AggregatedResult, MultiResult, Result, Task

from agent.inventory.credentials import ClientKeys
from agent.model import HostResult, HostVisit, Unreached
from agent.runners import worker
from agent.runners.gates import Gates, Limits, Place
from agent.runners.wire import Wire
from agent.runners.worker import Done, KeySeen, Lag, News
from agent.transports._on_thread import on_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from multiprocessing.process import BaseProcess

    from nornir.core.inventory import Host

    from agent.model import UnreachedKind
    from agent.runners.worker import Errand
    from agent.transports.targets import Seen

FEW: Final = 100
"""So many hosts are visited in this process, unless workers are asked for: one would cost more
than it saves."""
THREADS: Final = 30
"""Sessions of the compatible lane at a time."""
BACK_OFF: Final = {"refused": (1.0, 4.0), "connection_lost": (1.0, 4.0)}
"""Seconds to wait before another try, by the kind of failure."""
OVERLOAD_TRIES: Final = 3
"""So often is a host tried again, each time with fewer others, before we blame ourselves."""


DEATHS: Final = 4
"""So many workers are replaced; when the last is gone, hosts are visited in this process."""


@dataclass(slots=True)
class Job:
    """A host on its way. `errand` is None where the compatible lane has to read it."""

    number: int
    host: Host
    errand: Errand | None
    tries: int = 0
    overloads: int = 0
    first: Unreached | None = None


@dataclass(frozen=True, slots=True)
class Lanes:
    """What the runner is given.

    `errand`: the host as the fast lane needs it, or None where it cannot be read there.
    `place`: what the host shares its limits with. `decide`: whether to go on with a site of
    which the named hosts refused the login. `keys`: offered before passwords. `seen`: told of
    host keys that are new.
    """

    errand: Callable[[Host], Errand | None]
    place: Callable[[Host], Place]
    decide: Callable[[str | None, tuple[str, ...]], bool] = lambda site, hosts: False  # noqa: ARG005
    limits: Limits = field(default_factory=Limits)
    keys: ClientKeys = field(default_factory=ClientKeys)
    seen: Seen = lambda name, key: None  # noqa: ARG005


class ProcessRunner:
    """Runs a task on at most `sessions` hosts at a time, of those on `threads` in that lane.

    `processes`: workers beside this one; None for one for each further core where hosts are many.
    """

    def __init__(
        self, lanes: Lanes, sessions: int, processes: int | None = None, threads: int = THREADS
    ) -> None:
        self._lanes = lanes
        self._sessions = sessions
        self._processes = processes
        self._threads = threads

    def run(self, task: Task, hosts: list[Host]) -> AggregatedResult:
        """Visit every host; each result holds a `HostResult` without its raw outputs."""
        results = AggregatedResult(task.name)
        if hosts:
            run = _Run(self._lanes, task, results, self._sessions, self._threads)
            asyncio.run(run.all(hosts, _workers(self._processes, len(hosts))))
        return results


def _workers(processes: int | None, hosts: int) -> int:
    """How many processes visit so many hosts beside this one."""
    if processes is not None:
        return processes
    return 0 if hosts <= FEW else max(1, (os.cpu_count() or 1) - 1)


def prepare(processes: int | None, hosts: int) -> None:
    """Start the server that forks workers, where so many hosts want any: it has no thread.

    What workers share is imported there, on another core than what this process does meanwhile.
    It is never interrupted: Ctrl-C is this process's to handle.
    """
    if not _workers(processes, hosts):
        return
    multiprocessing.set_forkserver_preload(["agent.runners.shared"])
    resource_tracker.ensure_running()  # it would let signals through again for what starts after it
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Process:
    """A worker process and the jobs it holds."""

    def __init__(
        self,
        number: int,
        keys: ClientKeys,
        heard: Callable[[_Process, News], None],
        ended: Callable[[_Process, Exception | None], None],
    ) -> None:
        ours, theirs = socket.socketpair()
        self.process: BaseProcess = multiprocessing.get_context("forkserver").Process(
            target=worker.serve, args=(theirs, keys), name=f"netcover-{number}", daemon=True
        )
        self.process.start()
        theirs.close()
        self.jobs: dict[int, Job] = {}
        self.wire = Wire(ours, partial(heard, self), partial(ended, self))


class _Run:
    """One run of one task."""

    def __init__(
        self,
        lanes: Lanes,
        task: Task,
        results: AggregatedResult,
        sessions: int,
        most_threads: int,
    ) -> None:
        self._lanes = lanes
        self._task = task
        self._results = results
        self._sessions = sessions
        self._gates: Gates[Job] = Gates(lanes.limits)
        self._changed = asyncio.Event()
        self._busy: dict[int, tuple[Place, Job]] = {}
        self._threads = 0
        self._most_threads = most_threads
        self._fallback: list[tuple[Place, Job]] = []
        self._workers: list[_Process] = []
        self._visits: set[asyncio.Task[None]] = set()
        self._lag = Lag()
        self._error: BaseException | None = None
        self._deaths = 0
        self._visits_here = False

    async def all(self, hosts: list[Host], processes: int) -> None:
        """Visit `hosts`, with `processes` workers, or in this process where there are none."""
        watch = asyncio.create_task(self._lag.watch())
        try:
            prepare(processes, len(hosts))
            for number, host in enumerate(hosts):
                job = Job(number, host, self._lanes.errand(host))
                self._gates.add(self._lanes.place(host), job)
            for number in range(processes):
                self._employ(number)
            await self._until_done(len(hosts))
        finally:
            watch.cancel()
            for visit in self._visits:
                visit.cancel()
            if self._visits_here:
                await worker.close()
            for each in self._workers:
                each.wire.close()
                each.process.terminate()

    async def _until_done(self, hosts: int) -> None:
        loop = asyncio.get_running_loop()
        while len(self._results) < hosts:
            self._changed.clear()
            self._stop_refusing_sites()
            self._start(loop.time())
            if self._error is not None:
                raise self._error
            if len(self._results) == hosts:
                return
            full = len(self._busy) >= self._sessions
            turn = None if full else self._gates.next_turn(threads=self._thread_free)
            wait = None if turn is None else max(0.0, turn - loop.time())
            try:
                async with asyncio.timeout(wait):
                    await self._changed.wait()
            except TimeoutError:
                continue

    # --------------------------------------------------------------------- starting

    @property
    def _thread_free(self) -> bool:
        return self._threads < self._most_threads

    def _start(self, now: float) -> None:
        while self._fallback and self._thread_free:
            place, job = self._fallback.pop()
            self._gates.again(place)
            self._busy[job.number] = (place, job)
            self._in_thread(job)
        while len(self._busy) < self._sessions:
            taken = self._gates.take(now, threads=self._thread_free)
            if taken is None:
                return
            place, job = taken
            if not job.tries and not job.overloads:
                self._task.processors.task_instance_started(self._task, job.host)
            self._busy[job.number] = (place, job)
            if job.errand is None:
                self._in_thread(job)
            elif self._workers:
                self._send(job, job.errand)
            else:
                keys = self._lanes.keys
                self._visits_here = True
                self._visit(worker.visit(job.number, job.errand, self._lag, self._hear, keys))

    def _visit(self, work: Coroutine[None, None, None]) -> None:
        visit = asyncio.create_task(work)
        self._visits.add(visit)
        visit.add_done_callback(self._visits.discard)

    def _send(self, job: Job, errand: Errand) -> None:
        least = min(self._workers, key=lambda each: len(each.jobs))
        least.jobs[job.number] = job
        least.wire.send((job.number, errand))

    def _in_thread(self, job: Job) -> None:
        self._threads += 1
        self._visit(self._run_task(job))

    async def _run_task(self, job: Job) -> None:
        """Run the task itself, as any of Nornir's runners would."""
        task = self._task.copy()
        task.processors = Processors()  # a result is told once, when it is final
        try:
            outcome = (await on_thread(lambda: task.start(job.host)))[0]
        except BaseException as error:  # noqa: BLE001 - raised again where the run waits
            self._fail(error)
            return
        finally:
            self._threads -= 1
        if not isinstance(outcome.result, HostResult):
            self._fail(outcome.exception or TypeError("the task gave no host result"))
            return
        result = outcome.result
        failure = getattr(outcome, "login", result.unreached)
        logged_in = getattr(outcome, "logged_in", False)
        self._finish(Done(job.number, result, failure, logged_in=logged_in))

    # -------------------------------------------------------------------- finishing

    def _hear(self, news: News) -> None:
        if isinstance(news, Done):
            self._finish(news)
        elif isinstance(news, KeySeen):
            self._note(news)
        else:
            place, _ = self._busy[news.number]
            self._gates.prove(place)
            self._changed.set()

    def _note(self, news: KeySeen) -> None:
        try:
            self._lanes.seen(news.name, news.key)
        except BaseException as error:  # noqa: BLE001 - a full disk, say; raised in the loop
            self._fail(error)

    def _finish(self, done: Done) -> None:
        place, job = self._busy.pop(done.number)
        self._changed.set()
        try:
            again = self._again(place, job, done)
            refused = done.failure is not None and done.failure.kind == "auth_refused" and not again
            self._gates.done(place, job.host.name, refused=refused, logged_in=done.logged_in)
            if not again:
                self._tell(job, _too_busy(job, done) if done.overloaded else done.result)
        except BaseException as error:  # noqa: BLE001 - a full disk, say; raised in the loop
            self._fail(error)

    def _again(self, place: Place, job: Job, done: Done) -> bool:
        """Try a host once more where that may give another answer; whether it will be tried."""
        failure = done.failure
        now = asyncio.get_running_loop().time()
        if failure is None:
            return False
        self._refresh(job)
        if done.overloaded:
            return self._with_fewer_others(place, job)
        if done.surprised and job.errand is not None:
            job.errand = None
            self._fallback.append((place, job))
            return True
        if failure.kind == "auth_refused" and self._other_method(place, job):
            self._gates.add(place, job)
            return True
        waits = BACK_OFF.get(failure.kind, ())
        if place.logs_in and job.tries < len(waits):
            self._gates.add(place, job, now + waits[job.tries])
            job.tries += 1
            job.first = job.first or failure
            return True
        return False

    def _refresh(self, job: Job) -> None:
        """Take in what is known by now, as its host key; what was offered stays offered."""
        if job.errand is None or job.errand.ssh is None:
            return
        fresh = self._lanes.errand(job.host)
        if fresh is not None and fresh.ssh is not None:
            ssh = replace(fresh.ssh, methods=job.errand.ssh.methods)
            job.errand = replace(fresh, ssh=ssh)

    def _with_fewer_others(self, place: Place, job: Job) -> bool:
        """Visit fewer hosts at once from now on, and this one again; at last, say so."""
        job.overloads += 1
        self._sessions = max(1, self._sessions * 2 // 3)
        if job.overloads <= OVERLOAD_TRIES:
            now = asyncio.get_running_loop().time()
            self._gates.add(place, job, now + job.overloads)
            return True
        return False

    def _other_method(self, place: Place, job: Job) -> bool:
        """Offer the password the other way, where other hosts have shown that it is right."""
        ssh = job.errand.ssh if job.errand else None
        if job.errand is None or ssh is None or len(ssh.methods) == 1:
            return False
        if not self._gates.proven(place):
            return False
        job.errand = replace(job.errand, ssh=replace(ssh, methods=ssh.methods[1:]))
        return True

    def _tell(self, job: Job, result: HostResult) -> None:
        failure = result.unreached
        if failure is not None and job.tries:
            first = job.first if job.first and job.first.kind != failure.kind else None
            before = f", first {first.kind}: {first.reason}" if first else ""
            reason = f"{failure.reason} (tried {job.tries + 1} times{before})"
            result = _with(result, replace(failure, reason=reason))
        whole = MultiResult(self._task.name)
        whole.append(Result(host=job.host, result=result))
        self._task.processors.task_instance_completed(self._task, job.host, whole)
        slim = MultiResult(self._task.name)
        slim.append(Result(host=job.host, result=replace(result, outputs=())))
        self._results[job.host.name] = slim

    def _fail(self, error: BaseException) -> None:
        self._error = error
        self._changed.set()

    def _stop_refusing_sites(self) -> None:
        for account in self._gates.accounts():
            hosts = self._gates.stopped(account)
            if not hosts:
                continue
            if self._lanes.decide(account.site, hosts):
                self._gates.forgive(account)
                continue
            for place, job in self._gates.drop(account):
                self._tell(job, _not_tried(place, job, hosts))

    # ---------------------------------------------------------------------- workers

    def _employ(self, number: int) -> None:
        self._workers.append(_Process(number, self._lanes.keys, self._receive, self._bury))

    def _receive(self, each: _Process, news: News) -> None:
        if isinstance(news, Done):
            del each.jobs[news.number]
        self._hear(news)

    def _bury(self, each: _Process, error: Exception | None) -> None:
        """A worker died: its hosts are visited again by another."""
        if error is not None:  # its news cannot be read; as in _finish
            self._fail(error)
            return
        self._workers.remove(each)
        self._deaths += 1
        self._changed.set()
        try:
            if self._deaths <= DEATHS:
                self._employ(self._deaths + len(self._workers))
            for job in each.jobs.values():
                self._mourn(job)
        except BaseException as failed:  # noqa: BLE001 - no process to be had, say; as in _finish
            self._fail(failed)

    def _mourn(self, job: Job) -> None:
        place, _ = self._busy.pop(job.number)
        self._gates.done(place, job.host.name, refused=False, logged_in=False)
        job.overloads += 1
        if job.overloads <= OVERLOAD_TRIES:
            self._gates.add(place, job)
        else:
            self._tell(job, _lost(place, job))


def _with(result: HostResult, failure: Unreached) -> HostResult:
    return replace(result, unreached=failure)


def _too_busy(job: Job, done: Done) -> HostResult:
    why = done.failure.reason if done.failure else ""
    reason = f"this agent was too busy {job.overloads} times: {why}"
    return _with(done.result, Unreached(job.host.name, "overloaded", reason))


def _never_visited(place: Place, job: Job, kind: UnreachedKind, reason: str) -> HostResult:
    name = job.host.name
    visit = HostVisit(name, place.site, job.host.platform or "", reached=False)
    return HostResult(visit=visit, unreached=Unreached(name, kind, reason))


def _not_tried(place: Place, job: Job, hosts: tuple[str, ...]) -> HostResult:
    where = f"site {place.site}" if place.site else "hosts without a site"
    reason = f"not tried: {', '.join(hosts)} of {where} refused the login; mend the credentials"
    return _never_visited(place, job, "auth_refused", reason)


def _lost(place: Place, job: Job) -> HostResult:
    reason = f"the process that visited it ended {job.overloads} times"
    return _never_visited(place, job, "overloaded", reason)
