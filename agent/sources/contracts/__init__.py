"""Contract lines from files: one file here per form in which users have them."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from agent import plugins
from agent.errors import SourceError
from agent.model import ContractLine
from agent.sources import SourceFile

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

LineFile: TypeAlias = SourceFile[ContractLine]


@dataclass(frozen=True, slots=True)
class ContractSource:
    """One form of contract files.

    `read` takes the path, a date format beside ISO, and the day on which the data was true.
    """

    name: str
    title: str
    accepts: Callable[[Path], bool]
    read: Callable[[Path, str | None, date | None], LineFile]


def sources() -> tuple[ContractSource, ...]:
    """Every form there is, by name."""
    found = plugins.modules(sys.modules[__name__])
    return tuple(module.SOURCE for module in found if hasattr(module, "SOURCE"))


def read_lines(
    path: Path, date_format: str | None = None, data_date: date | None = None
) -> LineFile:
    """The contract lines of a file, as a stream with a reason for every row not taken.

    :raises SourceError: the file cannot be used as a whole; a stream may still raise it.
    """
    if path.is_dir():
        raise SourceError(f"{path}: is a folder; name the files in it")
    for source in sources():
        if source.accepts(path):
            return source.read(path, date_format, data_date)
    forms = "; ".join(source.title for source in sources())
    raise SourceError(f"{path}: contract lines are not read from such files; known: {forms}")
