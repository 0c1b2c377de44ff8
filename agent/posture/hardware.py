"""H: is the hardware itself still supported, by its last date of support."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from agent.model import Unstated, add_months, past

if TYPE_CHECKING:
    from agent.model import Asset, Evidence, Hardware, Milestone
    from agent.posture.facts import Facts


@dataclass(frozen=True, slots=True)
class HardwareAnswer:
    """H with its reason; `cap` is the last day on which any software of this hardware is fixed.

    `ldos`, `attach` and `renew` are milestones as far as they prove anything: from data beyond
    its age limit only one that is past already does.
    """

    value: Hardware
    reason: str
    evidence: tuple[Evidence, ...]
    ldos: Milestone
    attach: Milestone
    renew: Milestone
    cap: date | None
    security: Milestone


def judge_hardware(asset: Asset, facts: Facts) -> HardwareAnswer:
    """Answer H for a unit. The day of a milestone is the last good day."""
    dates = asset.milestones
    if dates is None:
        unknown = Unstated.UNKNOWN
        return HardwareAnswer(
            "unknown", _missing(asset), (), unknown, unknown, unknown, None, unknown
        )
    stale = facts.too_old("eox", facts.day_of(dates.evidence))
    ldos, attach, renew, security = (
        proven(milestone, facts.as_of, stale=stale)
        for milestone in (
            dates.last_date_of_support,
            dates.new_service_attachment,
            dates.service_contract_renewal,
            dates.security_support,
        )
    )
    value, reason = _value(asset.pid, ldos, facts, stale=stale)
    ends = [day for day in (security, ldos) if isinstance(day, date)]
    cap = min(ends, default=None)
    return HardwareAnswer(value, reason, (dates.evidence,), ldos, attach, renew, cap, security)


def _value(pid: str | None, ldos: Milestone, facts: Facts, *, stale: bool) -> tuple[Hardware, str]:
    if isinstance(ldos, date):
        stated = f"last date of support of {pid} is {ldos}"
        if facts.as_of > ldos:
            return "past", f"{stated}, past"
        near = ldos <= add_months(facts.as_of, facts.policy.near_ldos_months)
        return ("near", f"{stated}, near") if near else ("supported", stated)
    if ldos is Unstated.NOT_ANNOUNCED:
        return "supported", f"no end of life is announced for {pid}"
    if stale:
        limit = facts.max_age.eox
        return "unknown", f"the EoX data of {pid} is older than {limit} days; import newer data"
    return "unknown", f"the EoX data does not state the last date of support of {pid}"


def proven(milestone: Milestone, day: date, *, stale: bool) -> Milestone:
    """The milestone, or unknown where its data is too old to prove that it is still ahead."""
    return Unstated.UNKNOWN if stale and not past(milestone, day) else milestone


def _missing(asset: Asset) -> str:
    if asset.pid is None:
        return "the product id is not known"
    if asset.milestone_match is not None:
        return f"{asset.pid}: {asset.milestone_match.step}"
    return f"{asset.pid} is not in the EoX data"
