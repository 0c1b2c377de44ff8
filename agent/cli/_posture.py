"""One unit's posture and its advisories, told line by line."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from agent.cli._app import columns
from agent.posture.told import earliest, until

if TYPE_CHECKING:
    from agent.model import AdvisoryAnswer
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
    still_open.sort(key=lambda a: (earliest(a.deadline) or date.max, not a.kev, a.cve))
    yield f"  advisories   {len(still_open)} open, {len(answers) - len(still_open)} settled"
    yield from (f"    {line}" for line in columns(map(_row, still_open[:SHOWN])).splitlines())
    if len(still_open) > SHOWN:
        yield f"    and {len(still_open) - SHOWN} more: see findings.json of netcover assess -o"


def _row(answer: "AdvisoryAnswer") -> tuple[str, ...]:
    known = f"{answer.cve}{' (exploited)' if answer.kev else ''}"
    stale = ", stale" if answer.stale else ""
    due = until(answer.deadline)
    return (known, f"{answer.outcome}{stale}", answer.verdict or "-", due, answer.reason)
