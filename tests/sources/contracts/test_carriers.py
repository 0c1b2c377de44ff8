"""Workbooks and archives: the same rows, whatever carries them."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date

import pytest
import xlsxwriter

from agent.errors import SourceError
from agent.model import ContractLine, CoverStatement, Doubt, Rejected
from agent.sources import Column, Declared
from agent.sources.contracts import read_lines
from tests.sources.xlsb import write_xlsb

CISCO_READY = [
    ["Install base as of 2026-10-31"],
    [],
    [],
    [
        "Serial Number / PAK number",
        "Coverage",
        "Covered Line Status",
        "Product ID",
        "Item Quantity",
        "Covered Line Start Date",
        "Covered Line End Date",
        "Contract Type",
        "Contract Number",
        "Major/Minor",
    ],
    ["TST26000001", "Covered", "ACTIVE", "C9300-48P-A", 1, 45383, 46477, "SNT", 900001, "Major"],
    ["TST26000001", "Covered", "ACTIVE", "C9300-NM", 1, 45383, 46477, "SNT", 900001, "Minor"],
    ["TST26000002", "Not Covered", "", "C9300-24T-E", 1, "", "", "", "", "Major"],
    ["", "Covered", "ACTIVE", "SFP-TEST", 12, 45383, 46477, "SNT", 900001, "Minor"],
]


def write_xlsx(path, rows, **more):
    with xlsxwriter.Workbook(path) as book:
        for name, each in {"Data": rows, **more}.items():
            sheet = book.add_worksheet(name)
            for number, cells in enumerate(each):
                sheet.write_row(number, 0, cells)
    return path


def as_csv(rows, delimiter=","):
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode()


def write(folder, carrier):
    path = folder / f"install_base.{carrier}"
    if carrier == "csv":
        path.write_bytes(as_csv(CISCO_READY))
        return path
    return {"xlsx": write_xlsx, "xlsb": write_xlsb}[carrier](path, CISCO_READY)


@pytest.mark.parametrize("carrier", ["csv", "xlsx", "xlsb"])
def test_cisco_ready_in_any_carrier(tmp_path, carrier):
    file = read_lines(write(tmp_path, carrier))
    assert (file.data_date, file.basis) == (date(2026, 10, 31), "header")
    major, minor, not_covered, quantity = file
    assert (major.contract, major.serial, major.start, major.end) == (
        "900001",
        "TST26000001",
        date(2024, 4, 1),
        date(2027, 3, 31),
    )
    assert (major.minor, minor.minor, minor.pid) == (False, True, "C9300-NM")
    assert isinstance(not_covered, CoverStatement)
    assert (not_covered.serial, not_covered.state) == ("TST26000002", "not_covered")
    assert (quantity.serial, quantity.quantity, quantity.minor) == (None, 12, True)
    assert [x.evidence.command.rpartition("row ")[2] for x in file] == ["5", "6", "7", "8"]
    assert major.evidence.collected.date() == date(2026, 10, 31)


def test_every_sheet_with_the_columns_is_read_and_the_others_are_named(tmp_path):
    rows = [["Serial Number", "End Date"], ["TST26000001", "2027-03-31"]]
    more = [["Serial Number", "End Date"], ["TST26000002", "2027-04-30"]]
    path = write_xlsx(tmp_path / "a.xlsx", rows, More=more, Summary=[["Total", 2]])
    file = read_lines(path)
    assert [(x.serial, x.evidence.command) for x in file] == [
        ("TST26000001", "Data row 2"),
        ("TST26000002", "More row 2"),
    ]
    assert file.columns == (Column("Serial Number", "serial"), Column("End Date", "end"))
    assert file.notes == ("Summary: holds no such table, not read",)


def test_a_serial_that_a_spreadsheet_holds_as_a_number_is_reported_and_never_mended(tmp_path):
    rows = [
        ["Serial Number", "End Date"],
        [12345678, "2027-03-31"],
        [1.5e20, "2027-03-31"],
        ["TST26000001 ", "2027-03-31"],
    ]
    number, doubt, lost, padded, blanks = read_lines(write_xlsx(tmp_path / "a.xlsx", rows))
    assert number.serial == "12345678"
    assert doubt == Doubt(
        "a.xlsx: Data",
        2,
        "serial 12345678 is kept as a number: leading zeros, if it had any, are lost",
    )
    assert isinstance(lost, Rejected)
    assert "was damaged by a spreadsheet" in lost.reason
    assert padded.serial == "TST26000001"
    assert blanks.reason == "serial 'TST26000001 ' has blanks around it; read as 'TST26000001'"


CSCC = (
    '"CONTRACT NUMBER","SERVICE LEVEL","PRODUCT NUMBER","PRODUCT RELATIONSHIP",'
    '"SERIAL NUMBER / PAK NUMBER","COVERED PRODUCT STATUS","BEGIN DATE","END DATE"\n'
    '"{contract}","SNT","C9300-48P-A","{kind}","{serial}","ACTIVE","01-APR-2024","31-MAR-2027"\n'
)


def test_the_contract_zip_is_one_file_of_all_its_contracts(tmp_path):
    path = tmp_path / "contracts.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "900002.csv", CSCC.format(contract=900002, kind="CHILD", serial="TST26000002")
        )
        archive.writestr(
            "900001.csv", CSCC.format(contract=900001, kind="PARENT", serial="1.2E+11")
        )
        archive.writestr("readme.pdf", "not read")
    file = read_lines(path)
    rejected, child = file
    assert (rejected.file, rejected.row) == ("contracts.zip: 900001.csv", 2)
    assert (child.contract, child.minor, child.evidence.command) == (
        "900002",
        True,
        "900002.csv row 2",
    )
    assert (child.evidence.source, child.evidence.sha256) == (file.name, file.sha256)
    assert file.notes == ("readme.pdf: holds no such table, not read",)


@pytest.mark.parametrize("content", [b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0broken"])
def test_a_damaged_file_is_one_clear_line(tmp_path, content):
    path = tmp_path / "lines.xlsx"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"lines\.xlsx: is no (readable workbook|whole archive)"):
        read_lines(path)


@pytest.mark.parametrize(
    ("title", "day"),
    [
        ("Report run date: 31-OCT-2026", date(2026, 10, 31)),
        ("Generated on 2026-10-31 08:00", date(2026, 10, 31)),
        ("Contracts of example.net", None),
        ("Coverage to 2027-03-31", None),
    ],
)
def test_a_file_states_its_day_above_its_headings_or_not_at_all(tmp_path, title, day):
    path = tmp_path / "lines.csv"
    path.write_text(f"{title},\n\nSerial Number,End Date\nTST26000001,2027-03-31\n")
    file = read_lines(path)
    (line,) = file
    if day:
        assert (file.data_date, file.basis) == (day, "header")
        assert line.evidence.collected.date() == day
    else:
        assert (file.basis, line.evidence.collected) == ("modified", None)
    declared = read_lines(path, Declared(data_date=date(2026, 11, 1), sites=("north",)))
    assert (declared.data_date, declared.basis) == (date(2026, 11, 1), "declared")
    assert declared.sites == ("north",)


def test_third_party_maintenance_and_several_lines_for_one_serial(tmp_path):
    path = tmp_path / "lines.csv"
    path.write_text(
        "Serial Number,Start Date,End Date,Maintenance Provider,Contract\n"
        "TST26000001,2026-01-01,2026-12-31,Cisco,900001\n"
        "TST26000001,2027-01-01,2027-12-31,Cisco Systems,900001\n"
        "TST26000001,2026-01-01,2026-12-31,Example Maintenance,X1\n"
    )
    lines = list(read_lines(path))
    assert all(isinstance(line, ContractLine) for line in lines)
    assert [(x.contract, x.start.year, x.third_party) for x in lines] == [
        ("900001", 2026, False),
        ("900001", 2027, False),
        ("X1", 2026, True),
    ]
