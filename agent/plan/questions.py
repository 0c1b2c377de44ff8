"""What a person has to settle before the order goes out, in words, the most pressing first."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from agent.plan.reminders import unowned

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agent.model import CalendarEntry, PlannedLine, TrueUp

ASKED = {
    "rma_swap": "looks like a replacement that the contract does not know of",
    "wrong_pid_on_line": "is on a line of another product",
    "moved_site": "has moved to another site",
    "contract_site_mismatch": "is on a line of another site or customer",
    "over_bought": "is paid for in a greater number than there is",
    "covered_by_parent": "is a part with a line of its own",
}
FLAGS = {
    "no_eox_row": "have no EoX data and are planned as if there were no last day",
    "presence_not_proven": "were not seen, and it is not proven that they are gone",
    "no_price": "have no price and are in no total",
    "short_bridge": "have a bridge below the minimum term",
    "runs_past_ldos": "are paid for beyond their last date of support",
    "third_party": "are maintained by somebody else than Cisco",
    "awaits_start": "have a line that has not begun",
    "inspection": "may need an inspection before they are reinstated",
}


def questions(
    lines: tuple[PlannedLine, ...],
    differences: Iterable[TrueUp],
    dates: Iterable[CalendarEntry],
) -> tuple[str, ...]:
    """Every open question once."""
    return (*_late(lines), *_undecided(differences), *_flagged(lines), *_unowned(dates))


def _late(lines: Iterable[PlannedLine]) -> Iterator[str]:
    late = [line for line in lines if line.late and line.action != "not_eligible"]
    if late:
        days = sum(line.at_risk_days * line.quantity for line in late)
        yield (
            f"{len(late)} of the lines end before a quote that is asked for on the order day can"
            f" be booked: {days} unit-days at risk. Can the reseller be faster?"
        )


def _undecided(differences: Iterable[TrueUp]) -> Iterator[str]:
    for row in differences:
        name = row.serial or row.pid or "A line"
        if row.decision_state == "facts_changed":
            yield (
                f"{name}: decision {row.decision} was made on other facts. {row.reason}. Decide"
                f" again (facts {row.facts})."
            )
        elif row.decision_state == "expired":
            yield f"{name}: decision {row.decision} has expired. {row.reason}. Decide again."
        elif row.kind in ASKED and row.decision_state == "none":
            yield f"{name} {ASKED[row.kind]}: {row.reason}. Decide (facts {row.facts})."


def _flagged(lines: Iterable[PlannedLine]) -> Iterator[str]:
    counts = Counter(flag for line in lines if line.action != "drop" for flag in line.flags)
    for flag, words in FLAGS.items():
        if counts[flag]:
            yield f"{counts[flag]} of the lines {words}."


def _unowned(dates: Iterable[CalendarEntry]) -> Iterator[str]:
    missing = unowned(dates)
    if missing:
        yield f"{len(missing)} of the dates have no owner, the first on {missing[0].day}."
