"""Tables of contract lines: delimited text, workbooks, the zip of one file per contract.

One reader serves the exports of CSCC and CCW-R, the "Cisco Ready" install base (headings on row 4,
days as spreadsheet numbers), contract analysts' workbooks, the CSV form of CX Cloud, resellers'
lists, and netcover's own: they differ in their headings, and headings are data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.sources.carriers import SUFFIXES
from agent.sources.contracts import ContractSource, LineFile
from agent.sources.contracts._row import FORM
from agent.sources.records import read_tables

if TYPE_CHECKING:
    from pathlib import Path

    from agent.sources import Declared


def read(path: Path, declared: Declared) -> LineFile:
    """The contract lines of a file of tables.

    :raises SourceError: it cannot be read, or has no heading row.
    """
    return read_tables(path, FORM, declared)


SOURCE = ContractSource(
    name="table",
    title=f"tables ({', '.join(SUFFIXES)})",
    accepts=lambda path: path.suffix.lower() in SUFFIXES,
    read=read,
)
