"""What a person has to settle before the order goes out, in words, the most pressing first."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from agent.plan.reminders import unowned
from agent.wording import count, sentence

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
    "no_eox_row": "without EoX data, planned as if there were no last day",
    "presence_not_proven": "whose unit was not seen, and is not proven to be gone",
    "no_price": "without a price, in no total",
    "short_bridge": "with a bridge below the minimum term",
    "runs_past_ldos": "paid for beyond the last date of support",
    "third_party": "of somebody else than Cisco",
    "awaits_start": "that did not begin yet",
    "inspection": "that may need an inspection before it is reinstated",
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
            f"{count(len(late), 'line ends', 'lines end')} before a quote asked for on the order"
            f" day can be booked: {count(days, 'unit-day')} at risk. Can the reseller be faster?"
        )


def _undecided(differences: Iterable[TrueUp]) -> Iterator[str]:
    for row in differences:
        name = row.serial or row.pid or "A line"
        if row.decision_state == "facts_changed":
            yield (
                f"{name}: decision {row.decision} was made on other facts. {sentence(row.reason)}."
                f" Decide again (facts {row.facts})."
            )
        elif row.decision_state == "expired":
            words = sentence(row.reason)
            yield f"{name}: decision {row.decision} has expired. {words}. Decide again."
        elif row.kind in ASKED and row.decision_state == "none":
            yield f"{name} {ASKED[row.kind]}: {row.reason}. Decide (facts {row.facts})."


def _flagged(lines: Iterable[PlannedLine]) -> Iterator[str]:
    counts = Counter(flag for line in lines if line.action != "drop" for flag in line.flags)
    for flag, words in FLAGS.items():
        if counts[flag]:
            yield f"{count(counts[flag], 'line')} {words}."


def _unowned(dates: Iterable[CalendarEntry]) -> Iterator[str]:
    missing = unowned(dates)
    if missing:
        yield f"{count(len(missing), 'date')} without an owner, the first on {missing[0].day}."
