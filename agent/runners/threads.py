"""Hosts in parallel on threads, as Nornir's own runner does, but one that stops when told to."""

from __future__ import annotations

import threading
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, TypeAlias

from nornir.core.task import AggregatedResult, MultiResult, Task

if TYPE_CHECKING:
    from nornir.core.inventory import Host

_Done: TypeAlias = tuple["Host", MultiResult | BaseException]


class ThreadRunner:
    """Runs a task on `workers` hosts at a time.

    The threads are daemons and take no further host once :meth:`run` has ended, so Ctrl-C or a
    full disk ends the sweep at once; Nornir's threaded runner would visit every host first.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def run(self, task: Task, hosts: list[Host]) -> AggregatedResult:
        """Visit every host; the first exception that leaves a task ends the run."""
        waiting: SimpleQueue[Host] = SimpleQueue()
        done: SimpleQueue[_Done] = SimpleQueue()
        stop = threading.Event()
        for host in hosts:
            waiting.put(host)
        for _ in range(min(self.workers, len(hosts))):
            threading.Thread(target=_work, args=(task, waiting, done, stop), daemon=True).start()
        results = AggregatedResult(task.name)
        try:
            for _ in hosts:
                host, result = done.get()
                if isinstance(result, BaseException):
                    raise result
                results[host.name] = result
        finally:
            stop.set()
        return results


def _work(
    task: Task, waiting: SimpleQueue[Host], done: SimpleQueue[_Done], stop: threading.Event
) -> None:
    while not stop.is_set():
        try:
            host = waiting.get_nowait()
        except Empty:
            return
        try:
            done.put((host, task.copy().start(host)))
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            done.put((host, error))
