"""OSCAL: what NIST's schemas and compliance-trestle ask for, and what neither of them looks at."""

import importlib.util
import json
import re
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

import pytest

from agent.errors import NetcoverError
from agent.model import Evidence, Waiver
from agent.reports import _oscal, render
from agent.reports._oscal import Parts

NAMES = ("assessment-results", "poam")
REFERENCES = ("subject-uuid", "actor-uuid", "observation-uuid", "risk-uuid")
TOKEN = re.compile(r"[^\W\d][\w.\-]*")


def documents(report, folder):
    """Both documents, by the ending of their file."""
    paths = render(report, "oscal", folder)
    return {path.name.split(".", 1)[1][:-5]: json.loads(path.read_text()) for path in paths}


@pytest.fixture
def made(report, tmp_path):
    return documents(report, tmp_path)


def results(made):
    return made["assessment-results"]["assessment-results"]["results"][0]


def walked(value, key=""):
    """Every key with its value, lists entry by entry."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield name, each
            yield from walked(each, name)
    elif isinstance(value, list):
        for each in value:
            yield from walked(each, key)


@pytest.mark.parametrize("name", NAMES)
def test_ids_are_of_version_5_told_apart_and_lead_somewhere(made, name):
    there = [value for key, value in walked(made[name]) if key == "uuid"]
    assert {UUID(each).version for each in there} == {5}
    assert len(there) == len(set(there))
    named = {value for key, value in walked(made[name]) if key in REFERENCES}
    assert named
    assert named <= set(there)
    links = {v[1:] for k, v in walked(made[name]) if k == "href" and v.startswith("#")}
    assert links <= set(there)


@pytest.mark.parametrize("name", NAMES)
def test_values_have_the_form_the_schemas_ask_for(made, name):
    for key, value in walked(made[name]):
        assert value not in ("", [], {}, None), key
        if key == "props":
            for each in value:
                assert TOKEN.fullmatch(each["name"])
                assert re.fullmatch(r"\S(.*\S)?", each["value"])
        if key in {"collected", "start", "end", "deadline", "last-modified"}:
            assert datetime.fromisoformat(value).tzinfo is not None, key


@pytest.mark.parametrize("name", NAMES)
def test_trestle_takes_them(report, tmp_path, name):
    if importlib.util.find_spec("trestle") is None:
        pytest.skip("compliance-trestle is not installed")
    from trestle.oscal import assessment_results, poam  # noqa: PLC0415

    kind = {
        "assessment-results": assessment_results.AssessmentResults,
        "poam": poam.PlanOfActionAndMilestones,
    }[name]
    documents(report, tmp_path)
    assert kind.oscal_read(tmp_path / f"oscal.{name}.json") is not None


def test_every_finding_is_there_once(report, made):
    held = results(made)["observations"]
    rules = [{p["name"]: p["value"] for p in each["props"]} for each in held]
    for status in ("open", "not_reviewed"):
        stated = [f.rule for f in report.findings if f.status == status]
        assert sorted(r["rule"] for r in rules if r.get("status") == status) == sorted(stated)
    passed = [f for f in report.findings if f.status == "not_a_finding"]
    shared = [h for h, r in zip(held, rules, strict=True) if r.get("status") == "not_a_finding"]
    assert sum(len(each["subjects"]) for each in shared) == len(passed)
    opened = [f for f in report.findings if f.status == "open"]
    assert len(made["poam"]["plan-of-action-and-milestones"]["poam-items"]) == len(opened)
    assert len(results(made)["risks"]) == len(opened)


def test_every_unit_is_there_with_its_facts(report, made):
    items = results(made)["local-definitions"]["inventory-items"]
    facts = [{p["name"]: p["value"] for p in item["props"]} for item in items]
    assert len(facts) == len(report.assets)
    asked = {a.serial: a for a in report.assets if a.serial and a.observation}
    for fact in facts:
        asset = asked.get(fact.get("serial-number"))
        if asset:
            assert fact["hardware-model"] == asset.pid
            assert fact["host"] == asset.host
            assert fact.get("software-version") == (
                asset.observation.version or asset.observation.version_raw
            )


def test_hosts_that_were_not_read_are_told(report, made):
    unread = {gap.host for gap in report.sweep.unreached}
    assert unread
    told = {
        p["value"]
        for each in results(made)["observations"]
        for p in each["props"]
        if p["name"] == "host"
    }
    assert unread <= told
    assert f"{len(unread)} not read" in results(made)["description"]


def states(made):
    return {f["target"]["target-id"]: f["target"]["status"] for f in results(made)["findings"]}


def only(report, *findings):
    """The report with every host read, and no findings but these."""
    sweep = replace(report.sweep, unreached=(), incomplete=())
    return replace(report, findings=findings, sweep=sweep)


def test_what_is_not_known_is_not_satisfied(report, tmp_path):
    (ours, *_) = [f for f in report.findings if f.rule == "near_ldos" and f.host]
    target = "sa-22_obj.a"
    for status, waiver, expected in (
        ("not_a_finding", None, ("satisfied", "pass")),
        ("open", None, ("not-satisfied", "fail")),
        ("not_reviewed", None, ("not-satisfied", "other")),
        ("not_applicable", None, ("not-satisfied", "other")),
    ):
        one = replace(ours, status=status, waiver=waiver)
        state = states(documents(only(report, one), tmp_path))[target]
        assert (state["state"], state["reason"]) == expected, status
    unread = replace(only(report, replace(ours, status="not_a_finding")), sweep=report.sweep)
    assert states(documents(unread, tmp_path))[target]["reason"] == "other"


def test_an_accepted_risk_says_who_accepted_it(report, tmp_path):
    (ours, *_) = [f for f in report.findings if f.rule == "near_ldos" and f.host]
    proof = Evidence("waivers.toml", "waiver 1", None, "0" * 64)
    waiver = Waiver("POAM-7", "ISSO", "isolated", date(2027, 1, 31), proof)
    waived = replace(ours, status="open", waiver=waiver)
    made = documents(only(report, waived, replace(ours, rule="orphaned", status="open")), tmp_path)
    by_rule = {r["props"][0]["value"]: r for r in results(made)["risks"]}
    assert by_rule["orphaned"]["status"] == "open"
    accepted = by_rule["near_ldos"]
    assert accepted["status"] == "deviation-approved"
    assert {"POAM-7", "ISSO", "2027-01-31"} <= {p["value"] for p in accepted["props"]}
    assert "isolated" in accepted["statement"]


def test_ids_stay_where_nothing_changed(report, tmp_path):
    before, again = (documents(report, tmp_path / name) for name in ("one", "two"))
    assert before == again
    (first, *others) = report.findings
    changed = replace(first, reason=f"{first.reason} more")
    after = documents(replace(report, findings=(changed, *others)), tmp_path / "three")
    key = "assessment-results"
    assert after[key][key]["uuid"] != before[key][key]["uuid"]
    ids = [{o["uuid"] for o in results(each)["observations"]} for each in (before, after)]
    assert ids[0] == ids[1]


def test_an_id_that_leads_nowhere_is_refused(report, tmp_path, monkeypatch):
    monkeypatch.setattr(Parts, "components", lambda _: [])
    with pytest.raises(NetcoverError, match="referred to and not there"):
        render(report, "oscal", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_hostile_values_stay_values(report, tmp_path):
    nasty = "  <b>\u202e{{x}}\n\t\x1b[31m" + "y" * 300
    (first, *others) = report.assets
    sighting = replace(first.sightings[0], position=nasty, version=nasty)
    asset = replace(first, pid=nasty, sightings=(sighting, *first.sightings[1:]))
    moved = tuple(
        replace(f, pid=nasty, position=nasty, reason=nasty)
        if (f.host, f.serial, f.pid, f.position) == first.key
        else f
        for f in report.findings
    )
    made = documents(replace(report, assets=(asset, *others), findings=moved), tmp_path)
    for name in NAMES:
        text = (tmp_path / f"oscal.{name}.json").read_text()
        assert "\u202e" not in text
        assert "\\u001b" not in text
        test_values_have_the_form_the_schemas_ask_for(made, name)
        test_ids_are_of_version_5_told_apart_and_lead_somewhere(made, name)


def test_control_ids_are_those_of_the_catalogue():
    found = {_oscal.control_id(control) for control in _oscal.controls()}
    assert {"sa-22", "si-2", "si-2.2", "cm-8", "cm-8.3"} <= found
    assert all(re.fullmatch(r"[a-z]{2}-\d+(\.\d+)?", each) for each in found)
