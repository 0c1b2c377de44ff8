"""Plans computed by hand, the boundaries of every rule, and what holds for any plan."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.errors import SettingsError, UsageError
from agent.model import Decision, HostFacts, Price
from agent.plan.document import plan_document
from tests.examples import row, unit
from tests.made_plans import ORDER, ageing, finding, gone, owned, paid, plan

A = "2027-09-30"


def only(result):
    (line,) = result.lines
    return line


def stretch(line):
    return (line.bridge.start.isoformat(), line.bridge.end.isoformat(), line.bridge.days)


def decision(kind, serial="TST26010001", **fields):
    return Decision("D1", kind, "made up", "made up", row(), serial=serial, **fields)


# ------------------------------------------------------------------ bridges and terms


def test_a_bridge_by_hand():
    line = only(plan(owned(lines=[paid(end="2027-03-31")]), anniversary=A))
    assert line.action == "bridge"
    assert stretch(line) == ("2027-04-01", "2027-09-30", 183)
    assert line.bridge.amount == Decimal("183.00")
    assert line.bridge.order_by == ORDER
    assert [(t.start.isoformat(), t.end.isoformat(), t.amount) for t in line.terms] == [
        ("2027-10-01", "2028-09-30", Decimal("365.00")),
        ("2028-10-01", "2029-09-30", Decimal("365.00")),
    ]
    assert [t.order_by.isoformat() for t in line.terms] == ["2027-09-30", "2028-09-30"]


def test_rounding_is_half_up_once_per_line():
    # 100.00 x 73 / 365 = 20.00; 0.05 x 73 / 365 = 0.01; 0.25 x 73/365 = 0.05; 0.125 -> 0.025
    for price, amount in (("100.00", "20.00"), ("0.05", "0.01"), ("0.125", "0.03")):
        line = only(plan(owned(lines=[paid(end="2027-07-19", price=price)]), anniversary=A))
        assert line.bridge.days == 73
        assert line.bridge.amount == Decimal(amount)


def test_a_leap_day_counts_and_a_bridge_never_costs_the_annual_price():
    line = only(plan(owned(lines=[paid(end="2027-03-31")]), anniversary="2028-03-31"))
    assert line.bridge.days == 366
    assert line.bridge.amount == Decimal("366.00")
    actual = only(
        plan(owned(lines=[paid(end="2027-03-31")]), anniversary="2028-03-31", year_basis="actual")
    )
    # 275 days of 2027 at 365/365 a day, 91 days of 2028 at 365/366 a day
    assert actual.bridge.amount == Decimal("365.75")


def test_an_anniversary_on_the_leap_day_is_28_february_in_other_years():
    line = only(plan(owned(lines=[paid(end="2027-12-31")]), anniversary="2028-02-29"))
    assert stretch(line) == ("2028-01-01", "2028-02-29", 60)
    assert [t.end.isoformat() for t in line.terms] == ["2029-02-28"]


def test_a_line_past_the_anniversary_joins_at_the_next_one():
    line = only(plan(owned(lines=[paid(end="2028-01-31")]), anniversary=A))
    assert line.action == "join_later"
    assert stretch(line) == ("2028-02-01", "2028-09-30", 243)


def test_a_line_that_ends_on_the_anniversary_needs_no_bridge():
    line = only(plan(owned(lines=[paid(end=A)]), anniversary=A))
    assert (line.action, line.bridge) == ("join_later", None)
    assert line.terms[0].start == date(2027, 10, 1)


def test_a_lapsed_line_starts_on_the_order_day_and_its_gap_stands_apart():
    line = only(
        plan(owned(lines=[paid(end="2026-09-30")]), anniversary=A, back_bill=True, fee_percent=10)
    )
    assert line.action == "lapsed"
    assert line.gap_days == 54
    assert stretch(line)[:2] == ("2026-11-24", "2027-09-30")
    assert (line.back_bill, line.fee) == (Decimal("54.00"), Decimal("5.40"))


def test_a_line_that_ended_yesterday_has_lapsed_without_a_gap():
    line = only(plan(owned(lines=[paid(end="2026-11-23")]), anniversary=A))
    assert (line.action, line.gap_days) == ("lapsed", 0)
    today = only(plan(owned(lines=[paid(end="2026-11-24")]), anniversary=A))
    assert (today.action, today.bridge.start) == ("bridge", date(2026, 11, 25))


def test_a_unit_on_no_contract_is_added_from_the_order_day():
    orphan = owned()
    result = plan(orphan, findings=[finding(orphan, "orphaned")], anniversary=A)
    assert only(result).action == "add"
    assert only(result).bridge.start == ORDER
    assert only(result).bridge.amount is None
    assert plan(orphan, findings=[finding(orphan, "orphaned", "not_reviewed")]).lines == ()


def test_an_add_is_priced_by_the_price_book():
    orphan = owned()
    book = [Price("C9300-48P-A", "SNT", Decimal("730.00"), "USD", row())]
    result = plan(
        orphan, findings=[finding(orphan, "orphaned")], anniversary=A, prices=tuple(book),
        add_service_level="SNT",
    )  # fmt: skip
    assert only(result).bridge.amount == Decimal("622.00")  # 311 days at 2.00


# ---------------------------------------------------------------------------- caps


def test_cover_ends_at_ldos():
    old = ageing(last_date_of_support="2027-06-30")
    line = only(plan(owned(lines=[paid(end="2027-03-31")], milestones=old), anniversary=A))
    assert stretch(line) == ("2027-04-01", "2027-06-30", 91)
    assert line.terms == ()
    assert "capped_at_ldos" in line.flags
    assert "ldos_soon" in line.flags


def test_a_term_is_cut_at_ldos_and_costs_its_days():
    old = ageing(last_date_of_support="2027-10-10")
    line = only(plan(owned(lines=[paid(end="2027-03-31")], milestones=old), anniversary=A))
    (term,) = line.terms
    assert (term.end, term.amount) == (date(2027, 10, 10), Decimal("10.00"))


@pytest.mark.parametrize(
    ("day", "terms"), [("2027-09-29", 0), ("2027-09-30", 1), ("2028-09-29", 1), ("2028-09-30", 2)]
)
def test_the_end_of_renewal_limits_the_day_of_the_order(day, terms):
    old = ageing(service_contract_renewal=day)
    result = plan(owned(lines=[paid(end="2027-03-31")], milestones=old), anniversary=A)
    assert len(only(result).terms) == terms
    bare = {0: date(2027, 9, 30), 1: date(2028, 9, 30), 2: None}[terms]
    expected = (date(2028, 11, 24) - bare).days if bare else 0
    assert result.uncovered_unit_days == expected


@pytest.mark.parametrize(
    ("day", "action"), [("2026-11-23", "not_eligible"), ("2026-11-24", "bridge")]
)
def test_a_bridge_needs_the_order_day_within_the_end_of_renewal(day, action):
    old = ageing(service_contract_renewal=day)
    assert only(plan(owned(lines=[paid()], milestones=old), anniversary=A)).action == action


@pytest.mark.parametrize(("day", "eligible"), [("2026-11-23", False), ("2026-11-24", True)])
def test_the_end_of_attachment_limits_adds_and_lapsed_lines_alike(day, eligible):
    old = ageing(new_service_attachment=day)
    orphan = owned(milestones=old)
    lapsed = owned(lines=[paid(end="2026-10-31")], milestones=old)
    running = owned(lines=[paid()], milestones=old)
    added = only(plan(orphan, findings=[finding(orphan, "orphaned")], anniversary=A))
    assert added.action == ("add" if eligible else "not_eligible")
    assert only(plan(lapsed, anniversary=A)).action == ("lapsed" if eligible else "not_eligible")
    assert only(plan(running, anniversary=A)).action == "bridge"


def test_a_line_that_reaches_ldos_needs_nothing_more():
    old = ageing(last_date_of_support="2027-01-31")
    line = only(plan(owned(lines=[paid(end="2028-01-31")], milestones=old), anniversary=A))
    assert line.action == "not_eligible"
    assert line.remedy
    assert "365 days after it" in line.reason
    assert "runs_past_ldos" in line.flags


def test_a_missing_eox_row_is_planned_and_flagged():
    assert "no_eox_row" in only(plan(owned(lines=[paid()]), anniversary=A)).flags


# ------------------------------------------------------------------------- judgement


def test_drop_before_extend():
    lost = gone(lines=[paid()])
    line = only(plan(lost, findings=[finding(lost, "retired")], anniversary=A))
    assert (line.action, line.periods) == ("drop", ())
    kept = plan(
        lost, findings=[finding(lost, "retired")], anniversary=A, decisions=(decision("keep"),)
    )
    assert only(kept).action == "bridge"


def test_not_proven_is_not_retired():
    lost = gone(lines=[paid()])
    line = only(plan(lost, findings=[finding(lost, "retired", "not_reviewed")], anniversary=A))
    assert line.action == "bridge"
    assert "presence_not_proven" in line.flags


@pytest.mark.parametrize(
    ("refresh", "action"),
    [("2027-09-29", "drop"), ("2027-09-30", "bridge"), ("2027-12-31", "bridge")],
)
def test_what_is_refreshed_before_the_anniversary_is_not_bridged(refresh, action):
    one = owned(lines=[paid()])
    facts = {one.host: HostFacts(one.host, refresh=date.fromisoformat(refresh))}
    result = plan(one, anniversary=A, hosts=facts)
    assert only(result).action == action
    expected = (date.fromisoformat(refresh) - date(2027, 3, 31)).days if action == "drop" else 0
    assert result.uncovered_unit_days == expected
    # The refresh day itself is still needed; a term that holds it is paid to its end.
    wasted = {"2027-12-31": Decimal("274.00")}.get(refresh, Decimal("0.00"))
    assert result.measured().paid_for_nothing == wasted


def test_the_refresh_day_is_a_candidate_that_wastes_nothing():
    one = owned(lines=[paid()])
    facts = {one.host: HostFacts(one.host, refresh=date(2027, 8, 12))}
    assert plan(one, hosts=facts).anniversary == date(2027, 8, 12)


def test_of_duplicates_the_latest_end_stays_then_the_better_level():
    early = paid(end="2027-03-31", contract="900001")
    late = paid(end="2027-06-30", contract="900002")
    lines = {x.contract: x for x in plan(owned(lines=[early, late]), anniversary=A).lines}
    assert (lines["900001"].action, lines["900002"].action) == ("drop", "bridge")
    fast = paid(end="2027-03-31", contract="900003", service_level="SNTP")
    lines = {x.contract: x for x in plan(owned(lines=[early, fast]), anniversary=A).lines}
    assert (lines["900001"].action, lines["900003"].action) == ("drop", "bridge")


def test_terms_that_follow_one_another_are_no_duplicates():
    first = paid(start="2026-01-01", end="2026-12-31")
    second = paid(start="2027-01-01", end="2027-12-31")
    result = plan(owned(lines=[first, second]), anniversary="2028-06-30")
    assert stretch(only(result)) == ("2028-01-01", "2028-06-30", 182)


def test_a_gap_between_two_lines_is_bridged_to_its_eve():
    first = paid(start="2026-01-01", end="2026-12-31", contract="900001")
    second = paid(start="2027-03-01", end="2027-12-31", contract="900002")
    lines = {x.contract: x for x in plan(owned(lines=[first, second]), anniversary=A).lines}
    assert stretch(lines["900001"]) == ("2027-01-01", "2027-02-28", 59)
    assert lines["900001"].terms == ()
    assert lines["900002"].action == "join_later"


def test_a_decision_is_asked_again_when_its_facts_change():
    one = owned(lines=[paid()])
    line = only(plan(one, anniversary=A, decisions=(decision("drop", facts="000000000000"),)))
    assert line.action == "bridge"
    assert "decision_facts_changed" in line.flags
    line = only(plan(one, anniversary=A, decisions=(decision("drop", expires=date(2026, 11, 23)),)))
    assert "decision_expired" in line.flags
    line = only(plan(one, anniversary=A, decisions=(decision("drop", expires=ORDER),)))
    assert line.action == "drop"


# ------------------------------------------------------------- short bridges, lead time


def test_a_short_bridge_is_flagged_or_rolled():
    one = owned(lines=[paid(end="2027-09-20")])
    line = only(plan(one, anniversary=A, minimum_bridge_days=30))
    assert "short_bridge" in line.flags
    assert plan(one, anniversary=A, minimum_bridge_days=30).measured().paid_for_nothing == Decimal(
        "20.00"
    )
    rolled = only(plan(one, anniversary=A, minimum_bridge_days=30, short_bridge="roll"))
    assert stretch(rolled) == ("2027-09-21", "2028-09-30", 376)
    assert rolled.bridge.amount == Decimal("376.00")
    assert "rolled" in rolled.flags
    exact = only(plan(owned(lines=[paid(end="2027-08-31")]), anniversary=A, minimum_bridge_days=30))
    assert "short_bridge" not in exact.flags


def test_a_rolled_bridge_is_cut_at_a_cap_beyond_a_year():
    old = ageing(last_date_of_support="2029-10-25")
    one = owned(lines=[paid(end="2028-10-20")], milestones=old)
    result = plan(one, anniversary="2028-10-31", minimum_bridge_days=30, short_bridge="roll")
    assert stretch(only(result)) == ("2028-10-21", "2029-10-25", 370)
    assert result.measured().bridge_unit_days == 370


@pytest.mark.parametrize(
    ("end", "late", "risk"), [("2027-02-22", False, 0), ("2027-02-21", True, 1)]
)
def test_the_lead_time(end, late, risk):
    line = only(plan(owned(lines=[paid(end=end)]), anniversary=A))
    assert (line.late, line.at_risk_days) == (late, risk)
    assert line.quote_by == date.fromisoformat(end) - timedelta(days=90)


def test_an_anniversary_asked_for_says_what_it_breaks():
    one = owned(lines=[paid()])
    result = plan(one, anniversary="2026-12-31", budget_windows=["07-01..09-30"])
    assert result.asked_for
    assert any("lead time" in text for text in result.breaks)
    assert any("budget window" in text for text in result.breaks)
    assert plan(one, anniversary="2030-01-31").breaks


def test_a_day_asked_for_is_never_called_the_best():
    one = owned(lines=[paid(end="2027-03-31")])
    result = plan(one, anniversary="2027-05-15")
    assert (result.anniversary.isoformat(), result.best.isoformat()) == ("2027-05-15", "2027-03-31")
    assert result.why[0].startswith("2027-05-15 was asked for: ")
    assert result.why[1].startswith("The best of 22 days tried would be 2027-03-31: ")
    assert (result.runner_up.year, result.runner_up.month) != (2027, 3)
    same = plan(one, anniversary="2027-03-31")
    assert same.why == plan(one).why
    assert (same.best, same.runner_up) == (same.anniversary, plan(one).runner_up)


@pytest.mark.parametrize(
    ("asked", "settings", "message"),
    [
        ("2026-11-23", {}, "2026-11-23: before the order day, 2026-11-24"),
        ("2026-11-30", {"order_day": date(2026, 12, 1)}, "before the order day, 2026-12-01"),
        ("2026-11-20", {"order_day": date(2026, 11, 1)}, "before the day judged, 2026-11-24"),
        ("2076-11-25", {}, "2076-11-25: more than 50 years ahead"),
        ("9999-12-31", {}, "9999-12-31: more than 50 years ahead"),
    ],
)
def test_a_day_that_cannot_be_ordered_to_is_refused(asked, settings, message):
    with pytest.raises(UsageError, match=message):
        plan(owned(lines=[paid()]), anniversary=asked, **settings)


def test_the_order_day_itself_can_be_asked_for():
    assert plan(owned(lines=[paid()]), anniversary=ORDER).anniversary == ORDER


def test_an_order_day_that_has_passed_is_said():
    result = plan(owned(lines=[paid()]), order_day=date(2026, 11, 23))
    assert result.breaks == ("the order day, 2026-11-23, has passed",)


def test_without_a_line_there_is_nothing_to_co_terminate():
    orphan = owned()
    result = plan(orphan, findings=[finding(orphan, "orphaned")])
    assert not result.co_terminates
    assert result.why[0] == (
        "No contract line is to be extended: there is nothing to co-terminate, and the day is that"
        " of the 1 unit to be added."
    )
    assert plan().why == ("No contract line is to be extended: there is nothing to co-terminate.",)
    assert plan(owned(lines=[paid()])).co_terminates


@pytest.mark.parametrize(("end", "endless"), [("2076-11-24", False), ("2076-11-25", True)])
def test_a_line_without_an_end_is_left_alone(end, endless):
    one, other = owned(lines=[paid(end=end)]), owned("TST2", lines=[paid("TST2")])
    result = plan(one, other)
    (line,) = (x for x in result.lines if x.serial != "TST2")
    assert ("no_end" in line.flags) == endless
    assert (line.action, line.periods == ()) == ("join_later", endless)
    assert result.anniversary == date(2027, 3, 31)


def test_the_last_day_of_all_calendars_is_no_end():
    old = ageing(last_date_of_support="9999-12-31", service_contract_renewal="9999-12-31")
    result = plan(
        owned(lines=[paid(end="9999-12-31")]),
        owned("TST2", lines=[paid("TST2")], milestones=old),
        fiscal_year_start="10-01",
    )
    assert "no_end" in next(x for x in result.lines if x.serial != "TST2").flags
    assert max(entry.day for entry in result.calendar) < date(2076, 11, 24)


def test_a_cap_between_the_window_and_a_late_day_cuts_the_bridge():
    old = ageing(last_date_of_support="2028-12-15")
    result = plan(owned(lines=[paid()], milestones=old), anniversary="2029-06-30")
    assert result.measured().bridge_unit_days == only(result).bridge.days == 625


def test_no_day_to_try_is_an_error_that_names_the_settings():
    with pytest.raises(SettingsError, match="lead_days = 600"):
        plan(owned(lines=[paid()]), lead_days=600, window_months=12)


# --------------------------------------------------- estates where the obvious day is wrong


def test_a_budget_window_beats_the_day_most_lines_end_on():
    units = [owned(f"TST{n}", lines=[paid(f"TST{n}", end="2027-03-31")]) for n in range(9)]
    assert plan(*units).anniversary == date(2027, 3, 31)
    assert plan(*units, budget_windows=["08-01..09-15"]).anniversary == date(2027, 8, 1)


def test_the_lead_time_rules_out_the_day_most_lines_end_on():
    units = [owned(f"TST{n}", lines=[paid(f"TST{n}", end="2027-01-31")]) for n in range(9)]
    assert plan(*units).anniversary == date(2027, 2, 28)
    assert plan(*units, lead_days=30).anniversary == date(2027, 1, 31)


def test_a_cluster_of_ldos_dates_draws_the_anniversary():
    old = ageing(last_date_of_support="2027-10-31")
    units = [
        owned(
            f"TST{n}", lines=[paid(f"TST{n}", end="2027-03-31")], milestones=old if n < 3 else None
        )
        for n in range(9)
    ]
    assert plan(*units).anniversary == date(2027, 10, 31)
    assert plan(*units[1:]).anniversary == date(2027, 3, 31)


def test_the_last_renewal_day_draws_the_anniversary():
    # Renewed on its end, 2027-03-31, it is covered to 2028-03-31 and cannot be renewed again. The
    # last order, on 2027-10-29, reaches furthest from an anniversary on that very day.
    old = ageing(service_contract_renewal="2027-10-29", last_date_of_support="2028-09-30")
    units = [
        owned(f"TST{n}", lines=[paid(f"TST{n}", end="2027-03-31")], milestones=old) for n in (1, 2)
    ]
    result = plan(*units, every_day=True)
    assert result.uncovered_unit_days == 0
    assert date(2027, 9, 30) <= result.anniversary <= date(2027, 10, 29)


def test_the_runner_up_lies_in_another_month():
    result = plan(owned(lines=[paid()]), every_day=True)
    assert (result.runner_up.year, result.runner_up.month) != (
        result.anniversary.year,
        result.anniversary.month,
    )


# ------------------------------------------------------------------------------- money


def test_currencies_are_not_mixed_and_the_measure_is_skipped():
    one = owned("TST1", lines=[paid("TST1")])
    other = owned("TST2", lines=[paid("TST2", currency="EUR")])
    result = plan(one, other, anniversary=A)
    assert [(t.currency, t.bridges) for t in result.totals] == [
        ("EUR", Decimal("183.00")),
        ("USD", Decimal("183.00")),
    ]
    assert result.measured().paid_for_nothing is None
    assert any("currencies mix" in text for text in result.why)


def test_it_works_without_any_price():
    result = plan(owned(lines=[paid(price=None)]), anniversary=A)
    assert only(result).bridge.amount is None
    assert result.totals == ()
    assert result.unpriced_lines == 1


def test_fiscal_years_by_order_and_by_service():
    result = plan(owned(lines=[paid()]), anniversary=A, fiscal_year_start="07-01")
    rows = {(y.fiscal_year): (y.ordered, y.served) for y in result.by_fiscal_year}
    assert rows[2027] == (Decimal("183.00"), Decimal("91.00"))
    # the rest of the bridge, 92 days, and 274 of the 366 days of the first term
    assert rows[2028] == (Decimal("365.00"), Decimal("92.00") + Decimal("273.25"))


# -------------------------------------------------------------------------- properties

DAYS = st.integers(-200, 1300).map(lambda n: ORDER + timedelta(days=n))
MAYBE = st.none() | DAYS


@st.composite
def estates(draw):
    units, findings, hosts = [], [], {}
    for number in range(draw(st.integers(1, 6))):
        serial = f"TST{number}"
        dates = {
            "last_date_of_support": draw(MAYBE),
            "service_contract_renewal": draw(MAYBE),
            "new_service_attachment": draw(MAYBE),
        }
        old = ageing(**{k: d.isoformat() for k, d in dates.items() if d})
        price = draw(st.none() | st.integers(1, 10**6).map(lambda n: str(Decimal(n) / 100)))
        kind = draw(st.sampled_from(["line", "two", "orphan", "retired"]))
        ends = sorted(draw(st.lists(DAYS, min_size=2, max_size=2)))
        lines = [paid(serial, end=d.isoformat(), price=price, start="2020-01-01",
                      contract=f"{n}") for n, d in enumerate(ends)]  # fmt: skip
        lines = {"two": lines, "orphan": []}.get(kind, lines[:1])
        one = (gone if kind == "retired" else owned)(serial, lines=lines, milestones=old)
        if kind in {"orphan", "retired"}:
            findings.append(finding(one, {"orphan": "orphaned", "retired": "retired"}[kind]))
        refresh = draw(st.none() | st.none() | DAYS)
        if refresh and one.host:
            hosts[one.host] = HostFacts(one.host, refresh=refresh)
        units.append(one)
    parameters = {
        "minimum_bridge_days": draw(st.integers(0, 100)),
        "short_bridge": draw(st.sampled_from(["flag", "roll"])),
        "year_basis": draw(st.sampled_from(["365", "actual"])),
        "fiscal_year_start": draw(st.sampled_from(["01-01", "10-01", "02-28"])),
        "anniversary": draw(st.none() | DAYS.filter(lambda day: day >= ORDER)),
    }
    return units, findings, {"hosts": hosts, **parameters}


@settings(max_examples=60, deadline=None)
@given(estates())
def test_what_holds_for_any_plan(estate):
    units, findings, parameters = estate
    result = plan(*units, findings=findings, **parameters)
    again = plan(*reversed(units), findings=findings, **parameters)
    assert plan_document(result) == plan_document(again)
    for line in result.lines:
        if line.action in {"drop", "not_eligible"}:
            assert line.periods == ()
        start = max(line.end, ORDER - timedelta(days=1)) if line.end else ORDER - timedelta(days=1)
        for period in line.periods:
            assert period.start == start + timedelta(days=1)
            assert period.start <= period.end
            assert line.cap is None or period.end <= line.cap
            start = period.end
    for total in result.totals:
        years = [y for y in result.by_fiscal_year if y.currency == total.currency]
        amounts = [
            p.amount for x in result.lines if x.currency == total.currency for p in x.periods
        ]
        assert sum(amounts) == total.total == total.bridges + total.terms
        assert sum(y.ordered for y in years) == total.total
        assert sum(y.served for y in years) == total.total
    best = result.measured()
    assert result.uncovered_unit_days == best.uncovered_unit_days
    bridged = sum(x.bridge.days * x.quantity for x in result.lines if x.bridge)
    assert bridged == best.bridge_unit_days


@settings(max_examples=40, deadline=None)
@given(estates())
def test_a_plan_that_was_carried_out_leaves_nothing_to_bridge(estate):
    units, findings, parameters = estate
    first = plan(*units, findings=findings, **parameters)
    ends = {(x.serial, x.contract): x.bridge.end for x in first.lines if x.bridge}
    carried_out = [
        replace(
            one,
            lines=tuple(
                replace(line, end=ends[one.serial, line.contract], start=date(2020, 1, 1))
                for line in one.lines
                if (one.serial, line.contract) in ends
            ),
        )
        for one in units
    ]
    kept = [one for one in carried_out if one.lines]
    if not kept:
        return
    again = plan(*kept, **(parameters | {"anniversary": first.anniversary}))
    assert [line.bridge for line in again.lines] == [None] * len(again.lines)
    assert plan_document(again) == plan_document(
        plan(*kept, **(parameters | {"anniversary": first.anniversary}))
    )


@settings(max_examples=60, deadline=None)
@given(estates())
def test_the_measures_are_those_of_the_lines(estate):
    units, findings, parameters = estate
    result = plan(*units, findings=findings, **parameters)
    horizon = result.window_end
    bare = 0
    for line in result.lines:
        wanted = min(d for d in (horizon, line.cap, line.refresh) if d)
        if line.action == "not_eligible" or (line.action == "drop" and "refresh" not in line.flags):
            continue
        start = max(line.end, ORDER - timedelta(days=1)) if line.end else ORDER - timedelta(days=1)
        last = line.periods[-1].end if line.periods else start
        bare += max(0, (wanted - last).days) * line.quantity
    assert result.uncovered_unit_days == bare


def test_access_points_are_not_refreshed_with_their_controller():
    ap = replace(
        owned(lines=[paid()]), sightings=(unit("TST26010001", "C9120AXI-E", kind="access_point"),)
    )
    facts = {ap.host: HostFacts(ap.host, refresh=date(2027, 6, 30), replacement="C9800-80")}
    result = plan(ap, anniversary=A, hosts=facts)
    assert only(result).action == "bridge"
    assert only(result).replacement is None
