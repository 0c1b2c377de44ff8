import threading
import time

import pytest
from nornir.core.inventory import Defaults, Host
from nornir.core.task import Result

from agent.runners.threads import ThreadRunner


class Numbered:
    """A task that needs no Nornir around it."""

    name = "numbered"

    def __init__(self, work):
        self.start = work

    def copy(self):
        return Numbered(self.start)


def hosts(count):
    return [Host(name=f"h{n}", defaults=Defaults()) for n in range(count)]


def test_every_host_is_visited_and_no_more_at_once_than_allowed():
    busy, most, lock = set(), [0], threading.Lock()

    def work(host):
        with lock:
            busy.add(host.name)
            most[0] = max(most[0], len(busy))
        time.sleep(0.01)
        with lock:
            busy.discard(host.name)
        return Result(host=host)

    results = ThreadRunner(3).run(Numbered(work), hosts(12))
    assert sorted(results) == sorted(h.name for h in hosts(12))
    assert most[0] == 3


def test_an_error_ends_the_run_without_visiting_the_rest():
    visited = []

    def work(host):
        visited.append(host.name)
        if host.name == "h1":
            raise OSError("disk full")
        time.sleep(0.02)
        return Result(host=host)

    with pytest.raises(OSError, match="disk full"):
        ThreadRunner(2).run(Numbered(work), hosts(50))
    time.sleep(0.1)
    assert len(visited) < 10


def test_no_host():
    assert ThreadRunner(4).run(Numbered(None), []) == {}
