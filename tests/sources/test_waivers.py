"""waivers.toml and reachable_trains.csv: what is taken, and what is said of what is not."""

from datetime import date

import pytest

from agent.errors import SourceError
from agent.resources import folder
from agent.sources.reachable import read_reachable
from agent.sources.waivers import read_waivers

WHOLE = """
[[waiver]]
approval = "RA-1"
approver = "change board"
reason = "made up"
expires = 2026-12-31
rules = ["past_ldos"]
serials = ["TST26010001"]
"""


def saved(tmp_path, text, name="waivers.toml"):
    path = tmp_path / name
    path.write_text(text)
    return path


def test_a_waiver_is_read_with_its_place(tmp_path):
    (waiver,) = read_waivers(saved(tmp_path, WHOLE))
    assert (waiver.approval, waiver.expires) == ("RA-1", date(2026, 12, 31))
    assert (waiver.rules, waiver.serials, waiver.sites) == (("past_ldos",), ("TST26010001",), ())
    assert (waiver.evidence.source, waiver.evidence.command) == ("waivers.toml", "waiver 1")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[waiver", "not a readable TOML file"),
        ("[waiver]\n", "only [[waiver]] tables are known"),
        ("x = 1\n", "only [[waiver]] tables are known; found x"),
        (WHOLE.replace('serials = ["TST26010001"]', ""), "waiver 1: no scope; state at least one"),
        (WHOLE.replace('["past_ldos"]', "[]"), "waiver 1: rules"),
        (WHOLE.replace("2026-12-31", '"soon"'), "waiver 1: expires"),
        (WHOLE.replace('approver = "change board"', ""), "waiver 1: approver"),
        (WHOLE + "colour = 1\n", "waiver 1: colour"),
        (WHOLE + WHOLE, "approval 'RA-1' stands twice"),
    ],
)
def test_a_waiver_that_is_not_whole(tmp_path, text, words):
    with pytest.raises(SourceError) as raised:
        read_waivers(saved(tmp_path, text))
    assert words in str(raised.value)


def test_a_missing_file(tmp_path):
    with pytest.raises(SourceError, match="cannot be read"):
        read_waivers(tmp_path / "none.toml")


def test_reachable_trains(tmp_path):
    text = "pid,os,train,source\nC9300-48P,IOS XE,17.9,made up\nFPR-2130,ftd,7.4,\n"
    first, second = read_reachable(saved(tmp_path, text, "reachable_trains.csv"))
    assert (first.pid, first.os, first.train, first.source) == (
        "C9300-48P",
        "ios-xe",
        "17.9",
        "made up",
    )
    assert (second.os, second.source, second.evidence.command) == ("ftd", None, "row 3")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (",ios-xe,17.9,", "row 2: pid: is empty"),
        ("C9300-48P,vms,17.9,", "row 2: os: 'vms' is not known"),
        ("C9300-48P,ios-xe,,", "row 2: train: is empty"),
    ],
)
def test_a_row_that_is_not_whole_stops_the_file(tmp_path, row, words):
    path = saved(tmp_path, f"pid,os,train,source\n{row}\n", "reachable_trains.csv")
    with pytest.raises(SourceError) as raised:
        read_reachable(path)
    assert words in str(raised.value)


def test_the_examples_can_be_read():
    examples = folder("inventory")
    assert len(read_waivers(examples / "waivers.toml")) == 2
    assert {row.os for row in read_reachable(examples / "reachable_trains.csv")} == {
        "asa",
        "ftd",
        "ios-xe",
    }
