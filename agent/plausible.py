"""Milestones that contradict each other: a check may warn, and never changes or adds a date.

Distances are those of 170 hardware bulletins: service contract renewal ended 274 to 370 days before
the last date of support in all of them.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from agent.model import Milestones, days

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.model import Milestone, TrainMilestones

RENEWAL_BEFORE_LDOS = range(250, 401)
"""Days; the range seen, with some room."""

_BEFORE_LDOS = {
    "announced": "announcement",
    "end_of_sale": "end of sale",
    "sw_maintenance": "end of software maintenance",
    "security_support": "end of security support",
    "service_contract_renewal": "last renewal",
}


def contradictions(row: Milestones | TrainMilestones) -> tuple[str, ...]:
    """What is wrong with the dates of a row, in words, each with its bulletin."""
    bulletin = row.bulletin or "no bulletin"
    name = row.pid if isinstance(row, Milestones) else f"{row.os} {row.train}"
    return tuple(f"{name}: {what} ({bulletin})" for what in _contradictions(row))


def _contradictions(row: Milestones | TrainMilestones) -> Iterator[str]:
    ldos = _date(row.last_date_of_support)
    for field, words in _BEFORE_LDOS.items():
        day = _date(getattr(row, field))
        if day and ldos and day > ldos:
            yield f"{words} {day} after last date of support {ldos}"
    renewal = _date(row.service_contract_renewal)
    if isinstance(row, Milestones) and renewal and ldos and renewal <= ldos:
        distance = days(renewal, ldos)
        if distance not in RENEWAL_BEFORE_LDOS:
            yield (
                f"last renewal {renewal} is {distance} days before last date of support {ldos},"
                " where 250 to 400 are usual"
            )
    announced, sale = _date(row.announced), _date(row.end_of_sale)
    if announced and sale and announced > sale:
        yield f"announcement {announced} after end of sale {sale}"


def _date(milestone: Milestone) -> date | None:
    return milestone if isinstance(milestone, date) else None
