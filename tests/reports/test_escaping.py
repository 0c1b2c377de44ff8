"""Hostile values stay text in every format, and can be had back."""

import csv
import io
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.reports import render
from agent.reports.escaping import csv_row, markdown, to_json, visible
from agent.reports.units import units


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "'"])
def test_csv_makes_formulas_text(start):
    ((cell,),) = csv.reader(io.StringIO(csv_row([f"{start}cmd|' /C calc'!A1"])))
    assert cell.startswith("'")
    assert cell[1:] == f"{start}cmd|' /C calc'!A1"


def test_csv_leaves_numbers_and_plain_text():
    assert csv_row([-3, "C9300-48P", None, True, date(2026, 3, 2)]) == (
        '-3,"C9300-48P","","yes","2026-03-02"'
    )


READABLE = st.characters(exclude_categories=["Cs", "Cc", "Cf"]) | st.sampled_from("\t\r\n")


@given(st.lists(st.text(READABLE), min_size=1))
def test_csv_can_be_had_back(values):
    (row,) = csv.reader(io.StringIO(csv_row(values), newline=""))
    assert [cell.removeprefix("'") for cell in row] == values
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for cell in row)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a|b", r"a\|b"),
        ("`rm -rf`", r"\`rm -rf\`"),
        ("<img src=x>", "&lt;img src=x&gt;"),
        ("two\nlines\r\nhere", "two lines  here"),
        ("[click](javascript:alert(1))", r"\[click\](javascript:alert(1))"),
        (r"\|", r"\\\|"),
        ("&lt;", "&amp;lt;"),
        ("bell\x07", "bell\u2407"),
        (None, ""),
        (date(2026, 3, 2), "2026-03-02"),
    ],
)
def test_markdown(value, text):
    assert markdown(value) == text


@given(st.text())
def test_markdown_stays_in_its_cell(value):
    text = markdown(value)
    assert len(text.splitlines()) <= 1
    assert not {"<", ">"} & set(text)
    assert "|" not in text.replace("\\\\", "").replace("\\|", "")


def test_json_keeps_exact_decimals_and_order():
    assert to_json({"b": Decimal("410.50"), "a": (date(2026, 3, 2), None)}) == (
        '{"b": "410.50", "a": ["2026-03-02", null]}'
    )


def test_control_characters_are_shown():
    assert visible("a\x00\x1b[31m\x7f\n\tb") == "a\u2400\u241b[31m\u2421\n\tb"
    assert visible("\x9b31m") == "<U+009B>31m"


DIRECTIONS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@pytest.mark.parametrize("mark", DIRECTIONS)
@pytest.mark.parametrize("write", [visible, markdown, lambda text: csv_row([text])])
def test_marks_that_change_the_direction_are_shown(write, mark):
    text = write(f"TST{mark}1000")
    assert mark not in text
    assert f"U+{ord(mark):04X}" in text


def test_text_from_right_to_left_stays_as_it_is():
    assert visible("\u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd") == (
        "\u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd"
    )


HOSTILE = ("</script><script>alert(1)</script>", '" onmouseover="alert(1)', "{{ 7 * 7 }}", "\ud800")


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_value_everywhere(report, tmp_path, value):
    hosts = tuple(replace(visit, host=value, site=value) for visit in report.sweep.hosts)
    lost = tuple(replace(gap, host=value, reason=value) for gap in report.sweep.unreached)
    assets = tuple(
        replace(
            asset,
            host=value,
            serial=value,
            pid=value,
            sightings=tuple(
                replace(s, host=value, serial=value, position=value, version=value, notes=(value,))
                for s in asset.sightings
            ),
            lines=tuple(replace(line, contract=value, service_level=value) for line in asset.lines),
        )
        for asset in report.assets
    )
    hostile = replace(
        report,
        sweep=replace(report.sweep, hosts=hosts, unreached=lost),
        assets=assets,
        findings=tuple(
            replace(
                one, host=asset.host, serial=asset.serial, pid=asset.pid, position=asset.position
            )
            for asset, unit in zip(assets, units(report), strict=True)
            for one in unit.findings
        ),
    )
    render(hostile, "coverage", tmp_path)
    page = (tmp_path / "coverage.html").read_text()
    assert page.count("<script>") == 1
    assert page.count("<script") == page.count("</script>") == 5
    assert 'onmouseover="alert' not in page
    assert "49" not in page.partition("<main>")[2].partition("{{ 7 * 7 }}")[0][-5:]
    assert json.loads((tmp_path / "coverage.json").read_text())["units"][0]["host"] == value
    assert "<script>" not in (tmp_path / "coverage.md").read_text()
