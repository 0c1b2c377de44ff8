"""reachable_trains.csv: what a product can run, a row for each software train and its source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

from agent.errors import SourceError
from agent.model import Doubt, ReachableTrain, Rejected, Software
from agent.sources import Declared, cells
from agent.sources.advisories.first_fixed import os_of
from agent.sources.records import Form, read_tables

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from agent.sources.records import Facts


def _needed(cell: str) -> str:
    text = cell.strip()
    if not text:
        raise ValueError("is empty; fill it in")
    return text


class ReachableRow(BaseModel):
    """One row as the file states it, checked."""

    model_config = ConfigDict(extra="forbid")

    pid: Annotated[str, BeforeValidator(_needed)]
    os: Annotated[Software, BeforeValidator(os_of)]
    train: Annotated[str, BeforeValidator(_needed)]
    source: Annotated[str | None, BeforeValidator(cells.content)] = None


def _record(values: Mapping[str, str], facts: Facts) -> ReachableTrain:
    row = ReachableRow.model_validate(values)
    return ReachableTrain(row.pid, row.os, row.train, facts.evidence, row.source)


FORM = Form(
    name="reachable_trains",
    known={
        "pid": ("pid", "product id"),
        "os": ("os", "software"),
        "train": ("train",),
        "source": ("source",),
    },
    suffices=lambda found: {"pid", "os", "train"} <= found.keys(),
    needed="'pid', 'os' and 'train'",
    record=_record,
    doubts=lambda _values, _numbers: (),
)


def read_reachable(path: Path) -> tuple[ReachableTrain, ...]:
    """Every row of the file, in its order.

    :raises SourceError: it cannot be read, or a row is not whole; a train that is passed over in
        silence would make a product look like a dead end.
    """
    found = []
    for row in read_tables(path, FORM, Declared()):
        if isinstance(row, Rejected):
            raise SourceError(f"{path}: row {row.row}: {row.reason}")
        if not isinstance(row, Doubt):
            found.append(row)
    return tuple(found)
