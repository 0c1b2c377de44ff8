"""Which days are tried as the common anniversary, and how each of them measures up.

Lines that behave alike are measured as one: only their number and the sum of their prices differ.
What a day costs in bare days, bridges and dates then depends on a few thousand groups however many
lines there are, so every day of two years can be tried on a hundred thousand lines.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from agent.model import Candidate
from agent.plan.calendars import anniversaries, fiscal_year_ends, month_ends
from agent.plan.course import (
    FAR,
    bare_days,
    bridge,
    cover_stops,
    is_dropped,
    meeting,
    paid_for_nothing,
    rolls,
    shortfall,
)
from agent.plan.money import amount

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agent.plan.course import Need, Terms
    from agent.yearly import MonthDay, Window

LDOS_CLUSTER = 3
"""So many units have to share an LDoS date for it to count as an expiry date of its own."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """A day on which cover ends whatever the anniversary is: nothing can extend it."""

    day: int
    is_ldos: bool
    units: int


@dataclass(frozen=True, slots=True)
class Calendar:
    """What days are measured against, beside the lines."""

    lead_days: int
    fiscal_year_start: MonthDay
    windows: tuple[Window, ...] = ()

    def in_budget_window(self, day: date) -> bool | None:
        """Whether `day` lies in a budget window; None where none is set."""
        return any(window.holds(day) for window in self.windows) if self.windows else None


@dataclass(slots=True)
class _Group:
    """Lines that end on one day and are capped on one day. `short` remembers what was priced."""

    units: int = 0
    members: list[Need] = field(default_factory=list)
    short: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Grouped:
    """The lines, grouped by what each measure depends on.

    `bridges` by end and cap; `orders` by the day on which the last order counts and the day up to
    which cover is wanted; `ldos` units that are covered up to their LDoS in any case; `rolls` those
    of which a rolled bridge changes both; `apart` lines whose course depends on a refresh.
    """

    ends: tuple[int, ...]
    line_ends: frozenset[int]
    bridges: tuple[tuple[int, int, _Group], ...]
    orders: tuple[tuple[int, int, int], ...]
    conditional_ldos: tuple[tuple[int, int, int], ...]
    ldos: Counter[int]
    rolls: tuple[Need, ...]
    apart: tuple[tuple[Need, tuple[Need, ...]], ...]
    fixed_ends: frozenset[int]


def candidate_days(
    needs: Iterable[Need], calendar: Calendar, terms: Terms, *, every_day: bool
) -> tuple[date, ...]:
    """The days to try, from order day and lead time to the end of the window, sorted."""
    first, last = terms.order + calendar.lead_days, terms.horizon
    if first > last:
        return ()
    if every_day:
        return tuple(date.fromordinal(n) for n in range(first, last + 1))
    marks: set[int] = set()
    for need in needs:
        marks.update((need.end, need.refresh))
        if need.cap_is_ldos:
            marks.add(need.cap)
    days = {date.fromordinal(mark) for mark in marks if first <= mark <= last}
    begin, end = date.fromordinal(first), date.fromordinal(last)
    days.update(month_ends(begin, end))
    days.update(fiscal_year_ends(begin, end, calendar.fiscal_year_start))
    for window in calendar.windows:
        days.update(window.edges(begin, end))
    return tuple(sorted(days))


def measure(
    needs: tuple[Need, ...],
    fixed: tuple[Fixed, ...],
    days: Iterable[date],
    calendar: Calendar,
    terms: Terms,
    *,
    priced: bool,
) -> tuple[Candidate, ...]:
    """Every day as a candidate. `priced`: all lines have a price, in one currency."""
    tried = sorted(set(days))
    last = max((terms.horizon, *(day.toordinal() for day in tried)))
    grouped = _group(needs, fixed, terms, last)
    until = date.fromordinal(max((terms.horizon, terms.order, *(n.end for n in needs))))
    return tuple(_candidate(grouped, day, until, calendar, terms, priced=priced) for day in tried)


def _candidate(
    grouped: _Grouped, day: date, until: date, calendar: Calendar, terms: Terms, *, priced: bool
) -> Candidate:
    cycle = cycle_of(day, until)
    bridged, wasted = _bridges(grouped, cycle, terms, priced=priced)
    bare = sum(
        units * (wanted - stops)
        for last_order, wanted, units in grouped.orders
        if (stops := cycle[bisect_left(cycle, last_order)]) < wanted
    )
    dates, ldos = _dates(grouped, cycle)
    for need, first, second in _rolled(grouped.rolls, cycle, terms) if grouped.rolls else ():
        wanted = need.reach(terms.horizon)
        bare -= need.units * max(0, min(wanted, second) - first)
        if need.cap_is_ldos and need.cap <= min(second, terms.horizon):
            ldos[need.cap] += need.units
    for need, members in grouped.apart:
        meets = meeting(need, cycle, terms)
        bare += bare_days(need, cycle, meets, terms) * need.units
        if is_dropped(need, meets):
            continue
        stretch = bridge(need, meets)
        bridged += (stretch[1] - stretch[0] + 1) * need.units if stretch else 0
        if terms.order <= need.end > cycle[0]:
            dates.add(need.end)
        if need.cap_is_ldos and need.cap <= min(
            cover_stops(need.renewal, cycle, meets), need.refresh
        ):
            ldos[need.cap] += need.units
        if priced:
            wasted += sum(paid_for_nothing(one, cycle, meets, terms) for one in members)
    dates.update(end for end, units in ldos.items() if units >= LDOS_CLUSTER)
    left = {end for end in dates if end <= terms.horizon}.difference(cycle)
    return Candidate(
        date=day,
        uncovered_unit_days=bare,
        in_budget_window=calendar.in_budget_window(day),
        expiry_dates=len(left),
        paid_for_nothing=amount(wasted) if priced else None,
        bridge_unit_days=bridged,
        line_end=cycle[0] in grouped.line_ends,
    )


def cycle_of(day: date, until: date) -> tuple[int, ...]:
    """The anniversary and its repeats as ordinals, beyond `until` far enough for every term."""
    return tuple(each.toordinal() for each in anniversaries(day, until))


def _bridges(
    grouped: _Grouped, cycle: tuple[int, ...], terms: Terms, *, priced: bool
) -> tuple[int, int]:
    """Unit-days of all bridges, and cents of minimum terms that are not used."""
    total = wasted = 0
    order, minimum, roll = terms.order, terms.minimum, terms.roll
    for end, cap, group in grouped.bridges:
        place = bisect_left(cycle, max(end, order))
        meets = cycle[place]
        if roll and 0 < meets - end < minimum and rolls(end, cap, meets, cycle[place + 1], terms):
            meets = cycle[place + 1]
        long = min(meets, cap) - end
        total += long * group.units
        if priced and 0 < long < minimum:
            if long not in group.short:
                stretch = (end + 1, end + long)
                group.short[long] = sum(shortfall(one, stretch, terms) for one in group.members)
            wasted += group.short[long]
    return total, wasted


def _rolled(
    found: tuple[Need, ...], cycle: tuple[int, ...], terms: Terms
) -> Iterator[tuple[Need, int, int]]:
    """Needs whose short bridge leads past an anniversary after which nothing could be ordered.

    Each with that anniversary and the next. `found` is sorted by end.
    """
    last = found[-1].end
    for place, first in enumerate(cycle[:-1]):
        begin = bisect_right(found, first - terms.minimum, key=_end)
        for need in found[begin : bisect_left(found, first, key=_end)]:
            earlier = place and cycle[place - 1] >= max(need.end, terms.order)
            if need.renewal < first and not earlier:
                second = cycle[place + 1]
                if rolls(need.end, need.cap, first, second, terms):
                    yield need, first, second
        if first - terms.minimum >= last:
            return


def _end(need: Need) -> int:
    return need.end


def _dates(grouped: _Grouped, cycle: tuple[int, ...]) -> tuple[set[int], Counter[int]]:
    """Days on which cover still ends, and units by the LDoS day that ends their cover."""
    ends = set(grouped.ends[bisect_left(grouped.ends, cycle[0] + 1) :])
    ends.update(grouped.fixed_ends)
    ldos = grouped.ldos.copy()
    for last_order, cap, units in grouped.conditional_ldos:
        if cycle[bisect_left(cycle, last_order)] >= cap:
            ldos[cap] += units
    return ends, ldos


def _group(needs: Iterable[Need], fixed: Iterable[Fixed], terms: Terms, last: int) -> _Grouped:
    bridges: dict[tuple[int, int], _Group] = defaultdict(_Group)
    orders: Counter[tuple[int, int]] = Counter()
    conditional: Counter[tuple[int, int]] = Counter()
    ldos: Counter[int] = Counter()
    ends: set[int] = set()
    line_ends: set[int] = set()
    needs = tuple(needs)
    for need in needs:
        if need.end >= terms.order:
            line_ends.add(need.end)
        if need.refresh < FAR:
            continue
        group = bridges[need.end, need.cap]
        group.units += need.units
        group.members.append(need)
        if terms.order <= need.end <= terms.horizon:
            ends.add(need.end)
        last_order = max(need.end, need.renewal + 1)
        counts = need.cap_is_ldos and need.cap <= terms.horizon
        if last_order < min(terms.horizon, need.cap):
            orders[last_order, min(terms.horizon, need.cap)] += need.units
            if counts:
                conditional[last_order, need.cap] += need.units
        elif counts:
            ldos[need.cap] += need.units
    for each in fixed:
        if each.is_ldos:
            ldos[each.day] += each.units
    rolled = [n for n in needs if terms.roll and n.renewal < FAR <= n.refresh]
    return _Grouped(
        ends=tuple(sorted(ends)),
        line_ends=frozenset(line_ends),
        bridges=tuple(_near(bridges, last, terms)),
        orders=tuple((*key, units) for key, units in sorted(orders.items())),
        conditional_ldos=tuple((*key, units) for key, units in sorted(conditional.items())),
        ldos=ldos,
        rolls=tuple(sorted((one for one, _ in _alike(rolled)), key=_by_end)),
        apart=tuple(_alike(need for need in needs if need.refresh < FAR)),
        fixed_ends=frozenset(each.day for each in fixed if not each.is_ldos),
    )


def _alike(needs: Iterable[Need]) -> Iterator[tuple[Need, tuple[Need, ...]]]:
    """Needs that differ in number and price alone, as one with all their units."""
    groups: dict[tuple[int, int, int, int, bool], list[Need]] = defaultdict(list)
    for need in needs:
        key = (need.end, need.cap, need.renewal, need.refresh, need.cap_is_ldos)
        groups[key].append(need)
    for found in groups.values():
        yield replace(found[0], units=sum(one.units for one in found), price=None), tuple(found)


def _by_end(need: Need) -> tuple[int, int, int, bool]:
    return need.end, need.cap, need.renewal, need.cap_is_ldos


def _near(
    groups: dict[tuple[int, int], _Group], last: int, terms: Terms
) -> Iterator[tuple[int, int, _Group]]:
    """Groups by end, joined where the cap is too far off to cut a bridge. `last`: day tried."""
    more = 366 + terms.minimum if terms.roll else 0
    joined: dict[tuple[int, int], _Group] = {}
    for (end, cap), group in sorted(groups.items(), key=lambda item: item[0]):
        longest = max(last, end + 366) + more
        key = (end, cap if cap < longest else FAR)
        into = joined.setdefault(key, _Group())
        into.units += group.units
        into.members += group.members
    for (end, cap), group in joined.items():
        yield end, cap, group
