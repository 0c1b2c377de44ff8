"""What a plan costs: sums by currency, and by fiscal year twice: when ordered, when served."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from agent.model import FiscalYearCost, PlanTotals
from agent.plan.calendars import fiscal_year, fiscal_year_end
from agent.plan.money import amount, cents, split, weight

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from decimal import Decimal

    from agent.model import Period, PlannedLine
    from agent.plan.money import YearBasis
    from agent.yearly import MonthDay


def totals(lines: Iterable[PlannedLine]) -> tuple[PlanTotals, ...]:
    """Sums of each currency; nothing is added across currencies."""
    sums: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for line in lines:
        if line.currency is None:
            continue
        here = sums[line.currency]
        for period in line.periods:
            here[period.kind] += cents(period.amount) if period.amount is not None else 0
        here["back_bill"] += cents(line.back_bill) if line.back_bill is not None else 0
        here["fee"] += cents(line.fee) if line.fee is not None else 0
    return tuple(
        PlanTotals(
            currency=currency,
            bridges=amount(here["bridge"]),
            terms=amount(here["term"]),
            total=amount(here["bridge"] + here["term"]),
            back_bill_estimate=amount(here["back_bill"]),
            fee_estimate=amount(here["fee"]),
        )
        for currency, here in sorted(sums.items())
    )


def by_fiscal_year(
    lines: Iterable[PlannedLine], start: MonthDay, basis: YearBasis
) -> tuple[FiscalYearCost, ...]:
    """Every amount under the fiscal year of its order, and spread over those it serves.

    Both columns of a currency add up to its total, to the cent.
    """
    ordered: dict[tuple[int, str], int] = defaultdict(int)
    served: dict[tuple[int, str], int] = defaultdict(int)
    shares: dict[tuple[date, date, Decimal], list[tuple[int, int]]] = {}
    for line in lines:
        for period in line.periods:
            if period.amount is None or line.currency is None:
                continue
            year = fiscal_year(period.order_by, start)
            ordered[year, line.currency] += cents(period.amount)
            key = (period.start, period.end, period.amount)
            if key not in shares:
                shares[key] = list(_shares(period, period.amount, start, basis))
            for served_year, part in shares[key]:
                served[served_year, line.currency] += part
    return tuple(
        FiscalYearCost(
            year, currency, amount(ordered[year, currency]), amount(served[year, currency])
        )
        for year, currency in sorted({*ordered, *served})
    )


def _shares(
    period: Period, value: Decimal, start: MonthDay, basis: YearBasis
) -> Iterator[tuple[int, int]]:
    """The cents of a period that serve each fiscal year."""
    years, weights = [], []
    first = period.start
    while first <= period.end:
        year = fiscal_year(first, start)
        last = min(period.end, fiscal_year_end(year, start))
        years.append(year)
        weights.append(weight(first.toordinal(), last.toordinal(), basis)[0])
        first = last + timedelta(days=1)
    yield from zip(years, split(cents(value), weights), strict=True)
