"""A reviewer's STIG checklist (CKLB) with the one rule filled in that netcover can answer.

The checklist is the reviewer's: its STIG text, its other rules and every byte of them stay. Of the
rule on the running release only `status` and, within `finding_details`, netcover's own block are
written. A host that was not read changes nothing.

Facts of the format: STIG Viewer 3 and STIG Manager read `status` as ``open``, ``not_a_finding``,
``not_applicable`` or ``not_reviewed``; there is no official schema.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from json.decoder import scanstring  # type: ignore[attr-defined]  # how json itself reads a string
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from agent.controls import frameworks
from agent.errors import UsageError
from agent.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agent.model import Asset, Finding, HostVisit, Report, Status

FRAMEWORK: Final = "disa_stig"
RULE: Final = "stig_supported_release"
_BOM: Final = "\ufeff"
_BLOCK: Final = re.compile(r"\n*\[netcover\].*?\[/netcover\]", re.DOTALL)
_ROUND: Final = str.maketrans("[]", "()")  # no line of ours ends the block
_SCALAR: Final = re.compile(r"[^\s,\]}]+")
_SPACE: Final = re.compile(r"\s*")
_WORST: Final[tuple[Status, ...]] = ("open", "not_reviewed", "not_a_finding")

Path: TypeAlias = "tuple[str | int, ...]"
Span: TypeAlias = "tuple[int, int]"


@dataclass(frozen=True, slots=True)
class Merged:
    """A checklist as it is to be written, and what was answered: V-number and status."""

    content: bytes
    host: str
    answers: tuple[tuple[str, Status], ...]


def merge(content: bytes, report: Report, host: str | None = None) -> Merged:
    """Fill in the answers about the checklist's host, or about `host`.

    :raises UsageError: it is no checklist, its host is not known, or it has no rule for it.
    """
    text, document = _read(content)
    visit = _host(document, report, host)
    vulnerabilities = {
        control.id
        for control in frameworks()[FRAMEWORK].controls
        if visit.platform in control.platforms
    }
    spans = dict(_spans(text))
    changes: dict[Span, str] = {}
    answers = []
    matching = 0
    for path, rule in _rules(document):
        number = str(rule.get("group_id_src") or rule.get("group_id") or "")
        if number not in vulnerabilities:
            continue
        matching += 1
        status, details = _answer(report, visit.host)
        if status is None:
            continue
        answers.append((number, status))
        before = str(rule.get("finding_details", ""))
        told = {"status": status, "finding_details": _details(before, details)}
        for key, value in told.items():
            if (*path, key) not in spans:
                raise UsageError(
                    f"{number} has no {key}; save the checklist in STIG Viewer 3 again"
                )
            changes[spans[*path, key]] = json.dumps(value, ensure_ascii=False)
    if not matching:
        known = ", ".join(sorted(vulnerabilities)) or "none of this platform is known"
        raise UsageError(f"no rule on the running release of a {visit.platform}; known: {known}")
    return Merged(_changed(text, changes).encode(), visit.host, tuple(answers))


def _read(content: bytes) -> tuple[str, dict[str, Any]]:
    try:
        text = content.decode("utf-8")
        document = json.loads(text.removeprefix(_BOM))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise UsageError(f"is no CKLB checklist: {error}") from None
    if not isinstance(document, dict) or not isinstance(document.get("stigs"), list):
        raise UsageError("is no CKLB checklist: it has no list of STIGs")
    return text, document


def _rules(document: dict[str, Any]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every rule with its place."""
    for place, stig in enumerate(document["stigs"]):
        rules = stig.get("rules") if isinstance(stig, dict) else None
        for number, rule in enumerate(rules if isinstance(rules, list) else ()):
            if isinstance(rule, dict):
                yield ("stigs", place, "rules", number), rule


def _host(document: dict[str, Any], report: Report, asked: str | None) -> HostVisit:
    """The host of the sweep that the checklist is about."""
    visits = {visit.host: visit for visit in report.sweep.hosts}
    if asked is not None:
        if asked not in visits:
            raise UsageError(f"host {asked!r} is not in sweep {report.sweep.id}")
        return visits[asked]
    target = document.get("target_data")
    data = target if isinstance(target, dict) else {}
    named = {str(data.get(key) or "").casefold() for key in ("host_name", "fqdn")} - {""}
    address = str(data.get("ip_address") or "")
    addresses = {facts.host for facts in report.hosts if address and facts.address == address}
    found = [
        visit
        for name, visit in visits.items()
        if name.casefold() in named or name.split(".")[0].casefold() in named or name in addresses
    ]
    if len(found) != 1:
        said = " ".join(sorted(named)) or address or "no host"
        problem = "is not in" if not found else "is more than one host of"
        raise UsageError(f"its target ({visible(said)}) {problem} the sweep; name it with --host")
    return found[0]


def _answer(report: Report, host: str) -> tuple[Status | None, list[str]]:
    """The worst answer about any unit of the host, and what it rests on; None without one."""
    told = [f for f in report.findings if f.rule == RULE and f.host == host]
    told = [f for f in told if f.status in _WORST]
    if not told or any(gap.host == host for gap in report.sweep.unreached):
        return None, []
    status = min((f.status for f in told), key=_WORST.index)
    lines = [
        f"assessed as of {report.as_of}, sweep {report.sweep.id}, netcover {report.tool_version}"
    ]
    assets = {asset.key: asset for asset in report.assets}
    for finding in told:
        key = (finding.host, finding.serial, finding.pid, finding.position)
        lines.extend(_told(finding, assets.get(key)))
    return status, [visible(" ".join(line.split())).translate(_ROUND) for line in lines]


def _told(finding: Finding, asset: Asset | None) -> Iterator[str]:
    unit = finding.serial or finding.position or finding.host
    seen = asset.observation if asset else None
    yield f"{unit} ({finding.pid or 'PID not known'}): {finding.status}: {finding.reason}"
    if seen is not None and seen.version_raw:
        yield f"it states release {seen.version_raw}"
    if finding.waiver is not None:
        yield (
            f"accepted until {finding.waiver.expires} by {finding.waiver.approver}:"
            f" {finding.waiver.approval}"
        )
    places: dict[tuple[str, str], list[str]] = {}
    for piece in (*(seen.evidence if seen else ()), *finding.evidence):
        places.setdefault((piece.source, piece.sha256), []).append(piece.command)
    for (source, sha256), commands in places.items():
        yield f"evidence: {source}: {', '.join(dict.fromkeys(commands))}; sha256 {sha256}"


def _details(before: str, lines: Sequence[str]) -> str:
    """The reviewer's words, and our block after them, or in place of our earlier one."""
    block = "\n".join(("[netcover]", *lines, "[/netcover]"))
    kept = _BLOCK.sub("", before)
    return f"{kept}\n\n{block}" if kept else block


def _changed(text: str, changes: dict[Span, str]) -> str:
    """The text with some of its values replaced."""
    pieces, last = [], 0
    for (start, end), value in sorted(changes.items()):
        pieces += [text[last:start], value]
        last = end
    return "".join((*pieces, text[last:]))


def _spans(text: str) -> Iterator[tuple[Path, Span]]:
    """Every scalar of valid JSON with where it stands."""
    start = len(_BOM) if text.startswith(_BOM) else 0
    found: list[tuple[Path, Span]] = []
    _walk(text, start, (), found)
    yield from found


def _walk(text: str, place: int, path: Path, found: list[tuple[Path, Span]]) -> int:
    """Note the scalars of the value at `place`; where it ends."""
    place = _skip(text, place)
    match text[place]:
        case "{":
            return _members(text, place + 1, path, found)
        case "[":
            return _entries(text, place + 1, path, found)
        case '"':
            end = scanstring(text, place + 1)[1]
        case _:
            scalar = _SCALAR.match(text, place)
            end = scalar.end() if scalar else place
    found.append((path, (place, end)))
    return int(end)


def _members(text: str, place: int, path: Path, found: list[tuple[Path, Span]]) -> int:
    while text[place := _skip(text, place)] != "}":
        if text[place] == ",":
            place = _skip(text, place + 1)
        key, place = scanstring(text, place + 1)
        place = _walk(text, _skip(text, place) + 1, (*path, key), found)
    return place + 1


def _entries(text: str, place: int, path: Path, found: list[tuple[Path, Span]]) -> int:
    number = 0
    while text[place := _skip(text, place)] != "]":
        if text[place] == ",":
            place += 1
        place = _walk(text, place, (*path, number), found)
        number += 1
    return place + 1


def _skip(text: str, place: int) -> int:
    space = _SPACE.match(text, place)
    return space.end() if space else place
