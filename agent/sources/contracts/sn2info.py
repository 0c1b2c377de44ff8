"""SN2INFO v2: what Cisco says of single serials, by its summary, status and owner calls.

YES and NO are strings. A serial that is not known to Cisco gets NO as an uncovered one does; only
the summary tells them apart: it lists no base PID for the former. Contract details are shown to
their owner alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.model import CoverState, CoverStatement
from agent.sources import cells
from agent.sources.answers import holds, load, objects, read_objects, text
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
    "sr_no": "serial",
    "is_covered": "coverage",
    "service_contract_number": "contract",
    "covered_product_line_end_date": "end",
    "coverage_end_date": "end",
    "service_line_descr": "service_level",
    "base_pid_list": "coverage",
    "base_pid": "coverage",
    "orderable_pid_list": "pid",
    "orderable_pid": "pid",
    "contract_site_customer_name": "end_customer",
    "warranty_end_date": "warranty_end",
    "parent_sr_no": "parent_serial",
    "sr_no_owner": "coverage",
}


def _items(content: Item) -> list[Item]:
    return objects(content, "serial_numbers") + objects(content, "instance_numbers")


def _ours(content: Item) -> bool:
    return any("is_covered" in item for item in _items(content))


def _make(item: Item, facts: Facts) -> Iterator[ContractRecord]:
    """A line where a contract is named, and the statement in any case."""
    number = serial_number(text(item.get("sr_no")))
    contract = text(item.get("service_contract_number")).strip()
    end = text(item.get("covered_product_line_end_date") or item.get("coverage_end_date")).strip()
    covered = text(item.get("is_covered")).strip().upper()
    pid = _pid(item, "orderable_pid") or _pid(item, "base_pid")
    if covered == "YES" and contract and end:
        values = {
            "contract": contract,
            "serial": number or "",
            "quantity": "" if number else "1",
            "pid": pid or "",
            "service_level": text(item.get("service_line_descr")),
            "end": end,
            "end_customer": text(item.get("contract_site_customer_name")),
            "warranty_end": text(item.get("warranty_end_date")),
            "parent_serial": _parent(item, number),
        }
        yield ContractRow.model_validate(values, context=facts).record(facts)
    if number is None:
        if not (covered == "YES" and contract and end):
            raise ValueError("names no serial number and no contract")
        return
    state, reason = _state(item, covered, contract, end)
    until = cells.day(end, facts.date_format) if end else None
    yield CoverStatement(number, pid, state, reason, facts.evidence, until, contract or None)


def _state(item: Item, covered: str, contract: str, end: str) -> tuple[CoverState, str]:
    owner = text(item.get("sr_no_owner")).strip().upper()
    if covered == "YES" and (contract or (end and owner != "NO")):
        return "covered", f"SN2INFO says covered{f' to {end}' if end else ''}"
    if covered == "YES":
        return "not_visible", "SN2INFO says covered and shows no contract to this caller"
    if covered == "NO" and _pid(item, "base_pid"):
        return "not_covered", "SN2INFO knows the serial and says not covered"
    if covered == "NO" and "base_pid_list" in item:
        return "unknown", "SN2INFO does not know this serial"
    if covered == "NO":
        return "unknown", "SN2INFO says NO, which it says of uncovered and of unknown serials alike"
    return "unknown", f"SN2INFO states its cover as {covered or 'nothing'}"


def _pid(item: Item, key: str) -> str | None:
    """The first PID under a key: a list of objects by serial, one object by instance."""
    for each in objects(item, f"{key}_list") + objects(item, key):
        if pid := text(each.get(key)).strip():
            return pid
    return None


def _parent(item: Item, number: str | None) -> str:
    parent = text(item.get("parent_sr_no")).strip()
    return "" if parent == number else parent


def read(path: Path, declared: Declared) -> LineFile:
    """The lines and statements of one answer."""
    return read_objects(path, "sn2info", _items(load(path).content), _make, declared, taken=_TAKEN)


SOURCE = ContractSource(
    name="sn2info",
    title="SN2INFO answers (.json with serial_numbers[] or instance_numbers[])",
    accepts=lambda path: holds(path, _ours),
    read=read,
)
