"""Sets of addresses as ranges."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.discovery.spans import Spans, span

PARTS = st.lists(
    st.tuples(st.sampled_from([4, 6]), st.integers(0, 60), st.integers(0, 9)).map(
        lambda p: (p[0], p[1], p[1] + p[2])
    )
)


def members(parts):
    return {(version, value) for version, a, b in parts for value in range(a, b + 1)}


def as_set(spans):
    return {(address.version, int(address)) for address in spans}


@given(PARTS, PARTS)
def test_ranges_are_sets(one, other):
    left, right = Spans.of(one), Spans.of(other)
    assert as_set(left) == members(one)
    assert as_set(left.minus(right)) == members(one) - members(other)
    assert left.size == len(members(one))


@given(PARTS)
def test_every_address_has_a_place(parts):
    spans = Spans.of(parts)
    assert [spans.place(address) for address in spans] == list(range(spans.size))
    assert [spans[place] for place in range(spans.size)] == list(spans)
    assert ip_address("192.0.2.1") not in spans
    with pytest.raises(IndexError):
        spans[spans.size]


def test_ranges_are_spelled_short():
    spans = Spans.of(
        map(span, [ip_network("192.0.2.0/25"), ip_network("192.0.2.128/25"), ip_address("::1")])
    )
    assert spans.words() == ("192.0.2.0-192.0.2.255", "::1")
    assert Spans.read(spans.words()) == spans


def test_an_ipv6_prefix_has_a_size():
    assert Spans.of([span(ip_network("2001:db8::/32"))]).size == 2**96


def test_a_large_prefix_is_one_range():
    spans = Spans.of([span(ip_network("10.0.0.0/8"))])
    assert (spans.size, spans[2**24 - 1]) == (2**24, ip_address("10.255.255.255"))
