"""What is seen against what is listed, by tables."""

import pytest

from agent.model import Discovered, ListedHost, ListedUnit, Listing, Unreached
from agent.reconcile.truth import answer, compare, compare_found, truth
from tests.examples import NOON, swept, unit


def listing(*hosts, source="netbox", filters=()):
    return Listing(source, "https://netbox.example.net", NOON, "0" * 64, hosts, filters)


def host(name="sw1", *serials, status="active", **fields):
    units = tuple(ListedUnit(serial, status=status) for serial in serials)
    return ListedHost(
        name, "192.0.2.1", "catalyst_9300", "device 1", status=status, units=units, **fields
    )


@pytest.mark.parametrize(
    ("listed", "name", "serials", "state", "words"),
    [
        (
            [host("sw1", "TST1")],
            "sw1",
            ["tst1"],
            "listed",
            "netbox lists it as sw1 (device 1), act",
        ),
        ([host("sw1", "TST1")], "moved", ["TST1"], "listed", "lists it as sw1"),
        ([host("fw1", "BOARD1")], "fw1", ["TST1", "BOARD1"], "listed", "lists it as fw1"),
        ([host("sw1")], "sw1", ["TST1"], "no_serial", "active, without a serial number"),
        ([host("sw1")], "SW1.example.net", ["TST1"], "no_serial", "lists it as sw1"),
        ([host("sw1.example.net")], "sw1", ["TST1"], "no_serial", "sw1.example.net"),
        ([host("sw1.example.net")], "sw1.example.org", ["TST1"], "not_listed", "not listed by net"),
        ([host("192.0.2.1")], "192.0.2.9", ["TST1"], "not_listed", "(asked 2026-11-24)"),
        ([host("sw1", "TST1")], "sw1", [None], "no_serial", "lists it as sw1 (device 1), active"),
        ([host("sw1", "TST2")], "sw1", ["TST1"], "other_serial", "number TST2, not this one"),
        (
            [host("sw1", "TST1", status="decommissioning")],
            "sw1",
            ["TST1"],
            "not_in_service",
            "decommissioning, and it is in service",
        ),
        (
            [host("old", "TST1", status="offline"), host("sw1", "TST1")],
            "sw1",
            ["TST1"],
            "listed",
            "sw1 (device 1), active",
        ),
        ([], "sw1", ["TST1"], "not_listed", "not listed by netbox"),
    ],
)
def test_what_sources_say_of_a_unit(listed, name, serials, state, words):
    found = answer(truth([listing(*listed)]), name, serials)
    assert (found.state, words in found.reason) == (state, True), found.reason
    assert bool(found.evidence) == (state != "not_listed")


def test_a_source_that_was_asked_for_a_part_proves_nothing():
    found = answer(truth([listing(filters=("site=north",))]), "sw1", ["TST1"])
    assert found.state == "not_asked"
    assert "was asked for site=north alone" in found.reason


def test_without_a_source_there_is_no_truth():
    assert truth([]) is None


def test_both_lists():
    known = truth(
        [
            listing(
                host("sw1", "TST1", "TST2"),
                host("sw2", "TST3"),
                host("gone", "TST4"),
                host("away", "TST5"),
                host("bare"),
                host("planned", "TST6", status="planned"),
            )
        ]
    )
    sweep = swept(
        unit("TST1", host="sw1", kind="stack_member"),
        unit("TST3x", host="sw2"),
        unit("TST9", host="new"),
        unit("TSTFAN", host="sw1", kind="fan"),
        unreached=[Unreached("gone", "timeout", "no answer")],
    )
    comparison = compare(known, sweep)
    assert comparison.compared == 3
    assert [(u.host, u.serial, u.answer.state) for u in comparison.unlisted] == [
        ("new", "TST9", "not_listed"),
        ("sw2", "TST3x", "other_serial"),
    ]
    assert [
        (u.said.host.name, u.said.unit and u.said.unit.serial, u.reason) for u in comparison.unseen
    ] == [
        ("away", None, "not among the hosts of the sweep"),
        ("bare", None, "not among the hosts of the sweep"),
        ("gone", None, "not read: timeout: no answer"),
        ("sw1", "TST2", "its host was read, and this serial number was not there"),
        ("sw2", "TST3", "its host was read, and this serial number was not there"),
    ]


def test_what_was_discovered_is_compared_by_address_too():
    def device(address, **fields):
        return Discovered(address, candidate=True, **fields)

    known = truth(
        [
            listing(
                host("sw1", "TST1"),
                ListedHost("sw2", "192.0.2.2", "asa", "device 2"),
                ListedHost("away", "192.0.2.3", "asa", "device 3"),
                ListedHost("planned", "192.0.2.4", "asa", "device 4", status="planned"),
                ListedHost("left alone", "192.0.2.5", None, "device 5"),
            )
        ]
    )
    comparison = compare_found(
        known,
        [
            device("192.0.2.9", serial="TST1"),
            device("192.0.2.2"),
            device("192.0.2.8", name="new"),
            Discovered("192.0.2.7", name="printer"),
        ],
    )
    assert (comparison.compared, [u.host for u in comparison.unlisted]) == (3, ["new"])
    assert [(u.said.host.name, u.reason) for u in comparison.unseen] == [("away", "not found")]
