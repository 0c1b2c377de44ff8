"""From a file to typed records: one file per source, nothing dropped without a reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, Literal, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from agent.model import Doubt, Rejected

Record = TypeVar("Record")
Extent: TypeAlias = Literal["contracts", "units", "amendment"]
Basis: TypeAlias = Literal["declared", "header", "modified"]


@dataclass(frozen=True, slots=True)
class Declared:
    """What the user says about a file beside its content.

    `columns` are headings and the fields they stand for; `accept` takes suggestions as well.
    """

    date_format: str | None = None
    data_date: date | None = None
    sites: tuple[str, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    accept: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """One heading of a file and what it was taken for; None where it is not used.

    `suggested` is the field that the heading resembles, taken only when the user says so.
    """

    heading: str
    field: str | None
    suggested: str | None = None


@dataclass(frozen=True, slots=True)
class SourceFile(Generic[Record]):
    """A file that can be read: its hash, its columns, and a fresh stream of its rows.

    Every row that is not blank is a record, or a `Rejected` with the reason; a `Doubt` follows a
    record that was taken and should be looked at. `extent` is what the file is the whole truth
    of, `basis` who states `data_date`.
    """

    name: str
    sha256: str
    form: str
    columns: tuple[Column, ...]
    rows: Callable[[], Iterator[Record | Rejected | Doubt]]
    extent: Extent = "contracts"
    data_date: date | None = None
    basis: Basis = "declared"
    sites: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def __iter__(self) -> Iterator[Record | Rejected | Doubt]:
        return self.rows()
