"""Pro-rating and splitting, to the cent."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from hypothesis import given
from hypothesis import strategies as st

from agent.plan.money import leap_days_before, pro_rata, split

PRICES = st.decimals(0, 10**6, places=3)
DAYS = st.dates(date(1999, 1, 1), date(2150, 1, 1))


@given(PRICES, DAYS, st.integers(1, 2000))
def test_half_up_as_decimal_does_it(price, first, count):
    last = first.toordinal() + count - 1
    exact = (price * count / 365).quantize(Decimal("0.0000000001"))
    # Decimal's division is not exact; where it is near a half, whole numbers decide.
    expected = int((exact * 100).quantize(Decimal(1), ROUND_HALF_UP))
    got = pro_rata(price, first.toordinal(), last, "365")
    thousandths = int(price * 1000)
    assert got == (2 * thousandths * count + 3650) // 7300
    assert abs(got - expected) <= 1


@given(DAYS, st.integers(0, 2000))
def test_leap_days_are_counted_as_the_calendar_has_them(first, count):
    days = [first + timedelta(days=n) for n in range(count)]
    leap = sum(1 for d in days if (date(d.year, 12, 31) - date(d.year - 1, 12, 31)).days == 366)
    start = first.toordinal()
    assert leap_days_before(start + count) - leap_days_before(start) == leap


def test_a_whole_calendar_year_costs_the_annual_price_on_the_actual_basis():
    for year in (2027, 2028):
        first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
        assert pro_rata(Decimal("598.00"), first, last, "actual") == 59_800


@given(st.integers(0, 10**9), st.lists(st.integers(0, 400), max_size=9))
def test_a_split_loses_nothing(total, weights):
    parts = split(total, weights)
    assert len(parts) == len(weights)
    assert sum(parts) == (total if sum(weights) else 0)
    assert all(part >= 0 for part in parts)
