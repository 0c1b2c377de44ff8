"""Rules of posture, milestones, advisories, directives and waivers, by tables."""

from dataclasses import replace
from datetime import date

import pytest

from agent.model import Ssvc, Waiver
from agent.posture import assess_posture
from agent.reconcile import reconcile
from agent.rules import Context, findings
from agent.settings import Policy
from tests.examples import row, swept, unit
from tests.posture.made import (
    HARDWARE_ONLY,
    covered,
    day,
    facts,
    firewall,
    fixed,
    kev,
    record,
    supported,
    switch,
)

EXPLOITED = record(
    "CVE-2024-00001",
    "17.12.4",
    ssvc=Ssvc(None, automatable=True, technical_impact="total"),
)


def judged(*units, lines=(), dates=None, as_of="2026-11-24", policy=None, waivers=(), **known):
    """All findings about the first unit, by rule."""
    units = units or (switch(),)
    dates = (supported(),) if dates is None else dates
    policy = policy or Policy()
    sweep = swept(*units)
    assets = reconcile(sweep, lines, dates, {})
    assessment = assess_posture(assets, facts(as_of, policy=policy, **known))
    context = Context(
        day(as_of),
        policy,
        sweep,
        len(lines),
        len(dates),
        assessment=assessment,
        waivers=waivers,
    )
    return {f.rule: f for f in findings(assets[:1], context)}


def status(rule, *units, **known):
    return judged(*units, **known)[rule].status


PAST = [supported(last_date_of_support="2026-11-23")]
OWN_END = [supported(security_support="2026-11-23", last_date_of_support="2030-01-31")]


@pytest.mark.parametrize(
    ("rule", "known", "answer"),
    [
        ("unpatchable_hw", {"dates": PAST}, "open"),
        ("unpatchable_hw", {}, "not_a_finding"),
        ("unpatchable_hw", {"dates": []}, "not_reviewed"),
        ("unpatchable_capped", {"dates": OWN_END}, "open"),
        ("unpatchable_capped", {"dates": PAST}, "open"),
        ("unpatchable_capped", {"trains": ()}, "not_reviewed"),
        ("unpatchable_capped", {}, "not_a_finding"),
        ("unpatchable_entitlement", {}, "open"),
        ("unpatchable_entitlement", {"lines": [covered()]}, "not_a_finding"),
        ("unpatchable_entitlement", {"contracts": ()}, "not_reviewed"),
        ("covered_no_software", {"lines": [covered(entitles=HARDWARE_ONLY)]}, "open"),
        ("covered_no_software", {"lines": [covered()]}, "not_a_finding"),
        ("warranty_only", {"lines": [covered(end="2026-01-31", warranty_end=date(2027, 1, 1))]},
         "open"),
        ("posture_unknown", {"dates": []}, "not_reviewed"),
        ("posture_unknown", {"lines": [covered()]}, "not_a_finding"),
        ("past_eovss_hardware", {"dates": OWN_END}, "open"),
        ("near_eovss_hardware", {"dates": OWN_END}, "not_applicable"),
        ("near_eovss_hardware",
         {"dates": [supported(security_support="2027-11-24")]}, "open"),
        ("near_eovss_hardware",
         {"dates": [supported(security_support="2027-11-25")]}, "not_a_finding"),
        ("past_eovss_hardware", {"dates": [supported(security_support="2026-11-24")]},
         "not_a_finding"),
        ("past_eoswm_hardware", {"dates": [supported(sw_maintenance="2026-11-23")]}, "open"),
        ("near_eoswm_hardware", {"dates": [supported(sw_maintenance="2027-11-24")]}, "open"),
        ("past_eovss_software", {"as_of": "2028-07-28"}, "not_a_finding"),
        ("past_eovss_software", {"as_of": "2028-07-29"}, "open"),
        ("near_eovss_software", {"as_of": "2027-07-28"}, "open"),
        ("near_eovss_software", {"as_of": "2027-07-27"}, "not_a_finding"),
        ("past_eoswm_software", {"as_of": "2028-01-29"}, "open"),
        ("near_eoswm_software", {"as_of": "2027-01-28"}, "open"),
        ("past_ldos_software", {"as_of": "2030-07-29"}, "open"),
        ("near_ldos_software", {"as_of": "2028-07-28"}, "open"),
        ("past_eovss_software", {"trains": ()}, "not_reviewed"),
        ("contract_beyond_ldos",
         {"lines": [covered()], "dates": [supported(last_date_of_support="2028-12-30")]}, "open"),
        ("contract_beyond_ldos",
         {"lines": [covered()], "dates": [supported(last_date_of_support="2028-12-31")]},
         "not_a_finding"),
        ("cannot_be_attached", {"dates": [supported(new_service_attachment="2026-11-23")]},
         "open"),
        ("cannot_be_attached", {"dates": [supported(new_service_attachment="2026-11-24")]},
         "not_a_finding"),
        ("cannot_be_attached", {"dates": [supported(new_service_attachment="unknown")]},
         "not_reviewed"),
        ("cannot_be_attached", {"lines": [covered()]}, "not_applicable"),
        ("renewal_past_last_day",
         {"lines": [covered()], "dates": [supported(service_contract_renewal="2026-11-23")]},
         "open"),
        ("renewal_past_last_day",
         {"lines": [covered()], "dates": [supported(service_contract_renewal="2026-11-24")]},
         "not_a_finding"),
        ("renewal_past_last_day", {}, "not_applicable"),
        ("near_security_end", {"dates": [supported(security_support="2027-11-24")]}, "open"),
        ("near_security_end", {"dates": OWN_END}, "not_applicable"),
        ("stale_data", {}, "not_a_finding"),
        ("stale_data", {"advisories_dated": date(2026, 10, 24)}, "open"),
        ("stale_data", {"advisories_dated": date(2026, 10, 25)}, "not_a_finding"),
    ],
)  # fmt: skip
def test_rules(rule, known, answer):
    assert status(rule, **known) == answer


@pytest.mark.parametrize(
    ("unit", "basis", "as_of", "answer"),
    [
        (switch("17.3.8"), "security_fixes", "2023-09-30", "not_a_finding"),
        (switch("17.3.8"), "security_fixes", "2023-10-01", "open"),
        (switch("17.3.8"), "tac", "2023-10-01", "not_a_finding"),
        (switch("17.3.8"), "tac", "2027-04-01", "open"),
        (switch("17.4.1"), "tac", "2026-11-24", "not_reviewed"),
        (firewall("9.14(4)24"), "security_fixes", "2026-11-24", "open"),
        (firewall("7.4.2", software="ftd"), "security_fixes", "2030-11-24", "not_reviewed"),
    ],
)
def test_the_stig_is_judged_by_the_chosen_basis(unit, basis, as_of, answer):
    found = judged(unit, policy=Policy(stig_basis=basis), as_of=as_of)["stig_supported_release"]
    assert found.status == answer
    if answer == "open":
        assert "security fixes until" in found.reason
        assert "TAC until" in found.reason


@pytest.mark.parametrize(
    ("known", "answer", "due"),
    [
        ({"dates": PAST}, "open", "2027-08-05"),
        ({"dates": OWN_END}, "open", "2027-08-05"),
        ({"units": [switch("17.3.8")]}, "open", "2026-02-05"),
        ({"dates": [supported(security_support="2028-02-05")]}, "open", "2027-02-05"),
        ({"dates": [supported(security_support="2028-02-06")]}, "not_a_finding", None),
        ({"trains": ()}, "not_reviewed", None),
        ({"dates": PAST, "as_of": "2026-02-04"}, "not_applicable", None),
    ],
)
def test_the_dates_of_bod_26_02(known, answer, due):
    units = known.pop("units", ())
    found = judged(*units, **known)["bod_26_02"]
    assert (found.status, found.due) == (answer, day(due))


def test_advisories_by_verdict():
    known = {"advisories": (EXPLOITED,), "first_fixed": (fixed("17.12.5", "17.12"),)}
    found = judged(lines=[covered()], kev=(kev("2026-11-20"),), **known)
    assert found["advisory_patch_now"].status == "open"
    assert found["advisory_patch_now"].due == date(2026, 11, 23)
    assert "fixed in 17.12.5" in found["advisory_patch_now"].reason
    assert found["bod_26_04_overdue"].status == "open"
    assert "exposure not declared" in found["bod_26_04_overdue"].reason
    assert found["advisory_no_fix_yet"].status == "not_a_finding"
    assert judged(**known)["advisory_not_entitled"].status == "open"
    assert judged()["advisory_patch_now"].status == "not_reviewed"
    assert judged(advisories=(EXPLOITED,))["advisory_cannot_tell"].status == "not_reviewed"


@pytest.mark.parametrize(
    ("as_of", "answer"), [("2026-11-23", "not_a_finding"), ("2026-11-24", "open")]
)
def test_the_deadline_is_the_last_good_day(as_of, answer):
    known = {"advisories": (EXPLOITED,), "kev": (kev("2026-11-20"),), "exposed": {"sw1": True}}
    assert status("bod_26_04_overdue", as_of=as_of, **known) == answer


def test_a_mitigated_advisory_is_not_overdue():
    listed = replace(EXPLOITED, defects=("CSCaa00001",))
    known = {"advisories": (listed,), "kev": (kev("2026-11-01"),), "exposed": {"sw1": True}}
    assert status("bod_26_04_overdue", switch(patches=("CSCaa00001",)), **known) == "not_a_finding"


def test_the_limit_of_the_site():
    policy = Policy(sla_days={"high": 30})
    known = {"advisories": (EXPLOITED,), "policy": policy}
    assert status("sla_overdue", as_of="2024-04-26", **known) == "not_a_finding"
    assert status("sla_overdue", as_of="2024-04-27", **known) == "open"
    assert status("sla_overdue", advisories=(EXPLOITED,)) == "not_applicable"


def waiver(expires="2026-11-24", rules=("unpatchable_hw",), **scope):
    scope = scope or {"serials": ("TST26010001",)}
    return Waiver("RA-1", "change board", "made up", day(expires), row(), rules, **scope)


@pytest.mark.parametrize(
    ("given", "waived", "expired"),
    [
        (waiver(), True, "not_applicable"),
        (waiver(expires="2026-11-23"), False, "open"),
        (waiver(rules=("past_ldos",)), False, "not_applicable"),
        (waiver(serials=("OTHER",)), False, "not_applicable"),
        (waiver(hosts=("sw1",), sites=("north",)), True, "not_applicable"),
        (waiver(hosts=("sw1",), sites=("south",)), False, "not_applicable"),
        (waiver(pids=("C9300-48P",)), True, "not_applicable"),
        (waiver(expires="2026-11-23", rules=("warranty_only",)), False, "not_a_finding"),
    ],
)
def test_a_waiver_covers_what_it_names_until_its_last_day(given, waived, expired):
    found = judged(dates=PAST, lines=[covered()], waivers=(given,))
    assert found["unpatchable_hw"].status == "open"
    assert (found["unpatchable_hw"].waiver is given) is waived
    assert found["expired_waiver"].status == expired


def test_a_new_waiver_takes_over_from_an_expired_one():
    old, new = waiver(expires="2026-11-23"), replace(waiver(expires="2027-11-23"), approval="RA-2")
    found = judged(dates=PAST, waivers=(old, new))
    assert found["unpatchable_hw"].waiver is new
    assert found["expired_waiver"].status == "not_a_finding"


def test_what_passed_is_not_waived():
    assert judged(waivers=(waiver(),))["unpatchable_hw"].waiver is None


def test_findings_name_their_controls():
    found = judged(dates=PAST)["unpatchable_hw"]
    assert "NIST SP 800-53 SA-22" in found.controls
    assert "CISA BOD 26-02" in found.controls


def test_parts_run_no_software():
    part = unit(kind="power_supply")
    found = judged(part)
    assert {found[r].status for r in ("unpatchable_hw", "bod_26_02", "stale_data")} == {
        "not_applicable"
    }
