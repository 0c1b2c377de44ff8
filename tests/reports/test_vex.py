"""CSAF VEX: every answer once, and nothing unknown called unaffected."""

import json
import re
from dataclasses import replace
from datetime import date

import pytest
from csaf_lib.verification import Verifier

from agent.model import AdvisoryAnswer, AdvisoryLine, Posture
from agent.reports.vex import Publisher, document, identifier

SITE = Publisher("Example Network Operations", "https://example.net")
STATES = {
    "affected": "known_affected",
    "affected_inferred": "known_affected",
    "fixed": "fixed",
    "fixed_by_order": "fixed",
    "not_affected_per_vendor": "known_not_affected",
    "not_evaluated": "under_investigation",
    "unknown": "under_investigation",
}


def unit(serial, version="17.9.4a", pid="C9300-48P", host="sw1", software="ios-xe"):
    return Posture(
        host=host, serial=serial, pid=pid, position="switch 1", software=software, version=version,
        hardware="supported", stream="active", entitlement="covered", headline="PATCHABLE",
        hits=("PATCHABLE",), migration=False, action="none", reasons=(),
    )  # fmt: skip


def answer(cve="CVE-2025-20001", outcome="affected", verdict="patch now, entitled", **fields):
    given = {
        "software": "ios-xe", "advisory": "cisco-sa-made-up", "reason": f"{outcome} as listed",
        "stale": False, "action": "upgrade", "fixed_release": "17.9.6", "deadline": None,
    }  # fmt: skip
    return AdvisoryAnswer(cve=cve, outcome=outcome, verdict=verdict, **(given | fields))


def made(report, *lines):
    pairs = tuple(AdvisoryLine(one, each) for one, each in lines)
    return document(replace(report, advisories=pairs), SITE)


def verified(content):
    """The document through the standard's own schema and tests."""
    results = Verifier(json.loads(json.dumps(content))).run_all().results
    assert any(each.passed for each in results)
    return [each for each in results if each.failed]


def product_ids(content):
    (vendor,) = content["product_tree"]["branches"]
    releases = [release for system in vendor["branches"] for release in system["branches"]]
    return {release["product"]["product_id"]: release["product"] for release in releases}


def test_the_standards_own_tests(report):
    lines = [
        (unit(f"TST2605X{n:03}", host=f"sw{n}"), answer(f"CVE-2025-2{n:04}", outcome, None))
        for n, outcome in enumerate(STATES)
    ]
    lines.append((unit("TST2605X100", "9.16(4)57", "ASA5516", "fw", "asa"), answer()))
    assert verified(made(report, *lines)) == []


@pytest.mark.parametrize(("outcome", "state"), STATES.items())
def test_each_outcome_has_its_state(report, outcome, state):
    (found,) = made(report, (unit("TST2605X001"), answer(outcome=outcome)))["vulnerabilities"]
    assert list(found["product_status"]) == [state]
    assert ("remediations" in found) == (state == "known_affected")
    assert ("threats" in found) == (state == "known_not_affected")


@pytest.mark.parametrize(
    ("verdict", "category"),
    [
        ("patch now, entitled", "vendor_fix"),
        ("fix exists, not entitled", "vendor_fix"),
        ("free fix through TAC only", "vendor_fix"),
        ("no fix will come", "no_fix_planned"),
        ("no fix yet", "none_available"),
        ("cannot tell", "none_available"),
    ],
)
def test_what_is_affected_says_what_to_do(report, verdict, category):
    (found,) = made(report, (unit("TST2605X001"), answer(verdict=verdict)))["vulnerabilities"]
    (remedy,) = found["remediations"]
    assert (remedy["category"], verdict in remedy["details"]) == (category, True)
    assert "17.9.6" in remedy["details"]


def test_a_patch_that_is_installed_mends(report):
    (found,) = made(report, (unit("S"), answer(verdict="mitigated by SMU")))["vulnerabilities"]
    assert list(found["product_status"]) == ["fixed"]


def test_units_in_one_situation_are_one_product(report):
    shared, other = answer(), answer(verdict="fix exists, not entitled")
    content = made(
        report,
        (unit("TST2605X002", host="b"), shared),
        (unit("TST2605X001", host="a"), shared),
        (unit("TST2605X003", host="c"), other),
        (unit("TST2605X004", "17.12.4", host="d"), answer(outcome="fixed", verdict=None)),
    )
    products = product_ids(content)
    serials = [p["product_identification_helper"]["serial_numbers"] for p in products.values()]
    assert sorted(serials) == [
        ["TST2605X001", "TST2605X002"],
        ["TST2605X003"],
        ["TST2605X004"],
    ]
    (found,) = content["vulnerabilities"]
    named = [name for each in found["product_status"].values() for name in each]
    assert sorted(named) == sorted(products)
    assert verified(content) == []


def test_hostile_values(report):
    nasty = "<b>\u202e\x1b[31m" + "y" * 300
    content = made(report, (unit(nasty, nasty, nasty), answer(reason=nasty, advisory=nasty)))
    assert verified(content) == []
    assert not re.search("[\u202e\x1b]", json.dumps(content, ensure_ascii=False))


def test_the_same_twice_and_the_id_is_the_name_of_its_file(report):
    lines = [(unit("TST2605X001"), answer()), (unit("TST2605X002", host="b"), answer())]
    assert made(report, *lines) == made(report, *lines)
    dated = replace(report, as_of=date(2026, 11, 24))
    assert re.fullmatch(r"[+\-a-z0-9_]+", identifier(dated))
    assert "2026-11-24" in identifier(dated)
