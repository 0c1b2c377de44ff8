"""Refresh or renew: what cover to the end costs, and what ends in which fiscal year."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from agent.model import LifecycleYear, RefreshOrRenew, add_months, days
from agent.plan.calendars import add_years, fiscal_year, fiscal_year_ends
from agent.plan.money import amount, pro_rata

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from agent.model import PlannedLine
    from agent.plan.money import YearBasis
    from agent.settings import Renewal
    from agent.yearly import MonthDay


def refresh_or_renew(
    lines: Iterable[PlannedLine],
    settings: Renewal,
    order_day: date,
    near_months: int,
) -> tuple[RefreshOrRenew, ...]:
    """Every unit with an LDoS ahead, the nearest first; flagged where it is near.

    The renewal cost is that of all days from the end of its line to LDoS, at its annual price. A
    replacement is named only where somebody stated it. It is due by the last close of a budget
    window before LDoS, else by the last end of a fiscal year, so that one budget pays for both.
    """
    horizon = add_months(order_day, near_months)
    found = []
    for line in lines:
        if line.ldos is None or line.ldos < order_day or line.action == "drop":
            continue
        due = _replace_by(line.ldos, settings, order_day)
        found.append(
            RefreshOrRenew(
                serial=line.serial,
                pid=line.pid,
                host=line.host,
                site=line.site,
                ldos=line.ldos,
                fiscal_year=fiscal_year(due, settings.fiscal_year_start),
                days_left=days(order_day, line.ldos),
                renewal_cost=_to_ldos(line, order_day, settings.year_basis),
                currency=line.currency,
                replacement=line.replacement,
                replacement_source=line.replacement_source,
                flagged=line.ldos <= horizon,
                replace_by=due,
            )
        )
    return tuple(sorted(found, key=lambda x: (x.ldos, x.site or "~", x.serial or "", x.pid or "")))


def _replace_by(ldos: date, settings: Renewal, order_day: date) -> date:
    """The last day of a budget on or before `ldos`; LDoS itself where none comes before it."""
    windows = settings.budget_windows
    if windows:
        closes = [w.last.on(year) for w in windows for year in (ldos.year - 1, ldos.year)]
    else:
        closes = [*fiscal_year_ends(add_years(ldos, -1), ldos, settings.fiscal_year_start)]
    return max((day for day in closes if order_day <= day <= ldos), default=ldos)


def _to_ldos(line: PlannedLine, order_day: date, basis: YearBasis) -> Decimal | None:
    if line.annual_price is None or line.ldos is None:
        return None
    eve = order_day.toordinal() - 1
    first = max(line.end.toordinal() if line.end else eve, eve) + 1
    last = line.ldos.toordinal()
    if first > last:
        return Decimal("0.00")
    return amount(pro_rata(line.annual_price * line.quantity, first, last, basis))


def forecast(
    lines: Iterable[PlannedLine], order_day: date, start: MonthDay
) -> tuple[LifecycleYear, ...]:
    """Units by the fiscal year of their LDoS, from that of the order day on."""
    years: dict[int, list[PlannedLine]] = defaultdict(list)
    for line in lines:
        if line.ldos is not None and line.ldos >= order_day and line.action != "drop":
            years[fiscal_year(line.ldos, start)].append(line)
    return tuple(_year(year, found) for year, found in sorted(years.items()))


def _year(year: int, lines: list[PlannedLine]) -> LifecycleYear:
    exact: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        if line.annual_price is not None and line.currency is not None:
            exact[line.currency] += line.annual_price * line.quantity
    return LifecycleYear(
        fiscal_year=year,
        units=sum(line.quantity for line in lines),
        sites=len({line.site for line in lines}),
        pids=tuple(sorted({line.pid for line in lines if line.pid})),
        annual_cost=tuple(sorted(exact.items())),
        unpriced=sum(line.annual_price is None for line in lines),
    )
