"""One unit's posture and its advisories, told line by line."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from agent.cli._app import columns

if TYPE_CHECKING:
    from agent.model import AdvisoryAnswer, Deadline
    from agent.posture import Assessment
    from agent.posture.assessment import Judged

SHOWN = 12
"""Advisories that fit on a screen; the others are counted."""


def posture(judged: "Judged", assessment: "Assessment") -> Iterator[str]:
    """Whether the unit can be patched, by the three answers, and what is open."""
    unit = judged.posture
    migration = "+migration" if unit.migration else ""
    action = unit.action.replace("_", " ")
    yield f"posture of {unit.software} {unit.version or 'unknown release'}"
    yield f"  {unit.headline}{migration}: {action}"
    yield f"  hardware     {unit.hardware}: {judged.hardware.reason}"
    yield f"  stream       {unit.stream}: {judged.stream.reason}"
    yield f"  entitlement  {unit.entitlement}: {judged.entitlement.reason}"
    if len(unit.hits) > 1:
        yield f"  also holds   {', '.join(unit.hits[1:])}"
    if group := unit.group:
        mixed = [word for word, is_so in _mixed(group.mixed, group.mixed_software) if is_so]
        differs = f"; differs in {' and '.join(mixed)}" if mixed else ""
        yield f"  group        {group.name}: {group.headline}{differs}"
    yield from _advisories(assessment.advisories(judged))


def _mixed(entitlement: bool, software: bool) -> tuple[tuple[str, bool], ...]:  # noqa: FBT001 - two facts of one group
    return (("entitlement", entitlement), ("software", software))


def _advisories(answers: tuple["AdvisoryAnswer", ...]) -> Iterator[str]:
    still_open = [answer for answer in answers if answer.verdict is not None]
    still_open.sort(key=lambda a: (_first(a.deadline) or date.max, not a.kev, a.cve))
    yield f"  advisories   {len(still_open)} open, {len(answers) - len(still_open)} settled"
    yield from (f"    {line}" for line in columns(map(_row, still_open[:SHOWN])).splitlines())
    if len(still_open) > SHOWN:
        yield f"    and {len(still_open) - SHOWN} more: see findings.json of netcover assess -o"


def _row(answer: "AdvisoryAnswer") -> tuple[str, ...]:
    known = f"{answer.cve}{' (exploited)' if answer.kev else ''}"
    stale = ", stale" if answer.stale else ""
    due = until(answer.deadline)
    return (known, f"{answer.outcome}{stale}", answer.verdict or "-", due, answer.reason)


def until(deadline: "Deadline | None") -> str:
    """Both deadlines where exposure is not declared, else the one that applies."""
    if deadline is None:
        return "no deadline"
    exposed = str(deadline.exposed or "undecided").replace("_", " ")
    internal = str(deadline.not_exposed or "undecided").replace("_", " ")
    triage = ", forensic triage" if deadline.forensic else ""
    triage += f", {deadline.note}" if deadline.note else ""
    if deadline.applies == "exposed":
        return f"due {exposed}{triage}"
    if deadline.applies == "not_exposed":
        return f"due {internal}{triage}"
    return f"due {exposed} if exposed{triage}, else {internal}"


def _first(deadline: "Deadline | None") -> date | None:
    if deadline is None:
        return None
    return min(
        (day for day in (deadline.exposed, deadline.not_exposed) if isinstance(day, date)),
        default=None,
    )
