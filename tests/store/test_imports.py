from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.errors import SourceError
from agent.model import ContractLine, DataAge, Entitlement, Evidence, Milestones, Unstated
from agent.store import ImportFile, ImportSummary, open_store

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
SPRING, SUMMER = date(2026, 3, 1), date(2026, 6, 1)


def file(name: str, data_date: date | None = None, kind="contracts", **fields) -> ImportFile:
    return ImportFile(name, f"hash of {name}", NOW, data_date, kind, **fields)


def age(what: str, of: ImportFile, rows: int) -> DataAge:
    return DataAge(what, of.name, of.data_date, rows, of.basis, sha256=of.sha256)


def evidence(of: ImportFile, row: int) -> Evidence:
    day = of.data_date
    collected = None if day is None else datetime(day.year, day.month, day.day, tzinfo=UTC)
    return Evidence(of.name, f"row {row}", collected, of.sha256)


def line(of: ImportFile, row: int, contract="900001", serial="XXX0000001", **fields):
    values = {"pid": "EX-1", "service_level": "SNT", "start": SPRING, "end": SUMMER} | fields
    return ContractLine(contract=contract, serial=serial, evidence=evidence(of, row), **values)


words = st.none() | st.sampled_from(["EX-1", "é", "1.50"])
lines = st.builds(
    ContractLine,
    contract=words,
    serial=words,
    pid=words,
    service_level=words,
    start=st.none() | st.dates(),
    end=st.dates(),
    evidence=st.just(evidence(file("a.csv", SPRING), 2)),
    entitles=st.builds(Entitlement, tac=st.none() | st.booleans()),
    quantity=st.integers(1, 9),
    site=words,
    end_customer=words,
    annual_price=st.none() | st.decimals(0, 10**9, places=3) | st.just(Decimal("0.10")),
    currency=words,
    vehicle=words,
    country_of_origin=words,
    warranty_end=st.none() | st.dates(),
)


@settings(deadline=None)
@given(st.lists(lines, max_size=5))
def test_lines_come_back_exactly_and_sorted(imported):
    def key(one):
        def missing_first(value):
            return (value is not None, value or "")

        by = (missing_first(one.serial), missing_first(one.pid), missing_first(one.contract))
        return (*by, one.start is not None, one.start or date.min)

    with open_store("sqlite://") as store:
        store.import_lines(file("a.csv", SPRING), imported)
        saved = list(store.lines())
        assert saved == sorted(imported, key=key)
        assert [str(one.annual_price) for one in saved] == [
            str(one.annual_price) for one in sorted(imported, key=key)
        ]


def test_the_same_file_twice_changes_nothing_and_is_not_even_read():
    def unread():
        raise AssertionError
        yield

    with open_store("sqlite://") as store:
        first = file("a.csv")
        assert store.import_lines(first, [line(first, 2)]) == ImportSummary(1, 0, 0)
        assert store.import_lines(first, unread()) == ImportSummary(0, 1, 0)
        assert len(list(store.lines())) == 1


@pytest.mark.parametrize("again", [{"data_date": SPRING}, {"date_format": "%d/%m/%Y"}])
def test_the_same_file_read_or_dated_otherwise_takes_over_from_itself(again):
    with open_store("sqlite://") as store:
        first, second = file("a.csv"), file("a.csv", **again)
        store.import_lines(first, [line(first, 2), line(first, 3)])
        summary = store.import_lines(second, [line(second, 2)])
        assert summary == ImportSummary(added=0, unchanged=1, superseded=0)
        assert list(store.lines()) == [line(second, 2)]


def test_a_newer_file_takes_over_whole_contracts_and_leaves_the_others():
    old, new = file("old.csv"), file("new.csv")
    with open_store("sqlite://") as store:
        store.import_lines(
            old,
            [
                line(old, 2, "900001", "XXX0000001"),
                line(old, 3, "900001", "XXX0000002"),
                line(old, 4, "900002", "XXX0000003"),
                line(old, 5, None, "XXX0000004"),
                line(old, 6, None, "XXX0000005"),
                line(old, 7, None, None, pid="EX-2", quantity=3),
            ],
        )
        new_lines = [
            line(new, 2, "900001", "XXX0000001"),
            line(new, 3, "900001", "XXX0000006"),
            line(new, 4, None, "XXX0000004", end=date(2027, 6, 1)),
            line(new, 5, None, None, pid="EX-2", quantity=3),
        ]
        assert store.import_lines(new, new_lines) == ImportSummary(
            added=2, unchanged=2, superseded=2
        )
        assert [(one.serial, one.evidence.source) for one in store.lines()] == [
            (None, "new.csv"),
            ("XXX0000001", "new.csv"),
            ("XXX0000003", "old.csv"),
            ("XXX0000004", "new.csv"),
            ("XXX0000005", "old.csv"),
            ("XXX0000006", "new.csv"),
        ]
        assert store.data_ages() == (
            age("contracts", new, 4),
            age("contracts", old, 2),
        )
        with store._engine.connect() as connection:
            kept = connection.exec_driver_sql("SELECT count(*) FROM contract_line").scalar()
        assert kept == 10


@pytest.mark.parametrize(
    ("first_date", "second_date", "winner"),
    [
        (SPRING, SUMMER, "second.csv"),
        (SPRING, SPRING, "second.csv"),
        (SUMMER, SPRING, "first.csv"),
        (None, SPRING, "second.csv"),
        (SUMMER, None, "second.csv"),
    ],
)
def test_the_newer_data_wins_and_where_a_date_is_missing_the_later_import(
    first_date, second_date, winner
):
    first, second = file("first.csv", first_date), file("second.csv", second_date)
    with open_store("sqlite://") as store:
        store.import_lines(first, [line(first, 2)])
        summary = store.import_lines(second, [line(second, 2, end=date(2027, 1, 1))])
        assert [one.evidence.source for one in store.lines()] == [winner]
    late = winner == "first.csv"
    assert summary == ImportSummary(
        added=int(not late), unchanged=0, superseded=int(not late), outdated=int(late)
    )


def test_an_import_that_fails_leaves_nothing_behind():
    old, new = file("old.csv"), file("new.csv")

    def breaks_off():
        yield line(new, 2)
        raise SourceError("new.csv: row 3: a quotation mark is opened and never closed")

    with open_store("sqlite://") as store:
        store.import_lines(old, [line(old, 2)])
        with pytest.raises(SourceError):
            store.import_lines(new, breaks_off())
        assert [one.evidence.source for one in store.lines()] == ["old.csv"]
        assert len(store.data_ages()) == 1


def test_a_record_of_another_file_is_refused():
    with open_store("sqlite://") as store:
        with pytest.raises(ValueError, match=r"row 2 of b\.csv is not from a\.csv"):
            store.import_lines(file("a.csv"), [line(file("b.csv"), 2)])
        assert list(store.lines()) == []


def test_milestones_keep_their_three_ways_of_having_no_date():
    old, new = file("old.csv", kind="eox"), file("new.csv", SUMMER, kind="eox")
    dated = Milestones(
        "EX-2",
        evidence(new, 2),
        "EOL00001",
        "https://example.net/eol",
        end_of_sale=SPRING,
        security_support=Unstated.NOT_STATED,
        last_date_of_support=Unstated.NOT_ANNOUNCED,
    )
    silent = Milestones("EX-1", evidence(old, 3))
    with open_store("sqlite://") as store:
        store.import_milestones(old, [Milestones("EX-2", evidence(old, 2)), silent])
        summary = store.import_milestones(new, [dated])
        assert summary == ImportSummary(added=1, unchanged=0, superseded=1)
        assert list(store.milestones()) == [silent, dated]
        assert store.data_ages() == (
            age("eox", new, 1),
            age("eox", old, 1),
        )
