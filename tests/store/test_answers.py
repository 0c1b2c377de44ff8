"""Answers of APIs: one body may answer many items, and is kept once."""

from datetime import UTC, datetime, timedelta

import pytest

from agent.store import open_store

DAY = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path):
    with open_store(f"sqlite:///{tmp_path / 'store.db'}") as opened:
        yield opened


def test_a_body_stands_for_all_it_answers_and_can_be_looked_up_by_its_hash(store):
    sha256 = store.save_answer("eox", ["A", "B", "A"], DAY, '{"made": "up"}')
    (answer,) = store.answers("eox", DAY)
    assert (answer.items, answer.body, answer.sha256) == (("A", "B"), '{"made": "up"}', sha256)
    assert store.raw(sha256) == '{"made": "up"}'


def test_a_later_answer_takes_the_place_of_the_earlier_one(store):
    store.save_answer("eox", ["A", "B"], DAY, "first")
    store.save_answer("eox", ["B"], DAY + timedelta(hours=1), "second")
    found = {a.body: (a.items, a.fetched) for a in store.answers("eox", DAY)}
    assert found == {"first": (("A",), DAY), "second": (("B",), DAY + timedelta(hours=1))}


def test_what_is_too_old_or_of_another_service_is_left_out(store):
    store.save_answer("eox", ["A"], DAY, "old")
    store.save_answer("sn2info", ["A"], DAY, "other")
    assert list(store.answers("eox", DAY + timedelta(seconds=1))) == []
    assert [a.body for a in store.answers("sn2info", DAY)] == ["other"]
