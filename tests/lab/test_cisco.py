"""The lab's Cisco in its documented shapes; public client libraries read it as the real one."""

import json
import ssl
from datetime import date

import cisco_eox_query
import httpx2
import pytest
from ciscosupportsdk import apisession
from ciscosupportsdk.api import CiscoSupportAPI

from lab.cisco import CiscoLab, Fault, Knowledge, parse_fault
from lab.cisco.knowledge import Line, know
from lab.cisco.server import CLIENT_ID, CLIENT_SECRET, TOKEN
from lab.errors import LabError
from lab.estate import load_estate

NOTICE = {"pid": "OLD-1", "end_of_sale": "2022-05-01", "eol_announcement": "2021-10-31"}
KNOWN = Knowledge(
    as_of=date(2026, 11, 24),
    pids={"TST1": "OLD-1", "TST2": "NEW-1", "TST3": "NEW-1"},
    lines={
        "TST1": [Line("900100", "TST1", "OLD-1-A", "SNT", date(2025, 1, 1), date(2026, 11, 24))]
    },
    eox={"OLD-1": NOTICE},
)


@pytest.fixture(scope="module")
def lab():
    with CiscoLab(KNOWN) as running:
        yield running


def ask(lab, path, token="", data=None):
    """Status, headers and body of a call."""
    context = ssl.create_default_context(cafile=lab.ca_file)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    method = "POST" if data else "GET"
    with httpx2.Client(verify=context, base_url=lab.url) as client:
        answer = client.request(method, path, content=data, headers=headers)
    return answer.status_code, answer.headers, answer.text


def content(lab, path):
    status, _, body = ask(lab, path, token_of(lab))
    return status, json.loads(body)


def token_of(lab):
    form = f"grant_type=client_credentials&client_id={CLIENT_ID}&client_secret={CLIENT_SECRET}"
    return json.loads(ask(lab, TOKEN, data=form.encode())[2])["access_token"]


def test_a_wrong_secret_and_a_missing_bearer_are_told_apart(lab):
    status, headers, body = ask(lab, TOKEN, data=b"client_id=x&client_secret=y")
    assert (status, headers["WWW-Authenticate"]) == (401, "Basic")
    assert json.loads(body)["errorCode"] == "invalid_client"
    status, headers, body = ask(lab, "/sn2info/v2/coverage/status/serial_numbers/TST1")
    assert (status, headers["X-Mashery-Error-Code"]) == (403, "ERR_403_NOT_AUTHORIZED")
    assert body == "<h1>Not Authorized</h1>"
    assert ask(lab, "/no/such/path")[0] == 596


def test_eox_puts_what_it_lacks_first_and_keeps_the_blank_behind_an_input(lab):
    _, found = content(lab, "/supporttools/eox/rest/5/EOXByProductID/1/OLD-1,NEW-1")
    missing, hit = found["EOXRecord"]
    assert missing["EOXError"]["ErrorID"] == "SSA_ERR_026"
    assert "EndOfSecurityVulSupportDate" not in missing
    assert (hit["EOXInputValue"], hit["EndOfSaleDate"]["value"]) == ("OLD-1 ", "2022-05-01")
    assert hit["LastDateOfSupport"]["value"] == ""


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/supporttools/eox/rest/5/EOXByProductID/1/" + ",".join("A" * 21), 200, "SSA_ERR_009"),
        ("/supporttools/eox/rest/5/EOXBySerialNumber/1/TST1,A-B", 200, "SSA_ERR_010"),
        ("/sn2info/v2/coverage/summary/serial_numbers/NOPE", 200, "NO_RECORDS_FOUND"),
        (
            "/sn2info/v2/coverage/status/serial_numbers/" + ",".join("A" * 76),
            400,
            "EXCEEDED_INPUTS",
        ),
        ("/product/v1/information/serial_numbers/" + ",".join("A" * 6), 400, "EXCEEDED_INPUTS"),
        (
            "/software/suggestion/v2/suggestions/releases/productIds/" + ",".join("A" * 11),
            200,
            "S3_INV_BASEPID",
        ),
        ("/security/advisories/v2/OSType/asa?version=9.16(4)", 404, "NO_DATA_FOUND"),
        ("/security/advisories/v2/OSType/asa", 404, "VERSION_ID_IS_MANDATORY"),
        ("/security/advisories/v2/OSType/iosxr?version=1", 404, "INVALID_OS_TYPE"),
        ("/cs/api/v2/contracts/coverage?customerId=1", 403, "API_PARTY_002"),
        ("/cs/api/v2/contracts/coverage?customerId=100200&page=1", 400, "API_INV_001"),
    ],
)
def test_refusals_have_their_services_shape(lab, path, status, code):
    found = content(lab, path)
    assert found[0] == status
    assert f'"{code}"' in json.dumps(found[1])


def test_faults_from_the_command_line():
    assert parse_fault("html") == Fault("html")
    assert parse_fault("slow:eox:3") == Fault("slow", "eox", times=3)
    assert parse_fault("slow:eox:0") == Fault("slow", "eox", times=None)
    for text in ("nothing", "html:eox:many"):
        with pytest.raises(LabError, match="no fault"):
            parse_fault(text)


def test_a_taken_port_is_one_line(lab):
    port = int(lab.url.rsplit(":", 1)[1])
    with pytest.raises(LabError, match=str(port)), CiscoLab(KNOWN, port=port):
        pass


def test_only_dates_make_a_notice(tmp_path):
    table = tmp_path / "eox.csv"
    table.write_text("pid,end_of_sale\nA,not announced\nB,2022-05-01\nC,not stated\n")
    assert know(load_estate(None), eox=[table]).eox == {
        "B": {"pid": "B", "end_of_sale": "2022-05-01"}
    }


def test_cisco_eox_query_reads_it(lab, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(lab.ca_file))
    with cisco_eox_query.EOXClient(
        CLIENT_ID, CLIENT_SECRET, base_url=lab.url, token_url=lab.url + TOKEN
    ) as client:
        by_pid = client.search_by_product_ids(["OLD-1", "NEW-1"])
        by_serial = client.search_by_serial_numbers(["TST1"])
        by_dates = client.search_by_dates("2021-01-01", "2021-12-31")
    assert [r.end_of_sale_date for r in by_pid.records] == [None, date(2022, 5, 1)]
    assert [r.eol_product_id for r in by_serial.records] == ["OLD-1"]
    assert [r.eol_product_id for r in by_dates.records] == ["OLD-1"]


def test_ciscosupportsdk_reads_it(lab, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(lab.ca_file))
    monkeypatch.setattr(apisession, "OAUTH2_URL", lab.url + TOKEN)
    monkeypatch.setattr(apisession.ApiSession.__init__, "__defaults__", (lab.url, None, 3))
    client = CiscoSupportAPI(CLIENT_ID, CLIENT_SECRET)
    serials = client.serial_information
    summary = list(serials.get_coverage_summary_by_serial(["TST1", "TST2"]))
    assert [(r.sr_no, r.is_covered) for r in summary] == [("TST1", True), ("TST2", False)]
    assert [r.is_covered for r in serials.get_coverage_status(["TST1", "TST2"])] == [True, False]
    assert [r.is_owner for r in serials.get_coverage_owner_status(["TST1"])] == [True]
    (orderable,) = serials.get_orderable_pids(["TST1"])
    assert [p.pillar_code for p in orderable.orderable_pid_list] == ["1", "2", "3"]
    assert [r.base_pid for r in client.product_information.get_info_by_serial(["TST2"])] == [
        "NEW-1"
    ]
    (suggested,) = client.suggestion.get_suggestions_by_product_ids(["C9300-48UXM"])
    assert suggested.suggestions[0].release_format1 == "17.12.5"
    assert [r.eol_product_id for r in client.eox.get_by_serial_number(["TST1"])] == ["OLD-1"]
