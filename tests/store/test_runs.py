"""What units ran and when, from the history of sweeps."""

from datetime import UTC, date, datetime, timedelta

import pytest

from agent.model import HostResult, HostVisit
from agent.store import open_store
from tests.posture.made import switch

FIRST = datetime(2026, 7, 1, 6, 0, tzinfo=UTC)


def swept(store, number, *units):
    started = FIRST + timedelta(days=30 * number)
    visit = HostVisit("sw1", "north", "catalyst_9300", reached=True)
    result = HostResult(visit, observations=units, lane="ssh")
    store.save_sweep(f"sweep-{number}", started, started + timedelta(hours=1), [result])


@pytest.fixture
def store(tmp_path):
    with open_store(f"sqlite:///{tmp_path / 'history.db'}") as opened:
        for number, version in enumerate(("17.9.4", "17.9.4", "17.12.4")):
            swept(opened, number, switch(version, evidence=()))
        yield opened


def test_each_stay_with_a_release_has_its_days(store):
    found = list(store.releases(FIRST + timedelta(days=100)))
    assert found == [
        ("TST26010001", "C9300-48P", "ios-xe", "17.9.4", date(2026, 7, 1), date(2026, 7, 31)),
        ("TST26010001", "C9300-48P", "ios-xe", "17.12.4", date(2026, 8, 30), date(2026, 8, 30)),
    ]


def test_later_sweeps_are_not_looked_at(store):
    until = FIRST + timedelta(days=1)
    assert store.sweep_days(until) == (date(2026, 7, 1),)
    assert [run[3:] for run in store.releases(until)] == [
        ("17.9.4", date(2026, 7, 1), date(2026, 7, 2))
    ]


def test_the_days_of_all_sweeps_in_order(store):
    days = store.sweep_days(FIRST + timedelta(days=100))
    assert days == (date(2026, 7, 1), date(2026, 7, 31), date(2026, 8, 30))
