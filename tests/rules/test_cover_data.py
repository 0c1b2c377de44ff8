"""Rules about what contract data says: statements, bundles, spelling, dates that contradict."""

from datetime import date

import pytest

from agent.model import CoverStatement, Entitlement
from agent.reconcile import reconcile
from agent.reconcile.coverage import ASK_AGAIN, LINK
from agent.rules import Context, assess
from agent.settings import Policy
from tests.examples import DAY, eox, line, row, swept, unit

MIXED_UP = "zeros, O and I may have been mixed up"
AFTER = "after last date of support 2030-01-31"


def answer(rule, *, units=(), lines=(), statements=(), dates=(), sites=None):
    sweep = swept(*units)
    assets = reconcile(sweep, lines, dates, {}, statements)
    loaded = len(lines) + len(statements)
    context = Context(DAY, Policy(), sweep, loaded, len(dates), contract_sites=sites)
    findings = [f for f in assess(assets, context) if f.rule == rule]
    finding = next((f for f in findings if f.host), findings[0])
    return finding.status, finding.reason


def said(state, until=None, contract=None):
    place = row(3, "answer.json")
    return CoverStatement("TST26010001", None, state, "made up", place, until, contract)


@pytest.mark.parametrize(
    ("statement", "uncovered", "orphaned", "reason"),
    [
        (said("covered", DAY, "900001"), "not_a_finding", "not_a_finding", "answer.json: made up"),
        (said("not_covered"), "open", "open", "answer.json: made up"),
        (said("not_visible"), "not_reviewed", "not_reviewed", LINK),
        (said("unknown"), "not_reviewed", "open", ASK_AGAIN),
        (said("covered"), "not_reviewed", "not_reviewed", LINK),
    ],
)
def test_a_statement_answers_where_no_line_does(statement, uncovered, orphaned, reason):
    known = {"units": [unit()], "statements": [statement]}
    status, why = answer("uncovered", **known)
    assert (status, reason in why) == (uncovered, True)
    assert answer("orphaned", **known)[0] == orphaned


def test_a_line_and_a_statement_against_it_are_a_question():
    known = {"units": [unit()], "lines": [line()], "statements": [said("not_covered")]}
    status, reason = answer("uncovered", **known)
    assert status == "not_reviewed"
    assert reason.startswith(
        "contract 900001 runs to 2027-12-31, and answer.json says: made up; compare"
    )


@pytest.mark.parametrize(
    ("sites", "status"),
    [(None, "open"), (frozenset({"north"}), "open"), (frozenset({"south"}), "not_reviewed")],
)
def test_data_of_other_sites_says_nothing(sites, status):
    other = line("TST26019999", evidence=row(9))
    assert answer("uncovered", units=[unit()], lines=[other], sites=sites)[0] == status


def test_an_item_of_a_bundle_is_never_retired():
    bundle = [line("TST26019999", minor=True)]
    assert answer("retired", units=[unit()], lines=bundle) == (
        "not_a_finding", "seen on sw1"
    )  # fmt: skip
    (alone,) = [
        f
        for f in assess(reconcile(swept(), bundle, (), {}), Context(DAY, Policy(), swept(), 1, 0))
        if f.rule == "retired"
    ]
    assert (alone.status, alone.reason) == (
        "not_applicable",
        "an item of a bundle: it moves with its parent",
    )


def test_an_item_that_goes_by_its_parents_serial_makes_no_line_doubtful():
    lines = [line(), line(pid="C9300-NM", minor=True, evidence=row(3))]
    (asset, item) = reconcile(swept(unit()), lines, (), {})
    assert (len(asset.lines), asset.doubtful_lines) == (1, ())
    assert item.lines == (lines[1],)


SMARTNET = Entitlement(tac=True, rma=True, os_software=True, application_software=False)
SOFTWARE = Entitlement(tac=True, rma=False, os_software=False, application_software=True)


@pytest.mark.parametrize(
    ("one", "other", "status"),
    [
        (SMARTNET, SMARTNET, "open"),
        (SMARTNET, SOFTWARE, "not_a_finding"),
        (SMARTNET, Entitlement(), "open"),
    ],
)
def test_software_beside_hardware_is_not_paid_twice(one, other, status):
    lines = [line(entitles=one), line(contract="900002", entitles=other, evidence=row(3))]
    assert answer("duplicate_cover", units=[unit()], lines=lines)[0] == status


def test_a_serial_that_a_spreadsheet_may_have_spoilt():
    status, reason = answer("damaged_serial", units=[unit()], lines=[line("TST26O1OOO1")])
    assert (status, reason) == (
        "open",
        f"seen as TST26010001, and a contract line names TST26O1OOO1: {MIXED_UP}",
    )
    assert answer("damaged_serial", units=[unit()], lines=[line()])[0] == "not_a_finding"
    assert answer("uncovered", units=[unit()], lines=[line("TST26O1OOO1")])[0] == "open"


@pytest.mark.parametrize(
    ("dates", "status", "reason"),
    [
        ({}, "not_a_finding", "its lifecycle dates agree"),
        (
            {"security_support": date(2030, 2, 1), "bulletin": "EOL1"},
            "open",
            f"C9300-48P: end of security support 2030-02-01 {AFTER} (EOL1)",
        ),
        (
            {"service_contract_renewal": date(2030, 2, 1)},
            "open",
            f"C9300-48P: last renewal 2030-02-01 {AFTER} (no bulletin)",
        ),
        ({"service_contract_renewal": date(2029, 5, 1)}, "not_a_finding", "agree"),
        ({"service_contract_renewal": date(2028, 12, 1)}, "open", "426 days before"),
    ],
)
def test_dates_that_contradict_each_other(dates, status, reason):
    known = [eox(last_date_of_support=date(2030, 1, 31), **dates)]
    found = answer("implausible_eox", units=[unit()], dates=known)
    assert (found[0], reason in found[1]) == (status, True), found
