"""The lab's openVuln: made-up advisories of real releases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lab.cisco.knowledge import Flaw, Knowledge
    from lab.cisco.reply import Reply

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
