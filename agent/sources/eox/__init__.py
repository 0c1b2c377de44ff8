"""EoX milestones from files: one file here per form in which users have them."""

from __future__ import annotations

import sys
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from agent import plugins
from agent.errors import SourceError
from agent.model import Doubt, Milestones, Rejected, TrainMilestones
from agent.plausible import contradictions
from agent.sources import Declared, SourceFile
from agent.sources.answers import load, refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

EoxRecord: TypeAlias = Milestones | TrainMilestones
MilestoneFile: TypeAlias = SourceFile[EoxRecord]

_NOT_DATES = {"pid", "os", "train", "bulletin", "url", "replacement", "evidence"}


@dataclass(frozen=True, slots=True)
class EoxSource:
    """One form of EoX files; `accepts` may look at the beginning of a file."""

    name: str
    title: str
    accepts: Callable[[Path], bool]
    read: Callable[[Path, Declared], MilestoneFile]


def sources() -> tuple[EoxSource, ...]:
    """Every form there is, by name."""
    found = plugins.modules(sys.modules[__name__])
    return tuple(module.SOURCE for module in found if hasattr(module, "SOURCE"))


def read_milestones(path: Path, declared: Declared | None = None) -> MilestoneFile:
    """The milestones of a file, one record per PID or software train.

    There is a reason for every row not taken, and a doubt after each whose dates contradict one
    another.

    :raises SourceError: the file cannot be used as a whole; a stream may still raise it.
    """
    if path.is_dir():
        raise SourceError(f"{path}: is a folder; name the files in it")
    source = next((each for each in sources() if each.accepts(path)), None)
    if source is not None:
        file = source.read(path, declared or Declared())
        return replace(file, extent="contracts", rows=lambda: _checked(file))
    if path.suffix.lower() == ".json" and (said := refusal(load(path).content)):
        raise SourceError(f"{path}: is an answer without records: {said}; ask again and save that")
    forms = "; ".join(source.title for source in sources())
    raise SourceError(f"{path}: EoX milestones are not read from such files; known: {forms}")


def _checked(file: MilestoneFile) -> Iterator[EoxRecord | Rejected | Doubt]:
    """One record for each product; where rows state different dates, none is taken.

    All rows are held: which of them are in conflict is known at the end of the file.
    """
    rows = list(file)
    by_product: dict[str, list[EoxRecord]] = defaultdict(list)
    for row in rows:
        if not isinstance(row, (Rejected, Doubt)):
            by_product[product(row)].append(row)
    for row in rows:
        if isinstance(row, (Rejected, Doubt)):
            yield row
            continue
        same = by_product[product(row)]
        number = _number(row)
        other = next((each for each in same if _differing(row, each)), None)
        if other is not None:
            where = f"conflict with {other.evidence.command} about {product(row)}"
            differing = ", ".join(_differing(row, other))
            yield Rejected(file.name, number, f"{where}: {differing}; remove the wrong one")
        elif row is same[0]:
            yield row
            yield from (Doubt(file.name, number, what) for what in contradictions(row))


def product(record: EoxRecord) -> str:
    """What a record is about, as messages name it."""
    return record.pid if isinstance(record, Milestones) else f"{record.os} {record.train}"


def _number(record: EoxRecord) -> int:
    return int(record.evidence.command.rpartition(" ")[2])


def _differing(one: EoxRecord, other: EoxRecord) -> list[str]:
    fields = [name for name in type(one).__slots__ if name not in _NOT_DATES]
    return [
        f"{name} {getattr(one, name)} here, {getattr(other, name)} there"
        for name in fields
        if getattr(one, name) != getattr(other, name)
    ]
