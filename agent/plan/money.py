"""Money to the cent: pro-rated by days, rounded half-up once, split without losing a cent."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

YearBasis: TypeAlias = Literal["365", "actual"]
"""``365``: annual price by days / 365. ``actual``: each day by the length of its calendar year."""

_FIXED, _LEAP = 365, 366
_FIRST_YEAR, _LAST_YEAR = 1970, 2200
_LEAP_YEARS = tuple(
    year
    for year in range(_FIRST_YEAR, _LAST_YEAR)
    if (year % 4 == 0 and year % 100) or year % 400 == 0
)
_LEAP_STARTS = tuple(date(year, 1, 1).toordinal() for year in _LEAP_YEARS)


def leap_days_before(ordinal: int) -> int:
    """Days of leap years since 1970 before the day with this proleptic ordinal."""
    full = bisect_right(_LEAP_STARTS, ordinal)
    if not full:
        return 0
    return (full - 1) * _LEAP + min(_LEAP, ordinal - _LEAP_STARTS[full - 1])


def weight(first: int, last: int, basis: YearBasis) -> tuple[int, int]:
    """The part of a year from `first` to `last` (ordinals, both included), as a fraction."""
    count = last - first + 1
    if basis == "365":
        return count, _FIXED
    leap = leap_days_before(last + 1) - leap_days_before(first)
    return leap * _FIXED + (count - leap) * _LEAP, _FIXED * _LEAP


def round_half_up(numerator: int, denominator: int) -> int:
    """The nearest whole number, halves away from zero; both arguments are not negative.

    >>> round_half_up(1, 2), round_half_up(49, 100)
    (1, 0)
    """
    return (2 * numerator + denominator) // (2 * denominator)


@lru_cache(maxsize=100_000)
def in_units(price: Decimal) -> tuple[int, int]:
    """A price as a fraction of whole cents, exactly.

    >>> in_units(Decimal("598.00")), in_units(Decimal("0.125"))
    ((59800, 1), (25, 2))
    """
    exact = Fraction(price) * 100
    return exact.numerator, exact.denominator


def pro_rata(price: Decimal, first: int, last: int, basis: YearBasis) -> int:
    """Cents for the days from `first` to `last` at an annual `price`, rounded half-up once."""
    cents, scale = in_units(price)
    part, whole = weight(first, last, basis)
    return round_half_up(cents * part, scale * whole)


def whole_cents(price: Decimal) -> int:
    """The price in cents, rounded half-up."""
    return round_half_up(*in_units(price))


def amount(cents: int) -> Decimal:
    """Cents as an amount with two decimals."""
    return Decimal(cents).scaleb(-2)


def cents(value: Decimal) -> int:
    """An amount of whole cents as a number of cents."""
    return int(value.scaleb(2))


def split(total: int, weights: Sequence[int]) -> list[int]:
    """`total` in proportion to `weights`, whole, nothing lost: each running sum is rounded.

    >>> split(100, [1, 1, 1])
    [33, 34, 33]
    """
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    marks = [0, *(round_half_up(total * done, whole) for done in accumulate(weights))]
    return [later - earlier for earlier, later in pairwise(marks)]


def one_currency(currencies: Iterable[str | None]) -> str | None:
    """The currency all of them are in; None where they mix, or where one has none."""
    found = set(currencies)
    return next(iter(found)) if len(found) == 1 else None
