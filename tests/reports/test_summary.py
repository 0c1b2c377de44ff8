"""The numbers, counted by hand."""

import json
import re
from dataclasses import replace
from datetime import date

import pytest

from agent.model import Unreached
from agent.reports import render
from agent.reports.expiry import Expiry, months
from agent.reports.summary import Hosts, summarise
from agent.reports.tally import Coverage, Support


@pytest.fixture(scope="module")
def summary(report):
    return summarise(report)


def test_denominators(summary):
    assert summary.hosts == Hosts(attempted=6, reached=5, failed=1, partial=1)
    assert not summary.complete
    assert summary.warnings == (
        "1 of 6 hosts was not read: its units are not in these numbers.",
        "1 of 6 hosts was read only in part: its missing units are not in these numbers.",
    )


def test_coverage_leaves_out_what_needs_no_contract(summary):
    assert summary.coverage == Coverage(
        units=9, covered=3, uncovered=3, unknown=3, not_applicable=1, percent=33.3
    )
    assert summary.support == Support(
        supported=3, near_ldos=5, past_ldos=1, unknown=0, not_applicable=1
    )


def test_every_asset_is_in_one_table(report, summary):
    tables = (summary.units, summary.parts, summary.not_seen, summary.hosts_not_reached)
    assert [len(table) for table in tables] == [10, 1, 5, 1]
    assert sum(map(len, tables)) == len(report.assets)


def test_every_finding_is_counted(report, summary):
    assert len(report.findings) == sum(
        r.open + r.not_reviewed + r.not_a_finding + r.not_applicable for r in summary.rules
    )
    assert sum(len(r.verdicts) for r in summary.rules) == sum(
        f.status in ("open", "not_reviewed") for f in report.findings
    )
    assert all(verdict.anchor for r in summary.rules for verdict in r.verdicts)


def test_groups_add_up(summary):
    for groups in (summary.sites, summary.platforms):
        assert sum(group.coverage.units for group in groups) == summary.coverage.units
        assert sum(group.hosts.attempted for group in groups) == summary.hosts.attempted
    west = summary.sites[-1]
    assert (west.name, west.hosts.failed, west.coverage.percent) == ("west", 1, None)


def test_cover_runs_on_through_a_line_that_follows(summary):
    ends = {unit.serial: unit.ends for unit in summary.units}
    assert ends["ZZZ00000001"] == date(2026, 3, 31)
    assert ends["ZZZ00000002"] == date(2026, 12, 31)


def test_absence_is_not_retirement_where_a_host_was_not_read(summary):
    states = {unit.serial: unit.presence for unit in summary.not_seen}
    assert states == {
        "ZZZ00000020": "not_seen",
        "ZZZ00000021": "not_reached",
        "ZZZ00000022": "not_seen",
        "ZZZ00000023": "ended",
        None: "cannot_tell",
    }


def test_units_without_a_serial_keep_their_own_findings(summary):
    twins = [unit for unit in summary.units if unit.serial is None]
    assert [unit.anchor for unit in twins] == ["host-north-sw3", "host-north-sw3-2"]
    assert [len(unit.findings) for unit in twins] == [8, 8]


def test_findings_out_of_the_order_of_the_assets_are_refused(report):
    with pytest.raises(ValueError, match="out of the order"):
        summarise(replace(report, findings=report.findings[::-1]))


def test_actions(summary):
    counts = {action.verb: (action.units, action.hosts) for action in summary.actions}
    assert counts == {
        "attach": (1, 0),
        "renew": (2, 0),
        "replace": (6, 0),
        "find_out": (4, 3),
        "drop": (3, 0),
    }


def test_complete_sweep_has_no_warning(complete_report, tmp_path):
    assert summarise(complete_report).warnings == ()
    render(complete_report, "coverage", tmp_path)
    for path in tmp_path.iterdir():
        text = path.read_text(errors="replace")
        assert "so far" not in text
        assert "Incomplete" not in text


def test_zero_is_never_clean_while_a_host_was_not_read(report, tmp_path):
    gone = tuple(Unreached(h.host, "timeout", "no answer") for h in report.sweep.hosts)
    hosts = tuple(replace(h, reached=False) for h in report.sweep.hosts)
    blind = replace(
        report,
        assets=(),
        findings=(),
        sweep=replace(report.sweep, hosts=hosts, unreached=gone, incomplete=()),
    )
    render(blind, "coverage", tmp_path)
    markdown = (tmp_path / "coverage.md").read_text()
    assert "6 of 6 hosts were not read: their units are not in these numbers." in markdown
    assert re.search(r"^\| 0 \| 0 so far \| 0 so far \| 0 \|$", markdown, re.MULTILINE)
    page = (tmp_path / "coverage.html").read_text()
    assert "no units" in page
    assert not re.search(r'uncovered</th><td class="num">0</td>', page)
    assert json.loads((tmp_path / "coverage.json").read_text())["complete"] is False


def test_share_is_rounded_down(report):
    unit = next(a for a in report.assets if a.serial == "ZZZ00000001")
    passed = [f for f in report.findings if f.serial == "ZZZ00000001"]
    many = range(1999)
    assets = (*(replace(unit, serial=f"YYY{n}") for n in many), unit)
    findings = [replace(f, serial=f"YYY{n}") for n in many for f in passed]
    findings += [replace(f, status="open") if f.rule == "uncovered" else f for f in passed]
    coverage = summarise(replace(report, assets=assets, findings=tuple(findings))).coverage
    assert (coverage.covered, coverage.units, coverage.percent) == (1999, 2000, 99.9)


def test_months_without_an_end_are_shown_and_far_ones_are_one_bar():
    as_of = date(2026, 11, 30)
    ends = tuple(Expiry(day, 0, False, 2, ()) for day in (date(2027, 1, 1), date(2031, 5, 5)))  # noqa: FBT003
    bars = months(ends, as_of, 32)
    assert [bar.first for bar in bars[:3]] == [date(2026, n, 1) for n in (11, 12)] + [
        date(2027, 1, 1)
    ]
    assert [bar.units for bar in bars[:3]] == [0, 0, 2]
    assert [bar.in_quote_window for bar in bars[:4]] == [True, True, True, False]
    assert (len(bars), bars[-1].first, bars[-1].units) == (37, None, 2)


def test_json_says_what_the_summary_says(report, summary, tmp_path):
    render(report, "coverage", tmp_path)
    document = json.loads((tmp_path / "coverage.json").read_text())
    assert document["schema"] == "netcover/coverage/1"
    assert document["coverage"]["percent"] == summary.coverage.percent
    assert [unit["serial"] for unit in document["units"]] == [u.serial for u in summary.units]
    assert document["units"][0]["ldos"] == "2027-10-31"
