"""Gates with time as a number: rates, turns, and the stop before a lock-out."""

import random
from dataclasses import replace
from itertools import pairwise

import pytest

from agent.runners.gates import Gates, Limits, Place

NORTH, SOUTH = Place("north", "a"), Place("south", "a")


def gates(**limits):
    return Gates(Limits(**{"jitter": 0.0, "refusals_per_site": 0} | limits), random.Random(1))


def run(each, until):
    """Take jobs as the runner does; the time at which each had its turn."""
    taken, now = [], 0.0
    while now <= until:
        job = each.take(now)
        if job is not None:
            taken.append((round(now, 6), job[1]))
            each.done(job[0], job[1], refused=False, logged_in=True)
            continue
        turn = each.next_turn()
        if turn is None:
            break
        now = max(turn, now)
    return taken


def test_without_limits_all_go_at_once_in_their_order():
    each = gates()
    for n in range(5):
        each.add(NORTH, f"h{n}")
    assert run(each, 1) == [(0.0, f"h{n}") for n in range(5)]


def test_logins_per_second_over_everyone():
    each = gates(per_second=4)
    for n in range(4):
        each.add(NORTH, f"n{n}")
        each.add(SOUTH, f"s{n}")
    times = [at for at, _ in run(each, 10)]
    assert times == [0.25 * n for n in range(8)]


def test_a_site_has_a_rate_of_its_own():
    each = gates(per_site=1)
    for n in range(3):
        each.add(NORTH, f"n{n}")
        each.add(SOUTH, f"s{n}")
    taken = run(each, 10)
    assert [at for at, job in taken if job[0] == "n"] == [0, 1, 2]
    assert [at for at, job in taken if job[0] == "s"] == [0, 1, 2]


def test_an_aaa_group_is_shared_between_sites():
    each = gates(per_aaa_group=2)
    for n in range(2):
        each.add(NORTH, f"n{n}")
        each.add(SOUTH, f"s{n}")
    assert [at for at, _ in run(each, 10)] == [0, 0.5, 1.0, 1.5]


def test_sites_take_turns():
    each = gates(per_second=1)
    for n in range(2):
        each.add(NORTH, f"n{n}")
    each.add(SOUTH, "s0")
    assert [job for _, job in run(each, 10)] == ["n0", "s0", "n1"]


def test_jitter_spreads_and_keeps_the_rate():
    each = Gates(Limits(per_second=10, jitter=0.5, refusals_per_site=0), random.Random(3))
    for n in range(200):
        each.add(NORTH, n)
    times = [at for at, _ in run(each, 100)]
    waits = [b - a for a, b in pairwise(times)]
    assert min(waits) >= 0.05 - 1e-9
    assert max(waits) <= 0.15 + 1e-9
    assert len({round(w, 4) for w in waits}) > 50
    assert 17 < times[-1] < 23


def test_a_late_job_waits_for_its_time():
    each = gates()
    each.add(NORTH, "later", at=3.0)
    each.add(NORTH, "now")
    assert run(each, 10) == [(0.0, "now"), (3.0, "later")]
    assert len(each) == 0


def test_until_a_login_succeeds_few_are_tried():
    each = gates(refusals_per_site=3)
    for n in range(10):
        each.add(NORTH, f"h{n}")
    taken = [each.take(0) for _ in range(5)]
    assert [t and t[1] for t in taken] == ["h0", "h1", "h2", None, None]
    assert each.next_turn() is None
    each.prove(NORTH)
    assert each.take(0)[1] == "h3"


def test_refusals_on_distinct_hosts_stop_a_site():
    each = gates(refusals_per_site=3)
    for n in range(10):
        each.add(NORTH, f"h{n}")
    each.add(SOUTH, "other")
    for _ in range(4):
        place, job = each.take(0)
        each.done(place, job, refused=job != "other", logged_in=job == "other")
    assert each.stopped(NORTH.account) == ("h0", "h1", "h2")
    assert each.take(0) is None
    assert [job for _, job in each.drop(NORTH.account)] == [f"h{n}" for n in range(3, 10)]
    assert len(each) == 0


def test_one_host_that_refuses_often_is_one_refusal():
    each = gates(refusals_per_site=2)
    for _ in range(5):
        each.add(NORTH, "h0")
        place, job = each.take(0)
        each.done(place, job, refused=True, logged_in=False)
    assert each.stopped(NORTH.account) == ()


def test_a_stopped_site_may_be_forgiven():
    each = gates(refusals_per_site=1)
    each.add(NORTH, "h0")
    each.add(NORTH, "h1")
    place, job = each.take(0)
    each.done(place, job, refused=True, logged_in=False)
    assert each.take(0) is None
    each.forgive(NORTH.account)
    assert each.take(0)[1] == "h1"


@pytest.mark.parametrize("ceiling", [1, 3, 5])
def test_a_wrong_password_is_never_offered_more_often_than_the_ceiling(ceiling):
    """Whatever the order in which visits end."""
    chance = random.Random(7)
    each = gates(refusals_per_site=ceiling)
    for n in range(50):
        each.add(NORTH, f"h{n}")
    under_way, offered = [], 0
    for _ in range(500):
        job = each.take(0)
        if job:
            offered += 1
            under_way.append(job)
        elif under_way:
            place, host = under_way.pop(chance.randrange(len(under_way)))
            each.done(place, host, refused=True, logged_in=False)
    assert offered == ceiling


def test_trust_is_that_of_one_set_of_credentials_at_one_site():
    """What one password proves says nothing of another, nor of the same one elsewhere."""
    edge, agent = replace(NORTH, credentials="edge"), replace(NORTH, logs_in=False)
    each = gates(refusals_per_site=2)
    each.prove(NORTH)
    assert [each.proven(place) for place in (NORTH, edge, SOUTH, agent)] == [True, *[False] * 3]
    for n in range(4):
        each.add(edge, f"e{n}")
        each.add(NORTH, f"n{n}")
    taken = [each.take(0) for _ in range(7)]
    assert [job[0] for _, job in filter(None, taken)].count("e") == 2
    for place, job in filter(None, taken):
        each.done(place, job, refused=place == edge, logged_in=place != edge)
    assert each.stopped(edge.account) == ("e0", "e1")
    assert each.stopped(NORTH.account) == ()
    assert [job for _, job in each.drop(edge.account)] == ["e2", "e3"]


def test_what_never_logs_in_is_neither_held_nor_proof():
    agent = replace(NORTH, logs_in=False)
    each = gates(refusals_per_site=1)
    each.add(NORTH, "login")
    for n in range(3):
        each.add(agent, n)
    taken = [each.take(0) for _ in range(4)]
    assert sorted(str(job) for _, job in taken) == ["0", "1", "2", "login"]
    each.done(agent, "0", refused=True, logged_in=True)
    assert not each.proven(NORTH)
    assert each.stopped(NORTH.account) == ()
    assert each.accounts() == ()


def test_hosts_that_need_a_thread_wait_for_one_and_hold_up_nobody():
    each = gates()
    threaded = replace(NORTH, threaded=True)
    each.add(threaded, "slow")
    each.add(NORTH, "fast")
    assert each.take(0, threads=False) == (NORTH, "fast")
    assert each.take(0, threads=False) is None
    assert each.next_turn(threads=False) is None
    assert each.take(0) == (threaded, "slow")
