"""The pace of probes, by a clock that the test moves."""

import pytest

from agent.discovery.pacing import Pace, Schedule


def sent(schedule, seconds, tick=0.01, most=10_000):
    """Each host with the time of its turn."""
    found = []
    now = 100.0
    while now < 100.0 + seconds and not schedule.done:
        found += [(round(now - 100, 3), host) for host in schedule.due(now, most)]
        now += tick
    return found


def test_the_rate_is_kept():
    schedule = Schedule(iter(range(10_000)), Pace(500), 1, lambda host: 0)
    times = [at for at, _ in sent(schedule, 10)]
    assert len(times) == pytest.approx(5000, abs=30)
    for second in range(10):
        assert sum(second <= at < second + 1 for at in times) <= 500 + 25


def test_what_was_missed_is_not_made_up_for_in_a_gust():
    pace = Pace(500)
    schedule = Schedule(iter(range(10_000)), pace, 1, lambda host: 0)
    list(schedule.due(0.0, 10_000))
    assert len(list(schedule.due(60.0, 10_000))) == 25


def test_probes_count_and_not_hosts():
    schedule = Schedule(iter(range(10_000)), Pace(500), 4, lambda host: 0)
    assert len(sent(schedule, 4)) == pytest.approx(500, abs=10)


def test_a_prefix_has_a_rate_of_its_own_and_holds_up_no_other():
    schedule = Schedule(iter(range(2000)), Pace(1000, per_prefix=10), 1, lambda host: host % 2)
    one = sent(schedule, 5)
    for prefix in (0, 1):
        assert sum(host % 2 == prefix for _, host in one) == pytest.approx(50, abs=2)
    alone = Schedule(iter(range(2000)), Pace(1000, per_prefix=10), 1, lambda host: host)
    assert len(sent(alone, 5)) == 2000


def test_a_prefix_is_given_time_for_repetitions_beforehand():
    pace = Pace(1000, per_prefix=20)
    schedule = Schedule(iter(range(500)), pace, 1, lambda host: 0, most=2)
    assert len(sent(schedule, 5)) == pytest.approx(50, abs=2)


def test_a_turn_out_of_order_is_taken_from_the_others():
    pace = Pace(10)
    schedule = Schedule(iter(range(1000)), pace, 1, lambda host: 0)
    assert pace.wait(100.0, 0) == pytest.approx(0.1)
    assert pace.wait(100.0, 0) == pytest.approx(0.2)
    assert len(sent(schedule, 5)) == pytest.approx(48, abs=1)


def test_every_host_has_its_turn():
    schedule = Schedule(iter(range(300)), Pace(1000, per_prefix=200), 1, lambda host: host % 3)
    assert sorted(host for _, host in sent(schedule, 30)) == list(range(300))
    assert schedule.done
