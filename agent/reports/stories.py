"""Units' stories as compact JSON: every value stands once in a table, all else are places in it.

``{"table": [...], "roots": [...]}``: an entry of the table is a text or a list of places in it,
those below zero counted back from the entry's own. A root is the place of one story, counted from
the one before. Fields stand in the order in which ``templates/assets/coverage-story.js`` reads
them. Evidence stands once in each story; what rests on it names its place there, so that the
findings of units alike are one entry.
"""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias, Union

from agent.reports.escaping import spelt
from agent.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from agent.model import (
        AdvisoryAnswer,
        ContractLine,
        Deadline,
        Evidence,
        Finding,
        Milestones,
        Observation,
        PidMatch,
        Posture,
    )
    from agent.reports.unit_table import UnitRow
    from agent.reports.units import Unit

Node: TypeAlias = Union[str, "tuple[Node, ...]"]

NEAR = 50
"""So many places back an entry is named by its distance: the same in every unit, it packs well."""

HOST = "\ue000"
"""Stands in a reason for the unit's own host; of the private use area, as no name needs it."""

MILESTONES = (
    ("Announced", "announced"),
    ("End of sale", "end_of_sale"),
    ("Last ship", "last_ship"),
    ("End of software maintenance", "sw_maintenance"),
    ("End of security support", "security_support"),
    ("End of failure analysis", "routine_failure_analysis"),
    ("End of new service attachment", "new_service_attachment"),
    ("End of contract renewal", "service_contract_renewal"),
    ("Last date of support", "last_date_of_support"),
)


class Table:
    """Nodes as they are met, each once."""

    def __init__(self) -> None:
        self._places: dict[str | tuple[int, ...], int] = {}
        self._known: dict[Node, int] = {}
        self._roots: list[int] = []

    def __len__(self) -> int:
        return len(self._roots)

    def add(self, root: Node) -> None:
        """Take in one story, or whatever else has to be found again by its number."""
        self._roots.append(self._place(root))

    def text(self) -> str:
        """Everything taken in as JSON; may stand inside a script element."""
        entries = [
            entry if isinstance(entry, str) else [_near(place, own) for place in entry]
            for own, entry in enumerate(self._places)
        ]
        steps = [root - before for before, root in pairwise((0, *self._roots))]
        return as_json({"table": entries, "roots": steps})

    def _place(self, node: Node) -> int:
        place = self._known.get(node)
        if place is None:
            entry = node if isinstance(node, str) else tuple(map(self._place, node))
            place = self._known[node] = self._places.setdefault(entry, len(self._places))
        return place


def _near(place: int, own: int) -> int:
    """A place as an entry names it: what was new with it by the way back, as other units do."""
    return place - own if own - place < NEAR else place


def as_json(value: object) -> str:
    """Compact JSON that no HTML parser takes for markup."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def story(row: UnitRow) -> Node:
    """Everything known about one unit."""
    unit = row.unit
    proof = _Proof(unit)
    return (
        _words(unit.cover_reason),
        tuple(_sighting(seen, proof) for seen in unit.sightings),
        (unit.unreached.kind, _words(unit.unreached.reason)) if unit.unreached else (),
        (
            *(_line(line, proof, "") for line in unit.lines),
            *(_line(line, proof, "doubtful") for line in unit.doubtful_lines),
        ),
        tuple(_match(match) for match in unit.line_matches),
        _milestones(unit.milestones, proof) if unit.milestones else (),
        _match(unit.milestone_match) if unit.milestone_match else (),
        tuple(
            _posture(posture, number, proof)
            for posture, number in zip(unit.postures, row.situations, strict=True)
        ),
        _findings(unit, proof),
        proof.entries(),
    )


def answer(of: AdvisoryAnswer) -> Node:
    """What one advisory means in one situation."""
    return (
        of.cve,
        _words(of.advisory),
        _words(of.severity),
        "exploited" if of.kev else "",
        of.outcome,
        _words(of.reason),
        "stale" if of.stale else "",
        of.verdict or "",
        of.action,
        _words(of.fixed_release),
        _deadline(of.deadline),
        tuple(_evidence(piece) for piece in of.evidence),
    )


class _Proof:
    """The evidence of one story, each piece once."""

    def __init__(self, unit: Unit) -> None:
        self._places: dict[Evidence, str] = {}
        for piece in unit.evidence():
            self._places.setdefault(piece, str(len(self._places)))

    def of(self, pieces: Iterable[Evidence]) -> str:
        """The places of what something rests on."""
        return " ".join(self._places[piece] for piece in pieces)

    def entries(self) -> Node:
        return tuple(_evidence(piece) for piece in self._places)


@lru_cache(4096, typed=True)
def _words(value: Hashable) -> str:
    return visible(spelt(value))


def _without(host: str | None, reason: str) -> str:
    """The reason with the unit's own host left open, so that other hosts' units can share it."""
    reason = reason.replace(HOST, "\ufffd")
    return reason.replace(_words(host), HOST) if host else reason


@lru_cache(4096)
def _evidence(piece: Evidence) -> Node:
    return (
        _words(piece.source),
        _words(piece.command),
        _words(piece.collected),
        _words(piece.sha256),
    )


def _sighting(seen: Observation, proof: _Proof) -> Node:
    return (
        *map(
            _words,
            (
                seen.host,
                seen.position,
                seen.kind.replace("_", " ") + (", virtual" if seen.virtual else ""),
                seen.ha_role,
                " ".join(filter(None, (seen.pid, seen.vid))),
                seen.version,
                seen.version_raw if seen.version_raw != seen.version else None,
                "; ".join((*seen.notes, *seen.disagreements)),
            ),
        ),
        proof.of(seen.evidence),
    )


def _line(line: ContractLine, proof: _Proof, doubt: str) -> Node:
    right = line.entitles
    rights = (right.tac, right.rma, right.os_software)
    return (
        *map(_words, (line.contract, line.service_level, line.start, line.end)),
        *("not known" if value is None else spelt(value) for value in rights),
        *map(_words, (line.pid, line.site)),
        doubt,
        proof.of((line.evidence,)),
    )


def _match(match: PidMatch) -> Node:
    return tuple(map(_words, (match.observed, match.matched, match.step)))


def _milestones(found: Milestones, proof: _Proof) -> Node:
    days: Sequence[Node] = [_words(getattr(found, field)) for _, field in MILESTONES]
    url = found.url if found.url and found.url.startswith("https://") else None
    return (
        *map(_words, (found.pid, found.bulletin, url)),
        proof.of((found.evidence,)),
        tuple(days),
    )


def _posture(posture: Posture, situation: int, proof: _Proof) -> Node:
    group = posture.group
    return (
        *map(
            _words,
            (
                posture.software,
                posture.version,
                posture.headline,
                posture.action.replace("_", " "),
                posture.hardware,
                posture.stream.replace("_", " "),
                posture.entitlement.replace("_", " "),
                posture.security_end,
                posture.last_security_end,
                f"{group.name}: {group.headline}" if group else None,
            ),
        ),
        tuple(map(_words, posture.reasons)),
        proof.of(posture.evidence),
        str(situation),
    )


def _findings(unit: Unit, proof: _Proof) -> Node:
    """Findings by what they rest on: those differ together, and many units share each group."""
    groups: dict[str, list[Node]] = {}
    for finding in unit.findings:
        places = proof.of(finding.evidence)
        groups.setdefault(places, []).append(_finding(finding, unit.host, places))
    return tuple(tuple(group) for group in groups.values())


def _finding(finding: Finding, host: str | None, places: str) -> Node:
    waiver = finding.waiver
    return (
        finding.rule,
        finding.status,
        finding.severity,
        _without(host, _words(finding.reason)),
        _words(finding.due),
        _words(waiver and f"{waiver.approval} by {waiver.approver} until {waiver.expires}"),
        places,
    )


def _deadline(found: Deadline | None) -> str:
    """Both deadlines where exposure is not declared, else the one that applies."""
    if found is None:
        return ""
    exposed, internal = (
        day.isoformat() if isinstance(day, date) else "next upgrade" if day else "undecided"
        for day in (found.exposed, found.not_exposed)
    )
    words = {"exposed": exposed, "not_exposed": internal}.get(
        found.applies, f"{exposed} if exposed, else {internal}"
    )
    extra = ["forensic triage first"] if found.forensic else []
    extra += [f"site limit {found.site}"] if found.site else []
    extra += [found.note] if found.note else []
    return _words("; ".join((words, *extra)))
