"""Advisory records from files: one file here per form in which they are published or kept."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from agent import plugins
from agent.model import (
    Advisory,
    Evidence,
    FirstFixed,
    Kev,
    PatchMapping,
    Rejected,
    Unrelated,
    Withdrawn,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date, datetime
    from pathlib import Path

Record: TypeAlias = Advisory | FirstFixed | Kev | PatchMapping | Withdrawn
Entry: TypeAlias = Record | Rejected | Unrelated


@dataclass(frozen=True, slots=True)
class Document:
    """One JSON file: its name, the hash of its bytes, and what it says."""

    name: str
    sha256: str
    content: Mapping[str, object]

    def evidence(self, part: str, stated: datetime | None) -> Evidence:
        """Evidence for facts in `part` of the document; `stated` is the day it gives itself."""
        return Evidence(self.name, part, stated, self.sha256)


@dataclass(frozen=True, slots=True)
class JsonSource:
    """One form of JSON documents; `name` is kept with each record as its form."""

    name: str
    title: str
    accepts: Callable[[Mapping[str, object]], bool]
    read: Callable[[Document], Iterator[Entry]]


@dataclass(frozen=True, slots=True)
class TableSource:
    """One form of delimited text. `read` raises SourceError where the headings are not its own."""

    name: str
    title: str
    read: Callable[[Path, date | None], Iterator[Entry]]


def json_sources() -> tuple[JsonSource, ...]:
    """Every form of JSON there is, by name."""
    found = plugins.modules(sys.modules[__name__])
    return tuple(m.SOURCE for m in found if isinstance(getattr(m, "SOURCE", None), JsonSource))


def table_sources() -> tuple[TableSource, ...]:
    """Every form of delimited text there is, by name."""
    found = plugins.modules(sys.modules[__name__])
    return tuple(m.SOURCE for m in found if isinstance(getattr(m, "SOURCE", None), TableSource))
