"""Decisions and waivers in the store: what stands, and what stood before."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from agent.model import Decision, Evidence, Milestones, Waiver
from agent.store import ImportFile, ImportSummary, open_store

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def file(sha256, moment=MONDAY, kind="decisions"):
    return ImportFile("decisions.toml", sha256, moment, moment.date(), kind, options=f"at {moment}")


def place(of, number):
    day = datetime.combine(of.data_date, datetime.min.time(), UTC)
    return Evidence(of.name, f"decision {number}", day, of.sha256)


def decision(of, number, kind="drop", serial="TST26010001", **fields):
    who = ("made up", "made up", place(of, number))
    return Decision(f"D{number}", kind, *who, serial=serial, decided=date(2026, 11, 20), **fields)


@pytest.fixture
def store(tmp_path):
    with open_store(f"sqlite:///{tmp_path}/netcover.db") as opened:
        yield opened


def test_decisions_come_back_as_they_were(store):
    of = file("one")
    given = (
        decision(of, 1, facts="0123456789ab", expires=date(2027, 1, 1)),
        decision(of, 2, kind="refresh", serial=None, contract="900001", on=date(2027, 9, 30)),
        decision(of, 3, kind="swap", other_serial="TST26010009", host="sw1", pid="EX-1"),
    )
    assert store.import_decided(of, given) == ImportSummary(3, 0, 0)
    assert store.decisions() == given


def test_a_later_import_supersedes_the_same_id_and_leaves_the_others(store):
    first, second = file("one"), file("two", TUESDAY)
    old = decision(first, 1)
    store.import_decided(first, (old, decision(first, 2, serial="TST26010002")))
    new = decision(second, 1, kind="keep")
    assert store.import_decided(second, (new,)) == ImportSummary(1, 0, 1)
    assert store.decisions() == (new, decision(first, 2, serial="TST26010002"))
    entries = store.decision_history("tst26010001")
    assert [(e.decision, e.imported, e.superseded) for e in entries] == [
        (old, MONDAY, TUESDAY),
        (new, TUESDAY, None),
    ]


def test_a_file_that_goes_back_to_what_it_said_stands_again(store):
    for moment, sha256, kind in (
        (MONDAY, "one", "drop"),
        (TUESDAY, "two", "keep"),
        (TUESDAY.replace(hour=9), "one", "drop"),
    ):
        of = file(sha256, moment)
        store.import_decided(of, (decision(of, 1, kind=kind),))
    assert [one.kind for one in store.decisions()] == ["drop"]
    assert len(store.decision_history("TST26010001")) == 3


def test_waivers_come_back_as_they_were(store):
    of = file("one", kind="waivers")
    given = Waiver(
        "RA-1", "change board", "made up", date(2026, 12, 31), place(of, 1),
        rules=("past_ldos",), serials=("TST26010001", 'with "quotes"'), disposition="on order",
    )  # fmt: skip
    store.import_decided(of, (given, replace(given, approval="RA-2", serials=(), sites=("north",))))
    assert store.waivers()[0] == given
    assert (store.waivers()[1].serials, store.waivers()[1].sites) == ((), ("north",))
    assert [(age.what, age.rows) for age in store.data_ages()] == [("waivers", 2)]


def test_the_replacement_of_a_product_is_kept(store):
    of = ImportFile("eox.csv", "eox", MONDAY, MONDAY.date(), "eox")
    day = datetime.combine(of.data_date, datetime.min.time(), UTC)
    found = Milestones("EX-1", Evidence("eox.csv", "row 2", day, "eox"), replacement="EX-9")
    store.import_milestones(of, [found])
    assert list(store.milestones()) == [found]
