"""Rejected rows as CSV: mended and imported again, they add to what was taken."""

import csv
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent.files import replacing

if TYPE_CHECKING:
    from agent.model import Rejected
    from agent.sources import SourceFile


class RejectsFile:
    """Rejected rows of several files; one CSV for each set of headings, made when it is needed.

    The first stands at `path`, the next ones beside it: ``rejects.csv``, ``rejects-2.csv``.
    """

    def __init__(self, path: Path, stack: ExitStack) -> None:
        self._path = path
        self._stack = stack
        self._writers: dict[tuple[str, ...], Any] = {}  # csv's writers have no public type

    def add(self, source: "SourceFile[Any]", row: "Rejected") -> None:
        """Write one row, under the headings of its file."""
        headings = tuple(column.heading for column in source.columns)
        writer = self._writers.get(headings) or self._begin(headings)
        writer.writerow([f"{row.file} row {row.row}", row.reason, *row.cells])

    def _begin(self, headings: tuple[str, ...]) -> Any:  # noqa: ANN401 - as above
        from agent.sources.records import REJECTED

        number = len(self._writers) + 1
        name = f"{self._path.stem}-{number}{self._path.suffix}"
        path = self._path.with_name(name) if number > 1 else self._path
        writer = csv.writer(self._stack.enter_context(replacing(path)))
        writer.writerow([*REJECTED, *headings])
        self._writers[headings] = writer
        return writer


@contextmanager
def rejects_file(path: Path | None) -> Iterator[RejectsFile | None]:
    """Where rejected rows go, on disk when all was read; None where nobody asked for it.

    :raises OutputError: a file cannot be written.
    """
    with ExitStack() as stack:
        yield RejectsFile(path, stack) if path else None
