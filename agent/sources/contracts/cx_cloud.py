"""CX Cloud API v2 (and the Services API before it): covered assets, and assets not covered.

Covered assets as CSV are a table like any other; the CSV of assets that are not covered states no
end, and is read here. A value the caller may not see is the word "Confidential"; data that CX Cloud
does not hold is null.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

from agent.model import CoverStatement
from agent.sources import cells
from agent.sources.answers import holds, load, named, objects, read_objects, text
from agent.sources.contracts import ContractSource, LineFile
from agent.sources.contracts._row import MASKED, ContractRow, serial_number
from agent.sources.records import Form, fits, read_tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
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


_TAKEN = {key: field for field, key in _KEYS.items()} | {
    "serviceLineStatus": "status",
    "contractStatus": "status",
}


def _ours(content: Item) -> bool:
    return any("serialNumber" in item or "contractNumber" in item for item in _items(content))


def _some_serial(cell: str) -> str:
    number = serial_number(cell)
    if number is None:
        raise ValueError("names no serial number")
    return number


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
    row = NotCoveredRow(serial=text(item["serialNumber"]), pid=text(item.get("productId")))
    return row.statement(facts)


class NotCoveredRow(BaseModel):
    """An asset on no contract, as CX Cloud lists it."""

    model_config = ConfigDict(extra="ignore")

    serial: Annotated[str, BeforeValidator(_some_serial)]
    pid: Annotated[str | None, BeforeValidator(cells.content)] = None

    def statement(self, facts: Facts) -> CoverStatement:
        """What the row says."""
        reason = "CX Cloud lists it as not covered"
        return CoverStatement(self.serial, self.pid, "not_covered", reason, facts.evidence)


def _record(values: Mapping[str, str], facts: Facts) -> CoverStatement:
    return NotCoveredRow.model_validate(values).statement(facts)


NOT_COVERED: Form[ContractRecord] = Form(
    name="cx_cloud",
    known={
        "serial": ("serialNumber",),
        "pid": ("productId",),
        "instance": ("contractInstanceNumber",),
        "hardware": ("hwType",),
    },
    suffices=lambda found: {"serial", "instance", "hardware"} <= found.keys(),
    needed="'serialNumber', 'contractInstanceNumber' and 'hwType'",
    record=_record,
    doubts=lambda _values, _numbers: (),
)


def read(path: Path, declared: Declared) -> LineFile:
    """The lines and statements of one answer, or of a list of assets not covered."""
    if path.suffix.lower() != ".json":
        return read_tables(path, NOT_COVERED, declared)
    return read_objects(path, "cx_cloud", _items(load(path).content), _make, declared, taken=_TAKEN)


SOURCE = ContractSource(
    name="cx_cloud",
    title="CX Cloud v2 answers (.json with data[]), its list of assets not covered",
    accepts=lambda path: holds(path, _ours) or fits(path, NOT_COVERED),
    read=read,
)
