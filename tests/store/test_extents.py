"""What a file is the whole truth of: contracts, single units, or nothing; and --complete."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import partial

import pytest

from agent.errors import StoreError
from agent.model import (
    ContractLine,
    CoverStatement,
    Evidence,
    Licence,
    Milestones,
    TrainMilestones,
    Unstated,
)
from agent.store import ImportFile, ImportSummary, open_store

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
SPRING, SUMMER, END = date(2026, 3, 1), date(2026, 6, 1), date(2027, 6, 30)


def file(name, data_date=None, kind="contracts", **fields):
    return ImportFile(name, f"hash of {name}", NOW, data_date, kind, **fields)


def evidence(of, row=2):
    day = None if of.basis == "modified" else of.data_date
    collected = day and datetime(day.year, day.month, day.day, tzinfo=UTC)
    return Evidence(of.name, f"row {row}", collected, of.sha256)


def line(of, serial, contract="900001", row=2, **fields):
    values = {"pid": "EX-1", "service_level": "SNT", "start": SPRING, "end": END} | fields
    return ContractLine(contract=contract, serial=serial, evidence=evidence(of, row), **values)


units = partial(file, extent="units", form="sn2info")


def current(store):
    return [(one.serial, one.contract, one.evidence.source) for one in store.lines()]


def test_an_answer_about_one_unit_replaces_no_contract_and_stands_back_behind_it():
    export, answer = file("export.csv"), units("answer.json")
    with open_store("sqlite://") as store:
        store.import_lines(export, [line(export, "S1"), line(export, "S2")])
        store.import_lines(
            answer,
            [
                line(answer, "S1", start=None),
                line(answer, "S2", start=None, end=date(2028, 6, 30)),
                line(answer, "S3", start=None),
            ],
        )
        assert current(store) == [
            ("S1", "900001", "export.csv"),
            ("S2", "900001", "answer.json"),
            ("S2", "900001", "export.csv"),
            ("S3", "900001", "answer.json"),
        ]


def test_of_two_answers_the_fuller_one_stands_and_a_newer_one_of_its_kind_replaces_it():
    iq, cx = file("iq.json", extent="units", form="cisco_iq"), units("cx.json")
    later = units("later.json")
    with open_store("sqlite://") as store:
        store.import_lines(cx, [line(cx, "S1")])
        store.import_lines(iq, [line(iq, "S1", start=None, service_level=None)])
        assert current(store) == [("S1", "900001", "cx.json")]
        done = store.import_lines(later, [line(later, "S1", end=date(2028, 6, 30))])
        assert done == ImportSummary(added=1, unchanged=0, superseded=1)
        assert current(store) == [
            ("S1", "900001", "iq.json"),
            ("S1", "900001", "later.json"),
        ]


def test_mended_rows_add_to_their_contract_and_go_with_it():
    export = file("export.csv")
    mended, again = file("m.csv", extent="amendment"), file("n.csv", extent="amendment")
    newer = file("newer.csv")
    with open_store("sqlite://") as store:
        store.import_lines(export, [line(export, "S1")])
        assert store.import_lines(mended, [line(mended, "S2")]) == ImportSummary(1, 0, 0)
        assert current(store) == [
            ("S1", "900001", "export.csv"),
            ("S2", "900001", "m.csv"),
        ]
        done = store.import_lines(again, [line(again, "S2", end=date(2027, 1, 1))])
        assert done == ImportSummary(added=1, unchanged=0, superseded=1)
        store.import_lines(newer, [line(newer, "S1"), line(newer, "S2")])
        assert current(store) == [
            ("S1", "900001", "newer.csv"),
            ("S2", "900001", "newer.csv"),
        ]


def test_files_that_are_complete_end_every_contract_they_do_not_name():
    old, one, other = file("old.csv"), file("one.csv"), file("other.csv")
    with open_store("sqlite://") as store:
        store.import_lines(old, [line(old, "S1"), line(old, "S9", "900009")])
        store.import_lines(one, [line(one, "S1")])
        store.import_lines(other, [line(other, "S2", "900002")])
        assert store.complete([one, other]) == 1
        assert current(store) == [("S1", "900001", "one.csv"), ("S2", "900002", "other.csv")]
        assert store.complete([one, other]) == 0


def test_complete_for_a_site_leaves_the_others_and_what_names_no_site():
    old, new = file("old.csv"), file("new.csv", sites=("north",))
    with open_store("sqlite://") as store:
        store.import_lines(
            old,
            [
                line(old, "S1", "900001", site="north"),
                line(old, "S2", "900002", site="south"),
                line(old, "S3", "900003", site=None),
            ],
        )
        store.import_lines(new, [line(new, "S4", "900004", site="north")])
        assert store.complete([new], ["north"]) == 1
        assert [serial for serial, *_ in current(store)] == ["S2", "S3", "S4"]


def test_complete_yields_to_newer_data():
    old, new = file("old.csv", SPRING), file("new.csv", SUMMER)
    with open_store("sqlite://") as store:
        store.import_lines(new, [line(new, "S1"), line(new, "S2", "900002")])
        store.import_lines(old, [line(old, "S3", "900003")])
        assert store.complete([old]) == 0
        store.import_lines(old, [])
        assert len(current(store)) == 3
    with open_store("sqlite://") as store:
        store.import_lines(old, [line(old, "S1")])
        store.import_lines(new, [line(new, "S1")])
        with pytest.raises(StoreError, match=r"old\.csv: newer data has been imported since"):
            store.complete([old])


@pytest.mark.parametrize("basis", ["declared", "header"])
def test_a_modification_time_tells_age_and_never_order(basis):
    stated = file("stated.csv", SPRING, basis=basis)
    touched = file("touched.csv", SUMMER, basis="modified")
    late = file("late.csv", SPRING, basis="modified")
    with open_store("sqlite://") as store:
        store.import_lines(touched, [line(touched, "S1")])
        store.import_lines(stated, [line(stated, "S1", end=date(2028, 1, 1))])
        assert current(store) == [("S1", "900001", "stated.csv")]
        store.import_lines(late, [line(late, "S1")])
        assert current(store) == [("S1", "900001", "late.csv")]
        assert next(store.lines()).evidence.collected is None
        (age,) = store.data_ages()
        assert (age.source, age.dated, age.rows, age.basis) == ("late.csv", SPRING, 1, "modified")
        assert age.sha256 == late.sha256


def test_the_same_content_with_another_modification_time_is_the_same_file():
    first = file("a.csv", SPRING, basis="modified")
    again = file("a.csv", SUMMER, basis="modified")
    with open_store("sqlite://") as store:
        store.import_lines(first, [line(first, "S1")])
        assert store.import_lines(again, []) == ImportSummary(0, 1, 0)


@pytest.mark.parametrize("more", [{"sites": ("north",)}, {"options": "Remark=site"}])
def test_read_in_another_way_it_is_imported_anew(more):
    first, again = file("a.csv"), file("a.csv", **more)
    with open_store("sqlite://") as store:
        store.import_lines(first, [line(first, "S1")])
        assert store.import_lines(again, [line(again, "S1")]) == ImportSummary(0, 1, 0)
        assert store.data_ages()[0].sites == more.get("sites", ())


def test_serials_that_somebody_else_spells_otherwise():
    first, second = file("first.csv"), file("second.csv")
    with open_store("sqlite://") as store:
        store.import_lines(first, [line(first, "0012345678"), line(first, "TST26010001")])
        store.import_lines(
            second,
            [
                line(second, "12345678", "900002", 2),
                line(second, "TST26O10001", "900002", 3),
                line(second, "tst26010001", "900002", 4),
                line(second, "TST26010002", "900002", 5),
            ],
        )
        assert store.lookalikes(second) == (
            ("row 2", "12345678", "0012345678"),
            ("row 3", "TST26O10001", "TST26010001"),
        )


def test_all_kinds_of_records_come_back_exactly():
    told = units("told.json", SPRING)
    said = CoverStatement("S1", "EX-1", "not_visible", "made up", evidence(told), END, None)
    licence = Licence("DNA", evidence(told, 3), "SKU-1", quantity=10, in_use=12, true_forward=END)
    line_ = line(
        told, "S2", provider="Example", parent_serial="S1", minor=True, status="ACTIVE",
        response="4h",
    )  # fmt: skip
    with open_store("sqlite://") as store:
        done = store.import_lines(told, [said, licence, line_])
        assert done == ImportSummary(added=3, unchanged=0, superseded=0)
        assert list(store.statements()) == [said]
        assert list(store.licences()) == [licence]
        assert list(store.lines()) == [line_]
        assert store.data_ages()[0].rows == 3


def test_trains_stand_beside_products():
    eox = file("eox.csv", SPRING, kind="eox")
    product = Milestones("EX-1", evidence(eox), last_date_of_support=END)
    train = TrainMilestones(
        "asa",
        "9.16",
        evidence(eox, 3),
        "EOL00001",
        "https://example.net/eol",
        SPRING,
        security_support=Unstated.NOT_STATED,
        last_date_of_support=END,
    )
    newer = file("newer.csv", SUMMER, kind="eox")
    moved = TrainMilestones("asa", "9.16", evidence(newer), last_date_of_support=SUMMER)
    with open_store("sqlite://") as store:
        store.import_milestones(eox, [product, train])
        assert (list(store.milestones()), list(store.trains())) == ([product], [train])
        assert store.import_milestones(newer, [moved]) == ImportSummary(1, 0, 1)
        assert (list(store.milestones()), list(store.trains())) == ([product], [moved])
