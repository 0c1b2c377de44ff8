from __future__ import annotations

from datetime import date

import pytest

from agent.errors import SourceError
from agent.model import NO_REPLACEMENT, Milestones, Rejected, Unstated
from agent.sources import Declared
from agent.sources.eox import read_milestones

HEADINGS = "pid,bulletin_id,end_of_sale,end_of_vuln_security_support,last_date_of_support"


def write(folder, *rows: str, headings=HEADINGS):
    path = folder / "eox.csv"
    path.write_text("\n".join((headings, *rows, "")), encoding="utf-8")
    return path


def test_the_columns_of_a_bulletin_table(tmp_path):
    headings = (
        "pid,bulletin_id,url,eol_announcement,end_of_sale,last_ship,"
        "end_of_routine_failure_analysis,end_of_sw_maintenance,end_of_vuln_security_support,"
        "end_of_new_service_attachment,end_of_service_contract_renewal,last_date_of_support"
    )
    days = [f"2026-0{number}-01" for number in range(1, 10)]
    days[7] = "2025-11-01"
    row = ",".join(["EX-1", "EOL00001", "https://example.net/eol", *days])
    (record,) = read_milestones(write(tmp_path, row, headings=headings))
    assert record == Milestones(
        "EX-1",
        record.evidence,
        "EOL00001",
        "https://example.net/eol",
        announced=date(2026, 1, 1),
        end_of_sale=date(2026, 2, 1),
        last_ship=date(2026, 3, 1),
        routine_failure_analysis=date(2026, 4, 1),
        sw_maintenance=date(2026, 5, 1),
        security_support=date(2026, 6, 1),
        new_service_attachment=date(2026, 7, 1),
        service_contract_renewal=date(2025, 11, 1),
        last_date_of_support=date(2026, 9, 1),
    )
    assert (record.evidence.source, record.evidence.command) == ("eox.csv", "row 2")


@pytest.mark.parametrize(
    ("cell", "named"), [("EX-9", "EX-9"), ("No replacement", NO_REPLACEMENT), ("", None)]
)
def test_the_replacement_of_a_bulletin_table(tmp_path, cell, named):
    headings = "pid,end_of_sale,Replacement Product Part Number"
    (found,) = read_milestones(write(tmp_path, f"EX-1,2026-01-31,{cell}", headings=headings))
    assert (found.replacement, found.end_of_sale) == (named, date(2026, 1, 31))


def test_the_field_names_of_the_api(tmp_path):
    headings = (
        "EOLProductID,ProductBulletinNumber,LinkToProductBulletinURL,EOXExternalAnnouncementDate,"
        "EndOfSaleDate,EndOfSWMaintenanceReleases,EndOfSecurityVulSupportDate,"
        "EndOfRoutineFailureAnalysisDate,EndOfServiceContractRenewal,LastDateOfSupport,"
        "EndOfSvcAttachDate"
    )
    file = read_milestones(write(tmp_path, headings=headings))
    assert [column.field for column in file.columns] == [
        "pid", "bulletin", "url", "announced", "end_of_sale", "sw_maintenance", "security_support",
        "routine_failure_analysis", "service_contract_renewal", "last_date_of_support",
        "new_service_attachment",
    ]  # fmt: skip


def test_no_date_is_one_of_three_states_and_none_is_derived(tmp_path):
    (record,) = read_milestones(write(tmp_path, "EX-1,,Not  Announced,not stated, "))
    assert record.bulletin is None
    assert (record.end_of_sale, record.security_support, record.last_date_of_support) == (
        Unstated.NOT_ANNOUNCED, Unstated.NOT_STATED, Unstated.UNKNOWN
    )  # fmt: skip
    assert record.announced is Unstated.UNKNOWN


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",EOL00001,2026-01-01,,", "pid: no PID; add it"),
        ("EX-1,,2026-13-01,,",
         ("end_of_sale: '2026-13-01' is not a day of the calendar"
         " (or 'not announced', 'not stated', blank)")),
        ("EX-1,,,,none",
         ("last_date_of_support: 'none' is not a date; write it as 2026-11-24"
         " (or 'not announced', 'not stated', blank)")),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_taken_says_why(tmp_path, row, reason):
    rejected, kept = read_milestones(write(tmp_path, row, "EX-2,,2026-01-01,,"))
    assert rejected == Rejected("eox.csv", 2, reason)
    assert kept.pid == "EX-2"


def test_rows_that_agree_are_one_record_and_rows_that_do_not_are_a_conflict(tmp_path):
    path = write(
        tmp_path,
        "EX-1,EOL00001,2026-01-01,,2031-01-31",
        "EX-1,EOL00002,2026-01-01,,2031-01-31",
        "EX-2,EOL00001,2026-01-01,,2031-01-31",
        "EX-1,EOL00003,2026-01-01,not stated,2030-01-31",
    )
    records = list(read_milestones(path))
    assert [getattr(record, "pid", None) for record in records] == [None, None, "EX-2", None]
    assert records[3] == Rejected(
        "eox.csv",
        5,
        "conflict with row 2 about EX-1: security_support not stated here, unknown there,"
        " last_date_of_support 2030-01-31 here, 2031-01-31 there; remove the wrong one",
    )


def test_a_declared_date_format(tmp_path):
    (record,) = read_milestones(write(tmp_path, "EX-1,,12/01/2026,,"), Declared("%d/%m/%Y"))
    assert record.end_of_sale == date(2026, 1, 12)


def test_a_file_without_milestones_says_what_it_needs(tmp_path):
    with pytest.raises(SourceError) as refused:
        read_milestones(write(tmp_path, headings="pid,bulletin_id,description"))
    assert str(refused.value).endswith(
        "no heading row with 'pid' and at least one milestone ('end_of_sale',"
        " 'last_date_of_support', ...) in the first 30 rows;"
        " seen: 'pid', 'bulletin_id', 'description'"
    )


def test_files_of_another_kind_are_refused(tmp_path):
    with pytest.raises(SourceError, match="EoX milestones are not read from such files; known: "):
        read_milestones(tmp_path / "eox.pdf")
