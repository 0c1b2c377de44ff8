"""PDFs: tagged, the same twice, every character printable, hostile text only text."""

import re
from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfReader

from agent import resources, typesetting
from agent.reports import render
from agent.reports._paper import Card, Paper, printable, typeset
from agent.reports.sites import MOST_ROWS, by_site, site_files
from tests.reports.judged import empty, findings_json, hostile, judged, nothing

HOSTILE = (
    "#panic()",
    '*bold* $x$ [a] #text("x")',
    "<script>alert(1)</script>",
    "שלום",
    "مرحبا",
    "中文",
    "a\u202eb\x07c",
    "\U0001f600",
    "x" * 300,
)


def text_of(path):
    return "\n".join(page.extract_text() for page in PdfReader(path).pages)


@pytest.mark.parametrize("name", ["auditor", "executive", "patch-entitlement"])
def test_tagged_titled_and_the_same_twice(report, tmp_path, name):
    told = judged(report)
    for folder in ("one", "two"):
        render(told, name, tmp_path / folder)
    one, two = (tmp_path / folder / f"{name}.pdf" for folder in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()
    root = PdfReader(one).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert "/StructTreeRoot" in root
    assert "2026-03-02" in PdfReader(one).metadata.title


def test_the_paper_says_what_findings_json_says(report, tmp_path):
    told = judged(report)
    render(told, "patch-entitlement", tmp_path)
    text = text_of(tmp_path / "patch-entitlement.pdf")
    units = len(findings_json(told)["units"])
    assert f"of {units} units have something open" in text
    assert "1 of 6 hosts was not read" in text
    assert "f" * 64 in re.sub(r"\s", "", text)


def test_everything_is_printed_as_text(tmp_path):
    card = Card("t", "1", "of 2", tuple((words, "3") for words in HOSTILE))
    with (tmp_path / "x.pdf").open("wb") as stream:
        typeset(Paper("t", "s", "f", HOSTILE, (card,), ()), stream)
    text = re.sub(r"\s", "", text_of(tmp_path / "x.pdf"))
    for words in ("#panic()", '*bold*$x$[a]#text("x")', "<script>alert(1)</script>", "x" * 80):
        assert words in text
    assert "<U+4E2D><U+6587>" in text
    assert "<U+1F600>" in text


def test_what_no_font_has_is_spelled_by_its_number():
    assert printable("sw1 ä Ж Δ") == "sw1 ä Ж Δ"
    assert printable("a\u202eb") == "a<U+202E>b"
    assert printable(None) == ""


def test_every_character_let_through_has_a_shape(tmp_path):
    shown = "".join(c for c in map(chr, range(0x20, 0x2FFF)) if printable(c) == c and c.strip())
    assert len(shown) > 2000
    with (tmp_path / "all.pdf").open("wb") as stream:
        typeset(Paper("t", "s", "f", (shown,), (Card("c", "1", "of 1"),), ()), stream)


def large(report):
    """More units than one file holds, at two sites."""
    told = judged(report)
    asset = next(each for each in told.assets if each.site == "north" and each.sightings)
    many = tuple(replace(asset, serial=f"ZZZ{n:08}") for n in range(MOST_ROWS + 1))
    return replace(told, assets=(*told.assets, *many))


def test_a_large_estate_has_a_file_for_each_site(report, tmp_path):
    told = large(report)
    stems = [each.stem for each in site_files(told, "patch-entitlement")]
    assert stems == [f"patch-entitlement-{site}" for site in ("north", "south", "west")]
    paths = render(told, "patch-entitlement", tmp_path)
    assert {path.name for path in paths} == {
        f"{stem}.{ending}"
        for stem in ("patch-entitlement", *stems)
        for ending in ("html", "md", "pdf")
    }
    main = (tmp_path / "patch-entitlement.html").read_text()
    assert 'href="patch-entitlement-north.html"' in main
    assert "ZZZ00000006" not in main
    assert "ZZZ00000006" in (tmp_path / "patch-entitlement-south.html").read_text()
    assert "ZZZ00000006" not in (tmp_path / "patch-entitlement-north.html").read_text()


def test_sites_together_are_the_whole(report):
    told = large(report)
    parts = list(by_site(told).values())
    assert len(parts) == len(site_files(told, "x"))
    for what in ("assets", "findings", "postures"):
        whole = getattr(told, what)
        assert sum(len(getattr(part, what)) for part in parts) == len(whole)
    assert sum(len(list(part.advisories)) for part in parts) == len(told.advisories)
    assert sum(len(part.sweep.hosts) for part in parts) == len(told.sweep.hosts)
    assert site_files(parts[0], "x") == ()


def test_sites_whose_names_look_alike_have_files_of_their_own(report):
    told = large(report)
    sites = ("a/b", "a b", "../../etc", "", "ä")
    assets = tuple(
        replace(asset, site=sites[n % len(sites)]) for n, asset in enumerate(told.assets)
    )
    stems = [each.stem for each in site_files(replace(told, assets=assets), "x")]
    assert len(stems) == len(set(stems)) >= len(sites)
    assert all(re.fullmatch(r"x-[a-z0-9-]+", stem) for stem in stems)


@pytest.mark.parametrize("name", ["auditor", "executive", "patch-entitlement"])
@pytest.mark.parametrize("make", [hostile, nothing, empty])
def test_whatever_the_estate_is_called_it_is_printed(report, tmp_path, name, make):
    render(make(judged(report)), name, tmp_path)
    text = re.sub(r"\s", "", text_of(tmp_path / f"{name}.pdf"))
    assert ("<imgsrc=xonerror=alert(1)>" in text) == (make is hostile)
    html = (tmp_path / f"{name}.html").read_text()
    assert "<img" not in html
    assert "\u202e" not in html + (tmp_path / f"{name}.md").read_text()


def test_a_large_document_is_set_in_a_process_of_its_own_and_is_the_same(monkeypatch):
    paper = Paper("t", "s", "f", HOSTILE, (Card("c", "1", "of 1"),), ())
    here, there = BytesIO(), BytesIO()
    typeset(paper, here)
    monkeypatch.setattr(typesetting, "SMALL", 0)
    typeset(paper, there)
    assert here.getvalue() == there.getvalue()
    with pytest.raises(RuntimeError, match=r"(?s)gone\.typ: .*No such file"):
        typesetting.typeset(resources.folder("templates") / "gone.typ", "{}")
