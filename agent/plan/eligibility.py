"""The gate: may a line be extended or a unit be added on the order day, and up to which day.

Sources of the rules: Cisco's end-of-life policy. End of new service attachment is the last day to
put uncovered equipment on a contract, end of service contract renewal the last day to extend or
renew one, last date of support (LDoS) the end of all service. The first two limit the day of the
order, the last one the cover. A date that is not known is planned and flagged, never assumed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from agent.model import Unstated, add_months
from agent.wording import count

if TYPE_CHECKING:
    from agent.model import Milestone, Milestones

REPLACE = "replace the unit, or have a third party maintain it"


@dataclass(frozen=True, slots=True)
class Gate:
    """What may be ordered for one unit. `reason` and `remedy` say why not, and what remains."""

    allowed: bool
    reason: str
    cap: date | None = None
    renewal: date | None = None
    remedy: str | None = None
    flags: tuple[str, ...] = ()


def gate(
    milestones: Milestones | None,
    end: date | None,
    order_day: date,
    *,
    third_party: bool = False,
    near_months: int = 18,
) -> Gate:
    """Judge a line that ends on `end`, or a unit without a line, for an order on `order_day`."""
    if third_party:
        return Gate(allowed=True, reason="", flags=("third_party",))
    attaching = end is None or end < order_day
    flags = _flags(milestones, attaching=attaching)
    ldos = _day(milestones, "last_date_of_support")
    renewal = _day(milestones, "service_contract_renewal")
    attachment = _day(milestones, "new_service_attachment")
    if ldos is not None and ldos <= add_months(order_day, near_months):
        flags += ("ldos_soon",)
    if ldos is not None and end is not None and end > ldos:
        flags += ("runs_past_ldos",)
    refusal = _refusal(end, order_day, ldos, renewal, attachment if attaching else None)
    if refusal:
        return Gate(False, refusal, ldos, renewal, REPLACE, flags)  # noqa: FBT003 - see Gate
    return Gate(True, "", ldos, renewal, None, flags)  # noqa: FBT003 - see Gate


def _refusal(
    end: date | None,
    order_day: date,
    ldos: date | None,
    renewal: date | None,
    attachment: date | None,
) -> str:
    """Why nothing can be ordered, the last word first; empty where something can."""
    if ldos is not None and ldos < order_day:
        return f"its last date of support was {ldos}: no service of any kind is sold"
    if ldos is not None and end is not None and end >= ldos:
        past = f", and pays for {count((end - ldos).days, 'day')} after it" if end > ldos else ""
        return f"its line already reaches the last date of support, {ldos}{past}"
    if attachment is not None and attachment < order_day:
        what = "it is on no contract" if end is None else f"its line lapsed on {end}"
        return f"{what}, and new service could be attached only until {attachment}"
    if renewal is not None and renewal < order_day:
        return f"service contracts for it could be renewed only until {renewal}"
    return ""


def _flags(milestones: Milestones | None, *, attaching: bool) -> tuple[str, ...]:
    """What is not known and had to be planned as if it set no limit."""
    if milestones is None:
        return ("no_eox_row",)
    asked = [
        ("ldos", milestones.last_date_of_support),
        ("last_renewal", milestones.service_contract_renewal),
    ]
    if attaching:
        asked.append(("last_attachment", milestones.new_service_attachment))
    unknown = (Unstated.UNKNOWN, Unstated.NOT_STATED)
    return tuple(f"{name}_not_known" for name, day in asked if day in unknown)


def _day(milestones: Milestones | None, name: str) -> date | None:
    milestone: Milestone | None = getattr(milestones, name, None)
    return milestone if isinstance(milestone, date) else None
