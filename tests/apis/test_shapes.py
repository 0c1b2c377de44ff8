"""Content or one of nine forms of error: bodies as the services send them, all made up."""

import json

import pytest

from agent.apis.problems import Problem
from agent.apis.shapes import examine, examine_token

OVER = {"x-mashery-error-code": "ERR_403_DEVELOPER_OVER_QPS", "retry-after": "3"}
EOX_ERROR = {"EOXError": {"ErrorID": "SSA_ERR_010", "ErrorDescription": "A value is invalid."}}


def api_error(code):
    return {"ErrorResponse": {"APIError": [{"ErrorCode": code, "ErrorDescription": "Words"}]}}


@pytest.mark.parametrize(
    ("status", "headers", "body", "kind", "code"),
    [
        (200, {}, EOX_ERROR, "invalid_input", "SSA_ERR_010"),
        (200, {}, {"EOXError": {"ErrorID": "SSA_ERR_009"}}, "too_many", "SSA_ERR_009"),
        (200, {}, {"EOXError": {"ErrorID": "SSA_ERR_012"}}, "server", "SSA_ERR_012"),
        (200, {}, {"EOXError": {"ErrorID": "SSA_ERR_034"}}, "not_authorised", "SSA_ERR_034"),
        (200, {}, {"EOXError": {"ErrorID": "SSA_ERR_028"}}, "unexpected", "SSA_ERR_028"),
        (200, {}, api_error("NO_RECORDS_FOUND"), "no_data", "NO_RECORDS_FOUND"),
        (200, {}, api_error("EXCEEDED_OUTPUT"), "too_many", "EXCEEDED_OUTPUT"),
        (400, {}, api_error("EXCEEDED_INPUTS"), "too_many", "EXCEEDED_INPUTS"),
        (500, {}, api_error("API_ERROR_01"), "server", "API_ERROR_01"),
        (
            400,
            {},
            {"ErrorResponse": {"APIError": {"ErrorCode": "API_INVALID_INPUT"}}},
            "invalid_input",
            "API_INVALID_INPUT",
        ),
        (
            200,
            {},
            {"APIError": {"Error": [{"errorCode": "SVO_NO_RECORDS"}]}},
            "no_data",
            "SVO_NO_RECORDS",
        ),
        (
            200,
            {},
            {"OrderList": {"APIError": {"Error": {"errorCode": "SVO_NO_RECORDS"}}}},
            "no_data",
            "SVO_NO_RECORDS",
        ),
        (
            200,
            {},
            {"status": "Failure", "errorDetailsResponse": {"errorCode": "S3_INV_BASEPID"}},
            "too_many",
            "S3_INV_BASEPID",
        ),
        (404, {}, {"errorCode": "NO_DATA_FOUND", "errorMessage": "No"}, "no_data", "NO_DATA_FOUND"),
        (
            200,
            {},
            {"errorCode": "INVALID_IOS_VERSION", "errorMessage": "No"},
            "invalid_input",
            "INVALID_IOS_VERSION",
        ),
        (
            403,
            {},
            {"reason": {"errorCode": "API_PARTY_002", "errorInfo": "No right"}},
            "not_authorised",
            "API_PARTY_002",
        ),
        (403, OVER, "<h1>Developer Over Qps</h1>", "over_rate", "ERR_403_DEVELOPER_OVER_QPS"),
        (403, {}, "<h1>Developer Over Rate</h1>", "over_rate", "HTTP 403"),
        (403, {}, "<h1>Not Authorized</h1>", "not_authorised", "HTTP 403"),
        (504, {}, "<h1>Gateway Timeout</h1>", "server", "HTTP 504"),
        (596, {}, "<h1>Service Not Found</h1>", "server", "HTTP 596"),
        (414, {}, "", "too_many", "HTTP 414"),
        (200, {}, "<h1>Service Unavailable</h1>", "not_json", "HTTP 200"),
        (200, {}, '{"EOXRecord": [{"EOL', "not_json", "HTTP 200"),
        (200, {}, "", "not_json", "HTTP 200"),
        (429, {}, {"message": "slow down"}, "over_rate", "HTTP 429"),
        (401, {}, {}, "not_authorised", "HTTP 401"),
    ],
)
def test_every_form_of_error_has_a_kind(status, headers, body, kind, code):
    text = body if isinstance(body, str) else json.dumps(body)
    found = examine("service", status, headers, text)
    assert isinstance(found, Problem)
    assert (found.kind, found.code) == (kind, code)


@pytest.mark.parametrize(
    "content",
    [
        {"EOXRecord": [{"EOXError": {"ErrorID": "SSA_ERR_026"}}]},
        {"EOXRecord": [], "EOXError": {"ErrorID": "SSA_ERR_026"}},
        {"serial_numbers": []},
        {"status": "Success", "errorDetailsResponse": None, "productList": []},
    ],
)
def test_content_is_content_even_where_records_have_errors_of_their_own(content):
    assert examine("service", 200, {}, json.dumps(content)) == content


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({}, 60.0),
    ],
)
def test_how_long_to_wait(headers, wait):
    assert examine("service", 429, headers, "{}").retry_after == wait


def test_the_token_service_has_its_own_form():
    refused = {"errorCode": "invalid_client", "errorSummary": "Invalid value."}
    assert examine_token(401, {}, json.dumps(refused)).kind == "bad_credentials"
    assert examine_token(500, {}, "{}").kind == "server"
    assert examine_token(200, {}, "<h1>Gateway</h1>").kind == "not_json"
    assert examine_token(429, {}, "{}").kind == "over_rate"
    assert examine_token(200, {}, '{"access_token": "x"}') == {"access_token": "x"}


def test_only_no_data_is_no_gap():
    assert not Problem("eox", "no_data", "", "").is_gap
    assert Problem("eox", "server", "", "").is_gap
    assert str(Problem("eox", "over_rate", "E1", "slow")) == "eox: over rate (E1): slow"
