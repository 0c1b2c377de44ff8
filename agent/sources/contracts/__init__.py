"""Contract lines from files: one file here per form in which users have them."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from agent import plugins
from agent.errors import SourceError
from agent.model import ContractLine, CoverStatement, Licence
from agent.sources import Declared, SourceFile
from agent.sources.answers import load, refusal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ContractRecord: TypeAlias = ContractLine | CoverStatement | Licence
LineFile: TypeAlias = SourceFile[ContractRecord]


@dataclass(frozen=True, slots=True)
class ContractSource:
    """One form of contract files; `accepts` may look at the beginning of a file."""

    name: str
    title: str
    accepts: Callable[[Path], bool]
    read: Callable[[Path, Declared], LineFile]


def sources() -> tuple[ContractSource, ...]:
    """Every form there is, by name."""
    found = plugins.modules(sys.modules[__name__])
    return tuple(module.SOURCE for module in found if hasattr(module, "SOURCE"))


def read_lines(path: Path, declared: Declared | None = None) -> LineFile:
    """The contract lines of a file, with statements about cover and licences, as a stream.

    There is a reason for every row not taken.

    :raises SourceError: the file cannot be used as a whole; a stream may still raise it.
    """
    if path.is_dir():
        raise SourceError(f"{path}: is a folder; name the files in it")
    for source in sources():
        if source.accepts(path):
            return source.read(path, declared or Declared())
    if path.suffix.lower() == ".json" and (said := refusal(load(path).content)):
        raise SourceError(f"{path}: is an answer without records: {said}; ask again and save that")
    forms = "; ".join(source.title for source in sources())
    raise SourceError(f"{path}: contract lines are not read from such files; known: {forms}")
