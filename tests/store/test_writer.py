"""The writer: every result told is on the disk, and an error reaches whoever hands over."""

import threading
from datetime import UTC, datetime

import pytest

from agent.errors import StoreError
from agent.model import HostResult, HostVisit
from agent.store import open_store, writer
from agent.store.writer import Writer

DAY = datetime(2026, 3, 1, tzinfo=UTC)


def result(number):
    return HostResult(HostVisit(f"h{number:03}", None, "asa", reached=True))


class SlowStore:
    """A store whose first commit takes until `go_on` is set; fails from commit `bad` on."""

    def __init__(self, bad=None):
        self.commits = []
        self.go_on = threading.Event()
        self.begun = threading.Event()
        self._bad = bad

    def save_hosts(self, sweep_id, batch):
        self.begun.set()
        assert self.go_on.wait(10)
        if self._bad is not None and len(self.commits) >= self._bad:
            raise StoreError("netcover.db: disk full; make room")
        self.commits.append([each.visit.host for each in batch])


def test_everything_handed_over_is_in_the_store_when_it_is_closed(tmp_path):
    told = []
    with open_store(f"sqlite:///{tmp_path / 'a.db'}") as store:
        store.begin_sweep("one", DAY, None)
        each = Writer(store, "one", lambda r: told.append(r.visit.host))
        for n in range(120):
            each.put(result(n))
        each.close()
        assert store.visited("one") == {f"h{n:03}" for n in range(120)}
    assert told == [f"h{n:03}" for n in range(120)]


def test_a_result_is_told_only_once_it_is_on_the_disk(tmp_path):
    with open_store(f"sqlite:///{tmp_path / 'a.db'}") as store:
        store.begin_sweep("one", DAY, None)
        missing = []

        def told(each):
            if each.visit.host not in store.visited("one"):
                missing.append(each.visit.host)

        each = Writer(store, "one", told)
        for n in range(10):
            each.put(result(n))
        each.close()
    assert missing == []


def test_results_that_arrive_while_the_disk_is_busy_share_a_commit():
    store = SlowStore()
    each = Writer(store, "one", lambda r: None)
    each.put(result(0))
    assert store.begun.wait(10)
    for n in range(1, writer.MOST + 3):
        each.put(result(n))
    store.go_on.set()
    each.close()
    assert [len(commit) for commit in store.commits] == [1, writer.MOST, 2]
    assert [host for commit in store.commits for host in commit] == [
        f"h{n:03}" for n in range(writer.MOST + 3)
    ]


def test_nothing_handed_over_is_no_commit():
    store = SlowStore()
    Writer(store, "one", lambda r: None).close()
    assert store.commits == []


def test_an_error_is_raised_where_results_come_from_and_what_was_not_saved_is_not_told():
    store, told = SlowStore(bad=1), []
    store.go_on.set()
    each = Writer(store, "one", lambda r: told.append(r.visit.host))
    each.put(result(0))
    while not told:
        store.begun.wait(0.01)
    each.put(result(1))
    each._thread.join()
    with pytest.raises(StoreError, match="disk full"):
        each.put(result(2))
    with pytest.raises(StoreError, match="disk full"):
        each.close()
    assert told == ["h000"]


def test_an_error_of_who_is_told_ends_the_writing_too():
    def told(each):
        raise BrokenPipeError("stderr is closed")

    store = SlowStore()
    store.go_on.set()
    each = Writer(store, "one", told)
    each.put(result(0))
    with pytest.raises(BrokenPipeError):
        each.close()
    assert store.commits == [["h000"]]
