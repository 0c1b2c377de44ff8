"""Claims become needs the planner can measure, and planned lines once the anniversary is known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from agent.model import Period, PlannedLine, days
from agent.plan import course
from agent.plan.calendars import ENDLESS_YEARS, add_years
from agent.plan.candidates import Fixed
from agent.plan.course import FAR, Need, Stretch, Terms
from agent.plan.eligibility import gate
from agent.plan.money import amount, cents, pro_rata, round_half_up

if TYPE_CHECKING:
    from decimal import Decimal

    from agent.model import Evidence, PlanAction
    from agent.plan.claims import Claim
    from agent.plan.eligibility import Gate
    from agent.plan.price_book import PriceBook, Quoted
    from agent.settings import Renewal

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A claim with its gate, its price and, where something can be ordered for it, its need."""

    claim: Claim
    gate: Gate
    quoted: Quoted
    level: str | None
    need: Need | None

    @property
    def end(self) -> date | None:
        """The last day of the line; None for a unit to be added."""
        return self.claim.line.end if self.claim.line else None

    @property
    def units(self) -> int:
        """How many units the line pays for."""
        return self.claim.line.quantity if self.claim.line else 1


@dataclass(frozen=True, slots=True)
class Course:
    """The anniversary every line is planned for, as a cycle of ordinals."""

    cycle: tuple[int, ...]
    terms: Terms
    settings: Renewal
    order_day: date


def prepare(
    claim: Claim, order_day: date, settings: Renewal, prices: PriceBook, near_months: int
) -> Prepared:
    """Ask the gate about a claim and find its price."""
    line = claim.line
    judged = gate(
        claim.asset.milestones,
        line.end if line else None,
        order_day,
        third_party=bool(line and line.third_party),
        near_months=near_months,
    )
    level = line.service_level if line else settings.add_service_level
    quoted = prices.quote(claim.asset.pid or (line.pid if line else None), level, line)
    plannable = claim.wanted and not claim.held and judged.allowed
    if line is not None and line.end > add_years(order_day, ENDLESS_YEARS):
        judged, plannable = replace(judged, flags=(*judged.flags, "no_end")), False
    need = _need(claim, judged, quoted, order_day) if plannable else None
    return Prepared(claim, judged, quoted, level, need)


def _need(claim: Claim, judged: Gate, quoted: Quoted, order_day: date) -> Need:
    line = claim.line
    eve = claim.follows - ONE_DAY if claim.follows else None
    caps = [day for day in (judged.cap, eve) if day is not None]
    cap = min(caps, default=None)
    covered = max(line.end, order_day - ONE_DAY) if line else order_day - ONE_DAY
    return Need(
        end=covered.toordinal(),
        cap=cap.toordinal() if cap else FAR,
        renewal=judged.renewal.toordinal() if judged.renewal else FAR,
        refresh=claim.refresh.toordinal() if claim.refresh else FAR,
        units=line.quantity if line else 1,
        price=quoted.price,
        cap_is_ldos=cap is not None and cap == judged.cap,
    )


def fixed_end(prepared: Prepared, order_day: date) -> Fixed | None:
    """Where cover ends in any case: the line of a unit for which nothing can be ordered."""
    end, ldos = prepared.end, prepared.gate.cap
    if not prepared.claim.wanted or prepared.gate.allowed or end is None:
        return None
    last = min(end, ldos) if ldos else end
    if last < order_day:
        return None
    return Fixed(last.toordinal(), last == ldos, prepared.units)


def planned(prepared: Prepared, plan: Course) -> PlannedLine:
    """The line as the plan has it."""
    claim, need = prepared.claim, prepared.need
    if not claim.wanted:
        return _line(prepared, plan, "drop", claim.reason)
    if claim.held:
        return _line(prepared, plan, "lapsed", claim.reason)
    if need is None and "no_end" in prepared.gate.flags:
        return _line(prepared, plan, "join_later", f"ends on {prepared.end}: it has no end")
    if need is None:
        return _line(prepared, plan, "not_eligible", prepared.gate.reason)
    meets = course.meeting(need, plan.cycle, plan.terms)
    if course.is_dropped(need, meets):
        reason = f"declared for refresh on {claim.refresh}, before the line would join"
        return _line(prepared, plan, "drop", reason, ("refresh",))
    stretch = course.bridge(need, meets)
    bridge = _bridge(need, stretch, plan) if stretch else None
    terms = tuple(
        _term(need, each, plan) for each in course.full_terms(need, plan.cycle, meets, plan.terms)
    )
    action = _action(prepared, plan)
    flags = _period_flags(need, bridge, plan, meets)
    reason = _why(prepared, plan, bridge, date.fromordinal(meets))
    return _line(prepared, plan, action, reason, flags, bridge, terms)


def _action(prepared: Prepared, plan: Course) -> PlanAction:
    end = prepared.end
    if end is None:
        return "add"
    if end < plan.order_day:
        return "lapsed"
    return "join_later" if end.toordinal() >= plan.cycle[0] else "bridge"


def _bridge(need: Need, stretch: Stretch, plan: Course) -> Period:
    value = course.bridge_price(need, stretch, plan.terms) if need.price is not None else None
    return _period("bridge", stretch, plan.order_day, value)


def _term(need: Need, stretch: Stretch, plan: Course) -> Period:
    value = (
        course.term_price(need, stretch, plan.cycle, plan.terms) if need.price is not None else None
    )
    return _period("term", stretch, date.fromordinal(stretch[0]) - ONE_DAY, value)


def _period(
    kind: Literal["bridge", "term"], stretch: Stretch, order_by: date, value: int | None
) -> Period:
    first, last = map(date.fromordinal, stretch)
    return Period(kind, first, last, order_by, None if value is None else amount(value))


def _period_flags(need: Need, bridge: Period | None, plan: Course, meets: int) -> tuple[str, ...]:
    flags = []
    if bridge is not None:
        if bridge.days < plan.terms.minimum:
            flags.append("short_bridge")
        if bridge.days > plan.terms.maximum:
            flags.append("over_maximum")
        if need.end < plan.cycle[0] < meets:
            flags.append("rolled")
    if need.cap_is_ldos and need.cap <= plan.terms.horizon:
        flags.append("capped_at_ldos")
    if course.bare_days(need, plan.cycle, meets, plan.terms):
        flags.append("renewal_ends")
    return tuple(flags)


def _why(prepared: Prepared, plan: Course, bridge: Period | None, joins: date) -> str:
    """The reason in words."""
    end, first = prepared.end, date.fromordinal(plan.cycle[0])
    cut = bridge is not None and bridge.end < joins
    until = f"to its cap, {bridge.end}" if bridge and cut else f"to {joins}"
    if end is None:
        words = f"on no contract: added from the order day {until}"
    elif end < plan.order_day:
        words = f"lapsed on {end}: covered again from the order day {until}"
    elif bridge is None:
        words = f"ends on {end}, an anniversary: no bridge is needed"
    elif end > first:
        words = f"runs to {end}, past {first}: joins on {joins}, bridged {until}"
    else:
        words = f"ends on {end}: bridged {until}"
    return f"{words}; {prepared.claim.reason}" if prepared.claim.reason and end else words


def _line(  # noqa: PLR0917 - in the order in which a line comes about
    prepared: Prepared,
    plan: Course,
    action: PlanAction,
    reason: str,
    flags: tuple[str, ...] = (),
    bridge: Period | None = None,
    terms: tuple[Period, ...] = (),
) -> PlannedLine:
    claim, asset, line, end = (
        prepared.claim,
        prepared.claim.asset,
        prepared.claim.line,
        prepared.end,
    )
    late = (
        action not in {"drop", "add"}
        and end is not None
        and end - timedelta(days=plan.settings.lead_days) < plan.order_day
    )
    ready = plan.order_day + timedelta(days=plan.settings.lead_days)
    gap = max(0, days(end, plan.order_day) - 1) if end and action == "lapsed" else 0
    bill = _back_bill(prepared, plan, gap) if bridge else None
    flags = (*claim.flags, *prepared.gate.flags, *flags)
    if prepared.quoted.price is None and action not in {"drop", "not_eligible"}:
        flags += ("no_price",)
    if gap and plan.settings.inspection_after_days is not None:
        flags += ("inspection",) if gap > plan.settings.inspection_after_days else ()
    return PlannedLine(
        contract=line.contract if line else None,
        serial=asset.serial or (line.serial if line else None),
        pid=asset.pid or (line.pid if line else None),
        host=asset.host,
        site=asset.site or (line.site if line else None),
        service_level=prepared.level,
        quantity=prepared.units,
        end=end,
        action=action,
        reason=reason,
        bridge=bridge,
        terms=terms,
        cap=claim.follows - ONE_DAY if claim.follows else prepared.gate.cap,
        gap_days=gap,
        quote_by=end - timedelta(days=plan.settings.lead_days) if end else None,
        late=late,
        at_risk_days=days(end, ready) if late and end else 0,
        annual_price=prepared.quoted.price,
        currency=prepared.quoted.currency,
        price_source=prepared.quoted.source,
        back_bill=bill,
        fee=_fee(bill, plan.settings),
        remedy=prepared.gate.remedy if action == "not_eligible" else None,
        refresh=claim.refresh,
        ldos=prepared.gate.cap,
        flags=flags,
        end_customer=line.end_customer if line else None,
        vehicle=line.vehicle if line else None,
        country_of_origin=line.country_of_origin if line else None,
        decision=claim.decided.decision.id if claim.decided.decision else None,
        evidence=_evidence(claim),
    )


def _evidence(claim: Claim) -> tuple[Evidence, ...]:
    seen = claim.asset.sightings[0].evidence if claim.asset.sightings else ()
    paid = (claim.line.evidence,) if claim.line else ()
    dated = (claim.asset.milestones.evidence,) if claim.asset.milestones else ()
    return (*seen, *paid, *dated)


def _back_bill(prepared: Prepared, plan: Course, gap: int) -> Decimal | None:
    """What the gap would have cost; an estimate, only where the settings ask for it."""
    if not plan.settings.back_bill or not gap or prepared.quoted.price is None or not prepared.end:
        return None
    first = prepared.end.toordinal() + 1
    price = prepared.quoted.price * prepared.units
    return amount(pro_rata(price, first, first + gap - 1, plan.terms.basis))


def _fee(bill: Decimal | None, settings: Renewal) -> Decimal | None:
    if bill is None:
        return None
    top, bottom = settings.fee_percent.as_integer_ratio()
    return amount(round_half_up(cents(bill) * top, bottom * 100))
