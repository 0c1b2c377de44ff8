"""Accepted risks: ``waivers.toml``, a ``[[waiver]]`` for each: who, why, what, until when."""

from __future__ import annotations

import hashlib
import tomllib
from collections import Counter
from datetime import date  # noqa: TC003 - pydantic reads it when the class is made
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from agent.errors import SourceError
from agent.model import Evidence, Waiver

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
        if not any(getattr(self, name) for name in SCOPE):
            raise ValueError(f"no scope; state at least one of {', '.join(SCOPE)}")
        return self


def read_waivers(path: Path) -> tuple[Waiver, ...]:
    """Every waiver of the file, in its order.

    :raises SourceError: it cannot be read, a waiver is not whole, or an approval stands twice.
    """
    try:
        raw = path.read_bytes()
        content = tomllib.loads(raw.decode("utf-8"))
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SourceError(f"{path}: not a readable TOML file: {error}") from None
    rows = content.pop("waiver", [])
    if content or not isinstance(rows, list):
        raise SourceError(f"{path}: only [[waiver]] tables are known; found {', '.join(content)}")
    sha256 = hashlib.sha256(raw).hexdigest()
    found = tuple(_waiver(path, number, row, sha256) for number, row in enumerate(rows, start=1))
    twice = [name for name, count in Counter(one.approval for one in found).items() if count > 1]
    if twice:
        raise SourceError(f"{path}: approval {twice[0]!r} stands twice; each needs its own")
    return found


def _waiver(path: Path, number: int, row: object, sha256: str) -> Waiver:
    try:
        checked = WaiverRow.model_validate(row)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        text = str(first["ctx"]["error"]) if "error" in first.get("ctx", {}) else first["msg"]
        raise SourceError(f"{path}: waiver {number}: {f'{key}: ' if key else ''}{text}") from None
    return Waiver(
        evidence=Evidence(path.name, f"waiver {number}", None, sha256), **checked.model_dump()
    )
