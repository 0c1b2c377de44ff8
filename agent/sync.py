"""From Cisco's APIs to the store: ask what is not known freshly, keep every answer, read them all.

Answers are kept as they arrive: a run that was cut short goes on where it stopped. What has no
answer is a typed problem that names its items. The answers of a service are put together as one
document in the service's own shape and read by the reader of such files.
"""

from __future__ import annotations

import json
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent.apis import cxcloud, eox, iq, openvuln, product, sn2info
from agent.apis.problems import Problem
from agent.model import Doubt, Rejected
from agent.sources import Declared
from agent.store import ImportFile, ImportSummary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from agent.apis.ask import Answered
    from agent.apis.session import Session
    from agent.sources import SourceFile
    from agent.store import FileKind, Store


_DATED = {
    "EOXExternalAnnouncementDate",
    "EndOfSaleDate",
    "EndOfSWMaintenanceReleases",
    "EndOfSecurityVulSupportDate",
    "EndOfRoutineFailureAnalysisDate",
    "EndOfServiceContractRenewal",
    "EndOfSvcAttachDate",
    "LastDateOfSupport",
}
"""The milestones of a record, by the service's names."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run: whom to ask, where answers are kept, when, and how old a kept one may be."""

    session: Session
    store: Store
    moment: datetime
    fresh: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Synced:
    """What became of one kind of question.

    `known` items had a fresh answer already. `problems` name what has none; those of the kind
    ``no_data`` are answers. `taken` counts records, `doubts` are to be looked at.
    """

    service: str
    items: int
    known: int
    taken: int
    summary: ImportSummary
    problems: tuple[Problem, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def gaps(self) -> tuple[Problem, ...]:
        """Problems that leave something unknown."""
        return tuple(problem for problem in self.problems if problem.is_gap)


@dataclass(frozen=True, slots=True)
class _Gathered:
    bodies: tuple[str, ...]
    known: int
    problems: tuple[Problem, ...]
    oldest: datetime


def _gather(
    run: Run,
    service: str,
    items: Sequence[str] | None,
    ask: Callable[[Sequence[str]], Iterable[Answered | Problem]],
) -> _Gathered:
    """Ask for the items without a fresh answer; None where only the service knows the items."""
    store, moment = run.store, run.moment
    since = moment - run.fresh
    have = {
        item: answer
        for answer in ([] if items is None else list(store.answers(service, since)))
        for item in answer.items
        if items is not None and item in set(items)
    }
    wanted = [item for item in items or [] if item not in have]
    problems: list[Problem] = []
    bodies = dict.fromkeys(answer.body for answer in have.values())
    for found in ask(wanted):
        if isinstance(found, Problem):
            problems.append(found)
        else:
            store.save_answer(service, found.items, moment, found.body)
            bodies[found.body] = None
    oldest = min((answer.fetched for answer in have.values()), default=moment)
    return _Gathered(tuple(bodies), len(have), tuple(problems), oldest)


def eox_by_pid(run: Run, pids: Sequence[str]) -> Synced:
    """Milestones of PIDs. A spare (``=``) without a notice is asked for without its mark too."""

    def ask(wanted: Sequence[str]) -> Iterator[Answered | Problem]:
        yield from eox.by_pid(run.session, wanted)

    found = _gather(run, "eox pid", pids, ask)
    unannounced = _unannounced(found.bodies)
    unmarked = {pid.rstrip("="): pid for pid in sorted(unannounced) if pid.endswith("=")}
    more = _gather(run, "eox pid", list(unmarked), ask)
    both = replace(
        found,
        bodies=tuple(dict.fromkeys(found.bodies + more.bodies)),
        problems=found.problems + more.problems,
    )
    announced = (
        unmarked.keys() - _unannounced(more.bodies) - {i for p in more.problems for i in p.items}
    )
    spares = {unmarked[pid]: pid for pid in sorted(announced)}
    notes = tuple(f"{spare}: no notice of its own; {pid} has one" for spare, pid in spares.items())
    done = _take_eox(run, both, len(pids), frozenset(spares))
    return replace(done, notes=notes + done.notes)


def eox_by_serial(run: Run, serials: Sequence[str]) -> Synced:
    """Milestones of the products that Cisco's records have behind serials."""
    found = _gather(run, "eox serial", serials, lambda s: eox.by_serial(run.session, s))
    return _take_eox(run, found, len(serials))


def eox_by_software(run: Run, releases: Sequence[tuple[str, str]]) -> Synced:
    """Milestones of the software products of releases, each as software and release."""
    named = {f"{os} {release}": (os, release) for os, release in releases}

    def ask(wanted: Sequence[str]) -> Iterator[Answered | Problem]:
        yield from eox.by_software(run.session, [named[one] for one in wanted])

    found = _gather(run, "eox software", list(named), ask)
    return _take_eox(run, found, len(named))


def eox_by_dates(run: Run, spans: Sequence[tuple[date, date]]) -> Synced:
    """Every record that was changed within spans of days: a mirror of what Cisco announces."""
    named = {f"{start}..{end}": (start, end) for start, end in spans}

    def ask(wanted: Sequence[str]) -> Iterator[Answered | Problem]:
        yield from eox.by_dates(run.session, [named[one] for one in wanted])

    found = _gather(run, "eox dates", list(named), ask)
    return _take_eox(run, found, len(named))


def _unannounced(bodies: Iterable[str]) -> set[str]:
    """PIDs of which the answers say that nothing was announced."""
    rows = (row for body in bodies for row in json.loads(body).get("EOXRecord") or [])
    return {_text(row, "EOXInputValue") for row in rows if _is_unannounced(row)}


def _is_unannounced(row: Mapping[str, Any]) -> bool:
    return (row.get("EOXError") or {}).get("ErrorID") == "SSA_ERR_026"


def _take_eox(
    run: Run, found: _Gathered, items: int, without: frozenset[str] = frozenset()
) -> Synced:
    """Read the answers; spares in `without` are known under their PID without the mark."""
    from agent.sources.eox import read_milestones  # noqa: PLC0415 - only this kind needs it

    rows = json.loads(_joined(found.bodies, "EOXRecord"))["EOXRecord"]
    rows = [
        row for row in rows if not (_is_unannounced(row) and _text(row, "EOXInputValue") in without)
    ]
    kept, notes = _latest(rows)
    document = json.dumps({"EOXRecord": kept}, sort_keys=True)
    with _as_file(run, "eox-v5.json", document) as path:
        if not kept:
            return _nothing("eox_api", found, items)
        done = _take(run, "eox", read_milestones(path, _dated(found)), found, items)
    return replace(done, notes=notes)


def _latest(rows: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """Of several records of one PID those updated last, and a note where others disagree."""
    by_pid: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_pid.setdefault(_text(row, "EOLProductID"), []).append(row)
    kept, notes = by_pid.pop("", []), []
    for pid, same in sorted(by_pid.items()):
        newest = max(_value(row, "UpdatedTimeStamp") for row in same)
        kept += [row for row in same if _value(row, "UpdatedTimeStamp") == newest]
        if (
            len(
                {tuple(_value(row, name) for name in sorted(row) if name in _DATED) for row in same}
            )
            > 1
        ):
            notes.append(f"{pid}: records disagree; taken is what was updated last, {newest}")
    return kept, tuple(notes)


def _value(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return str((value.get("value") if isinstance(value, dict) else value) or "").strip()


def _nothing(service: str, found: _Gathered, items: int) -> Synced:
    nothing = ImportSummary(0, 0, 0)
    return Synced(service, items, found.known, 0, nothing, problems=found.problems)


def coverage(run: Run, serials: Sequence[str]) -> Synced:
    """What SN2INFO says of serials; those it says NO of without a product are asked for twice."""
    found = _gather(run, "sn2info", serials, lambda s: sn2info.summary(run.session, s))
    if not found.bodies:
        return _nothing("sn2info", found, len(serials))
    document = _joined(found.bodies, "serial_numbers")
    done = _taken_lines(run, "sn2info.json", document, found, len(serials))
    doubtful = sorted(
        {_text(row, "sr_no") for row in json.loads(document)["serial_numbers"] if _is_doubtful(row)}
    )
    products, problems = _products(run, doubtful)
    notes = tuple(
        f"{serial}: known to Cisco as {products[serial]}, and not covered"
        if serial in products
        else f"{serial}: not known to Cisco, or not visible to this caller"
        for serial in doubtful
    )
    return replace(done, problems=done.problems + problems, notes=notes)


def _is_doubtful(row: Mapping[str, Any]) -> bool:
    """Whether NO may mean uncovered as well as unknown: no product stands beside it."""
    named = any(each.get("base_pid") for each in row.get("base_pid_list") or [])
    return _text(row, "is_covered").upper() == "NO" and not named


def _products(run: Run, serials: Sequence[str]) -> tuple[dict[str, str], tuple[Problem, ...]]:
    """PIDs of the serials that Product Information knows, and what could not be asked."""
    found = _gather(run, "product", serials, lambda s: product.by_serial(run.session, s))
    rows = [row for body in found.bodies for row in json.loads(body).get("product_list") or []]
    pids = {_text(row, "sr_no"): _text(row, "orderable_pid", "base_pid") for row in rows}
    return {serial: pid for serial, pid in pids.items() if pid}, found.problems


def cx_cloud(run: Run) -> Synced:
    """Covered and not covered assets of CX Cloud; asked anew each time: pages are no snapshot."""
    found = _gather(run, "cxcloud", None, lambda _: cxcloud.collections(run.session))
    rows = json.loads(_joined(found.bodies, "data"))["data"]
    assets = [row for row in rows if "serialNumber" in row]
    if not assets:
        return _nothing("cx_cloud", found, 0)
    shown = {_text(row, "contractNumber") for row in assets}
    heads = {_text(row, "contractNumber") for row in rows if "serialNumber" not in row}
    document = json.dumps({"data": assets}, sort_keys=True)
    done = _taken_lines(run, "cx-cloud-v2.json", document, found, 0)
    bare = sorted(heads - shown - {""})
    return replace(
        done, notes=tuple(f"contract {one}: none of its assets is shown" for one in bare)
    )


def cisco_iq(run: Run) -> Synced:
    """The assets of Cisco IQ."""
    found = _gather(run, "iq", None, lambda _: iq.assets(run.session))
    if not found.bodies:
        return _nothing("cisco_iq", found, 0)
    return _taken_lines(run, "cisco-iq-v0.json", _joined(found.bodies, "items"), found, 0)


def _taken_lines(run: Run, name: str, document: str, found: _Gathered, items: int) -> Synced:
    from agent.sources.contracts import read_lines  # noqa: PLC0415 - only this kind needs it

    with _as_file(run, name, document) as path:
        return _take(run, "contracts", read_lines(path, _dated(found)), found, items)


def advisories(run: Run, releases: Sequence[tuple[str, str]]) -> Synced:
    """Advisories of releases, each as software and canonical release, with first fixed ones."""
    from agent.sources.advisories.files import read_collection  # noqa: PLC0415 - only this kind

    named = {f"{os} {release}": (os, release) for os, release in releases}

    def ask(wanted: Sequence[str]) -> Iterator[Answered | Problem]:
        yield from openvuln.by_release(run.session, [named[one] for one in wanted])

    found = _gather(run, "openvuln", list(named), ask)
    # An answer names the release that was asked for: with answers of earlier runs left out, a
    # release asked for then would look as if it were not affected any more.
    kept = run.store.answers("openvuln", datetime.min.replace(tzinfo=UTC))
    document = openvuln.united([*found.bodies, *(answer.body for answer in kept)])
    with _as_file(run, "openvuln.json", document) as path:
        collection = read_collection(path)
    file = ImportFile(
        collection.name, collection.sha256, run.moment, found.oldest.date(), "advisories"
    )
    done = run.store.import_advisories(file, collection.records) if found.bodies else {}
    total = sum(done.values(), start=ImportSummary(0, 0, 0))
    return Synced(
        service="openvuln",
        items=len(named),
        known=found.known,
        taken=len(collection.records),
        summary=total,
        problems=found.problems,
        rejected=collection.rejected,
    )


def _text(row: Mapping[str, Any], *names: str) -> str:
    """The first of the named values that is there, as text."""
    return next((str(row[name]).strip() for name in names if row.get(name)), "")


def _joined(bodies: Iterable[str], rows: str) -> str:
    """Answers as one document: equal rows once, in an order of their own."""
    found: dict[str, Any] = {}
    for body in bodies:
        for row in json.loads(body).get(rows) or []:
            found[json.dumps(row, sort_keys=True)] = row
    return json.dumps({rows: [found[key] for key in sorted(found)]}, sort_keys=True)


@contextmanager
def _as_file(run: Run, name: str, document: str) -> Iterator[Path]:
    """The document as a file of that name; its bytes are kept, so that evidence leads to them."""
    run.store.save_answer("document", [name], run.moment, document)
    with tempfile.TemporaryDirectory(prefix="netcover-") as folder:
        path = Path(folder, name)
        path.write_bytes(document.encode())
        yield path


def _dated(found: _Gathered) -> Declared:
    return Declared(data_date=found.oldest.date())


def _take(
    run: Run, kind: FileKind, source: SourceFile[Any], found: _Gathered, items: int
) -> Synced:
    records, rejected, doubts = [], [], []
    for row in source:
        if isinstance(row, Rejected):
            rejected.append(row)
        elif isinstance(row, Doubt):
            doubts.append(row)
        else:
            records.append(row)
    file = ImportFile(
        name=source.name,
        sha256=source.sha256,
        imported=run.moment,
        data_date=source.data_date,
        kind=kind,
        basis=source.basis,
        form=source.form,
        # A document of all answers says everything the service says of a serial; one with gaps
        # says it of single lines only.
        extent="units" if any(problem.is_gap for problem in found.problems) else "serials",
    )
    summary = ImportSummary(0, 0, 0)
    if records:
        take = run.store.import_milestones if kind == "eox" else run.store.import_lines
        summary = take(file, records)
    return Synced(
        service=source.form,
        items=items,
        known=found.known,
        taken=len(records),
        summary=summary,
        problems=found.problems,
        rejected=tuple(rejected),
        doubts=tuple(doubts),
    )
