"""Accepted risks: ``waivers.toml``, a ``[[waiver]]`` for each: who, why, what, until when."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - pydantic reads it when the class is made
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from agent.model import Waiver
from agent.sources.statements import read_rows, scoped

if TYPE_CHECKING:
    from pathlib import Path

SCOPE = ("serials", "pids", "hosts", "sites")


class WaiverRow(BaseModel):
    """One waiver as the file states it, checked."""

    model_config = ConfigDict(extra="forbid")

    approval: Annotated[str, Field(min_length=1)]
    approver: Annotated[str, Field(min_length=1)]
    reason: Annotated[str, Field(min_length=1)]
    expires: date
    rules: Annotated[tuple[str, ...], Field(min_length=1)]
    serials: tuple[str, ...] = ()
    pids: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    disposition: str | None = None

    @model_validator(mode="after")
    def _scoped(self) -> Self:
        scoped(self, SCOPE)
        return self


def read_waivers(path: Path) -> tuple[Waiver, ...]:
    """Every waiver of the file, in its order.

    :raises SourceError: it cannot be read, a waiver is not whole, or an approval stands twice.
    """
    rows = read_rows(path, "waiver", WaiverRow, "approval")
    return tuple(Waiver(evidence=place, **row.model_dump()) for row, place in rows)
