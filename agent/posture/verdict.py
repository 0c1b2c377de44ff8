"""The verdict per unit and advisory: can this box have the fix, and by what right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from agent.posture.trains import order

if TYPE_CHECKING:
    from agent.model import Action, EntitlementState, FixVerdict, Outcome
    from agent.posture.first_fixed import Fixes

VULNERABLE: tuple[Outcome, ...] = ("affected", "affected_inferred")
CANNOT_TELL: tuple[Outcome, ...] = ("unknown", "not_evaluated")
NO_RIGHT: tuple[EntitlementState, ...] = ("uncovered", "warranty_only", "no_software")
_UNSETTLED: tuple[EntitlementState, ...] = ("unknown", "unproven", "not_visible")


@dataclass(frozen=True, slots=True)
class Standing:
    """What a verdict needs to know of a unit; units that stand alike share their verdicts.

    `train` is the running one, `supported` the reachable trains in support, oldest first.
    `unclear`: other trains may be reachable or in support, which is not known. `way` is the
    action that would bring cover.
    """

    hardware_past: bool
    dead_end: bool
    entitlement: EntitlementState
    train: str | None
    supported: tuple[str, ...]
    doubtful: tuple[str, ...]
    reach_known: bool
    way: Action


@dataclass(frozen=True, slots=True)
class Fix:
    """A fixed build a unit could run; `migration`: it is of another train."""

    release: str
    train: str
    migration: bool


Decision: TypeAlias = "tuple[FixVerdict, Action, str | None, str]"
"""Verdict, action, fixed release, and why."""


def available_fix(standing: Standing, fixes: Fixes, running_fix: str | None) -> Fix | None:
    """The lowest fixed release of the running train, else of the next newer reachable train.

    Only trains in support count, but for the running one; an older one is named last, as a
    downgrade.
    """
    train = standing.train
    if running_fix is not None and train is not None:
        return Fix(running_fix, train, migration=False)
    others = [(name, fixed) for name, fixed in fixes.trains if name in standing.supported]
    here = order(train) if train else order("")
    newer = [pair for pair in others if order(pair[0]) > here]
    older = [pair for pair in others if order(pair[0]) < here]
    found = newer[:1] or older[-1:]
    return Fix(found[0][1], found[0][0], migration=True) if found else None


def decide(
    standing: Standing, fixes: Fixes, running_fix: str | None, *, mitigated: str | None, free: bool
) -> Decision:
    """The first verdict that holds for an affected release.

    `free`: the advisory is critical or high and offers free software for the running train.
    """
    fix = available_fix(standing, fixes, running_fix)
    target = fix.release if fix else None
    if mitigated is not None:
        return "mitigated by SMU", "verify", target, f"{mitigated} is installed and mends it"
    if fix is not None:
        return _fixable(standing, fix, free=free and not fix.migration)
    if not fixes.stated:
        return "cannot tell", "collect", None, "no first-fixed data"
    hidden = _hidden(standing, fixes)
    if standing.hardware_past or (standing.dead_end and not hidden):
        return "no fix will come", "replace", None, "no train that it can run has a fix"
    if hidden:
        why = f"{hidden} has a fix; whether the product can run it in support is not known"
        return "cannot tell", "collect", None, why
    return "no fix yet", "mitigate", None, "no train that it can run in support has a fix yet"


def _fixable(standing: Standing, fix: Fix, *, free: bool) -> Decision:
    entitlement, where = standing.entitlement, f"fixed in {fix.release}"
    if fix.migration:
        where += f", by migration to {fix.train}"
    if standing.hardware_past:
        why = f"{where}; an exceptional build, the hardware is past its support"
        return "fix exists, not entitled", "replace", fix.release, why
    if entitlement == "entitled":
        action: Action = "migrate" if fix.migration else "upgrade"
        return "patch now, entitled", action, fix.release, where
    if entitlement in _UNSETTLED:
        why = f"{where}; the right to it is {entitlement.replace('_', ' ')}"
        return "cannot tell", "collect", fix.release, why
    if free:
        why = f"{where}; free from TAC with serial number and advisory URL"
        return "free fix through TAC only", "tac_case", fix.release, why
    lacking = entitlement.replace("_", " ")
    return "fix exists, not entitled", standing.way, fix.release, f"{where}; {lacking}"


def _hidden(standing: Standing, fixes: Fixes) -> str | None:
    """A train with a fix of which it is not known whether the product can run it in support."""
    for train, _ in fixes.trains:
        if train == standing.train:
            continue
        if train in standing.doubtful or not (standing.reach_known or standing.dead_end):
            return train
    return None
