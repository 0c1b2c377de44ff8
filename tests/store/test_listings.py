"""What sources of truth listed: the last word of each, and no more."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from agent.model import ListedHost, ListedUnit, Listing
from agent.store import open_store

TAKEN = datetime(2026, 11, 24, 8, tzinfo=UTC)
LISTING = Listing(
    "netbox",
    "https://netbox.example.net",
    TAKEN,
    "0" * 64,
    (
        ListedHost("pdu", None, None, "device 3", status="planned", problem="no platform"),
        ListedHost(
            *("sw1", "192.0.2.1", "catalyst_9300", "device 1"),
            port=2222,
            site="north",
            role="access",
            tenant="shop",
            tags=("core", "edge"),
            units=(
                ListedUnit("TST2605X001", "C9300-48P", "1"),
                ListedUnit("TST2605X002", None, "2", "offline"),
            ),
        ),
    ),
    ("site=north",),
)


@pytest.fixture
def store(tmp_path):
    with open_store(f"sqlite:///{tmp_path / 'store.db'}") as opened:
        yield opened


def test_a_listing_comes_back_as_it_was_kept(store):
    assert store.listings() == ()
    store.save_listing(LISTING)
    assert store.listings() == (LISTING,)


def test_the_next_one_of_the_same_source_takes_its_place(store):
    other = replace(LISTING, source="table", origin="hosts.csv", filters=())
    for each in (LISTING, other, replace(LISTING, hosts=LISTING.hosts[:1], filters=())):
        store.save_listing(each)
    first, second = store.listings()
    assert (len(first.hosts), first.filters, second) == (1, (), other)


def test_a_listing_of_nobody_is_a_listing(store):
    store.save_listing(replace(LISTING, hosts=()))
    (kept,) = store.listings()
    assert (kept.hosts, kept.taken) == ((), TAKEN)
