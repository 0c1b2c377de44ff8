"""The JSON documents that other programs rely on: ``sweep.json`` and ``findings.json``.

Keys stand in a fixed order and every list is sorted, so the same input gives the same bytes.
"""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from agent.errors import UsageError, said
from agent.model import (
    Evidence,
    HostVisit,
    Incomplete,
    LicenceUse,
    Licensing,
    Observation,
    Sweep,
    Unreached,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from agent.model import (
        AdvisoryAnswer,
        AdvisoryLine,
        BodDeadline,
        Deadline,
        Finding,
        Posture,
        Waiver,
    )

SWEEP_SCHEMA = "netcover/sweep/1"
FINDINGS_SCHEMA = "netcover/findings/1"
_SHARED = 20_000
"""Advisory answers that are kept spelled; about 10 MB."""


@lru_cache(maxsize=4_096)
def stamp(moment: datetime | None) -> str | None:
    """Spell a UTC time as ``2026-11-24T04:25:00Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def unstamp(text: str | None) -> datetime | None:
    """Read what :func:`stamp` wrote."""
    return datetime.fromisoformat(text) if text else None


def dump(document: Mapping[str, Any]) -> Iterator[str]:
    """Spell a document as JSON text: a line for each key, and for each entry of its lists.

    The text is made piece by piece, so that a large document is never held as text.
    """
    for place, (key, value) in enumerate(document.items()):
        yield ("{\n" if place == 0 else ",\n") + f"{_json(key)}: "
        if isinstance(value, list) and value:
            for number, entry in enumerate(value):
                yield ("[\n" if number == 0 else ",\n") + _json(entry)
            yield "\n]"
        else:
            yield _json(value)
    yield "\n}\n"


_json = json.JSONEncoder(ensure_ascii=False).encode


def evidence_document(evidence: Evidence) -> dict[str, Any]:
    """One piece of evidence as it stands in every document."""
    return {
        "source": evidence.source,
        "command": evidence.command,
        "collected": stamp(evidence.collected),
        "sha256": evidence.sha256,
    }


def observation_document(unit: Observation) -> dict[str, Any]:
    """One unit as it stands in ``sweep.json``."""
    return {
        "host": unit.host,
        "site": unit.site,
        "platform": unit.platform,
        "serial": unit.serial,
        "pid": unit.pid,
        "vid": unit.vid,
        "kind": unit.kind,
        "position": unit.position,
        "ha_role": unit.ha_role,
        "parent_serial": unit.parent_serial,
        "software": unit.software,
        "version": unit.version,
        "version_raw": unit.version_raw,
        "mode": unit.mode,
        "patches": list(unit.patches),
        "licences": list(unit.licences),
        "licensing": licensing_document(unit.licensing) if unit.licensing else None,
        "virtual": unit.virtual,
        "other_serials": list(unit.other_serials),
        "managed_by": unit.managed_by,
        "lane": unit.lane,
        "notes": list(unit.notes),
        "disagreements": list(unit.disagreements),
        "evidence": [evidence_document(e) for e in unit.evidence],
    }


def licensing_document(licensing: Licensing) -> dict[str, Any]:
    """What Smart Licensing says on a unit, as it stands in ``sweep.json`` and in the store."""
    stated = {name: getattr(licensing, name) for name in _LICENSING}
    return stated | {"uses": [{name: getattr(u, name) for name in _USE} for u in licensing.uses]}


_LICENSING = [each.name for each in fields(Licensing)]
_USE = [each.name for each in fields(LicenceUse)]


def licensing_of(document: Mapping[str, Any]) -> Licensing:
    """Read what :func:`licensing_document` wrote."""
    uses = tuple(LicenceUse(**use) for use in document["uses"])
    return Licensing(**{**document, "uses": uses})


def sweep_document(sweep: Sweep) -> dict[str, Any]:
    """``sweep.json``; `hosts` is the denominator of every count."""
    return {
        "schema": SWEEP_SCHEMA,
        "id": sweep.id,
        "started": stamp(sweep.started),
        "ended": stamp(sweep.ended),
        "hosts": [
            {"host": h.host, "site": h.site, "platform": h.platform, "reached": h.reached}
            for h in sweep.hosts
        ],
        "observations": [observation_document(o) for o in sweep.observations],
        "unreached": [
            {"host": u.host, "kind": u.kind, "reason": u.reason} for u in sweep.unreached
        ],
        "incomplete": [
            {"host": i.host, "kind": i.kind, "reason": i.reason} for i in sweep.incomplete
        ],
    }


def read_sweep(path: Path) -> Sweep:
    """Read a ``sweep.json``.

    :raises UsageError: no such file, not JSON, or not of this schema.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: not a readable JSON file: {said(error)}") from None
    if not isinstance(document, dict) or document.get("schema") != SWEEP_SCHEMA:
        raise UsageError(f"{path}: not a sweep; its 'schema' must be {SWEEP_SCHEMA!r}")
    try:
        return _sweep(document)
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(f"{path}: damaged sweep: {type(error).__name__}: {error}") from None


def _sweep(document: dict[str, Any]) -> Sweep:
    started, ended = unstamp(document["started"]), unstamp(document["ended"])
    if started is None or ended is None:
        raise ValueError("'started' and 'ended' are needed")
    return Sweep(
        id=document["id"],
        started=started,
        ended=ended,
        hosts=tuple(HostVisit(**h) for h in document["hosts"]),
        observations=tuple(_observation(o) for o in document["observations"]),
        unreached=tuple(Unreached(**u) for u in document["unreached"]),
        incomplete=tuple(Incomplete(**i) for i in document["incomplete"]),
    )


def _observation(document: dict[str, Any]) -> Observation:
    fields: dict[str, Any] = {
        k: tuple(v) if isinstance(v, list) else v for k, v in document.items()
    }
    fields["evidence"] = tuple(
        Evidence(e["source"], e["command"], unstamp(e["collected"]), e["sha256"])
        for e in document["evidence"]
    )
    licensing = document.get("licensing")
    fields["licensing"] = licensing_of(licensing) if licensing else None
    return Observation(**fields)


def finding_document(finding: Finding) -> dict[str, Any]:
    """One finding as it stands in ``findings.json``."""
    return {
        "rule": finding.rule,
        "status": finding.status,
        "severity": finding.severity,
        "host": finding.host,
        "serial": finding.serial,
        "pid": finding.pid,
        "position": finding.position,
        "reason": finding.reason,
        "due": finding.due.isoformat() if finding.due else None,
        "controls": list(finding.controls),
        "evidence": [evidence_document(e) for e in finding.evidence],
        "waiver": waiver_document(finding.waiver) if finding.waiver else None,
    }


def waiver_document(waiver: Waiver) -> dict[str, Any]:
    """The waiver that covers a finding."""
    return {
        "approval": waiver.approval,
        "approver": waiver.approver,
        "reason": waiver.reason,
        "expires": waiver.expires.isoformat(),
        "disposition": waiver.disposition,
        "evidence": evidence_document(waiver.evidence),
    }


def posture_document(unit: Posture) -> dict[str, Any]:
    """One unit and running software as it stands in ``findings.json``."""
    group = unit.group
    return {
        "host": unit.host,
        "serial": unit.serial,
        "pid": unit.pid,
        "position": unit.position,
        "software": unit.software,
        "version": unit.version,
        "hardware": unit.hardware,
        "stream": unit.stream,
        "entitlement": unit.entitlement,
        "headline": unit.headline,
        "migration": unit.migration,
        "hits": list(unit.hits),
        "action": unit.action,
        "reasons": [f"{x}: {why}" for x, why in zip("HSE", unit.reasons, strict=True)],
        "group": None
        if group is None
        else {
            "name": group.name,
            "headline": group.headline,
            "mixed": group.mixed,
            "mixed_software": group.mixed_software,
        },
        "evidence": [evidence_document(e) for e in unit.evidence],
    }


def answer_document(answer: AdvisoryAnswer) -> dict[str, Any]:
    """One advisory's answer as it stands in ``findings.json``, without the unit it is about."""
    return {
        "software": answer.software,
        "advisory": answer.advisory,
        "cve": answer.cve,
        "severity": answer.severity,
        "kev": answer.kev,
        "outcome": answer.outcome,
        "reason": answer.reason,
        "stale": answer.stale,
        "verdict": answer.verdict,
        "action": answer.action,
        "fixed_release": answer.fixed_release,
        "deadline": deadline_document(answer.deadline) if answer.deadline else None,
        "evidence": [evidence_document(e) for e in answer.evidence],
    }


def deadline_document(deadline: Deadline) -> dict[str, Any]:
    """Until when an advisory has to be mended: dates, ``next_upgrade`` or null."""
    return {
        "exposed": _due(deadline.exposed),
        "not_exposed": _due(deadline.not_exposed),
        "applies": deadline.applies,
        "forensic": deadline.forensic,
        "note": deadline.note,
        "site": _due(deadline.site),
    }


def _due(when: BodDeadline) -> str | None:
    return when.isoformat() if isinstance(when, date) else when


def findings_text(
    days: tuple[date, date],
    findings: Iterable[Finding],
    postures: Iterable[Posture],
    advisories: Iterable[AdvisoryLine],
) -> Iterator[str]:
    """``findings.json`` piece by piece, for the day asked about and the day of the run.

    A line for each entry. There are as many advisory lines as units times advisories: what units
    share is spelled once.
    """
    as_of, run_day = days
    yield f'{{\n"schema": {_json(FINDINGS_SCHEMA)}'
    yield f',\n"as_of": {_json(as_of.isoformat())},\n"run_day": {_json(run_day.isoformat())}'
    yield from _entries("findings", (_json(finding_document(each)) for each in findings))
    yield from _entries("units", (_json(posture_document(each)) for each in postures))
    yield from _entries("advisories", _advisory_lines(advisories))
    yield "\n}\n"


def _advisory_lines(lines: Iterable[AdvisoryLine]) -> Iterator[str]:
    spell = lru_cache(_SHARED)(lambda answer: _json(answer_document(answer))[1:])
    unit: tuple[str | None, str | None] | None = None
    start = ""
    for line in lines:
        if (line.host, line.serial) != unit:
            unit = (line.host, line.serial)
            start = f'{{"host": {_json(line.host)}, "serial": {_json(line.serial)}, '
        yield start + spell(line.answer)


def _entries(name: str, entries: Iterable[str]) -> Iterator[str]:
    yield f",\n{_json(name)}: ["
    between = "\n"
    for entry in entries:
        yield between + entry
        between = ",\n"
    yield "]" if between == "\n" else "\n]"
