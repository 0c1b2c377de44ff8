"""Cisco IQ API v0 (beta): assets with their cover, and contracts with a count of assets.

Days are milliseconds since 1970. An asset states the end of its cover and no start, so a statement
of cover stands beside its line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.model import CoverStatement
from agent.sources.answers import day_of, holds, load, objects, read_objects, text
from agent.sources.contracts import ContractSource, LineFile
from agent.sources.contracts._row import ContractRow, serial_number

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from agent.sources import Declared
    from agent.sources.answers import Item
    from agent.sources.contracts import ContractRecord
    from agent.sources.records import Facts


_TAKEN = {
    "serialNumber": "serial",
    "productId": "pid",
    "coverageStatus": "coverage",
    "contractNumber": "contract",
    "coverageEndDate": "end",
    "supportTier": "service_level",
    "supportType": "service_level",
    "warrantyEndDate": "warranty_end",
    "serviceLevel": "service_level",
    "serviceLevelAgreementDescription": "response",
    "contractStatus": "status",
    "contractStartDate": "start",
    "contractEndDate": "end",
    "coveredAssetCount": "quantity",
}


def _items(content: Item) -> list[Item]:
    if "items" in content:
        return objects(content, "items")
    return [content]


def _ours(content: Item) -> bool:
    return any("coverageStatus" in x or "coveredAssetCount" in x for x in _items(content))


def _make(item: Item, facts: Facts) -> Iterator[ContractRecord]:
    if "serialNumber" not in item:
        yield ContractRow.model_validate(_contract(item), context=facts).record(facts)
        return
    number = serial_number(text(item["serialNumber"]))
    if number is None:
        raise ValueError("names no serial number")
    pid = text(item.get("productId")) or None
    state = text(item.get("coverageStatus")).upper().replace("_", " ")
    contract, end = text(item.get("contractNumber")), day_of(item.get("coverageEndDate"))
    if state == "COVERED" and contract and end:
        values = {
            "contract": contract,
            "serial": number,
            "pid": pid or "",
            "service_level": text(item.get("supportTier")) or text(item.get("supportType")),
            "end": end,
            "warranty_end": day_of(item.get("warrantyEndDate")),
        }
        line = ContractRow.model_validate(values, context=facts).record(facts)
        yield line
        until = getattr(line, "end", None)
        reason = f"Cisco IQ says covered to {end}"
        yield CoverStatement(number, pid, "covered", reason, facts.evidence, until, contract)
    elif state == "COVERED":
        reason = "Cisco IQ says covered and shows no contract to this caller"
        yield CoverStatement(number, pid, "not_visible", reason, facts.evidence)
    elif state in {"NOT COVERED", "UNCOVERED"}:
        reason = "Cisco IQ says not covered"
        yield CoverStatement(number, pid, "not_covered", reason, facts.evidence)
    else:
        reason = f"Cisco IQ states its cover as {state.lower() or 'nothing'}"
        yield CoverStatement(number, pid, "unknown", reason, facts.evidence)


def _contract(item: Item) -> dict[str, str]:
    return {
        "contract": text(item.get("contractNumber")),
        "service_level": text(item.get("serviceLevel")),
        "response": text(item.get("serviceLevelAgreementDescription")),
        "status": text(item.get("contractStatus")),
        "start": day_of(item.get("contractStartDate")),
        "end": day_of(item.get("contractEndDate")),
        "quantity": text(item.get("coveredAssetCount")),
    }


def read(path: Path, declared: Declared) -> LineFile:
    """The lines and statements of one answer."""
    return read_objects(path, "cisco_iq", _items(load(path).content), _make, declared, taken=_TAKEN)


SOURCE = ContractSource(
    name="cisco_iq",
    title="Cisco IQ answers (.json with items[])",
    accepts=lambda path: holds(path, _ours),
    read=read,
)
