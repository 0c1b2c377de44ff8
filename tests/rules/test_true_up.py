"""The rules of the true-up by tables: what is paid for against what is there."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from agent.model import (
    CompleteSweep,
    HostFacts,
    HostVisit,
    ListedHost,
    ListedUnit,
    Listing,
    Place,
)
from agent.reconcile import reconcile
from agent.reconcile.assets import LastSighting
from agent.reconcile.owners import owner_of
from agent.reconcile.survey import survey
from agent.reconcile.truth import truth
from agent.rules import Context, assess
from agent.settings import Policy, Site
from tests.examples import DAY, NOON, eox, failed, gap, line, row, swept, unit

HOST = HostVisit("sw1", "north", "catalyst_9300", reached=True)


def answer(
    rule, *, units=(), lines=(), places=(), history=None, sweep=None, dates=(), serial=None, **known
):
    """The one finding of a rule, or that about `serial`."""
    sweep = sweep or swept(*units, hosts=[HOST])
    assets = reconcile(sweep, lines, dates, history or {})
    surveyed = survey(assets, places, DAY, sweep.started)
    context = Context(DAY, Policy(), sweep, len(lines), 1, survey=surveyed, **known)
    found = [f for f in assess(assets, context) if f.rule == rule]
    found = [f for f in found if serial is None or f.serial == serial]
    (finding,) = found
    return finding.status, finding.reason


def complete(days, *sites, estate=False):
    return CompleteSweep(f"s{days}", NOON - timedelta(days=days), sites, estate=estate)


SEEN = {("TST26010001", "C9300-48P"): LastSighting("sw1", "north", NOON - timedelta(days=10))}


@pytest.mark.parametrize(
    ("earlier", "after", "status", "reason"),
    [
        ([], 1, "open", "a complete sweep of site north"),
        ([], 2, "not_reviewed", "missed in 1 of the 2 complete sweeps of site north"),
        ([complete(3, "north")], 2, "open", "2 complete sweeps of site north"),
        ([complete(3, "south")], 2, "not_reviewed", "missed in 1 of the 2"),
        ([complete(10, "north")], 2, "not_reviewed", "missed in 1 of the 2"),
        ([complete(11, "north")], 2, "not_reviewed", "missed in 1 of the 2"),
        ([complete(9, "north"), complete(3, "north")], 3, "open", "3 complete sweeps"),
    ],
)
def test_retired_takes_so_many_complete_sweeps_since_it_was_last_seen(
    earlier, after, status, reason
):
    found = answer(
        "retired", lines=[line()], history=SEEN, complete=tuple(earlier), retired_after=after
    )
    assert found[0] == status
    assert reason in found[1]


def test_what_was_not_reached_or_not_read_wholly_retires_nothing():
    enough = (complete(3, "north"), complete(4, "north"))
    known = {"lines": [line()], "history": SEEN, "complete": enough, "retired_after": 1}
    lost = swept(unreached=[failed("sw1")])
    assert answer("retired", sweep=lost, serial="TST26010001", **known)[0] == "not_reviewed"
    cut = swept(hosts=[HOST], incomplete=[gap()])
    assert answer("retired", sweep=cut, **known)[0] == "not_reviewed"
    assert answer("retired", spares=frozenset({"TST26010001"}), **known)[0] == "not_a_finding"


def test_a_line_whose_site_is_not_known_takes_the_whole_estate():
    lines = [line(site="attic")]
    known = {"lines": lines, "retired_after": 2}
    assert answer("retired", complete=(complete(3, "north"),), **known)[0] == "not_reviewed"
    assert answer("retired", complete=(complete(3, estate=True),), **known)[0] == "open"


def test_a_swap_is_one_gone_and_one_uncovered_of_the_same_product_on_the_same_host():
    known = {
        "lines": [line(), line("TST9", evidence=row(9))],
        "history": SEEN,
        "serial": "TST26010001",
    }
    new = unit("TST26010002", "C9300-48P", position="switch 1")
    status, reason = answer("rma_swap", units=[new], **known)
    assert status == "open"
    assert "TST26010002" in reason
    two = [new, unit("TST26010003", "C9300-48P", position="switch 2")]
    assert answer("rma_swap", units=two, **known)[0] == "not_a_finding"
    other = unit("TST26010002", "C9300-24T")
    assert answer("rma_swap", units=[other], **known)[0] == "not_a_finding"
    covered = [*known["lines"], line("TST26010002", evidence=row(4))]
    assert answer("rma_swap", units=[new], **(known | {"lines": covered}))[0] == "not_a_finding"


@pytest.mark.parametrize(
    ("site", "host", "days", "status"),
    [
        ("south", "sw7", 3, "open"),
        ("north", "sw7", 3, "not_a_finding"),
        ("south", "sw1", 3, "not_a_finding"),
        ("south", "sw7", -1, "not_a_finding"),
    ],
)
def test_moved_site(site, host, days, status):
    place = Place("TST26010001", "C9300-48P-A", host, site, NOON - timedelta(days=days))
    assert answer("moved_site", units=[unit()], places=[place])[0] == status


def test_wrong_pid_on_line():
    wrong = line(pid="ISR4331/K9")
    assert answer("wrong_pid_on_line", units=[unit()], lines=[wrong])[0] == "open"
    assert answer("wrong_pid_on_line", units=[unit()], lines=[line()])[0] == "not_a_finding"


def test_covered_by_parent():
    part = unit("TST26010009", "PWR-C1", kind="power_supply", parent_serial="TST26010001")
    own, parents = line("TST26010009", "PWR-C1"), line(evidence=row(3))
    known = {"units": [unit(), part], "serial": "TST26010009"}
    assert answer("covered_by_parent", lines=[own, parents], **known)[0] == "open"
    assert answer("covered_by_parent", lines=[own], **known)[0] == "not_a_finding"
    assert answer("covered_by_parent", lines=[parents], **known)[0] == "not_a_finding"
    ended = line(end="2026-11-23", evidence=row(3))
    assert answer("covered_by_parent", lines=[own, ended], **known)[0] == "not_a_finding"


@pytest.mark.parametrize(
    ("quantity", "status"), [(1, "not_a_finding"), (2, "not_a_finding"), (3, "open")]
)
def test_over_bought(quantity, status):
    units = [unit("TST1", position="switch 1"), unit("TST2", position="switch 2")]
    lot = line(None, "C9300-48P-A", quantity=quantity, site="north")
    found = [
        answer("over_bought", units=units, lines=[lot], serial=serial)
        for serial in ("TST1", "TST2")
    ]
    assert {status for status, _ in found} == {"not_applicable"}
    sweep = swept(*units)
    assets = reconcile(sweep, [lot], [], {})
    context = Context(DAY, Policy(), sweep, 1, 1, survey=survey(assets, (), DAY, NOON))
    verdicts = [f for f in assess(assets, context) if f.rule == "over_bought" and f.serial is None]
    assert [f.status for f in verdicts] == [status]


def test_a_serial_is_one_unit():
    many = line(quantity=4)
    assert answer("over_bought", units=[unit()], lines=[many])[0] == "open"


@pytest.mark.parametrize(
    ("site", "customer", "status"),
    [
        (None, None, "not_applicable"),
        ("North", None, "not_a_finding"),
        ("Bldg 1", None, "not_a_finding"),
        ("south", None, "open"),
        ("north", "EXAMPLE.net", "not_a_finding"),
        ("north", "example.com", "open"),
    ],
)
def test_contract_site_mismatch(site, customer, status):
    sites = {"north": Site(names=("bldg 1",), end_customer="example.net")}
    stated = line(site=site, end_customer=customer)
    found = answer("contract_site_mismatch", units=[unit()], lines=[stated], sites=sites)
    assert found[0] == status


def test_nobody_owns_this_date():
    known = {"units": [unit()], "lines": [line()]}
    assert answer("nobody_owns_this_date", **known)[0] == "open"
    assert (
        answer("nobody_owns_this_date", owners={"north": "made up"}, **known)[0] == "not_a_finding"
    )
    assert answer("nobody_owns_this_date", units=[unit()])[0] == "not_applicable"
    dates = [eox(last_date_of_support=date(2027, 1, 31))]
    assert answer("nobody_owns_this_date", units=[unit()], dates=dates)[0] == "open"
    ended = [line(end="2026-11-23")]
    assert answer("nobody_owns_this_date", units=[unit()], lines=ended)[0] == "not_applicable"


def test_the_nearest_owner_answers():
    hosts = {"sw1": HostFacts("sw1", owner="host")}
    sites = {"north": Site(owner="site")}
    owners = {"north": "list", "*": "rest"}
    assert owner_of("sw1", "north", hosts, owners, sites) == "host"
    assert owner_of("sw2", "north", hosts, owners, sites) == "site"
    assert owner_of("sw2", "north", {}, owners, {}) == "list"
    assert owner_of(None, None, {}, owners, {}) == "rest"
    assert owner_of(None, "west", {}, {}, {}) is None


def test_only_sweeps_before_the_one_that_is_judged_count():
    later = replace(complete(3, "north"), started=datetime(2027, 1, 1, tzinfo=UTC))
    found = answer("retired", lines=[line()], history=SEEN, complete=(later,), retired_after=2)
    assert found[0] == "not_reviewed"


def listed(serial, status="active"):
    """What a source of truth says of one unit on sw1."""
    units = (ListedUnit(serial, status=status),)
    host = ListedHost("sw1", "192.0.2.1", "catalyst_9300", "device 1", units=units)
    return truth([Listing("netbox", "https://netbox.example.net", NOON, "0" * 64, (host,))])


@pytest.mark.parametrize(
    ("known", "status", "reason"),
    [
        (None, "not_applicable", "no source of truth was asked"),
        (listed("TST26010001"), "not_a_finding", "netbox lists it as sw1 (device 1), active"),
        (listed("TST26010001", "offline"), "open", "offline, and it is in service"),
        (listed("TST26019999"), "open", "with the serial number TST26019999, not this one"),
    ],
)
def test_not_in_source_of_truth(known, status, reason):
    found = answer("not_in_source_of_truth", units=[unit()], truth=known)
    assert (found[0], reason in found[1]) == (status, True), found[1]


def test_only_a_chassis_that_was_seen_is_asked_about():
    known = listed("TST26019999")
    for given in ({"units": [unit(kind="fan")]}, {"lines": [line()]}):
        assert answer("not_in_source_of_truth", truth=known, **given)[0] == "not_applicable"


def test_orphaned_says_that_no_source_knows_it_either():
    other = line("TST26018888")
    units = [unit(host="new")]
    assert answer("orphaned", units=units, lines=[other], truth=listed("X"), serial="TST26010001")[
        1
    ].endswith("on no contract line, and in no source of truth")
    assert answer("orphaned", units=units, lines=[other], serial="TST26010001")[1] == (
        "on no contract line"
    )


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        (None, "a complete sweep of site north"),
        (listed("TST26010001"), "; the source of truth netbox still lists it as active"),
        (listed("TST26010001", "offline"), "; the source of truth netbox lists it as offline"),
        (listed("TST26019999"), "a complete sweep of site north"),
    ],
)
def test_retired_says_what_a_source_of_truth_says(known, reason):
    found = answer("retired", lines=[line()], history=SEEN, retired_after=1, truth=known)
    assert (found[0], found[1].endswith(reason)) == ("open", True), found[1]
