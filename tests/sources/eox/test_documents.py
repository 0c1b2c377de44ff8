"""EoX as JSON: answers of Cisco's API, and OpenEoX both ways."""

from __future__ import annotations

import json
from datetime import date

import pytest

from agent.errors import SourceError
from agent.model import (
    NO_REPLACEMENT,
    Doubt,
    Evidence,
    Milestones,
    Rejected,
    TrainMilestones,
    Unstated,
)
from agent.sources.eox import openeox, read_milestones

DAY = date(2026, 11, 24)
NOWHERE = Evidence("a.csv", "row 2", None, "0" * 64)


def read(folder, content):
    path = folder / "eox.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return list(read_milestones(path))


def record(pid="EX-1", **dates):
    return {
        "EOLProductID": pid,
        "ProductBulletinNumber": "EOL00001",
        **{key: {"value": value, "dateFormat": "YYYY-MM-DD"} for key, value in dates.items()},
    }


def error(code, value="EX-2"):
    return {
        "EOLProductID": "",
        "EOXInputValue": f"{value} ",
        "EOXError": {"ErrorID": code, "ErrorDescription": "made up", "ErrorDataValue": value},
    }


@pytest.mark.parametrize("blank", ["", " ", None])
def test_a_blank_in_an_answer_is_unknown(tmp_path, blank):
    dates = {"EndOfSaleDate": "2026-01-31", "EndOfSecurityVulSupportDate": blank}
    (found,) = read(tmp_path, {"EOXRecord": [record(**dates)]})
    assert (found.pid, found.bulletin, found.end_of_sale) == (
        "EX-1",
        "EOL00001",
        date(2026, 1, 31),
    )
    assert found.security_support is found.last_date_of_support is Unstated.UNKNOWN


@pytest.mark.parametrize(
    ("details", "named"),
    [
        ({"MigrationOption": "Enter PID(s)", "MigrationProductId": "EX-9 "}, "EX-9"),
        (
            {"MigrationOption": "No Replacement Available", "MigrationProductId": " "},
            NO_REPLACEMENT,
        ),
        ({"MigrationOption": "See Migration Section", "MigrationProductId": ""}, None),
        ({"MigrationOption": "Enter Product Name(s)", "MigrationProductName": "Made up"}, None),
        ({}, None),
    ],
)
def test_the_replacement_is_a_pid_or_none_offered(tmp_path, details, named):
    (found,) = read(tmp_path, {"EOXRecord": [record() | {"EOXMigrationDetails": details}]})
    assert found.replacement == named


def test_no_notice_is_an_answer_and_every_other_error_is_a_rejection(tmp_path):
    first, second, rejected = read(
        tmp_path, {"EOXRecord": [error("SSA_ERR_026", "EX-2,EX-3"), error("SSA_ERR_018")]}
    )
    assert (first.pid, second.pid) == ("EX-2", "EX-3")
    assert first.last_date_of_support is Unstated.NOT_ANNOUNCED
    assert rejected == Rejected("eox.json", 2, "the service answered SSA_ERR_018 made up")


def test_a_product_on_two_records_is_one_where_they_agree_and_none_where_they_do_not(tmp_path):
    same, other = record(EndOfSaleDate="2026-01-31"), record(EndOfSaleDate="2026-02-28")
    (first,) = read(tmp_path, {"EOXRecord": [same, same]})
    assert isinstance(first, Milestones)
    reasons = [each.reason for each in read(tmp_path, {"EOXRecord": [same, other]})]
    assert reasons == [
        f"conflict with item {there} about EX-1: end_of_sale {ours} here, {theirs} there;"
        " remove the wrong one"
        for there, ours, theirs in (
            (2, "2026-01-31", "2026-02-28"),
            (1, "2026-02-28", "2026-01-31"),
        )
    ]


def test_of_several_records_of_a_product_the_one_updated_last_stands(tmp_path):
    old = record(EndOfSaleDate="2026-01-31", UpdatedTimeStamp="2025-01-01")
    new = record(EndOfSaleDate="2026-02-28", UpdatedTimeStamp="2026-01-01")
    aside, found = read(tmp_path, {"EOXRecord": [old, new]})
    assert aside == Doubt(
        "eox.json", 1, "EX-1: a record updated on 2026-01-01 stands before this one"
    )
    assert found.end_of_sale == date(2026, 2, 28)


def test_a_refused_request_is_no_data(tmp_path):
    with pytest.raises(SourceError, match=r"is an answer without records: .*SSA_ERR_010"):
        read(tmp_path, {"EOXError": {"ErrorID": "SSA_ERR_010", "ErrorDescription": "invalid"}})


HARDWARE = Milestones(
    "EX-1",
    NOWHERE,
    end_of_sale=date(2025, 1, 31),
    security_support=date(2029, 1, 31),
    last_date_of_support=date(2030, 1, 31),
)
TRAIN = TrainMilestones(
    "ios-xe",
    "17.9",
    NOWHERE,
    security_support=Unstated.NOT_ANNOUNCED,
    last_date_of_support=date(2029, 7, 31),
)


def test_what_is_exported_comes_back(tmp_path):
    document, left_out = openeox.document([HARDWARE, TRAIN], DAY)
    assert left_out == []
    hardware, train = read(tmp_path, document)
    assert (hardware.pid, hardware.end_of_sale) == ("EX-1", date(2025, 1, 31))
    assert (hardware.security_support, hardware.last_date_of_support) == (
        date(2029, 1, 31),
        date(2030, 1, 31),
    )
    assert (train.os, train.train, train.security_support, train.last_date_of_support) == (
        "ios-xe",
        "17.9",
        Unstated.NOT_ANNOUNCED,
        date(2029, 7, 31),
    )
    assert train.end_of_sale is Unstated.UNKNOWN


def test_the_document_has_what_its_schemas_require():
    document, _ = openeox.document([HARDWARE, TRAIN], DAY)
    assert document["$schema"].endswith("/shell.json")
    hardware, train = document["statements"]
    assert hardware["core"] == {
        "$schema": f"{openeox.SCHEMAS}/core.json",
        "end_of_life": "2030-01-31T23:59:59Z",
        "end_of_security_support": "2029-01-31T23:59:59Z",
        "end_of_sales": "2025-01-31T23:59:59Z",
        "last_updated": "2026-11-24T00:00:00Z",
    }
    assert train["core"]["end_of_security_support"] == "tba"
    for statement in (hardware, train):
        assert statement.keys() == {"core", "product", "product_identification_helper"}
        assert all(statement["product"].values())


def test_what_openeox_cannot_say_is_left_out_with_the_reason():
    silent = Milestones("EX-2", NOWHERE, security_support=Unstated.NOT_STATED)
    document, left_out = openeox.document([HARDWARE, silent], DAY)
    assert len(document["statements"]) == 1
    assert left_out == [(silent, "last date of support and end of security support not known")]


@pytest.mark.parametrize(
    ("helper", "name", "result"),
    [
        ({"skus": ["EX-9"]}, "Example switch", "EX-9"),
        ({"model_numbers": ["EX-8"]}, "Example switch", "EX-8"),
        ({}, "EX-7", "EX-7"),
        ({"skus": ["EX-1", "EX-2"]}, "Example switch", None),
    ],
)
def test_a_statement_has_to_name_one_product(tmp_path, helper, name, result):
    core = {"end_of_life": "2030-01-31T00:00:00Z", "end_of_security_support": "tba"}
    product = {"$schema": "x/product_hardware.json", "product_name": name}
    statement = {"core": core, "product": product, "product_identification_helper": helper}
    (found,) = (r for r in read(tmp_path, {"statements": [statement]}) if not isinstance(r, Doubt))
    assert getattr(found, "pid", None) == result
