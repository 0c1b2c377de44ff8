"""What people state in TOML: tables of one name, each checked, with an id of its own."""

from __future__ import annotations

import hashlib
import tomllib
from collections import Counter
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from agent.errors import SourceError, said
from agent.model import Evidence

if TYPE_CHECKING:
    from pathlib import Path

Row = TypeVar("Row", bound=BaseModel)


def read_rows(path: Path, table: str, row: type[Row], key: str) -> tuple[tuple[Row, Evidence], ...]:
    """The ``[[table]]`` entries of a file in their order, each as a `row` with its place.

    `key` is the field that no two of them may share.

    :raises SourceError: it cannot be read, an entry is not whole, or a key stands twice.
    """
    try:
        raw = path.read_bytes()
        content = tomllib.loads(raw.decode("utf-8"))
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {said(error)}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SourceError(f"{path}: not a readable TOML file: {error}") from None
    entries = content.pop(table, [])
    if content or not isinstance(entries, list):
        names = ", ".join(content) or table
        raise SourceError(f"{path}: only [[{table}]] tables are known; found {names}")
    sha256 = hashlib.sha256(raw).hexdigest()
    found = []
    for number, entry in enumerate(entries, start=1):
        place = f"{table} {number}"
        checked = _checked(f"{path}: {place}", entry, row)
        found.append((checked, Evidence(path.name, place, None, sha256)))
    twice = Counter(getattr(checked, key) for checked, _ in found).most_common(1)
    if twice and twice[0][1] > 1:
        raise SourceError(f"{path}: {key} {twice[0][0]!r} stands twice; each needs its own")
    return tuple(found)


def _checked(place: str, entry: Any, row: type[Row]) -> Row:  # noqa: ANN401 - TOML
    try:
        return row.model_validate(entry)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        text = str(first["ctx"]["error"]) if "error" in first.get("ctx", {}) else first["msg"]
        raise SourceError(f"{place}: {f'{key}: ' if key else ''}{text}") from None


def scoped(row: BaseModel, scope: tuple[str, ...]) -> None:
    """Make sure that an entry says what it is about.

    :raises ValueError: nothing of `scope` is stated.
    """
    if not any(getattr(row, name) for name in scope):
        raise ValueError(f"no scope; state at least one of {', '.join(scope)}")
