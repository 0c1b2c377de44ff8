"""How one line reaches an anniversary: its bridge, the terms that follow, the days left bare.

This is the meaning of the planner. Days are ordinals here (``date.toordinal``), because
:mod:`candidates` asks these questions millions of times; the same functions plan the lines.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.plan.money import YearBasis, pro_rata, whole_cents

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

FAR = 10**7
"""Later than every day: no limit."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What is the same for every line.

    `order` is the day of the order, `horizon` the last day of the window: a term that begins after
    it is not planned. A bridge of fewer than `minimum` days is short; `roll` joins it to the next
    full term, as long as both together are no longer than `maximum` days.
    """

    order: int
    horizon: int
    minimum: int = 0
    maximum: int = FAR
    roll: bool = False
    basis: YearBasis = "365"


@dataclass(frozen=True, slots=True)
class Need:
    """One line in want of cover.

    `end` is its last covered day, the day before the order where there is none. `cap` is the last
    day that can be covered (LDoS, or the eve of the unit's next line), `renewal` the last day on
    which a term can be ordered, `refresh` the last day on which the unit is needed.
    """

    end: int
    cap: int = FAR
    renewal: int = FAR
    refresh: int = FAR
    units: int = 1
    price: Decimal | None = None
    cap_is_ldos: bool = True

    def reach(self, horizon: int) -> int:
        """The last day in the window on which the unit wants cover and may have it."""
        return min(horizon, self.cap, self.refresh)


Stretch = tuple[int, int]
"""First and last day, both included."""


def meeting(need: Need, cycle: tuple[int, ...], terms: Terms) -> int:
    """Where the line joins: the first anniversary on or after its end and the order day.

    A short bridge that may be rolled leads to the anniversary after that.
    """
    place = bisect_left(cycle, max(need.end, terms.order))
    first, second = cycle[place], cycle[place + 1]
    if not terms.roll or not 0 < first - need.end < terms.minimum or need.refresh < second:
        return first
    return second if rolls(need.end, need.cap, first, second, terms) else first


def rolls(end: int, cap: int, first: int, second: int, terms: Terms) -> bool:
    """Whether a short bridge may go on to the anniversary after: not beyond a cap or `maximum`."""
    return cap > first and second - end <= terms.maximum


def is_dropped(need: Need, meets: int) -> bool:
    """Drop before extend: declared for refresh before the anniversary, or not past its own end."""
    return need.refresh < meets or need.refresh <= need.end


def bridge(need: Need, meets: int) -> Stretch | None:
    """The stretch from the day after its end to the anniversary, or to its cap."""
    last = min(meets, need.cap)
    return (need.end + 1, last) if last > need.end else None


def full_terms(need: Need, cycle: tuple[int, ...], meets: int, terms: Terms) -> Iterator[Stretch]:
    """The terms that follow year by year, each ordered by the day before it begins.

    A term is cut at the cap. None begins after the window, after the refresh, or too late to be
    ordered.
    """
    place = bisect_left(cycle, meets)
    while cycle[place] < need.reach(terms.horizon) and cycle[place] <= need.renewal:
        yield cycle[place] + 1, min(cycle[place + 1], need.cap)
        place += 1


def bare_days(need: Need, cycle: tuple[int, ...], meets: int, terms: Terms) -> int:
    """Days of the window on which the unit could be covered and is not."""
    wanted = need.reach(terms.horizon)
    if is_dropped(need, meets):
        return max(0, wanted - need.end)
    return max(0, wanted - cover_stops(need.renewal, cycle, meets))


def cover_stops(renewal: int, cycle: tuple[int, ...], meets: int) -> int:
    """The first anniversary whose following term cannot be ordered any more."""
    place = bisect_left(cycle, max(meets, renewal + 1))
    return cycle[place] if place < len(cycle) else FAR


def bridge_price(need: Need, stretch: Stretch, terms: Terms) -> int:
    """Cents for a bridge of all units of the line."""
    return _pro_rata(need, *stretch, terms.basis)


def term_price(need: Need, stretch: Stretch, cycle: tuple[int, ...], terms: Terms) -> int:
    """Cents for a term: the annual price where it is full, by days where a cap cuts it."""
    first, last = stretch
    if last == cycle[bisect_left(cycle, first)]:
        return whole_cents(_price(need))
    return _pro_rata(need, first, last, terms.basis)


def paid_for_nothing(need: Need, cycle: tuple[int, ...], meets: int, terms: Terms) -> int:
    """Cents for what is not used: the rest of a minimum term, and cover past a refresh."""
    if is_dropped(need, meets):
        return 0
    wasted = 0
    stretch = bridge(need, meets)
    if stretch is not None:
        wasted += shortfall(need, stretch, terms)
    if need.refresh < FAR:
        ends = [last for _, last in full_terms(need, cycle, meets, terms)]
        last_day = ends[-1] if ends else need.refresh
        if last_day > need.refresh:
            wasted += _pro_rata(need, need.refresh + 1, last_day, terms.basis)
    return wasted


def shortfall(need: Need, stretch: Stretch, terms: Terms) -> int:
    """Cents of the minimum term less those of the bridge, where the bridge is shorter."""
    first, last = stretch
    if last - first + 1 >= terms.minimum:
        return 0
    whole = _pro_rata(need, first, first + terms.minimum - 1, terms.basis)
    return whole - _pro_rata(need, first, last, terms.basis)


def _pro_rata(need: Need, first: int, last: int, basis: YearBasis) -> int:
    return pro_rata(_price(need), first, last, basis)


def _price(need: Need) -> Decimal:
    """The annual price of all units of the line."""
    if need.price is None:
        raise ValueError("a line without a price has no amount")
    return need.price * need.units
