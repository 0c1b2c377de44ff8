"""What earlier sweeps say about a unit that is missing or has moved."""

from datetime import timedelta

import pytest

from agent.model import CompleteSweep, HostResult, HostVisit, Place
from agent.store import open_store
from tests.examples import NOON, failed, gap, unit


@pytest.fixture
def store(tmp_path):
    with open_store(f"sqlite:///{tmp_path / 'netcover.db'}") as opened:
        yield opened


def visit(host, site, *units, gaps=(), reached=True):
    return HostResult(
        HostVisit(host, site, "catalyst_9300", reached=reached),
        observations=units,
        unreached=None if reached else failed(host),
        incomplete=gaps,
    )


def save(store, number, *results, selection=None):
    moment = NOON + timedelta(days=number)
    store.save_sweep(f"s{number}", moment, moment, results, selection)
    return moment


def test_a_site_is_complete_where_every_host_was_read(store):
    first = save(store, 1, visit("sw1", "north"), visit("sw2", "south", reached=False))
    absent, cut = gap("sw1", "absent_slot"), gap("sw2", "truncated")
    second = save(
        store, 2, visit("sw1", "north", gaps=(absent,)), visit("sw2", "south", gaps=(cut,))
    )
    third = save(store, 3, visit("sw1", "north"), visit("sw2", "south"))
    assert store.complete_sweeps() == (
        CompleteSweep("s3", third, ("north", "south"), estate=True),
        CompleteSweep("s2", second, ("north",), estate=False),
        CompleteSweep("s1", first, ("north",), estate=False),
    )


def test_a_sweep_of_chosen_hosts_proves_nothing_about_their_site(store):
    save(store, 1, visit("sw1", "north"), selection="name=sw1")
    save(store, 2, visit("sw1", "north"), selection="site=north")
    assert [(s.sites, s.estate) for s in store.complete_sweeps()] == [
        (("north",), False),
        ((), False),
    ]


def test_every_place_with_its_last_day(store):
    first = save(store, 1, visit("sw1", "north", unit(host="sw1")))
    second = save(
        store, 2, visit("sw1", "north"), visit("sw2", "south", unit(host="sw2", site="south"))
    )
    third = save(store, 3, visit("sw2", "south", unit(host="sw2", site="south")))
    assert store.places() == (
        Place("TST26010001", "C9300-48P", "sw1", "north", first),
        Place("TST26010001", "C9300-48P", "sw2", "south", third),
    )
    assert first < second < third
