"""Contract data as APIs answer it, saved as JSON."""

from __future__ import annotations

import json
from datetime import date

import pytest

from agent.errors import SourceError
from agent.model import ContractLine, CoverStatement, Licence, Rejected
from agent.sources import Column
from agent.sources.contracts import read_lines


def read(folder, content):
    path = folder / "answer.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return read_lines(path)


def covered(**changes):
    return {
        "serialNumber": "TST26000001",
        "productId": "C9300-48P-A",
        "coverageStatus": "COVERED",
        "coverageStartDate": "2024-04-01",
        "coverageEndDate": "2027-03-31",
        "contractNumber": "900001",
        "serviceLevel": "SNT",
        "slaType": "8X5XNBD",
        "contractStatus": "Active",
        "serviceLineStatus": "ACTIVE",
        "installGUName": None,
    } | changes


def test_cx_cloud_covered_masked_and_not_covered(tmp_path):
    file = read(
        tmp_path,
        {
            "pagination": {"page": 1, "pages": 1, "rows": 2, "total": 2},
            "data": [
                covered(),
                covered(
                    serialNumber="TST26000002",
                    contractNumber="Confidential",
                    serviceLevel="Confidential",
                ),
                {"serialNumber": "TST26000003", "productId": "EX-1", "hwType": "Chassis"},
                {"contractNumber": "900001", "contractEndDate": "2027-03-31"},
            ],
        },
    )
    assert Column("coverageEndDate", "end") in file.columns
    line, masked, bare, head = file
    assert file.extent == "units"
    assert (line.contract, line.service_level, line.end) == ("900001", "SNT", date(2027, 3, 31))
    assert (masked.state, masked.until, masked.contract) == (
        "not_visible",
        date(2027, 3, 31),
        None,
    )
    assert (bare.serial, bare.state) == ("TST26000003", "not_covered")
    assert isinstance(head, Rejected)
    assert head.row == 4


def test_pages_saved_as_a_list_are_one_answer(tmp_path):
    pages = [{"data": [covered()]}, {"data": [covered(serialNumber="TST26000002")]}]
    assert [line.serial for line in read(tmp_path, pages)] == ["TST26000001", "TST26000002"]


def test_the_list_of_assets_not_covered_as_csv(tmp_path):
    path = tmp_path / "Not_Covered_Assets.csv"
    path.write_text(
        "contractInstanceNumber,serialNumber,productId,hwType,warrantyEndDate\n"
        "1,TST26000003,EX-1,Chassis,\n2,,EX-1,Chassis,\n"
    )
    bare, rejected = read_lines(path)
    assert (bare.serial, bare.pid, bare.state) == ("TST26000003", "EX-1", "not_covered")
    assert rejected.reason == "serialNumber: names no serial number"


MS = 1_806_364_800_000  # 2027-03-30


def asset(**changes):
    known = {"serialNumber": "TST26000001", "productId": "C9300-48P", "coverageStatus": "COVERED"}
    return known | {"contractNumber": "900001", "coverageEndDate": MS} | changes


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, "covered"),
        ({"contractNumber": None}, "not_visible"),
        ({"coverageStatus": "NOT_COVERED", "coverageEndDate": None}, "not_covered"),
        ({"coverageStatus": None}, "unknown"),
    ],
)
def test_cisco_iq_assets(tmp_path, changes, state):
    *lines, said = read(tmp_path, {"items": [asset(**changes)], "meta": {"count": None}})
    assert isinstance(said, CoverStatement)
    assert said.state == state
    assert [(line.contract, line.start, line.end) for line in lines] == (
        [("900001", None, date(2027, 3, 30))] if state == "covered" else []
    )


def test_cisco_iq_contracts_are_quantities(tmp_path):
    contract = {
        "contractNumber": "900001",
        "contractStatus": "Active",
        "serviceLevel": "SNT",
        "contractStartDate": 1_711_929_600_000,
        "contractEndDate": MS,
        "coveredAssetCount": 12,
    }
    (line,) = read(tmp_path, {"items": [contract]})
    assert (line.serial, line.quantity, line.start) == (None, 12, date(2024, 4, 1))


def summary(**changes):
    return {
        "sr_no": "TST26000001",
        "is_covered": "YES",
        "covered_product_line_end_date": "2027-03-31",
        "service_contract_number": "900001",
        "service_line_descr": "SMARTNET 8X5XNBD",
        "base_pid_list": [{"base_pid": "C9300-48P"}],
        "orderable_pid_list": [{"orderable_pid": "C9300-48P-A", "pillar_code": "1,2,3"}],
        "parent_sr_no": "",
    } | changes


@pytest.mark.parametrize(
    ("item", "lines", "state"),
    [
        (summary(), 1, "covered"),
        (summary(service_contract_number="", covered_product_line_end_date=""), 0, "not_visible"),
        (summary(is_covered="NO", service_contract_number=""), 0, "not_covered"),
        ({"sr_no": "TST26000001", "is_covered": "NO", "base_pid_list": []}, 0, "unknown"),
        ({"sr_no": "TST26000001", "is_covered": "NO", "coverage_end_date": ""}, 0, "unknown"),
        (
            {"sr_no": "TST26000001", "is_covered": "YES", "coverage_end_date": "2027-03-31"},
            0,
            "covered",
        ),
        ({"sr_no": "TST26000001", "is_covered": "YES", "sr_no_owner": "NO"}, 0, "not_visible"),
        ({"sr_no": "TST26000001", "is_covered": "PERHAPS"}, 0, "unknown"),
    ],
)
def test_sn2info(tmp_path, item, lines, state):
    *found, said = read(tmp_path, {"serial_numbers": [item]})
    assert said.state == state
    assert [(x.pid, x.service_level) for x in found] == [
        ("C9300-48P-A", "SMARTNET 8X5XNBD")
    ] * lines


def test_sn2info_by_instance_holds_objects_where_the_other_call_holds_lists(tmp_path):
    item = summary(base_pid={"base_pid": "EX-1"}, orderable_pid={"orderable_pid": "EX-1-A"})
    del item["sr_no"], item["base_pid_list"], item["orderable_pid_list"]
    (line,) = read(tmp_path, {"instance_numbers": [item]})
    assert (line.serial, line.pid, line.quantity) == (None, "EX-1-A", 1)


def test_ccw_renewals(tmp_path):
    (line,) = read(
        tmp_path,
        {
            "totalRecords": 1,
            "instances": [
                {
                    "serialNumber": "TST26000001",
                    "parentSerialNumber": "TST26000009",
                    "minor": True,
                    "serviceSKU": "CON-SNT-TEST",
                    "serviceLevel": "SNT",
                    "startDate": "2024-04-01",
                    "endDate": "2027-03-31",
                    "contract": {"number": "900001", "lineStatus": "ACTIVE"},
                    "quantity": 1,
                    "product": {"number": "C9300-NM", "description": "^Module"},
                    "warranty": {"endDate": "2031-04-09"},
                    "endCustomer": {"name": "example.net"},
                }
            ],
        },
    )
    assert (line.contract, line.pid, line.parent_serial, line.minor) == (
        "900001",
        "C9300-NM",
        "TST26000009",
        True,
    )
    assert (line.warranty_end, line.end_customer) == (date(2031, 4, 9), "example.net")


def test_smart_account_licences_with_their_use_and_their_terms(tmp_path):
    whole, term = read(
        tmp_path,
        {
            "licenses": [
                {
                    "license": "C9300 DNA Advantage",
                    "virtualAccount": "north",
                    "quantity": 10,
                    "inUse": 12,
                    "status": "Insufficient Licenses",
                    "licenseDetails": [
                        {
                            "quantity": 10,
                            "startDate": "2024-04-01",
                            "endDate": "2027-03-31",
                            "subscriptionId": "Sub0001",
                            "status": "ACTIVE",
                            "licenseSku": "C9300-DNA-A-48-3Y",
                        }
                    ],
                }
            ]
        },
    )
    assert (whole.quantity, whole.in_use, whole.end) == (10, 12, None)
    assert (term.subscription, term.in_use, term.end) == ("Sub0001", None, date(2027, 3, 31))


def test_smart_account_licences_as_a_table(tmp_path):
    path = tmp_path / "licences.csv"
    path.write_text(
        "License,Virtual Account,Purchased,In Use\nC9300 DNA Advantage,north,10,12\n,north,1,1\n"
    )
    licence, rejected = read_lines(path)
    assert isinstance(licence, Licence)
    assert (licence.name, licence.quantity, licence.in_use) == ("C9300 DNA Advantage", 10, 12)
    assert rejected.reason == "License: no licence name; add it"


@pytest.mark.parametrize("key", ["vitualAccounts", "virtualAccounts"])
def test_enterprise_agreement_consumption(tmp_path, key):
    suite = {"suiteName": "DNA Advantage", "totalEntitlements": 100, "totalConsumption": "120"}
    agreement = {
        "subscriptionID": "Sub0002",
        "status": "ACTIVE",
        "startDate": "2024-04-01",
        "endDate": "2029-03-31",
        "nextTrueForward": "2027-04-01",
        "architectureName": "Networking",
        "accounts": [{"smartAccountId": "1", key: [{"name": "north", "suites": [suite]}]}],
    }
    (licence,) = read(tmp_path, {"subscriptions": [agreement]})
    assert licence.agreement
    assert (licence.name, licence.quantity, licence.in_use, licence.true_forward) == (
        "Networking DNA Advantage",
        100,
        120,
        date(2027, 4, 1),
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"ErrorResponse": {"APIError": [{"ErrorCode": "NO_RECORDS_FOUND"}]}}, "NO_RECORDS_FOUND"),
        ({"reason": {"errorCode": "API_INV_000", "errorInfo": "none"}}, "API_INV_000"),
        ({"message": "Rate limit exceeded"}, "Rate limit exceeded"),
    ],
)
def test_an_error_body_is_no_file_of_lines(tmp_path, content, said):
    with pytest.raises(SourceError, match=f"is an answer without records: .*{said}.*; ask again"):
        read(tmp_path, content)


@pytest.mark.parametrize("text", ['{"data": [', "<h1>Gateway Timeout</h1>", "[" * 100_000])
def test_half_an_answer_is_refused(tmp_path, text):
    path = tmp_path / "answer.json"
    path.write_text(text)
    with pytest.raises(SourceError, match="is no whole JSON"):
        read_lines(path)


def test_a_bad_object_hurts_no_other(tmp_path):
    data = [covered(coverageEndDate="soon"), covered(serialNumber="A B"), covered()]
    bad_date, bad_serial, good = read(tmp_path, {"data": data})
    assert bad_date == Rejected(
        "answer.json", 1, "end: 'soon' is not a date; write it as 2026-11-24"
    )
    assert bad_serial.row == 2
    assert isinstance(good, ContractLine)
