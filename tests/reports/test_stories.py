"""Stories come back as they went in, and situations tell the same in both ways."""

import json
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.model import Kev
from agent.reports.page import Page
from agent.reports.situations import Situations
from agent.reports.stories import HOST, Table, story
from agent.reports.unit_table import unit_rows
from agent.reports.units import walk
from tests.examples import row
from tests.posture.made import covered, fixed, judge, record, switch
from tests.reports.judged import NOW, judged

TEXTS = st.text(st.characters(blacklist_categories=["Cs"]), max_size=6)
NODES = st.recursive(TEXTS, lambda inner: st.lists(inner, max_size=6).map(tuple), max_leaves=200)


def decoded(text):
    """What a reader makes of a table: the same as templates/assets/coverage-data.js."""
    found = json.loads(text)
    table = found["table"]

    def node(place):
        entry = table[place]
        if isinstance(entry, str):
            return entry
        return tuple(node(place + other if other < 0 else other) for other in entry)

    places, last = [], 0
    for step in found["roots"]:
        last += step
        places.append(last)
    return [node(place) for place in places]


@given(st.lists(NODES, max_size=8))
def test_what_goes_in_comes_out(roots):
    table = Table()
    for root in roots:
        table.add(root)
    text = table.text()
    assert decoded(text) == roots
    assert "<" not in text


def test_far_entries_are_named_by_their_place():
    roots = [("shared", *map(str, range(300))), ("shared", "299", "new")]
    table = Table()
    for root in roots:
        table.add(root)
    assert decoded(table.text()) == roots


@pytest.fixture(scope="module")
def told(report):
    return judged(report)


def test_a_story_has_every_finding_and_all_evidence(told):
    rows = list(unit_rows(walk(told), Situations(told)))
    for each in rows:
        made = story(each)
        findings = [finding for group in made[8] for finding in group]
        host = each.unit.host or HOST
        assert Counter((f[0], f[1], f[3].replace(HOST, host)) for f in findings) == Counter(
            (f.rule, f.status, f.reason) for f in each.unit.findings
        )
        hashes = {entry[3] for entry in made[9]}
        assert hashes == {piece.sha256 for piece in each.unit.evidence()}
        places = " ".join(finding[6] for finding in findings).split()
        assert all(int(place) < len(made[9]) for place in places)


def test_chunks_hold_all_units_in_the_order_of_the_table(told):
    chunks = list(Page(told).chunks())
    assert [chunk.kind for chunk in chunks] == ["rows", "stories", "situations"]
    serials, places = json.loads(chunks[0].text)[0]
    stories = decoded(chunks[1].text)
    assert len(stories) == len(places) == len(told.assets)
    number = next(n for n, a in enumerate(told.assets) if a.serial == "ZZZ00000001")
    assert serials[places[number]] == "ZZZ00000001"
    assert stories[number][3][0][0] == "900001"
    situation = decoded(chunks[2].text)[int(stories[0][7][0][12])]
    assert situation[0][0] == NOW.cve


def test_twins_with_equal_postures_keep_their_own_advisories(told):
    situations = Situations(told)
    assert len(situations.numbers) == len(told.postures)
    lines = Counter(id(line.unit) for line in told.advisories)
    for posture, number in zip(told.postures, situations.numbers, strict=True):
        assert len(situations.answers(number)) == lines[id(posture)]


def test_verdicts_are_counted_over_units(told):
    counted = {each.verdict: each for each in Situations(told).verdicts()}
    wanted = Counter(line.answer.verdict for line in told.advisories if line.answer.verdict)
    assert {verdict: each.answers for verdict, each in counted.items()} == wanted


def test_lines_of_no_posture_are_refused(told):
    strange = told.advisories[::-1]
    with pytest.raises(ValueError, match="out of the order"):
        Situations(replace(told, advisories=strange))


def test_tallies_tell_the_same_as_the_answers(told):
    """An assessment counts without making its answers; the lines it makes tell the same."""
    found = judge(
        switch("17.9.4"),
        lines=(covered(),),
        advisories=(
            record("CVE-2024-00001", "17.9.4"),
            record("CVE-2024-00002", "17.9.3", "17.9.4"),
        ),
        first_fixed=(fixed("17.9.5", "17.9"),),
        kev=(Kev("CVE-2024-00002", date(2026, 6, 10), None, row(2, "kev.csv")),),
    )
    whole = replace(told, postures=found.postures, advisories=found)
    apart = replace(whole, advisories=tuple(found))
    (counted,), (walked,) = Situations(whole).told, Situations(apart).told
    assert counted == walked
    assert counted.exploited == 1
    assert counted.due is not None
    cves = [[a.cve for a in Situations(each).answers(0)] for each in (whole, apart)]
    assert cves == [["CVE-2024-00001", "CVE-2024-00002"]] * 2
