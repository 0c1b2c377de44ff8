"""The order of probes."""

import tracemalloc
from itertools import islice, pairwise

from hypothesis import given
from hypothesis import strategies as st

from agent.discovery.order import shuffled


@given(st.integers(0, 3000), st.integers(0, 2**32))
def test_every_number_comes_once(size, seed):
    assert sorted(shuffled(size, seed)) == list(range(size))


def test_the_seed_decides_the_order():
    first = list(shuffled(65_536, 1))
    assert first == list(shuffled(65_536, 1))
    assert first != list(shuffled(65_536, 2))


def test_neighbours_do_not_follow_each_other():
    order = list(shuffled(65_534, 7))
    close = sum(abs(a - b) < 256 for a, b in pairwise(order))
    assert close < 2 * 65_534 * 512 / 65_534  # twice what chance gives
    first_tenth = {value // 256 for value in order[: len(order) // 10]}
    assert len(first_tenth) == 256  # every /24 has its turn early


def test_a_large_prefix_takes_no_memory():
    tracemalloc.start()
    assert len(set(islice(shuffled(2**24, 3), 1000))) == 1000
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()
