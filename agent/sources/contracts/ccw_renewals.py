"""CCW-R renewal searches: lines that a partner may see, with bundles and their items."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.sources.answers import holds, load, named, objects, read_objects, text
from agent.sources.contracts import ContractSource, LineFile
from agent.sources.contracts._row import ContractRow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from agent.sources import Declared
    from agent.sources.answers import Item
    from agent.sources.contracts import ContractRecord
    from agent.sources.records import Facts

_KEYS = {
    "serial": "serialNumber",
    "service_level": "serviceLevel",
    "start": "startDate",
    "end": "endDate",
    "quantity": "quantity",
    "parent_serial": "parentSerialNumber",
    "minor": "minor",
}


_TAKEN = {key: field for field, key in _KEYS.items()} | {
    "contract": "contract, status",
    "product": "pid",
    "warranty": "warranty_end",
    "endCustomer": "end_customer",
}


def _items(content: Item) -> list[Item]:
    return objects(content, "instances")


def _ours(content: Item) -> bool:
    return any("serviceSKU" in item or "instanceNumber" in item for item in _items(content))


def _make(item: Item, facts: Facts) -> Iterator[ContractRecord]:
    inner = {key: _object(item, key) for key in ("contract", "product", "warranty", "endCustomer")}
    values = named(item, _KEYS) | {
        "contract": text(inner["contract"].get("number")),
        "status": text(inner["contract"].get("lineStatus")),
        "pid": text(inner["product"].get("number")),
        "warranty_end": text(inner["warranty"].get("endDate")),
        "end_customer": text(inner["endCustomer"].get("name")),
    }
    yield ContractRow.model_validate(values, context=facts).record(facts)


def _object(item: Item, key: str) -> Item:
    return next(iter(objects(item, key)), {})


def read(path: Path, declared: Declared) -> LineFile:
    """The lines of one answer."""
    return read_objects(
        path, "ccw_renewals", _items(load(path).content), _make, declared, taken=_TAKEN
    )


SOURCE = ContractSource(
    name="ccw_renewals",
    title="CCW-R renewal searches (.json with instances[])",
    accepts=lambda path: holds(path, _ours),
    read=read,
)
