from __future__ import annotations

import codecs
import csv
import hashlib
import tracemalloc
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from agent.errors import SourceError
from agent.model import ContractLine, Entitlement, Evidence, Rejected
from agent.sources import Column, Declared
from agent.sources.contracts import read_lines
from agent.store import ImportFile, open_store

HEADINGS = "Serial Number,Product ID,Start Date,End Date,Quantity,Annual Price,Currency"
GOOD = "XXX0000001,EX-1,2026-01-01,2026-12-31,1,100.00,EUR"


def write(folder, *rows: str, name="lines.csv", encoding="utf-8", headings=HEADINGS):
    path = folder / name
    path.write_bytes("\n".join((headings, *rows, "")).encode(encoding))
    return path


def test_every_column_finds_its_place(tmp_path):
    path = write(
        tmp_path,
        "900001,XXX0000001,EX-1,SNT,2026-01-01,2026-12-31,2,North,Example,1234.50,eur,"
        "Framework,Nowhere,2027-06-30,yes,Y,no,,Active,anything",
        headings="Contract Number,Serial Number,Product ID,Service Level,Start Date,End Date,"
        "Quantity,Site,End Customer,Annual Price,Currency,Vehicle,Country of Origin,"
        "Warranty End,Entitles TAC,Entitles RMA,Entitles OS Software,"
        "Entitles Application Software,Line Status,Remark",
    )
    file = read_lines(path, Declared(data_date=date(2026, 2, 1)))
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    assert (file.name, file.sha256) == ("lines.csv", sha256)
    assert [column.field for column in file.columns][-3:] == [
        "application_software", "status", None
    ]  # fmt: skip
    assert list(file) == [
        ContractLine(
            contract="900001",
            serial="XXX0000001",
            pid="EX-1",
            service_level="SNT",
            start=date(2026, 1, 1),
            end=date(2026, 12, 31),
            evidence=Evidence("lines.csv", "row 2", datetime(2026, 2, 1, tzinfo=UTC), sha256),
            entitles=Entitlement(tac=True, rma=True, os_software=False),
            quantity=2,
            site="North",
            end_customer="Example",
            annual_price=Decimal("1234.50"),
            currency="EUR",
            vehicle="Framework",
            country_of_origin="Nowhere",
            warranty_end=date(2027, 6, 30),
            status="Active",
        )
    ]


def test_a_missing_start_and_a_missing_serial_are_none(tmp_path):
    path = write(tmp_path, "XXX0000001,EX-1,,2026-12-31,,,", "N/A,EX-1,,2026-12-31,12,,")
    assert [(r.serial, r.start, r.quantity) for r in read_lines(path)] == [
        ("XXX0000001", None, 1),
        (None, None, 12),
    ]


BAD = {
    "neither": (
        ",EX-1,2026-01-01,2026-12-31,,,",
        "neither a serial number nor a quantity; add one of them",
    ),
    "no end": ("XXX0000001,EX-1,2026-01-01,,1,,", "no end date; add it"),
    "end before start": (
        "XXX0000001,EX-1,2026-01-02,2026-01-01,1,,",
        "ends 2026-01-01 before it starts 2026-01-02; mend the dates",
    ),
    "bad dates": (
        "XXX0000001,EX-1,2026-02-30,soon,1,,",
        ("Start Date: '2026-02-30' is not a day of the calendar;"
        " End Date: 'soon' is not a date; write it as 2026-11-24"),
    ),
    "ambiguous date": (
        "XXX0000001,EX-1,2026-01-01,03/04/2026,1,,",
        ("End Date: '03/04/2026' can be read in more than one way;"
        " declare how with --date-format %d/%m/%Y or %m/%d/%Y, or write 2026-11-24"),
    ),
    "no quantity": (
        "XXX0000001,EX-1,2026-01-01,2026-12-31,0,,",
        "Quantity: '0' is not a quantity; write a whole number from 1 up",
    ),
    "half a unit": (
        "XXX0000001,EX-1,2026-01-01,2026-12-31,1.5,,",
        "Quantity: '1.5' is not a quantity; write a whole number from 1 up",
    ),
    "thousands": (
        'XXX0000001,EX-1,2026-01-01,2026-12-31,1,"1,234.50",EUR',
        "Annual Price: '1,234.50' is not an amount; write it as 1234.50, the currency apart",
    ),
    "currency in the price": (
        "XXX0000001,EX-1,2026-01-01,2026-12-31,1,$100,USD",
        "Annual Price: '$100' is not an amount; write it as 1234.50, the currency apart",
    ),
    "not a number": (
        "XXX0000001,EX-1,2026-01-01,2026-12-31,1,NaN,USD",
        "Annual Price: 'NaN' is not an amount; write it as 1234.50, the currency apart",
    ),
    "currency sign": (
        "XXX0000001,EX-1,2026-01-01,2026-12-31,1,100,$",
        "Currency: '$' is not a currency; write its three letters, as EUR or USD",
    ),
    "price alone": (
        "XXX0000001,EX-1,2026-01-01,2026-12-31,1,100,",
        "a price without its currency; add a Currency column, as EUR or USD",
    ),
    "scientific": (
        "1.23E+11,EX-1,2026-01-01,2026-12-31,1,,",
        ("Serial Number: '1.23E+11' was damaged by a spreadsheet;"
        " export again with the column as text"),
    ),
    "float": (
        "12345678.0,EX-1,2026-01-01,2026-12-31,1,,",
        ("Serial Number: '12345678.0' was damaged by a spreadsheet;"
        " export again with the column as text"),
    ),
    "two serials": (
        '"XXX0000001, XXX0000002",EX-1,2026-01-01,2026-12-31,1,,',
        "Serial Number: 'XXX0000001, XXX0000002' is not one serial number; write one to a row",
    ),
    "shifted": (
        "XXX0000001,EX-1,rev 2,2026-01-01,2026-12-31,1,100,EUR",
        "8 cells under 7 headings; mend the row",
    ),
    "stray quote": (
        '"XXX0000001"x,EX-1,2026-01-01,2026-12-31,1,,',
        "stray quotation mark; double it inside a quoted cell or remove it",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("row", "reason"), BAD.values(), ids=BAD.keys())
def test_a_row_that_cannot_be_taken_says_why_and_hurts_no_other(tmp_path, row, reason):
    rejected, kept = read_lines(write(tmp_path, row, GOOD))
    assert rejected == Rejected("lines.csv", 2, reason)
    assert isinstance(kept, ContractLine)


@pytest.mark.parametrize("serial", ["123E45", "0012345678", "xxx0000001", "FOC1-2"])
def test_serials_that_only_look_odd_are_kept_as_they_are(tmp_path, serial):
    (line,) = read_lines(write(tmp_path, f"{serial},EX-1,,2026-12-31,,,"))
    assert line.serial == serial


@pytest.mark.parametrize("status", ["TERMINATED", "Expired", "ENTERED"])
def test_a_line_that_is_not_in_force_is_no_cover(tmp_path, status):
    headings = "Serial Number,End Date,Covered Line Status"
    path = write(tmp_path, f"XXX0000001,2026-12-31,{status}", headings=headings)
    reason = (
        f"{status!r} is not in force (ACTIVE, SIGNED, OVERDUE are) and its end, 2026-12-31,"
        " is not past; not taken"
    )
    for day in (date(2026, 12, 31), date(2026, 1, 1)):
        assert list(read_lines(path, Declared(data_date=day))) == [Rejected("lines.csv", 2, reason)]


def test_a_row_that_says_not_covered_is_no_cover_whatever_its_dates(tmp_path):
    headings = "Serial Number,End Date,Coverage Status"
    rows = ("XXX0000001,2027-12-31,NOT COVERED", "XXX0000002,2025-12-31,NOT COVERED")
    path = write(tmp_path, *rows, headings=headings)
    rejected, lapsed = read_lines(path, Declared(data_date=date(2026, 1, 1)))
    assert rejected.reason.startswith("a unit that is not covered is not in force")
    assert (lapsed.serial, lapsed.end) == ("XXX0000002", date(2025, 12, 31))


@pytest.mark.parametrize(
    ("status", "ended", "terminated", "end"),
    [
        ("EXPIRED", "2025-12-31", "", date(2025, 12, 31)),
        ("TERMINATED", "2027-12-31", "2025-06-30", date(2025, 6, 30)),
    ],
)
def test_a_line_whose_cover_is_over_tells_since_when(tmp_path, status, ended, terminated, end):
    headings = "Serial Number,End Date,Covered Line Status,Termination Date"
    path = write(tmp_path, f"XXX0000001,{ended},{status},{terminated}", headings=headings)
    (line,) = read_lines(path, Declared(data_date=date(2026, 1, 1)))
    assert (line.status, line.end) == (status, end)


def test_rows_are_counted_as_an_editor_counts_lines(tmp_path):
    path = write(
        tmp_path,
        ",,,",
        "",
        "XXX0000001,2026-12-31,first\u2028still line 4,",
        'XXX0000002,2026-12-31,"Street 1\nHouse 2",',
        "XXX0000003,soon,,",
        'XXX0000004,2026-12-31,"a\nb"c,',
        "XXX0000005,2026-12-31,,",
        headings='"Serial\nNumber",END_DATE,Address,Remark',
    )
    places = [
        row.row if isinstance(row, Rejected) else int(row.evidence.command.removeprefix("row "))
        for row in read_lines(path)
    ]
    assert places == [5, 6, 8, 9, 11]


def test_a_malformed_row_over_several_lines_names_them(tmp_path):
    path = write(tmp_path, 'XXX0000001,"2026-12-31', 'XXX0000002,"2026-12-31"', GOOD)
    first, second = read_lines(path)
    assert first == Rejected(
        "lines.csv",
        2,
        "rows 2 to 3 were read as one:"
        " stray quotation mark; double it inside a quoted cell or remove it",
    )
    assert isinstance(second, ContractLine)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("cp1252", b""),
    ],
)
def test_any_delimiter_in_any_encoding(tmp_path, delimiter, encoding, mark):
    rows = [
        ["Übersicht, Stand; heute", "", "", "", ""],
        ["CONTRACT NUMBER", "SERIAL NUMBER / PAK NUMBER", "BEGIN DATE", "END DATE", "SITE NAME"],
        ["900001", "XXX0000001", "01-APR-2024", "31-MAR-2027", "Köln, Süd; Halle | 3 €"],
    ]
    path = tmp_path / "lines.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
    path.write_bytes(mark + path.read_bytes())
    (line,) = read_lines(path)
    assert (line.contract, line.serial, line.site) == (
        "900001", "XXX0000001", "Köln, Süd; Halle | 3 €"
    )  # fmt: skip
    assert (line.start, line.end) == (date(2024, 4, 1), date(2027, 3, 31))
    assert line.evidence.command == "row 3"


def test_the_preferred_heading_is_taken_and_the_other_shown_as_unused(tmp_path):
    path = write(tmp_path, headings="Contract Type,Service Level,Serial,End Date,Serial Noumber")
    assert read_lines(path).columns == (
        Column("Contract Type", None),
        Column("Service Level", "service_level"),
        Column("Serial", "serial"),
        Column("End Date", "end"),
        Column("Serial Noumber", None),
    )


def test_what_is_only_alike_is_suggested_and_taken_when_the_user_says_so(tmp_path):
    path = write(
        tmp_path, "XXX0000001,2026-12-31,SNT", headings="Serial Number,End Date,Service Levl"
    )
    assert read_lines(path).columns[-1] == Column("Service Levl", None, "service_level")
    (untold,) = read_lines(path)
    (accepted,) = read_lines(path, Declared(accept=True))
    (mapped,) = read_lines(path, Declared(columns=(("service levl", "service_level"),)))
    assert (untold.service_level, accepted.service_level, mapped.service_level) == (
        None, "SNT", "SNT"
    )  # fmt: skip


def test_a_file_without_known_headings_names_those_that_are_alike(tmp_path):
    path = write(tmp_path, "XXX0000001,2026-12-31", headings="Serial Numbr,End Datum")
    with pytest.raises(SourceError) as refused:
        read_lines(path)
    assert str(refused.value).endswith(
        "seen: 'Serial Numbr', 'End Datum'; alike, if you say so with --accept or"
        " --map 'Serial Numbr=serial' --map 'End Datum=end'"
    )
    assert len(list(read_lines(path, Declared(accept=True)))) == 1


def test_a_field_that_there_is_not_is_refused(tmp_path):
    with pytest.raises(SourceError, match="--map Remark=colour: no such field; known: annual_"):
        read_lines(write(tmp_path, GOOD), Declared(columns=(("Remark", "colour"),)))


NEEDS = "no heading row with 'Serial Number' (or 'Quantity') and 'End Date' in the first 30 rows;"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty; export it again"),
        (b"\n\n", f"{NEEDS} seen: nothing"),
        (b"Seriennummer;Ende\nXXX0000001;2026-12-31\n", f"{NEEDS} seen: 'Seriennummer', 'Ende'"),
        (b"Serial Number,Start Date\n", f"{NEEDS} seen: 'Serial Number', 'Start Date'"),
        (b"\x7fELF\x00\x00", "is binary, not text; export it as CSV"),
        (b"PK\x03\x04\x00\x00", "is no whole archive: File is not a zip file; fetch it again"),
        (b"Serial Number,End Date\n\x81\xff,\n",
         "is neither UTF-8, UTF-16 nor Windows-1252; save it as UTF-8"),
        (b"Serial Number,End Date,serial_number\n",
         "heading 'Serial Number' stands twice; remove or rename one"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_says_what_it_needs(tmp_path, content, message):
    path = tmp_path / "lines.csv"
    path.write_bytes(content)
    with pytest.raises(SourceError) as refused:
        read_lines(path)
    assert str(refused.value) == f"{path}: {message}"


def test_a_quotation_mark_that_is_never_closed_stops_the_import(tmp_path):
    path = write(tmp_path, GOOD, 'XXX0000002,"EX-1,,2026-12-31,1,,', GOOD)
    file = read_lines(path)
    with pytest.raises(SourceError, match="row 3: a quotation mark is opened and never closed"):
        list(file)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "is a folder; name the files in it"),
        ("missing.csv", "cannot be read: No such file or directory"),
        ("lines.pdf", "contract lines are not read from such files; known: CCW-R"),
    ],
)
def test_what_is_no_file_of_lines(tmp_path, name, message):
    with pytest.raises(SourceError, match=message):
        read_lines(tmp_path / name)


def test_a_large_file_needs_little_memory(tmp_path):
    count, ceiling = 8_000, 6_000_000
    path = tmp_path / "large.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("Contract Number,Serial Number,Product ID,Start Date,End Date,Site\n")
        for number in range(count):
            file.write(f"{number // 50},XXX{number:07},EX-1,2026-01-01,2026-12-31,{'site' * 10}\n")
    lines = read_lines(path)
    imported = datetime(2026, 3, 1, tzinfo=UTC)
    with open_store(f"sqlite:///{tmp_path / 'a.db'}") as store:
        tracemalloc.start()
        summary = store.import_lines(
            ImportFile(lines.name, lines.sha256, imported, None, "contracts"), lines
        )
        seen = sum(1 for _ in store.lines())
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert (summary.added, seen) == (count, count)
    assert peak < ceiling
