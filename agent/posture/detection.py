"""When a vulnerability was first seen on an asset: the first sweep that matched it."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from agent.posture.facts import Running


@dataclass(frozen=True, slots=True)
class Seen:
    """What one unit ran and when: `earlier` releases, and the running one since `since`."""

    collected: date
    since: date
    earlier: tuple[Running, ...] = ()


def detected(
    seen: Seen,
    published: date,
    sweep_days: tuple[date, ...],
    was_open: Callable[[Running], bool] | None = None,
) -> date:
    """The day of the first sweep that could match an advisory published on `published`.

    `was_open` says whether an earlier release was open to it too; without history the day is that
    of the collection.
    """
    days = [_first_sweep(seen.since, seen.collected, published, sweep_days) or seen.collected]
    for run in seen.earlier:
        if was_open is not None and was_open(run):
            day = _first_sweep(run.first, run.last, published, sweep_days)
            if day is not None:
                days.append(day)
    return min(days)


def _first_sweep(
    first: date, last: date, published: date, sweep_days: tuple[date, ...]
) -> date | None:
    """The first sweep from `first` to `last` that was not before the publication."""
    place = bisect_left(sweep_days, max(first, published))
    if place < len(sweep_days) and sweep_days[place] <= last:
        return sweep_days[place]
    return None
