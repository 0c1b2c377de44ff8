"""From a file to typed records: one file per source, nothing dropped without a reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agent.model import Rejected

Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class Column:
    """One heading of a file and what it was taken for; None where it is not used."""

    heading: str
    field: str | None


@dataclass(frozen=True, slots=True)
class SourceFile(Generic[Record]):
    """A file that can be read: its hash, its columns, and a fresh stream of its rows.

    Every row that is not blank is either a record or a `Rejected` with the reason.
    """

    name: str
    sha256: str
    columns: tuple[Column, ...]
    rows: Callable[[], Iterator[Record | Rejected]]

    def __iter__(self) -> Iterator[Record | Rejected]:
        return self.rows()
