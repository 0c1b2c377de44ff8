"""Two plans side by side: days uncovered, cost, orders."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from agent.errors import UsageError, said
from agent.plan.document import PLAN_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def read_plan(path: Path) -> dict[str, Any]:
    """A ``plan.json`` as it was written.

    :raises UsageError: it cannot be read, is no plan, or not a whole one.
    """
    try:
        document: object = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {said(error)}") from None
    except ValueError as error:
        raise UsageError(f"{path}: not a readable JSON file: {error}") from None
    if not isinstance(document, dict) or document.get("schema") != PLAN_SCHEMA:
        raise UsageError(f"{path}: not a plan; its 'schema' must be {PLAN_SCHEMA!r}")
    try:
        compared(document, document)
    except (LookupError, TypeError, AttributeError, StopIteration, ArithmeticError):
        raise UsageError(
            f"{path}: lacks a part of a plan; write it again with 'netcover plan -o'"
        ) from None
    return document


def compared(one: dict[str, Any], other: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    """Rows of a table: what, the one plan, the other, and the difference."""
    rows = [("", one["anniversary"], other["anniversary"], "difference")]
    counts: dict[str, Callable[[dict[str, Any]], int]] = {
        "uncovered unit-days": lambda plan: plan["totals"]["uncovered_unit_days"],
        "orders": lambda plan: plan["totals"]["orders_after"],
        "bridge unit-days": lambda plan: _measured(plan)["bridge_unit_days"],
        "other expiry dates": lambda plan: _measured(plan)["expiry_dates"],
        "lines dropped": lambda plan: plan["totals"]["lines"].get("drop", 0),
    }
    for label, count in counts.items():
        here, there = count(one), count(other)
        rows.append((label, str(here), str(there), f"{there - here:+}"))
    for label, key in (("bridges", "bridges"), ("terms", "terms"), ("total", "total")):
        left_sums, right_sums = _sums(one, key), _sums(other, key)
        for currency in sorted({*left_sums, *right_sums}):
            left, right = left_sums.get(currency), right_sums.get(currency)
            gap = f"{right - left:+}" if left is not None and right is not None else "-"
            rows.append((f"{label} {currency}", _shown(left), _shown(right), gap))
    years = {(y["fiscal_year"], y["currency"]) for plan in (one, other) for y in _years(plan)}
    for year, currency in sorted(years):
        first, second = _ordered(one, year, currency), _ordered(other, year, currency)
        rows.append(
            (f"ordered FY{year} {currency}", str(first), str(second), f"{second - first:+}")
        )
    return rows


def _measured(plan: dict[str, Any]) -> dict[str, Any]:
    found: list[dict[str, Any]] = plan["candidates"]
    return next(each for each in found if each["date"] == plan["anniversary"])


def _sums(plan: dict[str, Any], key: str) -> dict[str, Decimal]:
    return {each["currency"]: Decimal(each[key]) for each in plan["totals"]["by_currency"]}


def _years(plan: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = plan["by_fiscal_year"]
    return found


def _ordered(plan: dict[str, Any], year: int, currency: str) -> Decimal:
    return next(
        (
            Decimal(each["by_order_date"])
            for each in _years(plan)
            if (each["fiscal_year"], each["currency"]) == (year, currency)
        ),
        Decimal("0.00"),
    )


def _shown(value: Decimal | None) -> str:
    return "-" if value is None else str(value)
