"""What was tried, told in ranges."""

from datetime import UTC, datetime
from ipaddress import ip_network

from hypothesis import given
from hypothesis import strategies as st

from agent.discovery.spans import Spans, span
from agent.discovery.tally import Tally
from agent.model import Attempt

AT = datetime(2026, 11, 24, tzinfo=UTC)
SPANS = Spans.of(map(span, map(ip_network, ("192.0.2.0/29", "192.0.2.16/30", "2001:db8::/126"))))
RESULTS = st.sampled_from(["open", "silent", "refused"])


def attempt(address, result, kind="tcp", port=22):
    return Attempt(str(address), port, kind, result, AT)


def test_ranges_of_equal_results():
    tally = Tally(SPANS)
    for address in SPANS:
        tally.add(attempt(address, "silent"))
    tally.add(attempt("192.0.2.4", "open"))
    tally.add(attempt("192.0.2.4", "answered", "snmp_engine", 161))
    tally.add(attempt("198.51.100.9", "refused"))
    assert [(t.kind, t.port, t.result, t.count, t.addresses) for t in tally.tried()] == [
        ("snmp_engine", 161, "answered", 1, ("192.0.2.4",)),
        ("tcp", 22, "open", 1, ("192.0.2.4",)),
        ("tcp", 22, "refused", 1, ("198.51.100.9",)),
        (
            "tcp",
            22,
            "silent",
            15,
            (
                "192.0.2.0-192.0.2.3",
                "192.0.2.5-192.0.2.7",
                "192.0.2.16-192.0.2.19",
                "2001:db8::-2001:db8::3",
            ),
        ),
    ]
    assert (tally.untried("tcp", 22), tally.untried("snmp_engine", 161)) == (0, 15)


@given(st.dictionaries(st.integers(0, SPANS.size - 1), RESULTS))
def test_every_address_stands_in_one_range(given):
    tally = Tally(SPANS)
    for place, result in given.items():
        tally.add(attempt(SPANS[place], result))
    told = {t.result: t.count for t in tally.tried()}
    assert sum(told.values()) == len(given)
    assert tally.untried("tcp", 22) == SPANS.size - len(given)
    settled = tally.settled([("tcp", 22)], {"silent", "refused"})
    assert {p for p in range(SPANS.size) if settled(p)} == {
        p for p, result in given.items() if result != "open"
    }


def test_no_more_results_than_an_octet_holds_and_none_is_lost():
    tally = Tally(SPANS)
    for number in range(400):
        tally.add(attempt("192.0.2.1", f"failed {number}", "login", number % 3))
    assert {(t.port, t.result) for t in tally.tried()} >= {(0, "failed 399"), (1, "failed 397")}
