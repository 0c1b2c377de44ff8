"""Advisory records with their history: the newer record of a scope stands, the older stays below.

Records keep the form they came in. One form never replaces another: the vendor's CVE record, CSAF
and openVuln say different things about one vulnerability, and are put together when read.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field, fields, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from sqlalchemy import insert, select, update

from agent.model import Advisory, Evidence, FirstFixed, Kev, PatchMapping, Ssvc, Withdrawn
from agent.store.ages import files
from agent.store.imports import BATCH, ImportSummary
from agent.store.schema import ADVISORY, FIRST_FIXED, KEV, PATCH_MAPPING, SOURCE_FILE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from sqlalchemy import Connection, Row, Table

    from agent.store.rows import FileKind, ImportFile

AdvisoryRecord: TypeAlias = Advisory | FirstFixed | Kev | PatchMapping | Withdrawn
_Values: TypeAlias = dict[str, object]
_Row: TypeAlias = "Row[Any]"  # a row's columns are known to the schema, not to the type checker

_TABLES: dict[FileKind, Table] = {
    "advisories": ADVISORY,
    "first_fixed": FIRST_FIXED,
    "kev": KEV,
    "patch_map": PATCH_MAPPING,
}
_KINDS: dict[type, FileKind] = {
    Advisory: "advisories",
    FirstFixed: "first_fixed",
    Kev: "kev",
    PatchMapping: "patch_map",
}
_WHOLE = {"kev"}
"""Forms that are whole: what a newer catalogue does not name is no longer in it."""

_LISTS = ("cve5", "csaf", "openvuln")
"""Whose list of releases stands first; severity and offers are taken in the other order, because
the vendor's own rating stands in its advisories and not in CVE records."""

_SSVC = tuple(f.name for f in fields(Ssvc))
_PLAIN = tuple(
    f.name
    for f in fields(Advisory)
    if f.name not in {"versions", "defects", "ssvc", "evidence", "further"}
)


@dataclass(slots=True)
class _Scope:
    """Rows that stand and fall together, and the day they state; None where they state none."""

    dated: date | None = None
    numbers: list[int] = field(default_factory=list)
    file: int = 0
    digests: set[bytes] = field(default_factory=set)

    def older_than(self, other: _Scope) -> bool:
        """Whether these rows are known to be older. What states no day is as new as its import."""
        return None not in {self.dated, other.dated} and self.dated < other.dated  # type: ignore[operator]


def import_advisories(
    connection: Connection, file: ImportFile, records: Iterable[tuple[str, AdvisoryRecord]]
) -> dict[FileKind, ImportSummary]:
    """Take records in, each with the form it came in; one source file per kind of record."""
    sorted_out: dict[FileKind, list[tuple[str, AdvisoryRecord]]] = defaultdict(list)
    withdrawn: list[Withdrawn] = []
    for form, record in records:
        if isinstance(record, Withdrawn):
            withdrawn.append(record)
            sorted_out["advisories"] += []
        else:
            sorted_out[_KINDS[type(record)]].append((form, record))
    done: dict[FileKind, ImportSummary] = {}
    for kind, found in sorted(sorted_out.items()):
        days = [day for _, record in found if (day := _stated(record))]
        dated = file.data_date or max(days, default=None)
        own = replace(file, kind=kind, data_date=dated)
        done[kind] = _import(connection, own, cast("Sequence[tuple[str, _Kept]]", found), withdrawn)
    return done


_Kept: TypeAlias = Advisory | FirstFixed | Kev | PatchMapping


def _import(
    connection: Connection,
    file: ImportFile,
    records: Sequence[tuple[str, _Kept]],
    withdrawn: Sequence[Withdrawn],
) -> ImportSummary:
    same = select(SOURCE_FILE.c.row_count).where(
        SOURCE_FILE.c.kind == file.kind,
        SOURCE_FILE.c.sha256 == file.sha256,
        SOURCE_FILE.c.data_date.is_not_distinct_from(file.data_date),
    )
    before = connection.scalar(same)
    if before is not None:
        return ImportSummary(added=0, unchanged=before, superseded=0)
    table = _TABLES[file.kind]
    standing = _standing(connection, table)
    rows = _newest(records)
    values = {f.name: getattr(file, f.name) for f in fields(file)} | {"row_count": len(rows)}
    inserted = insert(SOURCE_FILE).values(values).returning(SOURCE_FILE.c.number)
    number = connection.execute(inserted).scalar_one()
    named: dict[str, _Scope] = defaultdict(_Scope)
    for row, day in rows:
        scope = named[str(row["scope"])]
        scope.dated = max(filter(None, (scope.dated, day)), default=None)
        scope.digests.add(cast("bytes", row["digest"]))
    late = {name for name, scope in named.items() if scope.older_than(standing.get(name, _Scope()))}
    for row, _ in rows:
        name = str(row["scope"])
        row |= {"file": number, "superseded_by": standing[name].file if name in late else None}
    for start in range(0, len(rows), BATCH):
        connection.execute(insert(table), [row for row, _ in rows[start : start + BATCH]])
    taken = {name for name in named if name in standing and name not in late}
    taken |= _no_longer(standing, records, named)
    if table is ADVISORY:
        taken |= _withdrawn(standing, withdrawn)
    _supersede(connection, table, number, [n for name in taken for n in standing[name].numbers])
    outdated = sum(row["scope"] in late for row, _ in rows)
    kept = sum(len(named[n].digests & standing[n].digests) for n in taken & named.keys())
    gone = sum(len(standing[n].digests - named.get(n, _Scope()).digests) for n in taken)
    return ImportSummary(len(rows) - kept - outdated, kept, gone, outdated)


def _standing(connection: Connection, table: Table) -> dict[str, _Scope]:
    """The current rows of a table by scope."""
    c = table.c
    day = c.updated if table is ADVISORY else c.collected
    found: dict[str, _Scope] = defaultdict(_Scope)
    query = select(c.scope, c.number, c.file, c.digest, day).where(c.superseded_by.is_(None))
    for name, number, file, digest, moment in connection.execute(query):
        scope = found[name]
        dated = moment.date() if hasattr(moment, "date") else moment
        scope.dated = max(filter(None, (scope.dated, dated)), default=None)
        scope.numbers.append(number)
        scope.file = file
        scope.digests.add(digest)
    return found


def _newest(records: Sequence[tuple[str, _Kept]]) -> list[tuple[_Values, date | None]]:
    """The rows of a file: equal ones once, of two states of one advisory the newer one."""
    rows: dict[object, tuple[_Values, date | None]] = {}
    for form, record in records:
        values, day = _values(form, record), _stated(record)
        key = values["scope"] if isinstance(record, (Advisory, Kev)) else values["digest"]
        known = rows.get(key)
        if known is None or (day is not None and (known[1] is None or day > known[1])):
            rows[key] = (values, day)
    return list(rows.values())


def _no_longer(
    standing: Mapping[str, _Scope],
    records: Sequence[tuple[str, _Kept]],
    named: Mapping[str, _Scope],
) -> set[str]:
    """Scopes of a whole catalogue that its newer state does not name any more."""
    forms = {form for form, _ in records} & _WHOLE
    newest = max((s.dated for s in named.values() if s.dated), default=None)
    return {
        name
        for name, scope in standing.items()
        if name.split(" ", 1)[0] in forms
        and name not in named
        and not _Scope(newest).older_than(scope)
    }


def _withdrawn(standing: Mapping[str, _Scope], withdrawn: Sequence[Withdrawn]) -> set[str]:
    """Scopes of advisories whose CVE was rejected by its authority, in whatever form they came."""
    cves = {one.cve for one in withdrawn}
    return {name for name in standing if name.split(" ")[1] in cves}


def _supersede(connection: Connection, table: Table, number: int, rows: list[int]) -> None:
    for start in range(0, len(rows), BATCH):
        some = table.c.number.in_(rows[start : start + BATCH])
        connection.execute(update(table).where(some).values(superseded_by=number))


def _stated(record: AdvisoryRecord) -> date | None:
    """The day a record states of itself."""
    if isinstance(record, (Advisory, Withdrawn)):
        return record.updated
    moment = record.evidence.collected
    return moment.date() if moment else None


def _values(form: str, record: _Kept) -> _Values:
    if isinstance(record, Advisory):
        values: _Values = {name: getattr(record, name) for name in _PLAIN}
        values |= {"versions": "\n".join(record.versions), "defects": "\n".join(record.defects)}
        values |= {name: getattr(record.ssvc, name, None) for name in _SSVC}
        scope = f"{record.cve} {record.os}"
    else:
        values = {f.name: getattr(record, f.name) for f in fields(record) if f.name != "evidence"}
        scope = _scope(record)
    digest = hashlib.blake2b(repr(values).encode(), digest_size=16).digest()
    origin = {f.name: getattr(record.evidence, f.name) for f in fields(Evidence)}
    return {**values, **origin, "form": form, "scope": f"{form} {scope}", "digest": digest}


def _scope(record: FirstFixed | Kev | PatchMapping) -> str:
    if isinstance(record, Kev):
        return record.cve
    if isinstance(record, PatchMapping):
        return f"{record.os} {record.patch}"
    return f"{record.advisory or record.cve} {record.os} {record.platform} {record.train}"


def advisories(connection: Connection) -> Iterator[Advisory]:
    """One advisory per CVE and software, by both; the forms put together, missing values filled."""
    c = ADVISORY.c
    query = select(ADVISORY).where(c.superseded_by.is_(None)).order_by(c.cve, c.os, c.number)
    rows = connection.execute(query.execution_options(yield_per=BATCH))
    for _, same in groupby(rows, key=lambda row: (row.cve, row.os)):
        yield _together(sorted(same, key=lambda row: _LISTS.index(row.form)))


def _together(rows: Sequence[_Row]) -> Advisory:
    found = [_advisory(row) for row in rows]
    first, *others = found
    rated = next((a.severity for a in reversed(found) if a.severity), None)
    further: dict[Evidence, None] = {}

    def filled(name: str, own: object) -> Any:  # noqa: ANN401 - a field of the record
        for other in others:
            value = getattr(other, name)
            if own is None and value is not None:
                further[other.evidence] = None
                return value
        return own

    if rated != first.severity:
        further |= {a.evidence: None for a in others if a.severity == rated}
    return replace(
        first,
        severity=rated,
        advisory=filled("advisory", first.advisory),
        free_software=filled("free_software", first.free_software),
        ssvc=filled("ssvc", first.ssvc),
        url=filled("url", first.url),
        defects=first.defects or next((a.defects for a in others if a.defects), ()),
        further=tuple(further),
    )


def _advisory(row: _Row) -> Advisory:
    points = [getattr(row, name) for name in _SSVC]
    return Advisory(
        **{name: getattr(row, name) for name in _PLAIN},
        versions=tuple(row.versions.split("\n")) if row.versions else (),
        defects=tuple(row.defects.split("\n")) if row.defects else (),
        ssvc=None if points == [None] * len(points) else Ssvc(*points),
        evidence=_evidence(row),
    )


def records(connection: Connection, kind: FileKind) -> Iterator[tuple[ImportFile, str, _Kept]]:
    """Current records of a kind as they came, each with its file and form; by scope and row."""
    table, known = _TABLES[kind], files(connection)
    record = next(each for each, name in _KINDS.items() if name == kind)
    for row in _rows(connection, table, table.c.scope):
        one = _advisory(row) if kind == "advisories" else _plain(record, row)
        yield known[row.file], row.form, one


def first_fixed(connection: Connection) -> Iterator[FirstFixed]:
    """First fixed releases by advisory, CVE, software, train, platform and row."""
    c = FIRST_FIXED.c
    for row in _rows(connection, FIRST_FIXED, c.advisory, c.cve, c.os, c.train, c.platform):
        yield _plain(FirstFixed, row)


def kev(connection: Connection) -> Iterator[Kev]:
    """Known exploited vulnerabilities by CVE; the catalogue stands before a CVE record's word."""
    latest = None
    for row in _rows(connection, KEV, KEV.c.cve, KEV.c.form.desc()):  # kev, cve5
        if row.cve != latest:
            yield _plain(Kev, row)
        latest = row.cve


def patch_map(connection: Connection) -> Iterator[PatchMapping]:
    """What patches mend, by software, patch, advisory, CVE, defect and row."""
    c = PATCH_MAPPING.c
    for row in _rows(connection, PATCH_MAPPING, c.os, c.patch, c.advisory, c.cve, c.defect):
        yield _plain(PatchMapping, row)


def _rows(connection: Connection, table: Table, *order: Any) -> Iterator[_Row]:  # noqa: ANN401
    by = [column.nulls_first() if column in table.c.values() else column for column in order]
    query = select(table).where(table.c.superseded_by.is_(None)).order_by(*by, table.c.number)
    yield from connection.execute(query.execution_options(yield_per=BATCH))


def _plain(kind: Any, row: _Row) -> Any:  # noqa: ANN401 - one of three record types
    values = {f.name: getattr(row, f.name) for f in fields(kind) if f.name != "evidence"}
    return kind(**values, evidence=_evidence(row))


def _evidence(row: _Row) -> Evidence:
    return Evidence(row.source, row.command, row.collected, row.sha256)
