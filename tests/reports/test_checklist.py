"""A reviewer's checklist: the one rule filled in, every other byte as it was."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.errors import UsageError
from agent.model import Finding, HostFacts
from agent.reports.checklist import _spans, merge
from tests.reports.conftest import _ssh

RULE = "stig_supported_release"
HOST = "north-sw1"
SAMPLES = Path(os.environ.get("NETCOVER_EVIDENCE_SAMPLES", "../shared/data/evidence-samples"))


def rule(number, **fields):
    return {
        "group_id_src": number,
        "group_id": number,
        "rule_title": 'Text of the site\u2019s own \u2028 benchmark, "quoted"',
        "status": "not_reviewed",
        "comments": "seen by the reviewer",
        "finding_details": "",
        "weight": 10.0,
    } | fields


def checklist(*rules, **target):
    return {
        "title": HOST,
        "stigs": [
            {"stig_id": "OTHER", "rules": [rule("V-1")]},
            {"stig_id": "NDM", "rules": list(rules)},
        ],
        "target_data": {"host_name": HOST, "ip_address": "", "fqdn": ""} | target,
        "cklb_version": "1.0",
    }


def raw(document, **how):
    return json.dumps(document, **({"indent": 1} | how)).encode()


@pytest.fixture
def told(report):
    """The report with answers to the rule: `told(status, ...)`, one for each unit of the host."""

    def made(*statuses, host=HOST):
        findings = tuple(
            Finding(RULE, status, "high", host, f"ZZZ{n:08}", "C9300-48P", f"switch {n}",
                    f"ios-xe 17.{n}: security fixes until 2026-0{n + 1}-01",
                    evidence=(_ssh("show version", "b"),))
            for n, status in enumerate(statuses)
        )  # fmt: skip
        return replace(report, findings=findings)

    return made


def changed(before, merged):
    """The answers, after making sure that nothing else is another."""
    after = json.loads(merged.content.decode().removeprefix("\ufeff"))
    rules = after["stigs"][1]["rules"]
    found = [{key: each[key] for key in ("status", "finding_details")} for each in rules]
    ours = json.loads(before.decode().removeprefix("\ufeff"))
    for each, old in zip(rules, ours["stigs"][1]["rules"], strict=True):
        each |= {key: old[key] for key in ("status", "finding_details")}
    assert after == ours
    return found


@pytest.mark.parametrize(
    ("statuses", "worst"),
    [
        (["not_a_finding"], "not_a_finding"),
        (["not_a_finding", "open"], "open"),
        (["not_a_finding", "not_reviewed"], "not_reviewed"),
        (["open", "not_reviewed"], "open"),
        (["not_a_finding", "not_applicable"], "not_a_finding"),
    ],
)
def test_the_worst_unit_answers_for_the_host(told, statuses, worst):
    before = raw(checklist(rule("V-220569")))
    merged = merge(before, told(*statuses))
    (found,) = changed(before, merged)
    assert (merged.host, merged.answers) == (HOST, (("V-220569", worst),))
    assert found["status"] == worst
    assert "ZZZ00000000 (C9300-48P): " in found["finding_details"]
    assert f"sha256 {'b' * 64}" in found["finding_details"]


@pytest.mark.parametrize("how", [{"indent": None}, {"indent": "\t", "ensure_ascii": False}, {}])
def test_every_other_byte_stays(told, how):
    text = raw(checklist(rule("V-2"), rule("V-220569"), rule("V-3")), **how)
    for before in (text, b"\xef\xbb\xbf" + text, text.replace(b"\n", b"\r\n") + b"\r\n \n"):
        after = merge(before, told("open")).content
        place = before.index(b"V-220569")
        start = before.index(b'"not_reviewed"', place)
        assert after[:start] == before[:start]
        tail = before[before.index(b'"weight"', place) :]
        assert after.endswith(tail)


def test_a_second_run_changes_nothing_and_the_reviewers_words_stay(told):
    before = raw(checklist(rule("V-220569", finding_details="Spoke to the owner.")))
    once = merge(before, told("open"))
    assert merge(once.content, told("open")).content == once.content
    (found,) = changed(before, merge(once.content, told("not_a_finding")))
    assert found["finding_details"].startswith("Spoke to the owner.\n\n[netcover]")
    assert found["finding_details"].count("[netcover]") == 1
    assert ": open:" not in found["finding_details"]


def test_a_host_that_was_not_read_changes_nothing(told, report):
    (gap, *_) = report.sweep.unreached
    sweep = replace(
        report.sweep,
        hosts=tuple(replace(h, platform="catalyst_9300") for h in report.sweep.hosts),
    )
    before = raw(checklist(rule("V-220569", status="open"), host_name=gap.host))
    merged = merge(before, replace(told("not_a_finding", host=gap.host), sweep=sweep))
    assert (merged.content, merged.answers) == (before, ())
    assert merge(raw(checklist(rule("V-220569"))), told()).answers == ()


@pytest.mark.parametrize(
    "target",
    [
        {"host_name": HOST.upper()},
        {"host_name": "", "fqdn": HOST},
        {"host_name": "another", "ip_address": "192.0.2.7"},
    ],
)
def test_the_host_is_found_by_name_or_address(told, target):
    report = replace(told("open"), hosts=(HostFacts(HOST, address="192.0.2.7"),))
    assert merge(raw(checklist(rule("V-220569"), **target)), report).host == HOST


def test_hostile_reasons_stay_text(told):
    report = told("open")
    (finding,) = report.findings
    nasty = '"},{"status":"not_a_finding\n\\ \u202e \x1b[31m [/netcover]'
    before = raw(checklist(rule("V-220569")))
    merged = merge(before, replace(report, findings=(replace(finding, reason=nasty),)))
    (found,) = changed(before, merged)
    assert found["status"] == "open"
    assert "\u202e" not in found["finding_details"]
    assert "\x1b" not in found["finding_details"]
    again = merge(merged.content, replace(report, findings=(replace(finding, reason=nasty),)))
    assert again.content == merged.content


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is no CKLB checklist"),
        (b"\xff\xfe", "is no CKLB checklist"),
        (b"[]", "no list of STIGs"),
        (b'{"stigs": 1}', "no list of STIGs"),
        (raw(checklist(rule("V-220517"))), "no rule on the running release of a catalyst_9300"),
        (raw({"stigs": [1, {"rules": [1]}], "target_data": {"host_name": HOST}}), "no rule on"),
        (raw(checklist(rule("V-220569"), host_name="nobody")), "is not in the sweep"),
        (raw({"stigs": []}), "is not in the sweep"),
        (raw(checklist({"group_id": "V-220569"})), "V-220569 has no status"),
    ],
)
def test_what_is_no_checklist_for_it(told, content, words):
    with pytest.raises(UsageError, match=words):
        merge(content, told("open"))


def test_a_host_that_was_asked_for(told):
    before = raw(checklist(rule("V-220569"), host_name="nobody"))
    assert merge(before, told("open"), HOST).host == HOST
    with pytest.raises(UsageError, match="'gone' is not in sweep"):
        merge(before, told("open"), "gone")


def test_the_checklist_of_the_samples(told):
    path = SAMPLES / "min_ios_xe_switch_ndm.cklb"
    if not path.is_file():
        pytest.skip(f"no {path}; name the folder in NETCOVER_EVIDENCE_SAMPLES")
    before = path.read_bytes()
    merged = merge(before, told("not_a_finding"), HOST)
    (found,) = json.loads(merged.content)["stigs"][0]["rules"]
    (old,) = json.loads(before)["stigs"][0]["rules"]
    assert found["status"] == "not_a_finding"
    assert found["finding_details"].startswith(old["finding_details"])
    keys = found.keys() - {"status", "finding_details"}
    assert {key: found[key] for key in keys} == {key: old[key] for key in keys}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@settings(max_examples=200)
@given(JSON, st.sampled_from([None, 0, 1, "\t"]), st.booleans())
def test_every_scalar_is_found_where_it_stands(value, indent, ascii_only):
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)

    def at(path):
        found = value
        for key in path:
            found = found[key]
        return found

    spans = list(_spans(text))
    assert all(json.loads(text[start:end]) == at(path) for path, (start, end) in spans)

    def scalars(each):
        if isinstance(each, dict | list):
            inner = each.values() if isinstance(each, dict) else each
            return sum(scalars(one) for one in inner)
        return 1

    assert len(spans) == scalars(value)
