"""What OSCAL's assessment results and its plan of action have in common.

Every id is a version 5 UUID over natural keys: two runs on equal input give equal bytes, and what
did not change keeps its id. Ids that are referred to and not there are refused before anything is
written. Units that passed a rule share one observation; whoever is not known to pass has one of
his own. Facts of the format: NIST's JSON schemas of OSCAL 1.2.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from uuid import NAMESPACE_URL, uuid5

from agent.controls import frameworks
from agent.errors import NetcoverError
from agent.rules import rules
from agent.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from agent.controls import Control
    from agent.model import Asset, AssetKey, Finding, Incomplete, Report, Unreached

VERSION: Final = "1.2.1"
NAMESPACE: Final = "urn:netcover:oscal:1"
"""Stands before the names of properties that OSCAL itself does not know."""
CATALOGUE: Final = "nist_800_53_r5"
_ROOT: Final = uuid5(NAMESPACE_URL, NAMESPACE)
_PART: Final = re.compile(r"\((\d+)\)")
_TYPES: Final[Mapping[str, str]] = {
    "catalyst_9300": "switch",
    "catalyst_9800": "appliance",
    "asa": "firewall",
    "ftd": "firewall",
    "fxos": "firewall",
    "nxos": "switch",
    "ios": "router",
    "ios_xr": "router",
}
"""`asset-type` by platform, in OSCAL's own words."""
_SYSTEMS: Final[Mapping[str, str]] = {
    "ios-xe": "Cisco IOS XE",
    "asa": "Cisco ASA",
    "ftd": "Cisco Secure Firewall Threat Defense",
    "fxos": "Cisco FXOS",
    "ap": "Cisco access point",
}

Document: TypeAlias = "dict[str, Any]"
"""A JSON object; its lists may be iterators, which are spelled as they are walked."""


@dataclass(slots=True)
class Ids:
    """The ids of one document: made from natural keys, and checked against each other."""

    made: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)

    @staticmethod
    def of(*key: object) -> str:
        """The id that belongs to a key, whatever the document."""
        return str(uuid5(_ROOT, json.dumps([str(part) for part in key])))

    def new(self, *key: object) -> str:
        """The id of something that this document holds."""
        found = self.of(*key)
        self.made.add(found)
        return found

    def ref(self, *key: object) -> str:
        """The id of something that this document has to hold somewhere."""
        found = self.of(*key)
        self.named.add(found)
        return found

    def check(self) -> None:
        """Refuse a document that refers to what it does not hold.

        :raises NetcoverError: it does.
        """
        if dangling := sorted(self.named - self.made):
            raise NetcoverError(
                f"OSCAL: {len(dangling)} ids are referred to and not there, {dangling[0]} first;"
                " please report it"
            )


def spell(value: object) -> Iterator[str]:
    """A document as JSON, a line for each entry of a list that is made as it is walked."""
    if isinstance(value, dict):
        yield "{"
        for place, (key, each) in enumerate(value.items()):
            yield f"{', ' if place else ''}{json.dumps(key)}: "
            yield from spell(each)
        yield "}"
    elif isinstance(value, Iterator):
        yield "["
        for place, each in enumerate(value):
            yield ",\n" if place else "\n"
            yield from spell(each)
        yield "\n]"
    else:
        yield json.dumps(value, ensure_ascii=False)


# ------------------------------------------------------------------------------ small parts


def line(text: object) -> str:
    """Text in one line, with nothing that steers a terminal or turns the direction."""
    return " ".join(visible(str(text)).split()) or "not stated"


def moment(when: datetime | date) -> str:
    """A time with its offset; of a day, its beginning in UTC."""
    if not isinstance(when, datetime):
        when = datetime.combine(when, time(), UTC)
    return when.astimezone(UTC).isoformat()


def props(own: Mapping[str, object], others: Mapping[str, object] | None = None) -> list[Document]:
    """Properties: OSCAL's `others` first, then ours; what is not known is left out."""
    found = [
        {"name": name, "value": line(value)} for name, value in (others or {}).items() if value
    ]
    found += [
        {"name": name, "ns": NAMESPACE, "value": line(value)}
        for name, value in own.items()
        if value not in {None, ""}
    ]
    return found


def control_id(control: Control) -> str:
    """A control's id as the catalogue has it: ``SI-2(2)`` is ``si-2.2``."""
    return _PART.sub(r".\1", control.id.lower())


def controls() -> tuple[Control, ...]:
    """The controls of NIST SP 800-53 that findings are evidence toward."""
    return frameworks()[CATALOGUE].controls


# ------------------------------------------------------------------------------ the document


class Parts:
    """The parts of one document, each made once, as it is written."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.ids = Ids()
        self.titles = {rule.id: line(rule.documentation.partition("\n")[0]) for rule in rules()}
        self.telling = [f for f in report.findings if f.status in {"open", "not_reviewed"}]
        self._again = _again(report.findings)
        self.passed: dict[str, list[Finding]] = {}
        for finding in report.findings:
            if finding.status == "not_a_finding":
                self.passed.setdefault(finding.rule, []).append(finding)

    def key(self) -> str:
        """A hash of everything the document says: another content is another document."""
        digest = sha256()
        for f in self.report.findings:
            words = (*_unit(f), f.rule, f.status, f.reason, f.due, f.waiver and f.waiver.approval)
            digest.update(json.dumps([str(word) for word in words]).encode())
        return digest.hexdigest()

    def about(self, kind: str, f: Finding) -> tuple[object, ...]:
        """The key of what the document has on a finding; look-alikes are told apart by number."""
        return (kind, f.rule, *self.unit(f))

    def unit(self, f: Finding) -> tuple[object, ...]:
        """The key of the unit of a finding."""
        return (*_unit(f), *self._again.get(id(f), ()))

    def metadata(self, title: str) -> Document:
        """Title, day and version of OSCAL."""
        return {
            "title": title,
            "last-modified": moment(self.report.run_day),
            "version": self.report.as_of.isoformat(),
            "oscal-version": VERSION,
            "props": props({"netcover": self.report.tool_version, "sweep": self.report.sweep.id}),
        }

    def origin(self) -> Document:
        """The tool that said it."""
        return {"actors": [{"type": "tool", "actor-uuid": self.ids.ref("tool")}]}

    def components(self) -> list[Document]:
        """The tool itself."""
        return [
            {
                "uuid": self.ids.new("tool"),
                "type": "software",
                "title": "netcover",
                "description": "Reads serials, PIDs and releases by commands that only show, and"
                " joins them with contract, EoX and advisory data.",
                "props": props({}, {"version": self.report.tool_version}),
                "status": {"state": "operational"},
            }
        ]

    def items(self) -> Iterator[Document]:
        """Every unit, those that only a contract names included, and hosts that were not read."""
        ends = {posture_key(p): p for p in self.report.postures}
        alike: Counter[AssetKey] = Counter()
        for asset in self.report.assets:
            number = (alike[asset.key],) if alike[asset.key] else ()
            alike[asset.key] += 1
            unit, seen = asset.observation, ends.get(asset.key)
            milestones = asset.milestones
            yield {
                "uuid": self.ids.new("unit", *asset.key, *number),
                "description": _described(asset),
                "props": props(
                    {
                        "host": asset.host,
                        "site": asset.site,
                        "kind": asset.kind,
                        "position": asset.position,
                        "seen": "yes" if unit else "no",
                        "contract-numbers": " ".join(
                            sorted({each.contract for each in asset.lines if each.contract})
                        )
                        or "none",
                        "last-date-of-support": milestones.last_date_of_support
                        if milestones
                        else "unknown",
                        "headline": seen.headline if seen else None,
                    },
                    {
                        "asset-id": asset.serial or _place(asset),
                        "serial-number": asset.serial,
                        "hardware-model": asset.pid,
                        "software-name": _SYSTEMS.get(unit.software or "") if unit else None,
                        "software-version": (unit.version or unit.version_raw) if unit else None,
                        "vendor-name": "Cisco" if asset.platform in _TYPES else None,
                        "asset-type": _TYPES.get(asset.platform or ""),
                    },
                ),
            }

    def observations(self, telling: Iterable[Finding], *, passes: bool) -> Iterator[Document]:
        """One for each finding in `telling`, and one for all units that passed a rule."""
        for f in telling:
            yield {
                "uuid": self.ids.new(*self.about("observation", f)),
                "title": self.titles[f.rule],
                "description": line(f.reason),
                "props": props({"rule": f.rule, "status": f.status, "severity": f.severity}),
                "methods": ["TEST"],
                "types": ["finding"],
                "origins": [self.origin()],
                "subjects": [self._subject(f)],
                **self._evidence([f]),
                "collected": moment(self.report.sweep.ended),
            }
        for rule, found in sorted(self.passed.items()) if passes else ():
            yield {
                "uuid": self.ids.new("passed", rule),
                "title": self.titles[rule],
                "description": f"{len(found)} units pass.",
                "props": props({"rule": rule, "status": "not_a_finding"}),
                "methods": ["TEST"],
                "types": ["control-objective"],
                "origins": [self.origin()],
                "subjects": [self._subject(f) for f in found],
                "collected": moment(self.report.sweep.ended),
            }
        sweep = self.report.sweep
        gaps: tuple[Unreached | Incomplete, ...] = (*sweep.unreached, *sweep.incomplete)
        for gap in gaps:
            yield {
                "uuid": self.ids.new("gap", gap.host, gap.kind, gap.reason),
                "title": "A host was not read, or not wholly",
                "description": line(f"{gap.host}: {gap.kind}: {gap.reason}"),
                "props": props({"host": gap.host, "gap": gap.kind}),
                "methods": ["TEST"],
                "origins": [self.origin()],
                "collected": moment(self.report.sweep.ended),
            }

    def risks(self, opened: Iterable[Finding]) -> Iterator[Document]:
        """One for each open finding; an accepted one with who accepted it, why and until when."""
        for f in opened:
            risk: Document = {
                "uuid": self.ids.new(*self.about("risk", f)),
                "title": f"{self.titles[f.rule]}: {_named(f)}",
                "description": line(f.reason),
                "statement": line(f.reason),
                "props": props({"rule": f.rule}),
                "status": "open",
                "origins": [self.origin()],
                "characterizations": [
                    {
                        "origin": self.origin(),
                        "facets": [{"name": "severity", "system": NAMESPACE, "value": f.severity}],
                    }
                ],
                "related-observations": [
                    {"observation-uuid": self.ids.ref(*self.about("observation", f))}
                ],
            }
            if f.due is not None:
                risk["deadline"] = moment(f.due)
            if f.waiver is not None:
                risk["status"] = "deviation-approved"
                risk["props"] += props(
                    {
                        "approval": f.waiver.approval,
                        "approver": f.waiver.approver,
                        "expires": f.waiver.expires,
                        "disposition": f.waiver.disposition,
                    }
                )
                risk["statement"] = line(f"{f.reason} Accepted: {f.waiver.reason}")
            yield risk

    def _subject(self, f: Finding) -> Document:
        return {"subject-uuid": self.ids.ref("unit", *self.unit(f)), "type": "inventory-item"}

    @staticmethod
    def _evidence(findings: Iterable[Finding]) -> Document:
        """Where it can be read; files lie in an evidence bundle under their hash."""
        found = {piece: None for f in findings for piece in f.evidence}
        if not found:
            return {}
        return {
            "relevant-evidence": [
                {
                    "href": f"../raw/{piece.sha256}.txt",
                    "description": line(f"{piece.source}: {piece.command}"),
                    "props": props({"sha256": piece.sha256}),
                }
                for piece in found
            ]
        }


def written(parts: Parts, root: Callable[[], Document]) -> Iterator[str]:
    """The document as JSON, refused at its end where an id leads nowhere."""
    yield from spell(root())
    yield "\n"
    parts.ids.check()


def posture_key(posture: Any) -> AssetKey:  # noqa: ANN401 - a posture of the model
    """The key of the unit a posture is about."""
    return (posture.host, posture.serial, posture.pid, posture.position)


def _again(findings: Iterable[Finding]) -> dict[int, tuple[int]]:
    """Which finding of its rule and unit it is, for all but the first: units may look alike."""
    counted: Counter[tuple[object, ...]] = Counter()
    found: dict[int, tuple[int]] = {}
    for f in findings:
        key = (f.rule, *_unit(f))
        if counted[key]:
            found[id(f)] = (counted[key],)
        counted[key] += 1
    return found


def _unit(f: Finding) -> AssetKey:
    return (f.host, f.serial, f.pid, f.position)


def _named(f: Finding) -> str:
    return line(f.serial or " ".join(p for p in (f.host, f.position) if p))


def _place(asset: Asset) -> str:
    return " ".join(part for part in (asset.host, asset.position) if part) or "not known"


def _described(asset: Asset) -> str:
    where = f" on {asset.host}" if asset.host else ""
    if asset.observation is None:
        return line(f"{asset.pid or 'a unit'}{where}, not seen in this sweep")
    place = f", {asset.position}" if asset.position else ""
    return line(f"{asset.pid or 'a unit'}{where}{place}")
