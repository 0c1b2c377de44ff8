"""``plan.json``: the plan as other programs read it. Amounts are exact decimals as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from agent.model import Candidate, Period, PlannedLine, RenewalPlan

PLAN_SCHEMA = "netcover/plan/1"


def plan_document(plan: RenewalPlan) -> dict[str, Any]:
    """The plan in a fixed order of keys; every list is sorted."""
    return {
        "schema": PLAN_SCHEMA,
        "as_of": plan.as_of.isoformat(),
        "order_day": plan.order_day.isoformat(),
        "window_end": plan.window_end.isoformat(),
        "anniversary": plan.anniversary.isoformat(),
        "asked_for": plan.asked_for,
        "best": plan.best.isoformat(),
        "runner_up": _day(plan.runner_up),
        "why": " ".join(plan.why),
        "breaks": list(plan.breaks),
        "lines": [line_document(line) for line in plan.lines],
        "candidates": [candidate_document(each) for each in plan.candidates],
        "by_fiscal_year": [
            {
                "fiscal_year": year.fiscal_year,
                "currency": year.currency,
                "by_order_date": str(year.ordered),
                "by_days_of_service": str(year.served),
            }
            for year in plan.by_fiscal_year
        ],
        "totals": {
            "by_currency": [
                {
                    "currency": each.currency,
                    "bridges": str(each.bridges),
                    "terms": str(each.terms),
                    "total": str(each.total),
                    "back_bill_estimate": str(each.back_bill_estimate),
                    "fee_estimate": str(each.fee_estimate),
                }
                for each in plan.totals
            ],
            "lines": _actions(plan),
            "unpriced_lines": plan.unpriced_lines,
            "uncovered_unit_days": plan.uncovered_unit_days,
            "uncovered_unit_days_if_nothing_is_done": plan.uncovered_if_nothing_is_done,
            "uncovered_unit_days_removed": plan.uncovered_if_nothing_is_done
            - plan.uncovered_unit_days,
            "not_eligible_unit_days": plan.not_eligible_unit_days,
            "orders_before": plan.orders_before,
            "orders_after": plan.orders_after,
        },
        "true_up": [
            {
                "kind": row.kind,
                "confidence": row.confidence,
                "serial": row.serial,
                "pid": row.pid,
                "contract": row.contract,
                "host": row.host,
                "site": row.site,
                "reason": row.reason,
                "facts": row.facts,
                "rests_on": row.rests_on,
                "decision": row.decision,
                "decision_state": row.decision_state,
            }
            for row in plan.true_up
        ],
        "calendar": [
            {
                "key": entry.key,
                "date": entry.day.isoformat(),
                "kind": entry.kind,
                "title": entry.title,
                "units": entry.units,
                "owner": entry.owner,
            }
            for entry in plan.calendar
        ],
        "open_questions": list(plan.open_questions),
        "settings": dict(plan.settings),
    }


def line_document(line: PlannedLine) -> dict[str, Any]:
    """One line; `amount` is that of its bridge."""
    bridge = line.bridge
    return {
        "contract": line.contract,
        "serial": line.serial,
        "pid": line.pid,
        "host": line.host,
        "site": line.site,
        "service_level": line.service_level,
        "quantity": line.quantity,
        "end": _day(line.end),
        "action": line.action,
        "bridge_start": _day(bridge.start) if bridge else None,
        "bridge_end": _day(bridge.end) if bridge else None,
        "days": bridge.days if bridge else 0,
        "amount": _money(bridge.amount) if bridge else None,
        "currency": line.currency,
        "annual_price": _money(line.annual_price),
        "price_source": line.price_source,
        "cap": _day(line.cap),
        "reason": line.reason,
        "remedy": line.remedy,
        "flags": list(line.flags),
        "terms": [_period(term) for term in line.terms],
        "gap_days": line.gap_days,
        "quote_by": _day(line.quote_by),
        "late": line.late,
        "at_risk_days": line.at_risk_days,
        "refresh": _day(line.refresh),
        "ldos": _day(line.ldos),
        "replacement": line.replacement,
        "replacement_source": line.replacement_source,
        "back_bill_estimate": _money(line.back_bill),
        "fee_estimate": _money(line.fee),
        "owner": line.owner,
        "decision": line.decision,
    }


def candidate_document(each: Candidate) -> dict[str, Any]:
    """One candidate as it was measured."""
    return {
        "date": each.date.isoformat(),
        "uncovered_unit_days": each.uncovered_unit_days,
        "in_budget_window": each.in_budget_window,
        "expiry_dates": each.expiry_dates,
        "paid_for_nothing": _money(each.paid_for_nothing),
        "bridge_unit_days": each.bridge_unit_days,
        "line_end": each.line_end,
    }


def _period(period: Period) -> dict[str, Any]:
    return {
        "start": period.start.isoformat(),
        "end": period.end.isoformat(),
        "order_by": period.order_by.isoformat(),
        "amount": _money(period.amount),
    }


def _actions(plan: RenewalPlan) -> dict[str, int]:
    found: dict[str, int] = {}
    for line in plan.lines:
        found[line.action] = found.get(line.action, 0) + 1
    return dict(sorted(found.items()))


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _money(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
