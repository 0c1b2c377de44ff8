"""CSAF 2.0 in its profile VEX: what each advisory means for what runs here.

A product is a release on a product id, with the serials of the units it stands for; units that are
in another situation (a patch is installed, another contract) are another product. What netcover
cannot tell is under investigation, never not affected.

Source of the format: OASIS CSAF 2.0, profile 5 (VEX).
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any, Final

from agent.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent.model import AdvisoryAnswer, AdvisoryLine, FixVerdict, Outcome, Report

_SYSTEMS: Final[Mapping[str, tuple[str, str]]] = {
    "ios-xe": ("Cisco IOS XE Software", "ios_xe"),
    "asa": ("Cisco Adaptive Security Appliance Software", "adaptive_security_appliance_software"),
    "ftd": ("Cisco Secure Firewall Threat Defense", "secure_firewall_threat_defense"),
    "fxos": (
        "Cisco Firepower Extensible Operating System",
        "firepower_extensible_operating_system",
    ),
    "ap": ("Cisco access point software", "access_point_software"),
}
"""Name of the product and, by NVD's dictionary, the name in its CPE."""
_STATUS: Final[Mapping[Outcome, str]] = {
    "affected": "known_affected",
    "affected_inferred": "known_affected",
    "fixed": "fixed",
    "fixed_by_order": "fixed",
    "not_affected_per_vendor": "known_not_affected",
    "not_evaluated": "under_investigation",
    "unknown": "under_investigation",
}
_REMEDY: Final[Mapping[FixVerdict | None, str]] = {
    "patch now, entitled": "vendor_fix",
    "free fix through TAC only": "vendor_fix",
    "fix exists, not entitled": "vendor_fix",
    "no fix will come": "no_fix_planned",
    "no fix yet": "none_available",
    "cannot tell": "none_available",
    None: "none_available",
}
_MENDED: Final[FixVerdict] = "mitigated by SMU"
_RELEASE: Final = re.compile(r"[A-Za-z0-9._()-]+")
_BUILD: Final = re.compile(r"\(([^()]*)\)")
_SIGNS: Final = re.compile(r"[^A-Za-z0-9._() -]")
_ID: Final = re.compile(r"[^+\-a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who says it: a name, and the URL that CSAF wants as its namespace."""

    name: str
    namespace: str


def identifier(report: Report) -> str:
    """The id of the document; CSAF has its file named so."""
    return _ID.sub("_", f"netcover-{report.as_of}-{report.sweep.id}".lower())


def document(report: Report, publisher: Publisher) -> dict[str, Any]:
    """The VEX document; without any answer it names no vulnerability.

    Sorted by CVE; equal input gives equal documents.
    """
    products = _Products(report)
    released = _moment(report)
    attempted, read = len(report.sweep.hosts), len(report.sweep.reached())
    return {
        "document": {
            "category": "csaf_vex",
            "csaf_version": "2.0",
            "lang": "en",
            "notes": [
                {
                    "category": "summary",
                    "title": "Scope",
                    "text": f"{attempted} hosts attempted, {read} read. Units on hosts that were"
                    " not read, and releases that are not known, are not in this document.",
                }
            ],
            "publisher": {
                "category": "user",
                "name": publisher.name,
                "namespace": publisher.namespace,
            },
            "title": f"Advisories and the software that runs here, as of {report.as_of}",
            "tracking": {
                "current_release_date": released,
                "generator": {"engine": {"name": "netcover", "version": report.tool_version}},
                "id": identifier(report),
                "initial_release_date": released,
                "revision_history": [
                    {"date": released, "number": "1", "summary": "As the sweep found it."}
                ],
                "status": "final",
                "version": "1",
            },
        },
        "product_tree": {
            "branches": [{"category": "vendor", "name": "Cisco", "branches": products.tree()}]
        },
        "vulnerabilities": products.vulnerabilities(),
    }


class _Products:
    """What runs here: units in one situation share a product."""

    def __init__(self, report: Report) -> None:
        answers: dict[Any, list[AdvisoryAnswer]] = {}
        units: dict[Any, AdvisoryLine] = {}
        for one in report.advisories:
            key = (
                one.unit.host,
                one.unit.serial,
                one.unit.pid,
                one.unit.position,
                one.unit.software,
            )
            answers.setdefault(key, []).append(one.answer)
            units[key] = one
        grouped: dict[Any, list[Any]] = defaultdict(list)
        for key, found in answers.items():
            unit = units[key].unit
            situation = tuple(id(each) for each in found)
            grouped[unit.software, unit.version or "", unit.pid or "", situation].append(key)
        self._products: list[tuple[str, Any, list[Any]]] = []
        self._answers: list[tuple[str, AdvisoryAnswer]] = []
        named: dict[str, int] = defaultdict(int)
        for (software, version, pid, _), keys in sorted(grouped.items(), key=_order):
            base = f"{software}-{version or 'unknown'}-{pid or 'unknown'}"
            named[base] += 1
            name = base if named[base] == 1 else f"{base}-{named[base]}"
            self._products.append((visible(name), (software, version, pid), keys))
            self._answers += [(visible(name), each) for each in answers[keys[0]]]

    def tree(self) -> list[dict[str, Any]]:
        """Software, releases, products."""
        releases: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        for name, (software, version, pid), keys in self._products:
            releases[software, version].append(_product(name, software, version, pid, keys))
        systems: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for (software, version), found in sorted(releases.items()):
            # CSAF takes a sign of comparison for a range of releases.
            name = _SIGNS.sub("_", visible(version)) or "unknown"
            branch = {"category": "product_version", "name": name}
            systems[software] += [{**branch, "product": product} for product in found]
        return [
            {
                "category": "product_name",
                "name": _SYSTEMS.get(software, (software, ""))[0],
                "branches": branches,
            }
            for software, branches in systems.items()
        ]

    def vulnerabilities(self) -> list[dict[str, Any]]:
        """One for each CVE, with the state of every product it says something about."""
        by_cve: dict[str, list[tuple[str, AdvisoryAnswer]]] = defaultdict(list)
        for product, answer in self._answers:
            by_cve[answer.cve].append((product, answer))
        return [_vulnerability(cve, found) for cve, found in sorted(by_cve.items())]


def _order(entry: tuple[Any, list[Any]]) -> tuple[str, ...]:
    (software, version, pid, _), keys = entry
    return (software, version, pid, *(str(part) for part in min(keys, key=str)))


def _product(name: str, software: str, version: str, pid: str, keys: list[Any]) -> dict[str, Any]:
    title, cpe = _SYSTEMS.get(software, (software, ""))
    helper: dict[str, Any] = {}
    if cpe and _RELEASE.fullmatch(version):
        # NVD's dictionary has 9.16(4)57 as 9.16.4.57.
        escaped = _BUILD.sub(r".\1.", version.lower()).strip(".")
        helper["cpe"] = f"cpe:2.3:o:cisco:{cpe}:{escaped}:*:*:*:*:*:*:*"
    if serials := sorted({visible(key[1]) for key in keys if key[1]}):
        helper["serial_numbers"] = serials
    if pid:
        helper["model_numbers"] = [visible(pid)]
    words = visible(f"{title} {version or 'of a release that is not known'} on {pid or 'a unit'}")
    product: dict[str, Any] = {"name": words, "product_id": name}
    return {**product, "product_identification_helper": helper} if helper else product


def _vulnerability(cve: str, found: list[tuple[str, AdvisoryAnswer]]) -> dict[str, Any]:
    states: dict[str, set[str]] = defaultdict(set)
    remedies: dict[tuple[str, str], set[str]] = defaultdict(set)
    impacts: dict[str, set[str]] = defaultdict(set)
    for product, answer in found:
        state = "fixed" if answer.verdict == _MENDED else _STATUS[answer.outcome]
        states[state].add(product)
        if state == "known_affected":
            remedies[_REMEDY[answer.verdict], _remedy(answer)].add(product)
        elif state == "known_not_affected":
            impacts[visible(answer.reason)].add(product)
    advisories = sorted({visible(answer.advisory) for _, answer in found if answer.advisory})
    told: dict[str, Any] = {"cve": cve}
    if advisories:
        told["ids"] = [{"system_name": "Cisco advisory", "text": each} for each in advisories]
    told["notes"] = [
        {"category": "details", "text": visible(text)}
        for text in sorted({answer.reason for _, answer in found})
    ]
    told["product_status"] = {state: sorted(each) for state, each in sorted(states.items())}
    if remedies:
        told["remediations"] = [
            {"category": category, "details": details, "product_ids": sorted(products)}
            for (category, details), products in sorted(remedies.items())
        ]
    if impacts:
        told["threats"] = [
            {"category": "impact", "details": details, "product_ids": sorted(products)}
            for details, products in sorted(impacts.items())
        ]
    return told


def _remedy(answer: AdvisoryAnswer) -> str:
    words: list[str] = [answer.verdict or "affected"]
    if answer.fixed_release:
        words.append(f"first fixed release {answer.fixed_release}")
    if answer.action != "none":
        words.append(f"to do: {answer.action.replace('_', ' ')}")
    return visible("; ".join(words))


def _moment(report: Report) -> str:
    day = datetime.combine(report.run_day, time(), UTC)
    return day.isoformat().replace("+00:00", "Z")
