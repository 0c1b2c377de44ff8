"""Differences, swaps, spares and decisions as the plan shows them."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from agent.model import Decision, HostFacts, Licence, ListedHost, ListedUnit, Listing
from agent.plan.decisions import fingerprint
from agent.reconcile.survey import Survey
from agent.reconcile.truth import truth
from tests.examples import NOON, row
from tests.made_plans import ORDER, ageing, finding, gone, owned, paid, plan

A = "2027-09-30"
OLD = replace(
    gone("TST1", lines=[paid("TST1")]),
    host="sw-tst2",
    last_seen=datetime(2026, 10, 1, tzinfo=UTC),
)
NEW = owned("TST2")
SWAP = Survey(swaps={OLD.key: NEW})
FOUND = [finding(OLD, "retired"), finding(OLD, "rma_swap"), finding(NEW, "orphaned")]


def decision(kind, serial="TST1", **fields):
    return Decision("D1", kind, "made up", "made up", row(), serial=serial, **fields)


def test_an_undeclared_swap_is_proposed_as_the_line_follows_and_asks():
    result = plan(OLD, NEW, findings=FOUND, survey=SWAP, anniversary=A)
    (line,) = result.lines
    assert (line.action, line.serial, line.host) == ("bridge", "TST2", NEW.host)
    assert "swap_proposed" in line.flags
    assert "from TST1 to TST2" in line.reason
    assert any(
        "TST1" in question and "replacement" in question for question in result.open_questions
    )
    rows = {row.kind: row for row in result.true_up}
    assert rows["rma_swap"].confidence == "medium"
    assert rows["rma_swap"].facts == fingerprint(OLD)


def test_a_swap_that_was_denied_drops_the_one_and_adds_the_other():
    result = plan(
        OLD, NEW, findings=FOUND, survey=SWAP, anniversary=A, decisions=(decision("not_a_swap"),)
    )
    assert {line.serial: line.action for line in result.lines} == {"TST1": "drop", "TST2": "add"}


def test_a_declared_swap_needs_no_history():
    told = decision("swap", other_serial="TST2")
    old = gone("TST1", lines=[paid("TST1")])
    result = plan(
        old, NEW, findings=[finding(old, "retired"), FOUND[2]], anniversary=A, decisions=(told,)
    )
    (line,) = result.lines
    assert (line.action, line.serial) == ("bridge", "TST2")
    assert "swap_decided" in line.flags


def test_a_spare_is_kept():
    old = gone("TST1", lines=[paid("TST1")])
    result = plan(
        old, findings=[finding(old, "retired")], anniversary=A, decisions=(decision("spare"),)
    )
    assert result.lines[0].action == "bridge"
    assert "spare" in result.lines[0].flags


def test_a_decision_on_other_facts_is_offered_again():
    one = owned("TST1", lines=[paid("TST1")])
    told = decision("drop", facts="000000000000")
    result = plan(one, findings=[finding(one, "moved_site")], anniversary=A, decisions=(told,))
    (row_,) = result.true_up
    assert (row_.decision, row_.decision_state) == ("D1", "facts_changed")
    assert any("made on other facts" in question for question in result.open_questions)
    same = decision("keep", facts=fingerprint(one))
    again = plan(one, findings=[finding(one, "moved_site")], anniversary=A, decisions=(same,))
    assert again.true_up[0].decision_state == "applied"
    assert not any("Decide" in question for question in again.open_questions)


def test_licences_bought_against_consumed():
    found = [
        Licence("DNA Advantage", row(), quantity=10, in_use=12),
        Licence("DNA Essentials", row(), quantity=10, in_use=4),
        Licence("Even", row(), quantity=3, in_use=3),
        Licence("Not known", row(), quantity=None, in_use=3),
    ]
    rows = plan(owned(lines=[paid()]), licences=tuple(found)).true_up
    assert [row.reason.partition(": ")[2] for row in rows] == [
        "10 bought, 12 consumed: 2 more than bought, owed at the next true-up",
        "10 bought, 4 consumed: 6 more bought than consumed",
    ]


def test_calendar_entries_have_owners_alarms_and_keys_that_stay():
    old = ageing(last_date_of_support="2028-01-31", service_contract_renewal="2027-04-30")
    one = owned(lines=[paid(end="2027-03-31")], milestones=old)
    known = {"anniversary": A, "fiscal_year_start": "10-01", "budget_windows": ["07-01..09-30"]}
    result = plan(one, owners={"north": "made up"}, **known)
    days = {(entry.kind, entry.day.isoformat()): entry for entry in result.calendar}
    assert days["contract_end", "2027-03-31"].alarms == (90, 60, 30)
    assert days["contract_end", "2027-03-31"].owner == "made up"
    assert ("quote_90", "2026-12-31") in days
    assert ("last_renewal", "2027-04-30") in days
    assert ("ldos", "2028-01-31") in days
    assert ("budget_opens", "2027-07-01") in days
    assert days["fiscal_year", "2027-09-30"].owner is None
    moved = ageing(last_date_of_support="2028-02-29", service_contract_renewal="2027-04-30")
    later = plan(replace(one, milestones=moved), owners={"north": "made up"}, **known)
    keys = {entry.key: entry.day for entry in later.calendar}
    assert keys[days["ldos", "2028-01-31"].key] == date(2028, 2, 29)
    assert len({entry.key for entry in result.calendar}) == len(result.calendar)


def test_refresh_or_renew():
    old = ageing(last_date_of_support="2028-01-31")
    one = owned(lines=[paid(end="2027-03-31", price="365.00")], milestones=old)
    hosts = {one.host: HostFacts(one.host, replacement="C9300X-48HX")}
    result = plan(one, hosts=hosts, fiscal_year_start="10-01", anniversary=A)
    (unit,) = result.refresh
    assert unit.renewal_cost == Decimal("306.00")  # 2027-04-01 to 2028-01-31
    assert (unit.flagged, unit.replacement) == (True, "C9300X-48HX")
    assert (unit.replace_by, unit.fiscal_year) == (date(2027, 9, 30), 2027)
    windowed = plan(one, budget_windows=["11-01..12-15"], fiscal_year_start="10-01", anniversary=A)
    assert windowed.refresh[0].replace_by == date(2027, 12, 15)
    (year,) = result.forecast
    assert (year.fiscal_year, year.units, year.annual_cost) == (
        2028,
        1,
        (("USD", Decimal("365.00")),),
    )


def test_the_inventory_names_the_replacement_before_the_eox_data():
    old = replace(ageing(last_date_of_support="2028-01-31"), replacement="EX-9")
    one = owned(lines=[paid()], milestones=old)
    (unit,) = plan(one, anniversary=A).refresh
    assert (unit.replacement, unit.replacement_source) == ("EX-9", "eox.csv row 2")
    hosts = {one.host: HostFacts(one.host, replacement="C9300X-48HX")}
    (unit,) = plan(one, hosts=hosts, anniversary=A).refresh
    assert (unit.replacement, unit.replacement_source) == ("C9300X-48HX", "inventory")


def test_the_ldos_flag_is_a_setting_with_its_last_day_inside():
    edge = ageing(last_date_of_support="2028-05-24")
    beyond = ageing(last_date_of_support="2028-05-25")
    flags = [
        plan(owned(lines=[paid()], milestones=old), anniversary=A).lines[0].flags
        for old in (edge, beyond)
    ]
    assert ["ldos_soon" in each for each in flags] == [True, False]
    assert date(2026, 11, 24) == ORDER


def test_a_source_of_truth_makes_it_more_or_less_sure_that_a_unit_is_gone():
    def confidence(status):
        unit = ListedUnit("TST1", status=status)
        host = ListedHost("sw-tst1", "192.0.2.1", "asa", "device 1", units=(unit,))
        known = Listing("netbox", "https://netbox.example.net", NOON, "0" * 64, (host,))
        result = plan(
            *(OLD, NEW), findings=[finding(OLD, "retired")], anniversary=A, truth=truth([known])
        )
        return {row.kind: row.confidence for row in result.true_up}["retired"]

    assert confidence("active") == "low"
    assert confidence("decommissioning") == "high"
