"""Decisions of people: ``decisions.toml``, a ``[[decision]]`` for each, with who, why and when."""

from __future__ import annotations

import hashlib
import tomllib
from collections import Counter
from datetime import date  # noqa: TC003 - pydantic reads it when the class is made
from typing import TYPE_CHECKING, Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from agent.errors import SourceError
from agent.model import Decision, Evidence

if TYPE_CHECKING:
    from pathlib import Path

SCOPE = ("serial", "pid", "contract", "host")


class DecisionRow(BaseModel):
    """One decision as the file states it, checked."""

    model_config = ConfigDict(extra="forbid")

    id: str
    kind: Literal["drop", "keep", "spare", "refresh", "swap", "not_a_swap"]
    approver: str
    reason: str
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
        if not any(getattr(self, name) for name in SCOPE):
            raise ValueError(f"no scope; state at least one of {', '.join(SCOPE)}")
        if self.kind == "refresh" and self.on is None:
            raise ValueError("a refresh needs its day; state it as on = 2027-09-30")
        if self.kind == "swap" and self.other_serial is None:
            raise ValueError("a swap needs other_serial, the unit that took over")
        return self


def read_decisions(path: Path) -> tuple[Decision, ...]:
    """Every decision of the file, in its order.

    :raises SourceError: it cannot be read, a decision is not whole, or an id stands twice.
    """
    try:
        raw = path.read_bytes()
        content = tomllib.loads(raw.decode("utf-8"))
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SourceError(f"{path}: not a readable TOML file: {error}") from None
    strange = [key for key in content if key != "decision"]
    rows = content.get("decision", [])
    if strange or not isinstance(rows, list):
        raise SourceError(f"{path}: only [[decision]] tables are known; found {', '.join(content)}")
    sha256 = hashlib.sha256(raw).hexdigest()
    found = tuple(_decision(path, number, row, sha256) for number, row in enumerate(rows, start=1))
    twice = [name for name, count in Counter(one.id for one in found).items() if count > 1]
    if twice:
        raise SourceError(f"{path}: id {twice[0]!r} stands twice; each decision needs its own")
    return found


def _decision(path: Path, number: int, row: object, sha256: str) -> Decision:
    try:
        checked = DecisionRow.model_validate(row)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        text = str(first["ctx"]["error"]) if "error" in first.get("ctx", {}) else first["msg"]
        raise SourceError(f"{path}: decision {number}: {f'{key}: ' if key else ''}{text}") from None
    evidence = Evidence(path.name, f"decision {number}", None, sha256)
    return Decision(evidence=evidence, **checked.model_dump())
