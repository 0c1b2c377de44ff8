"""The planner's measures against a planner that walks through every day."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.model import add_months
from agent.plan.candidates import Calendar, Fixed, candidate_days, measure
from agent.plan.course import FAR, Need, Terms
from agent.yearly import MonthDay, Window
from tests.brute_planner import measure as walk

ORDER = date(2027, 11, 24)
HORIZON = add_months(ORDER, 24)
CALENDAR = Calendar(90, MonthDay(10, 1), (Window.parse("07-01..09-30"),))


def near(first, last):
    return st.integers(first, last).map(lambda n: ORDER + timedelta(days=n))


@st.composite
def items(draw):
    end = draw(near(-1, 1200))
    ldos = draw(st.none() | near(0, 1500))
    if ldos is not None and ldos <= end:
        ldos = None
    return {
        "end": end,
        "ldos": ldos,
        "scr": draw(st.none() | near(0, 900)),
        "refresh": draw(st.none() | st.none() | near(0, 900)),
        "units": draw(st.integers(1, 4)),
        "price": Decimal(draw(st.integers(1, 99_999))) / 100,
    }


def need(item):
    def far(day):
        return day.toordinal() if day else FAR

    return Need(
        end=item["end"].toordinal(),
        cap=far(item["ldos"]),
        renewal=far(item["scr"]),
        refresh=far(item["refresh"]),
        units=item["units"],
        price=item["price"],
    )


@settings(max_examples=150, deadline=None)
@given(
    st.lists(items(), min_size=1, max_size=6),
    st.lists(st.tuples(near(0, 800), st.booleans(), st.integers(1, 4)), max_size=3),
    near(90, 731),
    st.integers(0, 120),
    st.sampled_from(["365", "actual"]),
    st.sampled_from([None, None, FAR, 400]),
)
def test_every_measure_agrees_with_a_walk_through_the_days(  # noqa: PLR0917 - an estate
    found, fixed, day, minimum, basis, roll
):
    longest = FAR if roll is None else roll
    terms = Terms(
        ORDER.toordinal(), HORIZON.toordinal(), minimum, longest, roll=roll is not None, basis=basis
    )
    ends = tuple(Fixed(d.toordinal(), is_ldos, units) for d, is_ldos, units in fixed)
    needs = tuple(need(item) for item in found)
    (got,) = measure(needs, ends, [day], CALENDAR, terms, priced=True)
    bare, dates, wasted, bridged, line_end = walk(
        found, day, ORDER, HORIZON, minimum, basis, fixed, roll
    )
    assert got.uncovered_unit_days == bare
    assert got.expiry_dates == dates
    assert got.bridge_unit_days == bridged
    assert got.paid_for_nothing == Decimal(wasted).scaleb(-2)
    assert got.line_end is line_end


def test_days_that_are_tried():
    one = need(
        {
            "end": date(2028, 3, 15),
            "ldos": date(2029, 5, 5),
            "scr": None,
            "refresh": None,
            "units": 1,
            "price": Decimal(1),
        }
    )
    terms = Terms(ORDER.toordinal(), HORIZON.toordinal())
    days = candidate_days([one], CALENDAR, terms, every_day=False)
    assert days[0] == date(2028, 2, 29)
    assert {date(2028, 3, 15), date(2029, 5, 5), date(2028, 9, 30), date(2028, 7, 1)} <= set(days)
    assert days[-1] == date(2029, 10, 31)
    every = candidate_days([one], CALENDAR, terms, every_day=True)
    assert every[0] == ORDER + timedelta(days=90)
    assert every[-1] == HORIZON == date(2029, 11, 24)
    assert len(every) == 731 - 90 + 1
    assert set(days) <= set(every)
