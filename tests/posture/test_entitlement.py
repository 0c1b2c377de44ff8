"""E by its table, with every boundary day; the gate that says what can still be done."""

from dataclasses import replace

import pytest

from agent.model import CoverStatement, Entitlement, Unstated
from agent.posture import assess_posture
from agent.posture.entitlement import gate
from agent.posture.facts import ContractData
from agent.reconcile import reconcile
from tests.examples import swept
from tests.posture.made import (
    HARDWARE_ONLY,
    SOFTWARE,
    covered,
    dated,
    day,
    facts,
    one,
    supported,
    switch,
)


@pytest.mark.parametrize(
    ("lines", "value"),
    [
        ([covered()], "entitled"),
        ([covered(start="2026-11-24")], "entitled"),
        ([covered(end="2026-11-24")], "entitled"),
        ([covered(end="2026-11-23")], "uncovered"),
        ([covered(start="2026-11-25")], "uncovered"),
        ([covered(entitles=HARDWARE_ONLY)], "no_software"),
        ([covered(entitles=Entitlement())], "unproven"),
        ([covered(entitles=HARDWARE_ONLY), covered(entitles=Entitlement())], "unproven"),
        ([covered(entitles=HARDWARE_ONLY), covered(entitles=SOFTWARE)], "entitled"),
        ([covered(entitles=Entitlement()), covered(entitles=SOFTWARE)], "entitled"),
        ([covered(end="2026-01-31", warranty_end=day("2026-11-24"))], "warranty_only"),
        ([covered(end="2026-01-31", warranty_end=day("2026-11-23"))], "uncovered"),
        ([covered(start=None)], "unknown"),
        ([covered(start=None), covered(entitles=HARDWARE_ONLY)], "unproven"),
        ([covered(pid="ISR4331/K9")], "unknown"),
        ([], "uncovered"),
    ],
)
def test_lines(lines, value):
    assert one(lines=lines).entitlement == value


def test_a_line_beyond_the_last_date_of_support_is_cut():
    dates = [supported(last_date_of_support="2026-11-24")]
    assert one(lines=[covered()], dates=dates).entitlement == "entitled"
    found = one(lines=[covered()], dates=dates, as_of="2026-11-25")
    assert found.entitlement == "uncovered"
    assert found.hits[:3] == ("UNPATCHABLE_HW", "UNPATCHABLE_CAPPED", "UNPATCHABLE_ENTITLEMENT")
    assert "cut by the last date of support" in found.reasons[2]


def test_what_keeps_absence_from_being_proven():
    assert one(contracts=()).entitlement == "unknown"
    assert one(switch(serial=None)).entitlement == "unknown"
    elsewhere = (ContractData(None, frozenset({"south"})),)
    assert one(contracts=elsewhere).entitlement == "unknown"
    here = (*elsewhere, ContractData(None, frozenset({"north"})))
    assert one(contracts=here).entitlement == "uncovered"
    assert one(switch(virtual=True)).entitlement == "unknown"


@pytest.mark.parametrize(
    ("collected", "value"), [("2026-10-25", "entitled"), ("2026-10-24", "unknown")]
)
def test_lines_prove_nothing_beyond_the_age_limit(collected, value):
    old = replace(covered(), evidence=dated("contracts.csv", collected))
    assert one(lines=[old]).entitlement == value
    late = (ContractData(day(collected)),)
    assert one(contracts=late).entitlement == ("uncovered" if value == "entitled" else "unknown")


@pytest.mark.parametrize(
    ("modified", "value"), [("2026-10-25", "entitled"), ("2026-10-24", "unknown")]
)
def test_a_file_that_states_no_day_is_as_old_as_its_last_change(modified, value):
    found = one(lines=[covered()], file_days={"contracts.csv": day(modified)})
    assert found.entitlement == value


def test_what_fresh_data_proves_stands_beside_old_data():
    old = replace(covered(), evidence=dated("old.csv", "2026-01-01"))
    assert one(lines=[old, covered()]).entitlement == "entitled"
    assert one(lines=[old, covered(entitles=HARDWARE_ONLY)]).entitlement == "unproven"
    ended = replace(covered(end="2026-01-31"), evidence=dated("old.csv", "2026-01-01"))
    assert one(lines=[ended], contracts=(ContractData(day("2026-11-24")),)).entitlement == (
        "uncovered"
    )


NA, UNKNOWN, NOT_STATED = Unstated.NOT_ANNOUNCED, Unstated.UNKNOWN, Unstated.NOT_STATED
TODAY, YESTERDAY = day("2026-11-24"), day("2026-11-23")


@pytest.mark.parametrize(
    ("history", "attach", "renew", "action"),
    [
        ("never", TODAY, UNKNOWN, "attach"),
        ("never", NA, YESTERDAY, "attach"),
        ("never", YESTERDAY, TODAY, "replace"),
        ("never", UNKNOWN, TODAY, "collect"),
        ("never", NOT_STATED, TODAY, "collect"),
        ("lapsed", TODAY, TODAY, "renew"),
        ("lapsed", NA, NA, "renew"),
        ("lapsed", YESTERDAY, TODAY, "replace"),
        ("lapsed", YESTERDAY, UNKNOWN, "replace"),
        ("lapsed", TODAY, YESTERDAY, "replace"),
        ("lapsed", TODAY, UNKNOWN, "collect"),
        ("lapsed", UNKNOWN, TODAY, "collect"),
        ("future", YESTERDAY, YESTERDAY, "await_start"),
        ("future", UNKNOWN, UNKNOWN, "await_start"),
    ],
)
def test_the_gate(history, attach, renew, action):
    assert gate(history, attach, renew, TODAY) == action


@pytest.mark.parametrize(
    ("end", "follow", "expiring"),
    [
        ("2027-02-22", None, True),  # 90 days
        ("2027-02-23", None, False),
        ("2026-11-24", None, True),
        ("2026-12-31", "2027-01-01", False),
        ("2026-12-31", "2027-01-02", True),
    ],
)
def test_expiring(end, follow, expiring):
    lines = [covered(end=end), *([covered(start=follow)] if follow else [])]
    assert ("EXPIRING" in one(lines=lines).hits) is expiring


def test_only_lines_with_software_keep_an_entitled_unit_from_expiring():
    lines = [covered(end="2026-12-31"), covered(entitles=HARDWARE_ONLY)]
    assert one(lines=lines).headline == "EXPIRING"
    assert one(lines=lines[1:]).headline == "COVERED_NO_SOFTWARE"


@pytest.mark.parametrize(
    ("ldos", "expiring"), [("2026-12-31", False), ("2026-12-30", False), ("2027-01-01", True)]
)
def test_cover_that_the_last_date_of_support_ends_does_not_expire(ldos, expiring):
    dates = [supported(last_date_of_support=ldos)]
    found = one(lines=[covered(end="2026-12-31")], dates=dates)
    assert ("EXPIRING" in found.hits) is expiring


def said(state, until=None, collected=None):
    evidence = dated("sn2info.json", collected)
    return CoverStatement("TST26010001", None, state, "made up", evidence, until)


@pytest.mark.parametrize(
    ("statement", "contracts", "value"),
    [
        (said("not_visible"), True, "not_visible"),
        (said("not_visible"), False, "not_visible"),
        (said("not_covered"), False, "uncovered"),
        (said("covered"), True, "unproven"),
        (said("covered", day("2026-11-24")), True, "unproven"),
        (said("covered", day("2026-11-23")), True, "uncovered"),
        (said("unknown"), True, "uncovered"),
        (said("unknown"), False, "unknown"),
        (said("not_visible", collected="2026-01-01"), True, "uncovered"),
    ],
)
def test_what_a_source_answers_about_a_serial(statement, contracts, value):
    (asset,) = reconcile(swept(switch()), [], [supported()], {})
    asset = replace(asset, statements=(statement,))
    known = facts(contracts=(ContractData(None),) if contracts else ())
    (posture,) = assess_posture([asset], known).postures
    assert posture.entitlement == value


def test_third_party_maintenance_is_no_right_to_software():
    line = replace(covered(), provider="example.net maintenance")
    assert one(lines=[line]).entitlement == "no_software"
