"""The executive page: one page whatever the estate, in figures that the other reports have."""

from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader

from agent.reports import render
from agent.reports.executive import executive, shorten
from agent.reports.fixes import fixes
from agent.reports.summary import summarise
from tests.reports.judged import empty, hostile, judged, nothing


@pytest.fixture(scope="module")
def told(report):
    return judged(report)


def facts(page, question):
    figure = next(each for each in page.figures if each.question == question)
    return {"": figure.figure, **dict(figure.facts)}


def test_figures_are_those_of_the_other_reports(told):
    page, summary, made = executive(told), summarise(told), fixes(told)
    covered = facts(page, "Are we covered?")
    assert covered[""] == str(summary.coverage.covered)
    assert covered["have none"] == str(summary.coverage.uncovered) == "3"
    assert covered["not known, so not counted as covered"] == str(summary.coverage.unknown)
    patch = facts(page, "Can we get security fixes?")
    assert (patch[""], patch["not known"]) == ("2", "2")
    assert patch["cannot: too old, or no contract for it"] == str(summary.patching.blocked) == "4"
    attacked = facts(page, "Are known attacks possible?")
    assert attacked[""] == str(made.exploited_units)
    assert f"3 of {summary.coverage.units} devices have no support contract" in page.title


def test_what_cannot_be_told_is_no_known_attack(told):
    lines = tuple(x for x in told.advisories if x.answer.verdict == "cannot tell")
    lines = tuple(replace(x, answer=replace(x.answer, kev=True)) for x in lines)
    attacked = facts(executive(replace(told, advisories=lines)), "Are known attacks possible?")
    assert attacked[""] == "0 so far"
    assert attacked["not known whether they run it"] == "2"


def test_a_day_that_has_passed_is_said(told, tmp_path):
    ask = executive(told).asks[0]
    assert ask.words.startswith("Have the fixes installed that are ready and paid for: 4 devices")
    assert (str(ask.due), ask.late) == ("2026-03-01", True)
    render(told, "executive", tmp_path)
    assert "The first day for it was" in (tmp_path / "executive.html").read_text()
    assert not executive(replace(told, as_of=ask.due)).asks[0].late


def test_what_is_asked_agrees_with_what_was_not_seen(told):
    hosts = summarise(told).hosts
    assert (hosts.failed, hosts.partial) == (1, 1)
    assert "2 systems not read in full" in executive(told).asks[-1].words
    assert "6 systems not read in full." in executive(nothing(told)).asks[-1].words


def test_what_was_not_seen_stands_on_top(told, tmp_path):
    render(told, "executive", tmp_path)
    for ending in ("html", "md"):
        text = (tmp_path / f"executive.{ending}").read_text()
        assert "Incomplete:" in text
        assert "1 of 6 systems did not answer, and 1 only in part" in text


@pytest.mark.parametrize("make", [judged, lambda r: hostile(judged(r)), nothing, empty])
def test_it_is_one_page(report, tmp_path, make):
    render(make(report), "executive", tmp_path)
    assert len(PdfReader(tmp_path / "executive.pdf").pages) == 1


def test_many_sites_dates_and_files_are_counted_and_cut(told, tmp_path):
    age = told.data_ages[0]
    ages = tuple(replace(age, source=f"{n} {'y' * 300}") for n in range(40))
    asset = next(each for each in told.assets if each.lines and each.sightings)
    finding = [f for f in told.findings if f.serial == asset.serial]
    many = []
    found = []
    for n in range(60):
        key = {"serial": f"ZZY{n:08}", "host": f"sw{n}"}
        many.append(replace(asset, site=f"{n} {'z' * 300}", **key))
        found += [replace(f, **key) for f in finding]
    told = replace(
        told,
        assets=(*told.assets, *many),
        findings=(*told.findings, *found),
        data_ages=ages,
    )
    page = executive(told)
    assert (len(page.sites), page.sites_left_out) == (5, 58)
    assert "35 more files: see the auditor report" in page.rests_on
    render(told, "executive", tmp_path)
    assert len(PdfReader(tmp_path / "executive.pdf").pages) == 1


@pytest.mark.parametrize("make", [nothing, empty])
def test_of_nothing_nothing_is_said(report, make):
    page = executive(make(judged(report)))
    assert "nothing was read, so nothing can be said" in page.title
    assert not page.complete
    assert facts(page, "Are known attacks possible?")[""] == "not known"
    assert facts(page, "Are we covered?")["have none"] == "0 so far"


def test_names_are_cut_and_shown():
    assert shorten("hq") == "hq"
    assert len(shorten("z" * 300)) == 34
    assert shorten("a\u202eb") == "a<U+202E>b"


def test_golden(told, tmp_path, golden):
    render(told, "executive", tmp_path)
    text = (tmp_path / "executive.md").read_text()
    golden(text, Path(__file__).parent / "golden" / "executive.md")
