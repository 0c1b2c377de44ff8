"""The lab's CX Cloud v2: one customer, its contracts, covered and uncovered assets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lab.cisco.knowledge import Knowledge, Line
    from lab.cisco.reply import Reply

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
