"""One row for each unit: the columns that the page, the workbook and the lines share."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Literal, TypeAlias

from agent.reports.actions import VERBS, remedies
from agent.reports.patching import HEADLINE_WORDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from agent.model import Headline, Severity, Status
    from agent.reports.patching import Standing
    from agent.reports.situations import Situations
    from agent.reports.units import Cover, Presence, Support, Unit

Tone: TypeAlias = Literal["good", "bad", "warn", "unknown", "none"]
"""What a state means for the reader; told by a sign and a word, never by colour alone."""
ColumnKind: TypeAlias = Literal["text", "state", "date", "set"]
Cell: TypeAlias = "str | date | None"

COVER: dict[Cover, tuple[str, Tone]] = {
    "covered": ("covered", "good"),
    "uncovered": ("uncovered", "bad"),
    "unknown": ("not known", "unknown"),
    "not_applicable": ("needs none", "none"),
}
SUPPORT: dict[Support, tuple[str, Tone]] = {
    "supported": ("supported", "good"),
    "near_ldos": ("near LDoS", "warn"),
    "past_ldos": ("past LDoS", "bad"),
    "unknown": ("not known", "unknown"),
    "not_applicable": ("not applicable", "none"),
}
PRESENCE: dict[Presence, tuple[str, Tone]] = {
    "seen": ("in service", "none"),
    "not_seen": ("paid for, not seen", "bad"),
    "cannot_tell": ("paid for, cannot tell", "unknown"),
    "not_reached": ("paid for, host not read", "unknown"),
    "ended": ("no longer paid for", "none"),
}
PART: tuple[str, Tone] = ("part", "none")
HOST: tuple[str, Tone] = ("host not read", "unknown")
STATUS: dict[Status, tuple[str, Tone]] = {
    "open": ("open", "bad"),
    "not_reviewed": ("not known", "unknown"),
    "not_a_finding": ("passed", "good"),
}
SEVERITY: dict[Severity, Tone] = {
    "critical": "bad",
    "high": "bad",
    "medium": "warn",
    "low": "none",
    "info": "none",
}
HEADLINES: dict[Headline, str] = {
    "UNPATCHABLE_HW": "unpatchable: hardware",
    "UNPATCHABLE_CAPPED": "unpatchable: capped",
    "UNPATCHABLE_ENTITLEMENT": "unpatchable: entitlement",
    "WARRANTY_ONLY": "warranty only",
    "COVERED_NO_SOFTWARE": "covered, no software",
    "UNKNOWN": "not known",
    "PATCHABLE_BY_MIGRATION": "by migration",
    "SECURITY_DISCRETIONARY": "at discretion",
    "EXPIRING": "expiring",
    "NEAR_EOS": "near end of support",
    "SECURITY_ONLY": "security fixes only",
    "PATCHABLE": "patchable",
}
_STANDING: dict[Standing, Tone] = {
    "blocked": "bad",
    "unknown": "unknown",
    "move_first": "warn",
    "watch": "warn",
    "clear": "good",
}


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit with the situation of each software it runs, and the first deadline of them."""

    unit: Unit
    situations: tuple[int, ...]
    fix_by: date | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column; one that is not `shown` serves filters. A `set` has a comma between its words."""

    key: str
    label: str
    kind: ColumnKind
    of: Callable[[UnitRow], Cell]
    shown: bool = True
    tones: tuple[tuple[str, Tone], ...] = ()


def unit_rows(units: Iterator[Unit], situations: Situations) -> Iterator[UnitRow]:
    """Every unit of `units` as a row; they have to be all of the report, in its order."""
    numbers = iter(situations.numbers)
    for unit in units:
        own = tuple(islice(numbers, len(unit.postures)))
        dues = [due for number in own if (due := situations.told[number].due)]
        yield UnitRow(unit, own, min(dues, default=None))


def _record(row: UnitRow) -> str:
    unit = row.unit
    if unit.record == "part":
        return PART[0]
    return HOST[0] if unit.record == "host_not_reached" else PRESENCE[unit.presence][0]


def _place(row: UnitRow) -> str | None:
    unit = row.unit
    return unit.position or (unit.kind.replace("_", " ") if unit.kind else None)


def _until(row: UnitRow) -> Cell:
    """The last covered day; of cover that has not begun also its first."""
    unit = row.unit
    if unit.ends and unit.days_left is not None and unit.starts and unit.cover != "covered":
        later = (unit.ends - unit.starts).days < unit.days_left
        return f"{unit.ends} (from {unit.starts})" if later else unit.ends
    return unit.ends


def _patch(row: UnitRow) -> str | None:
    headline = row.unit.headline
    return HEADLINES[headline] if headline else None


COLUMNS: tuple[Column, ...] = (
    Column("serial", "Serial", "text", lambda row: row.unit.serial),
    Column("pid", "PID", "text", lambda row: row.unit.pid),
    Column("host", "Host", "text", lambda row: row.unit.host),
    Column("place", "Place", "text", _place),
    Column("site", "Site", "text", lambda row: row.unit.site),
    Column("platform", "Platform", "text", lambda row: row.unit.platform, shown=False),
    Column(
        "record",
        "Record",
        "state",
        _record,
        shown=False,
        tones=(*PRESENCE.values(), PART, HOST),
    ),
    Column("version", "Version", "text", lambda row: row.unit.version),
    Column(
        "cover",
        "Cover",
        "state",
        lambda row: COVER[row.unit.cover][0],
        tones=tuple(COVER.values()),
    ),
    Column("contract", "Contract", "text", lambda row: row.unit.contract),
    Column("level", "Level", "text", lambda row: row.unit.service_level, shown=False),
    Column("until", "Until", "date", _until),
    Column(
        "support",
        "Support",
        "state",
        lambda row: SUPPORT[row.unit.support][0],
        tones=tuple(SUPPORT.values()),
    ),
    Column("ldos", "LDoS", "date", lambda row: row.unit.ldos),
    Column(
        "patch",
        "Patching",
        "state",
        _patch,
        tones=tuple((HEADLINES[h], _STANDING[s]) for h, (s, _) in HEADLINE_WORDS.items()),
    ),
    Column("fix_by", "Fix by", "date", lambda row: row.fix_by),
    Column(
        "next",
        "Do next",
        "set",
        lambda row: ", ".join(VERBS[verb] for verb, _ in remedies(row.unit)),
    ),
    Column("open", "Open findings", "set", lambda r: ", ".join(r.unit.rules("open")), shown=False),
    Column(
        "unclear",
        "Findings not known",
        "set",
        lambda r: ", ".join(r.unit.rules("not_reviewed")),
        shown=False,
    ),
)
"""In the order of the page."""
