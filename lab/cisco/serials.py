"""The lab's SN2INFO, Product Information and Software Suggestion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lab.cisco.knowledge import Knowledge
    from lab.cisco.reply import Reply


def _api_error(status: int, code: str, words: str) -> Reply:
    error = {"ErrorCode": code, "ErrorDescription": words, "SuggestedAction": "Change the input"}
    return status, {"ErrorResponse": {"APIError": [error]}}


def sn2info(known: Knowledge, parts: Sequence[str], query: Mapping[str, str]) -> Reply:
    """``coverage/{summary|status|owner_status}`` and ``identifiers/orderable``, by serial."""
    call, asked = parts[1], parts[3].split(",")
    if len(asked) > 75:  # noqa: PLR2004 - the service's own limit
        return _api_error(400, "EXCEEDED_INPUTS", "At most 75 serial numbers")
    if not any(serial in known.pids for serial in asked):
        return _api_error(200, "NO_RECORDS_FOUND", "No records were found")
    if call == "orderable":
        return 200, {"serial_numbers": [_orderable(known, one) for one in asked]}
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


def _orderable(known: Knowledge, serial: str) -> dict[str, Any]:
    """One row for each pillar of service, as the service has them."""
    pillars = {"1": "TAC SUPPORT", "2": "HARDWARE REPLACEMENT", "3": "SOFTWARE SUPPORT"}
    line, pid = known.current(serial), known.pids.get(serial, "")
    rows = [
        {
            "orderable_pid": line.pid if line else pid,
            "pillar_code": code,
            "pillar_description": words,
        }
        for code, words in pillars.items()
    ]
    return {"sr_no": serial, "orderable_pid_list": rows if pid else []}


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
    """``serial_numbers/{serials}`` and ``product_ids/{pids}``, five a call."""
    asked = parts[1].split(",")
    if len(asked) > 5:  # noqa: PLR2004 - the service's own limit
        return _api_error(400, "EXCEEDED_INPUTS", "At most 5 values")
    if parts[0] != "serial_numbers":
        rows = [{"id": str(n), "product_id": pid, "product_name": f"Example {pid}"}
                for n, pid in enumerate(asked, start=1)]  # fmt: skip
        return 200, {"pagination_response_record": _one_page(rows), "product_list": rows}
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
    return 200, {"pagination_response_record": _one_page(rows), "product_list": rows}


def _one_page(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "last_index": 1,
        "page_index": 1,
        "page_records": len(rows),
        "self_link": "https://api.cisco.com/product/v1.0/information",
        "title": "Product information",
        "total_records": len(rows),
    }


def suggestion(_known: Knowledge, parts: Sequence[str], _query: Mapping[str, str]) -> Reply:
    """``{releases|software}/productIds/{pids}``, ten a call; a release for every switch."""
    asked = parts[2].split(",")
    if len(asked) > 10:  # noqa: PLR2004 - the service's own limit
        error = {"errorCode": "S3_INV_BASEPID", "errorDescription": "At most 10 PIDs"}
        return 200, {"productList": None, "status": "Failure", "errorDetailsResponse": error}
    rows = [
        {"id": str(number), "product": _product(pid), "suggestions": [_suggested(pid)]}
        for number, pid in enumerate(asked, start=1)
    ]
    record = {"pageIndex": 1, "lastIndex": 1, "totalRecords": len(rows), "pageRecords": len(rows)}
    return 200, {"paginationResponseRecord": record, "productList": rows, "status": "Success",
                 "errorDetailsResponse": None}  # fmt: skip


def _product(pid: str) -> dict[str, str]:
    switch = pid.startswith("C9")
    return {
        "basePID": pid,
        "mdfId": "",
        "productName": "",
        "softwareType": "IOS XE Software" if switch else "",
    }


def _suggested(pid: str) -> dict[str, Any]:
    names = ("majorRelease", "releaseTrain", "releaseLifeCycle", "relDispName", "trainDispName")
    row: dict[str, Any] = {"id": "1", **dict.fromkeys(names, ""), "images": []}
    if pid.startswith("C9"):
        release = dict.fromkeys(("releaseFormat1", "releaseFormat2"), "17.12.5")
        dated = {"isSuggested": "Y", "releaseDate": "11-Apr-2025", "errorDetailsResponse": None}
        return row | release | dated
    error = {
        "errorCode": "S3_BASEPID_NO_SUPPORT",
        "errorDescription": "PID not supported",
        "suggestedAction": "Change the PID",
        "inputIdentifier": pid,
    }
    blank = dict.fromkeys(("releaseFormat1", "releaseFormat2", "releaseDate", "isSuggested"), "")
    return row | blank | {"errorDetailsResponse": error}
