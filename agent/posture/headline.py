"""The headline of a unit: the first row of the table that holds; all that hold are hits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.model import days
from agent.posture.entitlement import gate

if TYPE_CHECKING:
    from agent.model import Action, Headline
    from agent.posture.entitlement import EntitlementAnswer
    from agent.posture.facts import Facts
    from agent.posture.hardware import HardwareAnswer
    from agent.posture.stream import StreamAnswer

_ACTIONS: dict[Headline, Action] = {
    "UNPATCHABLE_HW": "replace",
    "UNPATCHABLE_CAPPED": "replace",
    "COVERED_NO_SOFTWARE": "change_service_level",
    "UNKNOWN": "collect",
    "PATCHABLE_BY_MIGRATION": "migrate",
    "SECURITY_DISCRETIONARY": "plan",
    "EXPIRING": "renew",
    "NEAR_EOS": "refresh",
    "SECURITY_ONLY": "none",
    "PATCHABLE": "none",
}
_ENTITLEMENT: tuple[Headline, ...] = (
    "UNPATCHABLE_ENTITLEMENT",
    "WARRANTY_ONLY",
    "COVERED_NO_SOFTWARE",
)


def headlines(
    h: HardwareAnswer, s: StreamAnswer, e: EntitlementAnswer, facts: Facts
) -> tuple[Headline, ...]:
    """All headlines that hold, in the order of the table; at least one."""
    unknown = (
        h.value == "unknown"
        or s.value == "unknown"
        or e.value in ("unknown", "unproven", "not_visible")
    )
    table: tuple[tuple[Headline, bool], ...] = (
        ("UNPATCHABLE_HW", h.value == "past"),
        ("UNPATCHABLE_CAPPED", s.value == "dead_end"),
        ("UNPATCHABLE_ENTITLEMENT", e.value == "uncovered"),
        ("WARRANTY_ONLY", e.value == "warranty_only"),
        ("COVERED_NO_SOFTWARE", e.value == "no_software"),
        ("UNKNOWN", unknown),
        ("PATCHABLE_BY_MIGRATION", s.value == "migrate"),
        ("SECURITY_DISCRETIONARY", s.value == "discretionary"),
        ("EXPIRING", _expiring(e, facts)),
        ("NEAR_EOS", h.value == "near" or s.near),
        ("SECURITY_ONLY", s.value == "security_only"),
    )
    return tuple(name for name, holds in table if holds) or ("PATCHABLE",)


def _expiring(e: EntitlementAnswer, facts: Facts) -> bool:
    """Cover ends inside the quote window; what the last date of support ends cannot be renewed."""
    if e.cover_end is None or e.ends_with_hardware:
        return False
    return days(facts.as_of, e.cover_end) <= facts.policy.quote_window_days


def migrates(headline: Headline, s: StreamAnswer) -> bool:
    """Whether the headline carries ``+migration``: cover alone would not bring fixes."""
    return headline in _ENTITLEMENT and s.value == "migrate"


def action(headline: Headline, h: HardwareAnswer, e: EntitlementAnswer, facts: Facts) -> Action:
    """What to do about a unit with this headline."""
    if headline == "UNPATCHABLE_ENTITLEMENT":
        return gate(e.past_cover, h.attach, h.renew, facts.as_of)
    if headline == "WARRANTY_ONLY":
        way = gate(e.past_cover, h.attach, h.renew, facts.as_of)
        return "attach" if way == "renew" else way
    return _ACTIONS[headline]
