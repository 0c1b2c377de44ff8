"""Smart Account licences: what a virtual account holds and uses, and the terms behind it.

A licence with its use is one record without a subscription; each of its terms is a record of its
own, with dates and without a use: Cisco counts use by licence, not by term.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

from agent.model import Licence
from agent.sources import cells
from agent.sources.answers import holds, load, objects, read_objects, text
from agent.sources.columns import aliases
from agent.sources.contracts import ContractSource, LineFile
from agent.sources.contracts._row import Day  # noqa: TC001 - pydantic reads it
from agent.sources.records import Form, fits, read_tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agent.sources import Declared
    from agent.sources.answers import Item
    from agent.sources.contracts import ContractRecord
    from agent.sources.records import Facts


def _name(cell: str) -> str:
    name = cells.content(cell)
    if name is None:
        raise ValueError("no licence name; add it")
    return name


def _number(cell: str) -> int | None:
    found = cells.content(cell)
    if found is None:
        return None
    try:
        return int(float(found))
    except ValueError:
        raise ValueError(f"{found!r} is not a number of licences") from None


_Text = Annotated[str | None, BeforeValidator(cells.content)]
_Count = Annotated[int | None, BeforeValidator(_number)]


class LicenceRow(BaseModel):
    """One licence as a file states it, checked."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, BeforeValidator(_name)]
    sku: _Text = None
    account: _Text = None
    virtual_account: _Text = None
    subscription: _Text = None
    quantity: _Count = None
    in_use: _Count = None
    status: _Text = None
    start: Day = None
    end: Day = None


def _record(values: Mapping[str, str], facts: Facts) -> Licence:
    row = LicenceRow.model_validate(values, context=facts)
    return Licence(evidence=facts.evidence, **row.model_dump())


FORM: Form[ContractRecord] = Form(
    name="smart_account",
    known=aliases(Path(__file__).with_name("licence_aliases.yaml")),
    suffices=lambda found: {"name", "in_use"} <= found.keys() and "serial" not in found,
    needed="'License' and 'In Use'",
    record=_record,
    doubts=lambda _values, _numbers: (),
)


_TAKEN = {
    "license": "name",
    "virtualAccount": "virtual_account",
    "quantity": "quantity",
    "inUse": "in_use",
    "status": "status",
    "licenseDetails": "terms",
}


def _make(item: Item, facts: Facts) -> Iterator[Licence]:
    whole = {
        "name": text(item.get("license")),
        "virtual_account": text(item.get("virtualAccount")),
        "quantity": text(item.get("quantity")),
        "in_use": text(item.get("inUse")),
        "status": text(item.get("status")),
    }
    yield _record(whole, facts)
    for term in objects(item, "licenseDetails"):
        values = {
            "name": whole["name"],
            "virtual_account": whole["virtual_account"],
            "sku": text(term.get("licenseSku")),
            "subscription": text(term.get("subscriptionId")) or text(term.get("orderNumber")),
            "quantity": text(term.get("quantity")),
            "status": text(term.get("status")),
            "start": text(term.get("startDate")),
            "end": text(term.get("endDate")),
        }
        yield _record(values, facts)


def _is_answer(path: Path) -> bool:
    return holds(path, lambda content: bool(objects(content, "licenses")))


def read(path: Path, declared: Declared) -> LineFile:
    """The licences of a file."""
    if path.suffix.lower() != ".json":
        return read_tables(path, FORM, declared)
    found = objects(load(path).content, "licenses")
    return read_objects(path, "smart_account", found, _make, declared, taken=_TAKEN)


SOURCE = ContractSource(
    name="smart_account",
    title="Smart Account licences (.json with licenses[], or a table)",
    accepts=lambda path: _is_answer(path) or fits(path, FORM),
    read=read,
)
