"""Decisions of people: ``decisions.toml``, a ``[[decision]]`` for each, with who, why and when."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - pydantic reads it when the class is made
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from agent.model import Decision
from agent.sources.statements import read_rows, scoped

if TYPE_CHECKING:
    from pathlib import Path

SCOPE = ("serial", "pid", "contract", "host")
Stated = Annotated[str, Field(min_length=1)]


class DecisionRow(BaseModel):
    """One decision as the file states it, checked."""

    model_config = ConfigDict(extra="forbid")

    id: Stated
    kind: Literal["drop", "keep", "spare", "refresh", "swap", "not_a_swap"]
    approver: Stated
    reason: Stated
    serial: str | None = None
    pid: str | None = None
    contract: str | None = None
    host: str | None = None
    decided: date | None = None
    expires: date | None = None
    on: date | None = None
    other_serial: str | None = None
    facts: str | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        scoped(self, SCOPE)
        if self.kind == "refresh" and self.on is None:
            raise ValueError("a refresh needs its day; state it as on = 2027-09-30")
        if self.kind == "swap" and self.other_serial is None:
            raise ValueError("a swap needs other_serial, the unit that took over")
        return self


def read_decisions(path: Path) -> tuple[Decision, ...]:
    """Every decision of the file, in its order.

    :raises SourceError: it cannot be read, a decision is not whole, or an id stands twice.
    """
    rows = read_rows(path, "decision", DecisionRow, "id")
    return tuple(Decision(evidence=place, **row.model_dump()) for row, place in rows)
