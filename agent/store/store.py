"""The store as the other stages see it: every call is one transaction, whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from agent.store import (
    advisories,
    ages,
    answers,
    connection,
    decided,
    extract,
    history,
    imports,
    listings,
    notices,
    runs,
    sweeps,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import Engine

    from agent.model import (
        Advisory,
        CompleteSweep,
        ContractLine,
        CoverStatement,
        DataAge,
        Decision,
        FirstFixed,
        HostResult,
        Kev,
        Licence,
        Listing,
        Milestones,
        PatchMapping,
        Place,
        Software,
        Sweep,
        TrainMilestones,
        Waiver,
    )
    from agent.store.advisories import AdvisoryRecord
    from agent.store.extract import Values
    from agent.store.rows import FileKind, ImportFile
    from agent.store.sweeps import Printed


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
            sweeps.save_hosts(writer, sweep_id, (result,))

    def save_hosts(self, sweep_id: str, results: Iterable[HostResult]) -> None:
        """Commit several visits at once, all or none; one wait for the disk instead of many.

        :raises StoreError: as :meth:`save_host`.
        """
        with connection.writing(self._engine) as writer:
            sweeps.save_hosts(writer, sweep_id, results)

    def unfinished(self) -> sweeps.SweepHead | None:
        """The sweep that was begun last, where it has not ended."""
        with connection.reading(self._engine) as reader:
            last = next(iter(sweeps.heads(reader)), None)
        return last if last is not None and last.ended is None else None

    def visited(self, sweep_id: str) -> frozenset[str]:
        """The hosts of which `sweep_id` has a result."""
        with connection.reading(self._engine) as reader:
            return sweeps.visited(reader, sweep_id)

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
            sweeps.save_hosts(writer, sweep_id, results)
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

    def printed(self, sweep_id: str) -> tuple[Printed, ...]:
        """What every host of a finished sweep printed, by host; `raw` has the texts."""
        with connection.reading(self._engine) as reader:
            return sweeps.printed(reader, sweep_id)

    def last_sightings(self) -> Mapping[tuple[str, str | None], tuple[str, str | None, datetime]]:
        """By serial and PID: host, site and start of the last finished sweep that saw the unit."""
        with connection.reading(self._engine) as reader:
            return sweeps.last_sightings(reader)

    def sweep_days(self, until: datetime) -> tuple[date, ...]:
        """The days of all finished sweeps that began no later than `until`, in order."""
        with connection.reading(self._engine) as reader:
            return runs.sweep_days(reader, until)

    def releases(
        self, until: datetime
    ) -> Iterator[tuple[str, str | None, Software, str | None, date, date]]:
        """Serial, PID, software, release, first and last day of every stay of a unit."""
        with connection.reading(self._engine) as reader:
            yield from runs.releases(reader, until)

    def complete_sweeps(self) -> tuple[CompleteSweep, ...]:
        """Which sites the latest sweeps read completely, the sweep begun last first."""
        with connection.reading(self._engine) as reader:
            return history.complete_sweeps(reader)

    def places(self) -> tuple[Place, ...]:
        """Every place each serial was seen at."""
        with connection.reading(self._engine) as reader:
            return history.places(reader)

    def import_lines(
        self, file: ImportFile, lines: Iterable[ContractLine | CoverStatement | Licence]
    ) -> imports.ImportSummary:
        """Take what a contract file says in, all or none; `lines` may be a generator of any length.

        Lines, statements about cover and licences may follow one another in any order.
        """
        with connection.writing(self._engine) as writer:
            return imports.take(writer, file, lines)

    def import_milestones(
        self, file: ImportFile, milestones: Iterable[Milestones | TrainMilestones]
    ) -> imports.ImportSummary:
        """Take EoX milestones of products and of software trains in, all or none."""
        with connection.writing(self._engine) as writer:
            return imports.take(writer, file, milestones)

    def complete(self, files: Sequence[ImportFile], sites: Sequence[str] = ()) -> int:
        """Let imported `files` be the whole truth: supersede what earlier ones say beside them.

        With `sites`, only lines under one of them. The number of rows superseded.

        :raises StoreError: newer data has come in since one of the files was imported.
        """
        with connection.writing(self._engine) as writer:
            return imports.complete(writer, files, sites)

    def lookalikes(self, file: ImportFile) -> tuple[tuple[str, str, str], ...]:
        """Places in an imported file whose serial is known otherwise with another spelling.

        Each as the place, the serial there, and the other spelling.
        """
        with connection.reading(self._engine) as reader:
            return tuple(imports.lookalikes(reader, file))

    def import_advisories(
        self, file: ImportFile, records: Iterable[tuple[str, AdvisoryRecord]]
    ) -> Mapping[FileKind, imports.ImportSummary]:
        """Take advisory records of any kind in, all or none; each comes with its form."""
        with connection.writing(self._engine) as writer:
            return advisories.import_advisories(writer, file, records)

    def import_decided(
        self, file: ImportFile, records: Iterable[Decision | Waiver]
    ) -> imports.ImportSummary:
        """Take decisions or waivers in, all or none; one of the same id is superseded."""
        with connection.writing(self._engine) as writer:
            return imports.take(writer, file, records)

    def decisions(self) -> tuple[Decision, ...]:
        """The decisions that stand, by id."""
        with connection.reading(self._engine) as reader:
            return tuple(decided.decisions(reader))

    def waivers(self) -> tuple[Waiver, ...]:
        """The waivers that stand, by approval."""
        with connection.reading(self._engine) as reader:
            return tuple(decided.waivers(reader))

    def decision_history(self, serial: str) -> tuple[decided.Entry, ...]:
        """Every decision about a serial, superseded ones too, in the order of imports."""
        with connection.reading(self._engine) as reader:
            return tuple(decided.history(reader, serial))

    def lines(self) -> Iterator[ContractLine]:
        """Current contract lines by serial, PID, contract, start, row; missing values first."""
        with connection.reading(self._engine) as reader:
            yield from imports.lines(reader)

    def milestones(self) -> Iterator[Milestones]:
        """Current EoX milestones, one per PID, by PID."""
        with connection.reading(self._engine) as reader:
            yield from imports.milestones(reader)

    def advisories(self) -> Iterator[Advisory]:
        """Current advisories, one per CVE and software, by both."""
        with connection.reading(self._engine) as reader:
            yield from advisories.advisories(reader)

    def files(self) -> tuple[ImportFile, ...]:
        """Every file that was imported, in the order of imports."""
        with connection.reading(self._engine) as reader:
            return tuple(file for _, file in sorted(ages.files(reader).items()))

    def advisory_records(self, kind: FileKind) -> Iterator[tuple[ImportFile, str, AdvisoryRecord]]:
        """Current records of a kind as they came, each with the file and form it came in."""
        with connection.reading(self._engine) as reader:
            yield from advisories.records(reader, kind)

    def first_fixed(self) -> Iterator[FirstFixed]:
        """Current first fixed releases by advisory, CVE, software, train, platform."""
        with connection.reading(self._engine) as reader:
            yield from advisories.first_fixed(reader)

    def kev(self) -> Iterator[Kev]:
        """Current known exploited vulnerabilities, one per CVE, by CVE."""
        with connection.reading(self._engine) as reader:
            yield from advisories.kev(reader)

    def patch_map(self) -> Iterator[PatchMapping]:
        """What patches mend, by software and patch."""
        with connection.reading(self._engine) as reader:
            yield from advisories.patch_map(reader)

    def trains(self) -> Iterator[TrainMilestones]:
        """Current milestones of software trains, by system and train."""
        with connection.reading(self._engine) as reader:
            yield from imports.trains(reader)

    def statements(self) -> Iterator[CoverStatement]:
        """Current statements about the cover of single serials, by serial."""
        with connection.reading(self._engine) as reader:
            yield from imports.statements(reader)

    def licences(self) -> Iterator[Licence]:
        """Current licences by account, virtual account, name and subscription."""
        with connection.reading(self._engine) as reader:
            yield from imports.licences(reader)

    def save_answer(self, service: str, items: Sequence[str], fetched: datetime, body: str) -> str:
        """Commit what an API answered to `items`; its hash, under which `raw` has it."""
        with connection.writing(self._engine) as writer:
            return answers.save(writer, service, items, fetched, body)

    def answers(self, service: str, since: datetime) -> Iterator[answers.Answer]:
        """What a service answered since then, by the hash of the answer."""
        with connection.reading(self._engine) as reader:
            yield from answers.load(reader, service, since)

    def save_listing(self, listing: Listing) -> None:
        """Commit what a source of truth listed, in place of what it said before."""
        with connection.writing(self._engine) as writer:
            listings.save(writer, listing)

    def listings(self) -> tuple[Listing, ...]:
        """What each source of truth listed when it was asked last, by source and address."""
        with connection.reading(self._engine) as reader:
            return tuple(listings.load(reader))

    def extract(self, sweep_id: str) -> Iterator[tuple[str, Iterator[Values]]]:
        """Table by table, the rows that an assessment of the sweep rests on.

        The rows of a table have to be read before the next one is asked for.
        """
        with connection.reading(self._engine) as reader:
            for table in extract.tables():
                yield table.name, extract.rows(reader, table, sweep_id)

    def cited(self, sweep_id: str) -> tuple[str, ...]:
        """The hashes of the raw texts kept here that the sweep or current data point to."""
        with connection.reading(self._engine) as reader:
            return extract.cited(reader, sweep_id)

    def restore(self, rows: Callable[[str], Iterable[Values]]) -> None:
        """Fill a new store: `rows` gives, by the name of a table, what `extract` gave.

        :raises ValueError: the rows are of another schema.
        """
        with connection.writing(self._engine) as writer:
            for table in extract.tables():
                extract.restore(writer, table, rows(table.name))

    def told(self) -> Mapping[str, frozenset[str]]:
        """By recipient, the keys of the facts that were told and have not ended since."""
        with connection.reading(self._engine) as reader:
            return notices.told(reader)

    def save_told(self, recipient: str, facts: Iterable[str], moment: datetime) -> None:
        """Commit that a recipient was told; the same facts are not told again until they end."""
        with connection.writing(self._engine) as writer:
            notices.save(writer, recipient, facts, moment)

    def end_told(self, facts: Collection[str], moment: datetime) -> None:
        """Commit that facts have ended: should they hold again, they are told again."""
        with connection.writing(self._engine) as writer:
            notices.end(writer, facts, moment)

    def data_ages(self) -> tuple[DataAge, ...]:
        """Every imported file that still counts, with the day of its data and its rows."""
        with connection.reading(self._engine) as reader:
            return ages.data_ages(reader)


def open_store(url: str) -> Store:
    """Open the store at a SQLAlchemy URL; create it, or bring it to the newest schema.

    :raises StoreError: it cannot be opened or created, is no store, or is from a newer netcover.
    """
    return Store(connection.connect(url))
