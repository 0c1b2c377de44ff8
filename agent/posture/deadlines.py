"""Until when an advisory has to be mended: CISA BOD 26-04 and the site's own limit.

The clock of the directive starts with the earlier of the listing in KEV and the detection on the
asset, but not before the directive itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

import yaml

from agent.model import Deadline

if TYPE_CHECKING:
    from agent.model import Advisory, BodDeadline, Kev
    from agent.settings import Policy

Exposure: TypeAlias = Literal["exposed", "not_exposed", "unknown"]
_Row: TypeAlias = tuple[bool, bool, bool, str]


@dataclass(frozen=True, slots=True)
class Bod2604:
    """The directive's table: days to mend (None: with the next upgrade) and forensic triage."""

    issued: date
    automatable: bool
    impact: str
    rows: dict[_Row, tuple[int | None, bool]]


@cache
def bod_26_04() -> Bod2604:
    """The table as it stands in the data file."""
    text = Path(__file__).with_name("bod_26_04.yaml").read_text(encoding="utf-8")
    data = yaml.safe_load(text)
    rows = {
        (kev, exposed, automatable, impact): (days, forensic)
        for kev, exposed, automatable, impact, days, forensic in data["rows"]
    }
    return Bod2604(data["issued"], data["default"]["automatable"], data["default"]["impact"], rows)


@dataclass(frozen=True, slots=True)
class Clock:
    """One advisory's place in the directive: its rows for both exposures; None: undecided."""

    listed: date | None
    exposed: tuple[int | None, bool] | None
    not_exposed: tuple[int | None, bool] | None


def clock(advisory: Advisory, kev: Kev | None, as_of: date) -> Clock:
    """The rows of the table for `advisory`; KEV counts from the day of its listing on."""
    table = bod_26_04()
    listed = kev.added if kev is not None and kev.added <= as_of else None
    automatable = advisory.ssvc.automatable if advisory.ssvc else None
    impact = advisory.ssvc.technical_impact if advisory.ssvc else None
    if listed is None:
        automatable = table.automatable if automatable is None else automatable
        impact = impact or ("total" if table.impact == "total" else "partial")
    if automatable is None or impact is None:
        return Clock(listed, None, None)
    known = listed is not None
    exposed = table.rows[known, True, automatable, impact]
    return Clock(listed, exposed, table.rows[known, False, automatable, impact])


def deadline(
    clock_: Clock, detected: date, exposure: Exposure, as_of: date, *, note: str | None
) -> Deadline | None:
    """Both deadlines and which applies; None for a day before the directive."""
    issued = bod_26_04().issued
    if as_of < issued:
        return None
    start = max(issued, min(clock_.listed or detected, detected))
    if clock_.exposed is None or clock_.not_exposed is None:
        undecided = "KEV entry without decision points"
        return Deadline(
            None, None, exposure, forensic=False, note=f"{note}; {undecided}" if note else undecided
        )
    if exposure == "unknown":
        forensic = clock_.exposed[1] or clock_.not_exposed[1]
    else:
        forensic = (clock_.exposed if exposure == "exposed" else clock_.not_exposed)[1]
    return Deadline(
        _due(start, clock_.exposed[0]),
        _due(start, clock_.not_exposed[0]),
        exposure,
        forensic=forensic,
        note=note,
    )


def soonest(clock_: Clock, exposure: Exposure) -> int | None:
    """The days that :func:`deadline` counts, of unknown exposure the fewer; None for no date."""
    rows = {"exposed": (clock_.exposed,), "not_exposed": (clock_.not_exposed,)}
    counted = rows.get(exposure, (clock_.exposed, clock_.not_exposed))
    return min((row[0] for row in counted if row and row[0] is not None), default=None)


def _due(start: date, days: int | None) -> BodDeadline:
    return "next_upgrade" if days is None else start + timedelta(days=days)


def site_limit(advisory: Advisory, policy: Policy) -> date | None:
    """The site's own limit, counted from publication; None where it set none."""
    severity = advisory.severity
    if severity is None or severity == "info":
        return None
    limit = policy.sla_days.get(severity)
    return None if limit is None else advisory.published + timedelta(days=limit)
