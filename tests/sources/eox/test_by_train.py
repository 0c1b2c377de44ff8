from __future__ import annotations

from datetime import date

import pytest

from agent.model import Doubt, Rejected, TrainMilestones, Unstated
from agent.sources.eox import read_milestones

HEADINGS = (
    "os,train,eol_announcement,end_of_sale,end_of_sw_maintenance,end_of_vuln_security_support,"
    "end_of_service_contract_renewal,last_date_of_support,bulletin,url,first_customer_shipment"
)


def read(folder, *rows):
    path = folder / "trains.csv"
    path.write_text("\n".join((HEADINGS, *rows, "")), encoding="utf-8")
    return list(read_milestones(path))


def test_a_train_with_all_it_has(tmp_path):
    (train,) = read(
        tmp_path,
        "iosxe,17.9,2024-01-31,2024-07-31,2025-07-31,2026-01-31,,2029-07-31,EOL00001,"
        "https://example.net/eol,2022-07-29",
    )
    assert train == TrainMilestones(
        os="ios-xe",
        train="17.9",
        evidence=train.evidence,
        bulletin="EOL00001",
        url="https://example.net/eol",
        first_customer_shipment=date(2022, 7, 29),
        announced=date(2024, 1, 31),
        end_of_sale=date(2024, 7, 31),
        sw_maintenance=date(2025, 7, 31),
        security_support=date(2026, 1, 31),
        last_date_of_support=date(2029, 7, 31),
    )


@pytest.mark.parametrize(
    ("os", "cell", "state"),
    [
        ("ios-xe", "", Unstated.UNKNOWN),
        ("asa", "", Unstated.NOT_STATED),
        ("ftd", "", Unstated.NOT_STATED),
        ("fxos", "", Unstated.NOT_STATED),
        ("asa", "not announced", Unstated.NOT_ANNOUNCED),
        ("iosxe", "not stated", Unstated.NOT_STATED),
    ],
)
def test_a_blank_end_of_security_support(tmp_path, os, cell, state):
    (train,) = read(tmp_path, f"{os},9.16,,,2026-01-01,{cell},,,,,")
    assert train.security_support is state
    assert train.last_date_of_support is Unstated.UNKNOWN


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("pixos,9.16,,,,,,2026-01-01,,,",
         "os: 'pixos' is not known; write ios-xe, asa, ftd, fxos or ap"),
        ("asa,nine,,,,,,2026-01-01,,,", "train: 'nine' is no train; write it as 17.9"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_taken_says_why(tmp_path, row, reason):
    assert read(tmp_path, row) == [Rejected("trains.csv", 2, reason)]


def test_a_remark_beside_the_train_is_left_out(tmp_path):
    (train,) = read(tmp_path, "ftd,6.2.3 (FXOS 2.2),,,,,,2025-02-28,,,")
    assert (train.os, train.train) == ("ftd", "6.2.3")


def test_dates_that_contradict_each_other_are_taken_and_named_with_the_bulletin(tmp_path):
    _, *doubts = read(tmp_path, "ios-xe,17.9,2027-02-01,2027-01-01,,2026-06-01,,2026-01-01,E,,")
    assert [doubt.reason for doubt in doubts if isinstance(doubt, Doubt)] == [
        "ios-xe 17.9: announcement 2027-02-01 after last date of support 2026-01-01 (E)",
        "ios-xe 17.9: end of sale 2027-01-01 after last date of support 2026-01-01 (E)",
        "ios-xe 17.9: end of security support 2026-06-01 after last date of support 2026-01-01 (E)",
        "ios-xe 17.9: announcement 2027-02-01 after end of sale 2027-01-01 (E)",
    ]  # fmt: skip
