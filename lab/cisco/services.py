"""The services one by one: from a path and a query to a status and content, as documented."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lab.cisco.knowledge import Flaw, Knowledge, Line

Reply: TypeAlias = "tuple[int, dict[str, Any]]"

PAGE = 1000
_DATES = {
    "EOXExternalAnnouncementDate": "eol_announcement",
    "EndOfSaleDate": "end_of_sale",
    "EndOfSWMaintenanceReleases": "end_of_sw_maintenance",
    "EndOfSecurityVulSupportDate": "end_of_vuln_security_support",
    "EndOfRoutineFailureAnalysisDate": "end_of_routine_failure_analysis",
    "EndOfServiceContractRenewal": "end_of_service_contract_renewal",
    "LastDateOfSupport": "last_date_of_support",
    "EndOfSvcAttachDate": "end_of_new_service_attachment",
}
_MIGRATION = dict.fromkeys(
    (
        "PIDActiveFlag",
        "MigrationInformation",
        "MigrationOption",
        "MigrationProductId",
        "MigrationProductName",
        "MigrationStrategy",
        "MigrationProductInfoURL",
    ),
    "",
)


def _date(text: str) -> dict[str, str | None]:
    return {"value": text, "dateFormat": "YYYY-MM-DD"}


# ------------------------------------------------------------------------------------ EoX


def eox(known: Knowledge, parts: Sequence[str], query: Mapping[str, str]) -> Reply:
    """``EOXByProductID/{page}/{pids}`` and its sisters."""
    call, page, rest = parts[0], int(parts[1]), [part for part in parts[2:] if part]
    if call == "EOXByDates":
        start, end = rest
        rows = [_hit(known, pid, "showEoXByDates", f"{start},{end}") for pid in sorted(known.eox)]
        changed = [row for row in rows if start <= row["UpdatedTimeStamp"]["value"] <= end]
        return 200, _paged(changed, page)
    if call == "EOXBySWReleaseString":
        asked = [value for name, value in sorted(query.items()) if name.startswith("input")]
        missing = [_miss("ShowEOXBySoftware", one, "SSA_ERR_026", one) for one in asked]
        return 200, _paged(missing, page)
    asked = rest[0].split(",")
    by_pid = call == "EOXByProductID"
    if len(asked) > 20:  # noqa: PLR2004 - the service's own limit
        code = "SSA_ERR_009" if by_pid else "SSA_ERR_007"
        return 200, _request_error(code, "Too many values were given.")
    if not by_pid and any(not one.isalnum() or len(one) > 40 for one in asked):  # noqa: PLR2004
        return 200, _request_error("SSA_ERR_010", "A serialNumbers value is invalid.")
    found = [_by_pid(known, one) if by_pid else _by_serial(known, one) for one in asked]
    # What was not found comes first: the order of the answer is not that of the question.
    return 200, _paged(sorted(found, key=lambda row: bool(row["EOLProductID"])), page)


def _by_pid(known: Knowledge, pid: str) -> dict[str, Any]:
    if pid in known.eox:
        return _hit(known, pid, "ShowEOXByPids", f"{pid} ")
    return _miss("ShowEOXByPids", f"{pid} ", "SSA_ERR_026", pid)


def _by_serial(known: Knowledge, serial: str) -> dict[str, Any]:
    pid = known.pids.get(serial)
    if pid is None:
        return _miss("ShowEOXBySerialNumber", serial, "SSA_ERR_015", serial)
    if pid in known.eox:
        return _hit(known, pid, "ShowEOXBySerialNumber", serial)
    return _miss("ShowEOXBySerialNumber", serial, "SSA_ERR_026", pid)


def _hit(known: Knowledge, pid: str, kind: str, asked: str) -> dict[str, Any]:
    row = known.eox[pid]
    return {
        "EOLProductID": pid,
        "ProductIDDescription": f"Example {pid}",
        "ProductBulletinNumber": row.get("bulletin_id", ""),
        "LinkToProductBulletinURL": row.get("url", ""),
        **{name: _date(row.get(column, "") or "") for name, column in _DATES.items()},
        "UpdatedTimeStamp": _date(row.get("eol_announcement") or "2024-01-01"),
        "EOXMigrationDetails": {**_MIGRATION, "PIDActiveFlag": "Y  "},
        "EOXInputType": kind,
        "EOXInputValue": asked,
    }


def _miss(kind: str, asked: str, code: str, about: str) -> dict[str, Any]:
    names = [name for name in _DATES if name != "EndOfSecurityVulSupportDate"]
    return {
        **dict.fromkeys(
            (
                "EOLProductID",
                "ProductIDDescription",
                "ProductBulletinNumber",
                "LinkToProductBulletinURL",
            ),
            "",
        ),
        **{name: {"value": "", "dateFormat": None} for name in [*names, "UpdatedTimeStamp"]},
        "EOXMigrationDetails": _MIGRATION,
        "EOXInputType": kind,
        "EOXInputValue": asked,
        "EOXError": {
            "ErrorID": code,
            "ErrorDescription": f"Nothing was found for: {about}",
            "ErrorDataType": "PRODUCT_ID" if code == "SSA_ERR_026" else "SERIAL_NUMBER",
            "ErrorDataValue": about,
        },
    }


def _request_error(code: str, words: str) -> dict[str, Any]:
    return {"EOXError": {"ErrorID": code, "ErrorDescription": words}}


def _paged(rows: list[dict[str, Any]], page: int) -> dict[str, Any]:
    here = rows[(page - 1) * PAGE : page * PAGE]
    return {
        "PaginationResponseRecord": {
            "PageIndex": page,
            "LastIndex": max(1, -(-len(rows) // PAGE)),
            "TotalRecords": len(rows),
            "PageRecords": len(here),
        },
        "EOXRecord": here,
    }


# -------------------------------------------------------------- serials, products, suggestions


def _api_error(status: int, code: str, words: str) -> Reply:
    error = {"ErrorCode": code, "ErrorDescription": words, "SuggestedAction": "Change the input"}
    return status, {"ErrorResponse": {"APIError": [error]}}


def sn2info(known: Knowledge, parts: Sequence[str], query: Mapping[str, str]) -> Reply:
    """``coverage/{summary|status|owner_status}/serial_numbers/{serials}``."""
    call, asked = parts[1], parts[3].split(",")
    if len(asked) > 75:  # noqa: PLR2004 - the service's own limit
        return _api_error(400, "EXCEEDED_INPUTS", "At most 75 serial numbers")
    if not any(serial in known.pids for serial in asked):
        return _api_error(200, "NO_RECORDS_FOUND", "No records were found")
    if call != "summary":
        return 200, {"serial_numbers": [_status(known, one, call) for one in asked]}
    page, size = int(query.get("page_index", "1")), 50
    here = asked[(page - 1) * size : page * size]
    return 200, {
        "pagination_response_record": {
            "last_index": -(-len(asked) // size),
            "page_index": page,
            "page_records": len(here),
            "self_link": f"https://api.cisco.com/sn2info/v2/{'/'.join(parts)}?page_index={page}",
            "title": "Coverage summary",
            "total_records": len(asked),
        },
        "serial_numbers": [_summary(known, one, n) for n, one in enumerate(here, start=1)],
    }


def _status(known: Knowledge, serial: str, call: str) -> dict[str, str]:
    line = known.current(serial)
    row = {
        "sr_no": serial,
        "is_covered": "YES" if line else "NO",
        "coverage_end_date": line.end.isoformat() if line else "",
    }
    return row if call == "status" else {**row, "sr_no_owner": "YES" if line else "NO"}


def _summary(known: Knowledge, serial: str, number: int) -> dict[str, Any]:
    line, pid = known.current(serial), known.pids.get(serial)
    orderable = line.pid if line else pid
    product = {
        "item_description": "",
        "item_position": "S",
        "item_type": "CHASSIS",
        "orderable_pid": orderable,
        "pillar_code": "1,2,3",
    }
    return {
        "base_pid_list": [{"base_pid": pid}] if pid else [],
        "contract_site_customer_name": line.customer if line else "",
        "contract_site_address1": "",
        "contract_site_city": line.site if line else "",
        "contract_site_state_province": "",
        "contract_site_country": "",
        "covered_product_line_end_date": line.end.isoformat() if line else "",
        "id": str(number),
        "is_covered": "YES" if line else "NO",
        "orderable_pid_list": [product] if pid else [],
        "parent_sr_no": "",
        "service_contract_number": line.contract if line else "",
        "service_line_descr": line.level if line else "",
        "sr_no": serial,
        "warranty_end_date": "",
        "warranty_type": "",
        "warranty_type_description": "",
    }


def product(known: Knowledge, parts: Sequence[str], _query: Mapping[str, str]) -> Reply:
    """``serial_numbers/{serials}``, five a call."""
    asked = parts[1].split(",")
    if len(asked) > 5:  # noqa: PLR2004 - the service's own limit
        return _api_error(400, "EXCEEDED_INPUTS", "At most 5 serial numbers")
    rows = [
        {
            "id": str(number),
            "sr_no": serial,
            "base_pid": known.pids.get(serial, ""),
            "orderable_pid": known.pids.get(serial, ""),
            "product_name": f"Example {known.pids[serial]}" if serial in known.pids else "",
            "orderable_status": "",
        }
        for number, serial in enumerate(asked, start=1)
    ]
    record = {"last_index": 1, "page_index": 1, "page_records": len(rows)}
    return 200, {"pagination_response_record": record, "product_list": rows}


def suggestion(_known: Knowledge, parts: Sequence[str], _query: Mapping[str, str]) -> Reply:
    """``releases/productIds/{pids}``, ten a call; the lab suggests one release for switches."""
    asked = parts[2].split(",")
    if len(asked) > 10:  # noqa: PLR2004 - the service's own limit
        error = {"errorCode": "S3_INV_BASEPID", "errorDescription": "At most 10 PIDs"}
        return 200, {"productList": None, "status": "Failure", "errorDetailsResponse": error}
    rows = [
        {"id": str(number), "product": _product(pid), "suggestions": [_suggested(pid)]}
        for number, pid in enumerate(asked, start=1)
    ]
    return 200, {"productList": rows, "status": "Success", "errorDetailsResponse": None}


def _product(pid: str) -> dict[str, str]:
    switch = pid.startswith("C9")
    return {"basePID": pid, "mdfId": "", "softwareType": "IOS XE Software" if switch else ""}


def _suggested(pid: str) -> dict[str, Any]:
    if pid.startswith("C9"):
        return {"id": "1", "isSuggested": "Y", "releaseFormat1": "17.12.5", "releaseDate":
                "11-Apr-2025", "errorDetailsResponse": None}  # fmt: skip
    error = {"errorCode": "S3_BASEPID_NO_SUPPORT", "errorDescription": "PID not supported",
             "inputIdentifier": pid}  # fmt: skip
    return {"id": "1", "isSuggested": "", "releaseFormat1": "", "errorDetailsResponse": error}


# ------------------------------------------------------------------------------- openVuln

_NAMES = {
    "iosxe": "Cisco IOS XE Software",
    "asa": "Cisco Adaptive Security Appliance (ASA) Software",
    "ftd": "Cisco Firepower Threat Defense Software",
    "fxos": "Cisco Firepower Extensible Operating System (FXOS)",
}


def openvuln(known: Knowledge, parts: Sequence[str], query: Mapping[str, str]) -> Reply:
    """``OSType/{os}?version=``; an answer names the release that was asked for."""
    if parts[0] != "OSType" or parts[1] not in _NAMES:
        return 404, {"errorCode": "INVALID_OS_TYPE", "errorMessage": "OS type is not known"}
    version = query.get("version", "")
    if not version:
        return 404, {"errorCode": "VERSION_ID_IS_MANDATORY", "errorMessage": "Version is missing"}
    if "(" in version:
        return 404, {"errorCode": "NO_DATA_FOUND", "errorMessage": "No data found"}
    found = [f for f in known.flaws if f.os == parts[1] and version in f.affected]
    if not found:
        return 404, {"errorCode": "NO_DATA_FOUND", "errorMessage": "No advisories found"}
    return 200, {"advisories": [_advisory(flaw, version) for flaw in found]}


def _advisory(flaw: Flaw, version: str) -> dict[str, Any]:
    shown = {
        "advisoryId": flaw.advisory,
        "advisoryTitle": flaw.title,
        "bugIDs": ["CSCzz00001"],
        "ipsSignatures": ["NA"],
        "cves": [flaw.cve],
        "cvrfUrl": "NA",
        "csafUrl": "NA",
        "cvssBaseScore": "NA",
        "cwe": ["NA"],
        "firstPublished": f"{flaw.published}T16:00:00",
        "lastUpdated": f"{flaw.published}T16:00:00",
        "status": "Final",
        "version": "1.0",
        "productNames": [f"{_NAMES[flaw.os]} {version}"],
        "publicationUrl": f"https://example.net/{flaw.advisory}",
        "sir": flaw.sir,
        "summary": "<p>made up</p>",
    }
    if flaw.os == "iosxe":
        return {**shown, "iosRelease": [version], "firstFixed": list(flaw.fixed)}
    fixes = [{"id": str(number), "name": name} for number, name in enumerate(flaw.fixed)]
    platforms = [
        {"id": str(n), "name": name, "firstFixes": fixes, "vulnerabilityState": "vulnerable"}
        for n, name in enumerate(flaw.platforms)
    ]
    return {**shown, "platforms": platforms}


# ------------------------------------------------------------------------------- CX Cloud

CUSTOMER = 100200


def cxcloud(known: Knowledge, parts: Sequence[str], query: Mapping[str, str]) -> Reply:
    """Customers, contracts, covered and not covered assets."""
    call = "/".join(parts)
    if call == "customer-info/customer-details":
        return 200, {"data": [{"customerId": CUSTOMER, "customerName": "example.net"}]}
    if query.get("customerId") != str(CUSTOMER):
        reason = {"errorCode": "API_PARTY_002", "errorInfo": "No right to this customer"}
        return 403, {"reason": reason}
    if ("page" in query) != ("rows" in query):
        return 400, {"reason": {"errorCode": "API_INV_001", "errorInfo": "page and rows together"}}
    lists: dict[str, Callable[[Knowledge], list[dict[str, Any]]]] = {
        "contracts/contract-details": _contracts,
        "contracts/coverage": _covered,
        "contracts/not-covered": _not_covered,
    }
    if call not in lists:
        return 404, {"reason": {"errorCode": "API_INV_000", "errorInfo": "No data found"}}
    rows = lists[call](known)
    page, size = int(query.get("page", "1")), int(query.get("rows", "100"))
    here = rows[(page - 1) * size : page * size]
    pages = max(1, -(-len(rows) // size))
    pagination = {"page": page, "pages": pages, "rows": len(here), "total": len(rows)}
    return 200, {"pagination": pagination, "data": here}


def _contracts(known: Knowledge) -> list[dict[str, Any]]:
    numbers = {line.contract: line for lines in known.lines.values() for line in lines}
    return [
        {
            "customerId": CUSTOMER,
            "contractNumber": number,
            "contractStatus": "Active",
            "serviceLevel": line.level,
            "contractStartDate": line.start.isoformat(),
            "contractEndDate": line.end.isoformat(),
        }
        for number, line in sorted(numbers.items())
    ]


def _covered(known: Knowledge) -> list[dict[str, Any]]:
    return [
        {
            "serialNumber": line.serial,
            "productId": line.pid,
            "coverageStatus": "COVERED" if known.as_of <= line.end else "NOT COVERED",
            "coverageStartDate": line.start.isoformat(),
            "coverageEndDate": line.end.isoformat(),
            "warrantyEndDate": None,
            "contractNumber": line.contract,
            "serviceLevel": line.level,
            "slaType": None,
            "contractStatus": _phase(known, line),
            "serviceLineStatus": _phase(known, line).upper(),
            "installedatSiteName": line.site or None,
            "installGUName": line.customer or None,
        }
        for serial in sorted(known.lines)
        for line in known.lines[serial]
    ]


def _phase(known: Knowledge, line: Line) -> str:
    if known.as_of > line.end:
        return "Expired"
    return "Active" if line.covers(known.as_of) else "Signed"


def _not_covered(known: Knowledge) -> list[dict[str, Any]]:
    return [
        {"serialNumber": serial, "productId": pid, "hwType": "Chassis", "warrantyEndDate": None}
        for serial, pid in sorted(known.pids.items())
        if not known.lines.get(serial)
    ]
