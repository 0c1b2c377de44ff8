"""CX Cloud API v2 (and the Services API before it): covered assets, and assets not covered.

A value the caller may not see is the word "Confidential"; data that CX Cloud does not hold is null.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.model import CoverStatement
from agent.sources.answers import holds, load, named, objects, read_objects, text
from agent.sources.contracts import ContractSource, LineFile
from agent.sources.contracts._row import MASKED, ContractRow, serial_number

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from agent.sources import Declared
    from agent.sources.answers import Item
    from agent.sources.contracts import ContractRecord
    from agent.sources.records import Facts

_KEYS = {
    "contract": "contractNumber",
    "serial": "serialNumber",
    "pid": "productId",
    "service_level": "serviceLevel",
    "coverage": "coverageStatus",
    "start": "coverageStartDate",
    "end": "coverageEndDate",
    "site": "installedatSiteName",
    "end_customer": "installGUName",
    "warranty_end": "warrantyEndDate",
    "response": "slaType",
}


def _ours(content: Item) -> bool:
    return any("serialNumber" in item or "contractNumber" in item for item in _items(content))


def _items(content: Item) -> list[Item]:
    return objects(content, "data")


def _make(item: Item, facts: Facts) -> Iterator[ContractRecord]:
    if "serialNumber" not in item:
        raise ValueError(
            "names no serial number: the head of a contract; its lines are in contracts/coverage"
        )
    if "contractNumber" not in item and "coverageStatus" not in item:
        yield _not_covered(item, facts)
        return
    status = text(item.get("serviceLineStatus")) or text(item.get("contractStatus"))
    if text(item.get("contractStatus")).lower() == MASKED:
        status = MASKED
    values = named(item, _KEYS) | {"status": status}
    yield ContractRow.model_validate(values, context=facts).record(facts)


def _not_covered(item: Item, facts: Facts) -> CoverStatement:
    number = serial_number(text(item["serialNumber"]))
    if number is None:
        raise ValueError("names no serial number")
    pid = text(item.get("productId")) or None
    reason = "CX Cloud lists it as not covered"
    return CoverStatement(number, pid, "not_covered", reason, facts.evidence)


def read(path: Path, declared: Declared) -> LineFile:
    """The lines and statements of one answer."""
    return read_objects(path, "cx_cloud", _items(load(path).content), _make, declared)


SOURCE = ContractSource(
    name="cx_cloud",
    title="CX Cloud v2 answers (.json with data[])",
    accepts=lambda path: holds(path, _ours),
    read=read,
)
