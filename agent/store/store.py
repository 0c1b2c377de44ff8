"""The store as the other stages see it: every call is one transaction, whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from agent.store import connection, imports, sweeps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from sqlalchemy import Engine

    from agent.model import ContractLine, DataAge, HostResult, Milestones, Sweep


class Store:
    """An open database. Every call may raise StoreError: locked, full, damaged, not writable."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the database go."""
        self._engine.dispose()

    def begin_sweep(self, sweep_id: str, started: datetime, selection: str | None) -> None:
        """Begin a sweep; `selection` says which hosts were asked for, None for all.

        :raises StoreError: a sweep of this id is there already.
        """
        with connection.writing(self._engine) as writer:
            sweeps.begin(writer, sweep_id, started, selection)

    def save_host(self, sweep_id: str, result: HostResult) -> None:
        """Commit what one visit brought home; after this call it survives a crash.

        :raises StoreError: the sweep is not being saved, or has this host already.
        """
        with connection.writing(self._engine) as writer:
            sweeps.save_host(writer, sweep_id, result)

    def end_sweep(self, sweep_id: str, ended: datetime) -> None:
        """Finish a sweep; only finished ones are reported on."""
        with connection.writing(self._engine) as writer:
            sweeps.end(writer, sweep_id, ended)

    def save_sweep(
        self,
        sweep_id: str,
        started: datetime,
        ended: datetime,
        results: Iterable[HostResult],
        selection: str | None = None,
    ) -> bool:
        """Save a whole sweep at once; False where it is there already and nothing was changed."""
        with connection.writing(self._engine) as writer:
            if sweeps.finished(writer, sweep_id):
                return False
            sweeps.begin(writer, sweep_id, started, selection)
            for result in results:
                sweeps.save_host(writer, sweep_id, result)
            sweeps.end(writer, sweep_id, ended)
            return True

    def sweep(self, sweep_id: str | None = None) -> Sweep:
        """The sweep as it was saved; None asks for the finished one that was begun last.

        :raises StoreError: there is none, or it has not ended.
        """
        with connection.reading(self._engine) as reader:
            return sweeps.load(reader, sweep_id or sweeps.latest(reader))

    def sweeps(self) -> tuple[sweeps.SweepHead, ...]:
        """All sweeps, the one begun last first."""
        with connection.reading(self._engine) as reader:
            return sweeps.heads(reader)

    def raw(self, sha256: str) -> str | None:
        """The raw text a piece of evidence points to, or None where it was not kept here."""
        with connection.reading(self._engine) as reader:
            return sweeps.raw(reader, sha256)

    def last_sightings(self) -> Mapping[tuple[str, str | None], tuple[str, str | None, datetime]]:
        """By serial and PID: host, site and start of the last finished sweep that saw the unit."""
        with connection.reading(self._engine) as reader:
            return sweeps.last_sightings(reader)

    def import_lines(
        self, file: imports.ImportFile, lines: Iterable[ContractLine]
    ) -> imports.ImportSummary:
        """Take contract lines in, all or none; `lines` may be a generator of any length."""
        with connection.writing(self._engine) as writer:
            return imports.import_lines(writer, file, lines)

    def import_milestones(
        self, file: imports.ImportFile, milestones: Iterable[Milestones]
    ) -> imports.ImportSummary:
        """Take EoX milestones in, all or none."""
        with connection.writing(self._engine) as writer:
            return imports.import_milestones(writer, file, milestones)

    def lines(self) -> Iterator[ContractLine]:
        """Current contract lines by serial, PID, contract, start, row; missing values first."""
        with connection.reading(self._engine) as reader:
            yield from imports.lines(reader)

    def milestones(self) -> Iterator[Milestones]:
        """Current EoX milestones, one per PID, by PID."""
        with connection.reading(self._engine) as reader:
            yield from imports.milestones(reader)

    def data_ages(self) -> tuple[DataAge, ...]:
        """Every imported file that still counts, with the day of its data and its rows."""
        with connection.reading(self._engine) as reader:
            return imports.data_ages(reader)


def open_store(url: str) -> Store:
    """Open the store at a SQLAlchemy URL; create it, or bring it to the newest schema.

    :raises StoreError: it cannot be opened or created, is no store, or is from a newer netcover.
    """
    return Store(connection.connect(url))
