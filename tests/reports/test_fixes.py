"""The patch-entitlement report: its figures are those of findings.json."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from agent.model import AdvisoryLine
from agent.reports import render
from agent.reports.fixes import SECTIONS, fixes
from agent.reports.summary import summarise
from tests.reports.judged import LATER, MITIGATED, NOW, findings_json, judged


@pytest.fixture(scope="module")
def told(report):
    return judged(report)


def page(report, folder, ending="html"):
    render(report, "patch-entitlement", folder)
    return (folder / f"patch-entitlement.{ending}").read_text()


def units_with(document, **wanted):
    return {
        (line["host"], line["serial"])
        for line in document["advisories"]
        if all(line[key] == value for key, value in wanted.items())
    }


def test_counts_are_those_of_findings_json(told):
    document, made = findings_json(told), fixes(told)
    assert made.units == len(document["units"])
    # Two units have no serial and stand on one host: the document cannot tell them apart.
    twins = 1
    for verdict in SECTIONS:
        assert made.count(verdict) - len(units_with(document, verdict=verdict)) in {0, twins}
    assert made.count("patch now, entitled") == 4
    entitled = [u for u in document["units"] if u["entitlement"] == "uncovered"]
    assert len(made.barred) == len(entitled) == 4
    unknown = [u for u in document["units"] if u["headline"] == "UNKNOWN"]
    assert len(made.unclear) == len(unknown) == 2
    settled = sum(line["verdict"] is None for line in document["advisories"])
    assert sum(count for _, count in made.settled) == settled == made.unconfirmed == 2


def test_mitigated_is_neither_open_nor_overdue(told):
    made = fixes(told)
    section = made.section("mitigated by SMU")
    assert (section.units, section.overdue_units, section.tasks[0].overdue) == (2, 0, False)
    only = replace(told, advisories=tuple(x for x in told.advisories if x.answer is MITIGATED))
    assert (fixes(only).open_units, fixes(only).exploited_units, fixes(only).first(9)) == (0, 0, ())


def test_exploited_first_then_by_deadline(told):
    tasks = fixes(told).first(99)
    assert [task.exploited for task in tasks] == sorted((t.exploited for t in tasks), reverse=True)
    for exploited in (True, False):
        days = [task.due for task in tasks if task.exploited == exploited and task.due]
        assert days == sorted(days)


def test_a_task_says_why_for_each_release(told):
    lines = list(told.advisories)
    place = next(n for n, line in enumerate(lines) if line.answer is LATER)
    other = replace(LATER, reason="17.9.3 is listed")
    lines[place] = AdvisoryLine(lines[place].unit, other)
    (task,) = (
        t for t in fixes(replace(told, advisories=tuple(lines))).first(99) if t.cve == other.cve
    )
    assert task.reason == "listed, patch now, entitled (3 units); 17.9.3 is listed (1 unit)"


def test_a_deadline_counts_by_declared_exposure(told):
    by_cve = {task.cve: task for task in fixes(told).first(99)}
    assert (str(by_cve[NOW.cve].due), by_cve[NOW.cve].overdue) == ("2026-03-01", True)
    assert by_cve[NOW.cve].deadline == "2026-03-01 if exposed, forensic triage, else 2026-03-12"
    assert (by_cve[LATER.cve].due, by_cve[LATER.cve].deadline) == (None, "next upgrade")
    assert str(by_cve["CVE-2099-0004"].due) == "2026-04-01"


def test_the_page_says_what_was_counted(told, tmp_path):
    text = re.sub(r"<[^>]+>", " ", page(told, tmp_path).partition("</style>")[2])
    text = " ".join(text.split())
    made = fixes(told)
    assert f"{made.open_units} of {made.units} units have something open" in text
    assert "1 of 6 hosts were not read" not in text
    assert "1 of 6 hosts was not read: its units are not in these numbers." in text
    assert f"Patch now: {made.count('patch now, entitled')} units of {made.units}" in text
    assert f"Cannot tell: {len(made.unclear)} of {made.units} units" in text
    assert "f" * 64 in text
    for ending in ("html", "md"):
        assert "Data beyond its age limit".casefold() in page(told, tmp_path, ending).casefold()


def test_an_altered_estate_changes_the_page(told, tmp_path):
    before = page(told, tmp_path / "one")
    lines = tuple(
        AdvisoryLine(line.unit, replace(line.answer, verdict="no fix yet", action="mitigate"))
        if line.answer is NOW
        else line
        for line in told.advisories
    )
    after = page(replace(told, advisories=lines), tmp_path / "two")
    assert "No fix yet: 2 units of 10" in after
    assert "No fix yet: " not in before


def test_without_advisory_data_nothing_is_called_closed(told, tmp_path):
    bare = replace(told, advisories=(), data_ages=told.data_ages[:-1])
    assert not fixes(bare).loaded
    for ending in ("html", "md"):
        text = page(bare, tmp_path, ending)
        assert "no advisory data is loaded" in text
        assert "Nothing is open" not in text
        assert "0 of 10 units have something open" not in text


def test_every_citation_has_its_row(told, tmp_path):
    text = page(told, tmp_path)
    cited = set(re.findall(r'href="#evidence-(\d+)"', text))
    listed = re.findall(r'<tr id="evidence-(\d+)">', text)
    assert cited == set(listed)
    assert len(listed) == len(set(listed)) == len(fixes(told).references)


def test_every_link_leads_somewhere(told, tmp_path):
    text = page(told, tmp_path)
    anchors = re.findall(r'\bid="([^"]+)"', text)
    assert len(anchors) == len(set(anchors))
    assert set(re.findall(r'href="#([^"]+)"', text)) <= set(anchors)


def test_a_page_of_nothing(told, tmp_path):
    sweep = replace(told.sweep, hosts=(), observations=(), unreached=(), incomplete=())
    nothing = replace(
        told,
        sweep=sweep,
        assets=(),
        findings=(),
        postures=(),
        advisories=(),
        data_ages=(),
        hosts=(),
    )
    for ending in ("html", "md"):
        text = page(nothing, tmp_path, ending)
        assert "no host was attempted" in text
        assert "Nothing is open" not in text
    assert summarise(nothing).patching.units == 0


def test_golden(told, tmp_path, golden):
    text = page(told, tmp_path, "md")
    golden(text, Path(__file__).parent / "golden" / "patch-entitlement.md")
