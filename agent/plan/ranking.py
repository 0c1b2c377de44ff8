"""Which anniversary is best, which comes second, and why, in words."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from agent.wording import count

if TYPE_CHECKING:
    from collections.abc import Callable

    from agent.model import Candidate

NOT_MEASURED = Decimal(0)

CRITERIA: dict[str, tuple[Callable[[Candidate], Decimal | int], Callable[[Candidate], str]]] = {
    "uncovered": (
        lambda c: c.uncovered_unit_days,
        lambda c: count(c.uncovered_unit_days, "avoidable uncovered unit-day"),
    ),
    "budget_window": (
        lambda c: c.in_budget_window is False,
        lambda c: f"{'outside' if c.in_budget_window is False else 'inside'} the budget window",
    ),
    "expiry_dates": (
        lambda c: c.expiry_dates,
        lambda c: f"{count(c.expiry_dates, 'other expiry date')} left",
    ),
    "paid_for_nothing": (
        lambda c: NOT_MEASURED if c.paid_for_nothing is None else c.paid_for_nothing,
        lambda c: f"{c.paid_for_nothing} paid for nothing",
    ),
    "bridge_unit_days": (
        lambda c: c.bridge_unit_days,
        lambda c: count(c.bridge_unit_days, "bridge unit-day"),
    ),
    "line_end": (
        lambda c: not c.line_end,
        lambda c: "a line ends on it already" if c.line_end else "no line ends on it",
    ),
    "earliest": (lambda c: c.date.toordinal(), lambda c: f"{c.date} comes first"),
}
"""Criteria by name, less is better, in the order in which they count unless a setting says else."""


def ranked(candidates: tuple[Candidate, ...], order: tuple[str, ...]) -> tuple[Candidate, ...]:
    """The candidates, the best first. What the order leaves open, the earliest day settles."""
    measures = [CRITERIA[name][0] for name in (*order, "earliest")]
    return tuple(sorted(candidates, key=lambda c: tuple(measure(c) for measure in measures)))


def runner_up(best: Candidate, ranking: tuple[Candidate, ...]) -> Candidate | None:
    """The best candidate in another calendar month."""
    month = (best.date.year, best.date.month)
    return next((c for c in ranking if (c.date.year, c.date.month) != month), None)


def explain(
    chosen: Candidate,
    best: Candidate,
    second: Candidate | None,
    order: tuple[str, ...],
    days: int,
) -> tuple[str, ...]:
    """Why `best` stands before `second`, and before `chosen` where another day was asked for."""
    tried = count(days, "day")
    if chosen is best:
        sentences = [f"{best.date} is the best of {tried} tried: {_measures(best)}."]
    else:
        sentences = [
            f"{chosen.date} was asked for: {_measures(chosen)}.",
            f"The best of {tried} tried would be {best.date}: {_measures(best)}.",
        ]
    if second is None:
        sentences.append("No other month has a day to compare it with.")
    else:
        sentences.append(
            f"The runner-up in another month is {second.date}{_apart(best, second, order)}."
        )
    if best.paid_for_nothing is None:
        sentences.append(
            "What is paid for nothing was left out of the ranking: a price is missing, or"
            " currencies mix."
        )
    return tuple(sentences)


def _apart(best: Candidate, second: Candidate, order: tuple[str, ...]) -> str:
    """The first criterion that tells two days apart."""
    for name in (*order, "earliest"):
        measure, words = CRITERIA[name]
        if name == "earliest":
            return ", later, and equal in all that counts"
        if measure(best) != measure(second):
            before = "" if name == order[0] else ", equal in what counts before"
            return f"{before}: {words(second)}, against {words(best)}"
    return ""


def _measures(candidate: Candidate) -> str:
    shown = ["uncovered", "expiry_dates", "bridge_unit_days"]
    if candidate.in_budget_window is not None:
        shown.insert(1, "budget_window")
    if candidate.paid_for_nothing is not None:
        shown.insert(-1, "paid_for_nothing")
    return ", ".join(CRITERIA[name][1](candidate) for name in shown)
