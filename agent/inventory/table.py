"""Hosts from a table: CSV, XLSX and what else holds rows under headings, a row for each unit.

Rows with the same name and address are one host: the members of a stack stand below each other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from agent.errors import InventoryError, SourceError
from agent.inventory._platforms import platform_of
from agent.inventory._source import Asked, Source
from agent.inventory.listed import address_of, port_of, settle
from agent.model import ListedHost, ListedUnit, Listing, Rejected
from agent.sources import Declared, columns
from agent.sources.carriers import open_tables, parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from agent.sources.tables import Row, Table

SUFFIXES = (".csv", ".tsv", ".xlsx", ".xlsb", ".xlsm", ".xls", ".ods")
_FLAGS = ("exposed", "spare", "snmp")
_TEXTS = ("owner", "replacement", "credentials", "jump", "transport", "aaa_group")
_YES, _NO = {"yes", "true", "y", "1"}, {"no", "false", "n", "0"}


@dataclass(frozen=True, slots=True)
class _Cells:
    """One row by field, and where it stands."""

    place: str
    values: Mapping[str, str]

    def __getitem__(self, field: str) -> str | None:
        return self.values.get(field, "").strip() or None


def read(asked: Asked) -> Listing:
    """Every host of the file.

    :raises InventoryError: it cannot be read, has no headings that are known, or a row of it says
        what cannot be; naming the row.
    """
    path = asked.path or Path()
    known = columns.aliases(Path(__file__).with_name("table.yaml"))
    try:
        carrier = open_tables(path, _recognised, "'name' or 'address'", lambda _cells: "")
        rows = [
            (row, table, columns.match(table.headings, known, Declared()))
            for table in carrier.tables
            for row in table.rows()
        ]
    except SourceError as error:
        raise InventoryError(str(error)) from None
    notes = list(parts(carrier))
    hosts: dict[tuple[str, str | None], ListedHost] = {}
    for row, table, places in rows:
        if isinstance(row, Rejected):
            raise InventoryError(f"{path}: row {row.row}: {row.reason}")
        cells = _cells(row, table, places)
        host = _listed(path, cells, asked)
        notes += _spoilt(row, table, places)
        key = (host.name, host.address)
        if not cells["address"]:  # a row of the same host may leave out what the first one said
            key = next((k for k in hosts if k[0] == host.name), key)
        hosts[key] = _joined(path, hosts[key], host) if key in hosts else host
    if not hosts:
        raise InventoryError(f"{path}: no host below the headings; add at least one")
    return Listing(
        source="table",
        origin=path.name,
        taken=asked.taken,
        sha256=carrier.sha256,
        hosts=settle(hosts.values(), asked),
        filters=asked.words,
        notes=tuple(notes),
    )


def _recognised(headings: Sequence[str]) -> int:
    known = columns.aliases(Path(__file__).with_name("table.yaml"))
    found = columns.match(headings, known, Declared())
    return len(found) if found.keys() & {"name", "address"} else 0


def _cells(row: Row, table: Table, places: Mapping[str, int]) -> _Cells:
    width = len(row.cells)
    values = {field: row.cells[place] for field, place in places.items() if place < width}
    return _Cells(table.place(row.line), values)


def _spoilt(row: Row, table: Table, places: Mapping[str, int]) -> Iterator[str]:
    if places.get("serial") in row.numbers:
        yield (
            f"{table.place(row.line)}: the serial number is kept as a number, which loses leading"
            " zeros; make the column text"
        )


def _listed(path: Path, cells: _Cells, asked: Asked) -> ListedHost:
    where = f"{path}: {cells.place}"
    name = cells["name"] or cells["address"]
    if name is None:
        raise InventoryError(f"{where}: neither a name nor an address; fill one in")
    said = cells["address"] or (name if address_of(name) else None)
    address = address_of(said)
    if said and address is None:
        raise InventoryError(f"{where}: {said!r} is no address; write it as 192.0.2.1")
    try:
        port, data = port_of(cells["port"]), tuple(_facts(cells))
    except ValueError as error:
        raise InventoryError(f"{where}: {error}") from None
    ours, problem = platform_of(cells["platform"], cells["pid"], asked.settings.platforms)
    serial, status = cells["serial"], (cells["status"] or "active").lower()
    return ListedHost(
        name=name,
        address=address,
        platform=ours,
        place=cells.place,
        port=port,
        site=cells["site"],
        role=cells["role"],
        tenant=cells["tenant"],
        tags=tuple(sorted(set(re.split(r"[,;|\s]+", cells["tags"] or "")) - {""})),
        status=status,
        units=(ListedUnit(serial, cells["pid"], status=status),) if serial else (),
        data=data,
        problem=problem,
    )


def _facts(cells: _Cells) -> Iterator[tuple[str, str | bool | date]]:
    for key in _TEXTS:
        if text := cells[key]:
            yield key, text
    for key in _FLAGS:
        if text := cells[key]:
            if text.lower() not in _YES | _NO:
                raise ValueError(f"{key}: {text!r} is neither yes nor no")
            yield key, text.lower() in _YES
    if text := cells["refresh"]:
        try:
            yield "refresh", date.fromisoformat(text)
        except ValueError:
            raise ValueError(f"refresh: {text!r} is no date; write it as 2027-09-30") from None


def _joined(path: Path, one: ListedHost, other: ListedHost) -> ListedHost:
    """One host of two rows: the units of both; the rows must not contradict each other."""
    found = one
    for key in ("platform", "port", "site", "role", "tenant"):
        mine, theirs = getattr(one, key), getattr(other, key)
        if mine and theirs and mine != theirs:
            raise InventoryError(
                f"{path}: {one.place} and {other.place}: both are {one.name}, with {key} {mine!r}"
                f" and {theirs!r}; mend one"
            )
        found = replace(found, **{key: mine or theirs})
    units = (*one.units, *(unit for unit in other.units if unit not in one.units))
    return replace(
        found,
        tags=tuple(sorted({*one.tags, *other.tags})),
        units=units,
        data=tuple({**dict(other.data), **dict(one.data)}.items()),
        problem=None if found.platform else one.problem,
    )


def recognises(path: Path) -> bool:
    """Whether a path is a table, by its ending."""
    return path.is_file() and path.suffix.lower() in SUFFIXES


SOURCE = Source("CSV, XLSX and other tables", read, recognises)
