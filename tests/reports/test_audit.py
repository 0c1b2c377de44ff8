"""The auditor's report: figures are those of findings.json, passes included."""

import re
from collections import Counter
from dataclasses import replace

import pytest

from agent.controls import frameworks
from agent.reports import render
from agent.reports.audit import Counts, audit
from tests.reports.judged import empty, findings_json, judged, nothing


@pytest.fixture(scope="module")
def told(report):
    return judged(report)


def page(report, folder, ending="html"):
    render(report, "auditor", folder)
    return (folder / f"auditor.{ending}").read_text()


def words(text):
    text = text.partition("</style>")[2].rpartition("<script>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def test_counts_are_those_of_findings_json(told):
    found = findings_json(told)["findings"]
    status = Counter(each["status"] for each in found)
    accepted = sum(each["status"] == "open" and each["waiver"] is not None for each in found)
    assert accepted == 1
    counts = audit(told).counts
    assert counts == Counts(
        status["open"],
        accepted,
        status["not_reviewed"],
        status["not_a_finding"],
        status["not_applicable"],
    )
    assert counts.total == len(found)


def test_a_control_counts_the_findings_that_name_it(told):
    found = findings_json(told)["findings"]
    for result in audit(told).frameworks:
        for each in result.controls:
            name = f"{result.framework.name} {each.control.id}"
            mine = [f for f in found if name in f["controls"]]
            assert each.counts.total == len(mine)
            assert each.counts.open == sum(f["status"] == "open" for f in mine)
    by_name = {
        f"{result.framework.name} {each.control.id}": each
        for result in audit(told).frameworks
        for each in result.controls
    }
    assert set(by_name) == {
        f"{framework.name} {control.id}"
        for framework in frameworks().values()
        for control in framework.controls
    }
    assert by_name["NIST SP 800-53 SA-22"].counts.state == "accepted"
    assert by_name["NIST SP 800-53 MA-6"].counts.state == "open"
    assert by_name["NIST SP 800-53 SI-5"].counts.state == "no_evidence"


@pytest.mark.parametrize(
    ("counts", "state"),
    [
        (Counts(open=2, accepted=1, not_a_finding=9), "open"),
        (Counts(open=2, accepted=2, not_reviewed=1), "accepted"),
        (Counts(not_reviewed=1, not_a_finding=99), "cannot_tell"),
        (Counts(not_a_finding=1, not_applicable=9), "no_open_finding"),
        (Counts(not_applicable=1), "not_applicable"),
        (Counts(), "no_evidence"),
    ],
)
def test_what_findings_say_together(counts, state):
    assert counts.state == state


def test_every_device_has_what_an_assessor_examines(told, tmp_path):
    text = page(told, tmp_path)
    story = words(
        "</style>" + text.partition('id="ZZZ00000001"')[2].partition("</details>")[0] + "<script>"
    )
    for wanted in (
        "Host north-sw1",
        "Management address 192.0.2.2",
        "Owner made up",
        "Serial ZZZ00000001",
        "ios-xe 17.9.4a",
        "Version as printed 17.09.04a",
        "Collected 2026-03-02T06:00:12Z",
        "Collected by netcover 0.1.0",
        f"sha256 {'a' * 64}",
        "900001 SNT 2025-04-01 2026-03-31",
        "contracts.csv row 2",
        "bulletin EOL00002",
        "https://www.example.net/eol00002.html",
        "bulletin EOL00017",
        "passed",
    ):
        assert wanted in story, wanted
    assert len(audit(told).devices) == len(told.assets)
    for asset in told.assets:
        assert asset.serial is None or f'id="{asset.serial}"' in text


def test_each_finding_of_a_device_is_on_its_path(told):
    for device in audit(told).devices:
        shown = Counter(rule for step in device.steps for rule in step.rules)
        shown.update(device.beside)
        assert shown == Counter(finding.rule for finding in device.unit.findings)


def test_scope_says_who_failed_and_who_was_left_out(told, tmp_path):
    text = words(page(told, tmp_path))
    assert "5 of 6 hosts read" in text
    assert "Not read: 1 of 6 hosts" in text
    assert "In the inventory and not attempted: 1 host" in text
    assert "zz-left-out" in text
    assert "west-fw1" in text


def test_waivers_are_shown_with_approval_and_expiry(told, tmp_path):
    text = words(page(told, tmp_path))
    assert "RA-1 made up board 2026-12-31 in force isolated past_ldos" in text
    assert "RA-0 made up board 2026-03-01 expired" in text
    assert "open, accepted" in text


def test_read_only_names_every_command(told, tmp_path):
    text = words(page(told, tmp_path))
    for command in ("show inventory", "show version", "show failover"):
        assert command in text


def test_every_citation_has_its_row_and_every_link_its_place(told, tmp_path):
    text = page(told, tmp_path)
    anchors = re.findall(r'\bid="([^"]+)"', text)
    assert len(anchors) == len(set(anchors))
    assert set(re.findall(r'href="#([^"]+)"', text)) <= set(anchors)
    assert len(re.findall(r'<tr id="evidence-\d+">', text)) == len(audit(told).references)


def test_an_altered_finding_changes_the_report(told, tmp_path):
    before = page(told, tmp_path / "one")
    first = next(f for f in told.findings if f.rule == "uncovered" and f.status == "open")
    found = tuple(replace(f, status="not_reviewed") if f is first else f for f in told.findings)
    after = page(replace(told, findings=found), tmp_path / "two")
    was, now = audit(told).counts, audit(replace(told, findings=found)).counts
    assert (now.open, now.not_reviewed) == (was.open - 1, was.not_reviewed + 1)
    assert f"{was.open} of {was.total} findings open" in before
    assert f"{now.open} of {now.total} findings open" in after


@pytest.mark.parametrize("ending", ["html", "md"])
def test_nothing_read_is_no_pass(told, tmp_path, ending):
    text = page(nothing(told), tmp_path / "one", ending)
    assert "0 of 6 hosts read" in text
    assert "6 of 6 hosts were not read" in text
    assert "no open finding |" not in text
    assert all(
        each.counts.state == "no_evidence"
        for f in audit(nothing(told)).frameworks
        for each in f.controls
    )
    text = page(empty(told), tmp_path / "two", ending)
    assert "no host was attempted" in text
    assert "whether hosts were left out is not known" in text
