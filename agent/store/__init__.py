"""What was seen and what was imported, kept with its history: SQLite by default, others by URL."""

from agent.store.imports import ImportSummary
from agent.store.rows import Basis, Extent, FileKind, ImportFile
from agent.store.store import Store, open_store
from agent.store.sweeps import Printed, SweepHead
from agent.store.writer import Writer

__all__ = [
    "Basis",
    "Extent",
    "FileKind",
    "ImportFile",
    "ImportSummary",
    "Printed",
    "Store",
    "SweepHead",
    "Writer",
    "open_store",
]
