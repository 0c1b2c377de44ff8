"""The workbook and the lines of the coverage report hold the same units, and no formula."""

import io
import json
import re
import zipfile
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from python_calamine import load_workbook

from agent.reports import coverage_jsonl, coverage_xlsx, render
from agent.reports.summary import summarise
from tests.reports.judged import judged


@pytest.fixture(scope="module")
def told(report):
    return judged(report)


def workbook(report):
    stream = io.BytesIO()
    coverage_xlsx.write(report, stream)
    return stream.getvalue()


def sheet(raw, name):
    """The rows of one sheet, by heading."""
    head, *rows = load_workbook(io.BytesIO(raw)).get_sheet_by_name(name).to_python()
    return [dict(zip(head, row, strict=True)) for row in rows]


def lines(report):
    stream = io.StringIO()
    coverage_jsonl.write(report, stream)
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_every_unit_is_a_row_with_real_dates(told):
    rows = {row["Serial"]: row for row in sheet(workbook(told), "Units")}
    units = sheet(workbook(told), "Units")
    assert len(units) == len(told.assets)
    first = rows["ZZZ00000001"]
    assert (first["Cover"], first["Until"]) == ("covered", date(2026, 3, 31))
    assert first["LDoS"] == date(2027, 10, 31)
    assert first["Patching"] == "unpatchable: hardware"
    assert rows["ZZZ00000008"]["LDoS"] == "not announced"
    assert rows["ZZZ00000021"]["Record"] == "paid for, host not read"


def test_open_findings_and_lines_and_gaps_are_rows(told):
    raw = workbook(told)
    wanted = Counter(f.status for f in told.findings)
    found = Counter(row["Status"] for row in sheet(raw, "Findings"))
    assert found == {"open": wanted["open"], "not known": wanted["not_reviewed"]}
    assert {row["Contract"] for row in sheet(raw, "Contract lines")} >= {"900001", "'900003"}
    assert [row["Kind"] for row in sheet(raw, "Not read")] == [
        "timeout",
        "absent_slot",
        "aps_short",
    ]
    summary = {row["What"]: row["Value"] for row in sheet(raw, "Summary")}
    assert (summary["Hosts failed"], summary["Covered"]) == (1, 3)
    assert "read only in part" in summary["Incomplete"]


def test_nothing_is_a_formula_and_headings_stay(told):
    with zipfile.ZipFile(io.BytesIO(workbook(told))) as package:
        pages = {n: package.read(n).decode() for n in package.namelist() if "/sheet" in n}
    text = "".join(pages.values())
    assert '=HYPERLINK("x")' in text.replace("&quot;", '"')
    assert not re.search(r"<f[ >]", text)
    for page in pages.values():
        assert 'state="frozen"' in page
        assert "<autoFilter" in page
    units = pages["xl/worksheets/sheet2.xml"]
    assert '"uncovered"' in units.replace("&quot;", '"')


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(told, monkeypatch):
    monkeypatch.setattr(coverage_xlsx, "ROWS", 7)
    raw = workbook(told)
    names = load_workbook(io.BytesIO(raw)).sheet_names
    assert [name for name in names if name.startswith("Units")] == ["Units", "Units 2", "Units 3"]
    parts = [sheet(raw, name) for name in ("Units", "Units 2", "Units 3")]
    assert [len(part) for part in parts] == [7, 7, 3]
    assert len({row["Serial"] or row["Place"] for part in parts for row in part}) >= 15


def test_half_characters_and_forbidden_ones_are_written(told, tmp_path):
    odd = tuple(replace(asset, pid="a\ud800b\uffff\u202e", site="x") for asset in told.assets[:1])
    report = replace(told, assets=odd, findings=(), postures=(), advisories=())
    render(report, "coverage", tmp_path)
    (row,) = sheet((tmp_path / "coverage.xlsx").read_bytes(), "Units")
    assert row["PID"] == "a\ufffdb\ufffd<U+202E>"
    assert "\\ud800" in (tmp_path / "coverage.jsonl").read_text()


def test_same_bytes_twice(told):
    assert workbook(told) == workbook(told)


def test_lines_say_what_they_are_and_leave_nothing_out(told):
    head, *rest = lines(told)
    summary = summarise(told)
    assert head["schema"] == "netcover/coverage-lines/1"
    assert head["complete"] is False
    assert head["coverage"]["percent"] == summary.coverage.percent
    kinds = Counter(line["line"] for line in rest)
    applicable = [f for f in told.findings if f.status != "not_applicable"]
    assert kinds == {
        "data": len(told.data_ages),
        "host_not_read": 1,
        "host_incomplete": 2,
        "unit": len(told.assets),
        "contract": sum(len(a.lines) + len(a.doubtful_lines) for a in told.assets),
        "finding": len(applicable),
    }
    units = {line["unit"]: line for line in rest if line["line"] == "unit"}
    assert len(units) == len(told.assets)
    one = units["ZZZ00000001"]
    assert (one["until"], one["next"], one["fix_by"]) == (
        "2026-03-31",
        ["replace", "renew"],
        "2026-03-01",
    )
    joined = [line for line in rest if line["line"] == "finding" and line["unit"] == "ZZZ00000001"]
    assert {line["rule"] for line in joined} >= {"lapsing", "near_ldos"}
    assert all(line["unit"] in units for line in rest if "unit" in line)
