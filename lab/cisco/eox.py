"""The lab's EoX v5: milestones by PID, serial, software and dates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lab.cisco.knowledge import Knowledge
    from lab.cisco.reply import Reply

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
