"""The verdict per unit and advisory: can this box have the fix, and by what right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.posture.trains import order

if TYPE_CHECKING:
    from agent.model import Action, EntitlementState, FixVerdict, Outcome

VULNERABLE: tuple[Outcome, ...] = ("affected", "affected_inferred")
CANNOT_TELL: tuple[Outcome, ...] = ("unknown", "not_evaluated")
NO_RIGHT: tuple[EntitlementState, ...] = ("uncovered", "warranty_only", "no_software")


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
class Offer:
    """What first-fixed data offers to a running release that is affected.

    `stated`: there is such data for this platform. `trains` have a fixed release, oldest first;
    `running`: the running train has one above the running release. `mitigated`: a patch that mends
    it is installed. `free`: the advisory is critical or high and offers that release for free.
    """

    stated: bool = False
    trains: tuple[str, ...] = ()
    running: bool = False
    mitigated: bool = False
    free: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict and what to do. `train` is the one whose fixed release is meant."""

    verdict: FixVerdict
    action: Action
    why: str
    train: str | None = None
    migration: bool = False


def decide(standing: Standing, offer: Offer) -> Decision:
    """The first verdict that holds for an affected release."""
    train, migration = _fix(standing, offer)
    if offer.mitigated:
        why = "a patch that mends it is installed"
        return Decision("mitigated by SMU", "verify", why, train, migration)
    if train is not None:
        return _fixable(standing, train, migration=migration, free=offer.free and not migration)
    if not offer.stated:
        return Decision("cannot tell", "collect", "no first-fixed data")
    if standing.hardware_past or standing.dead_end:
        return Decision("no fix will come", "replace", "no train that it can run has a fix")
    hidden = _hidden(standing, offer)
    if hidden is not None:
        why = f"{hidden} has a fix; whether the product can run it in support is not known"
        return Decision("cannot tell", "collect", why)
    return Decision("no fix yet", "mitigate", "no train that it can run in support has a fix yet")


def _fix(standing: Standing, offer: Offer) -> tuple[str | None, bool]:
    """The train to take a fix from: the running one, else the next newer reachable one in support.

    An older one is named last, as a downgrade. Whether it is a migration comes second.
    """
    if offer.running and standing.train is not None:
        return standing.train, False
    here = order(standing.train or "")
    others = [name for name in offer.trains if name in standing.supported]
    newer = [name for name in others if order(name) > here]
    older = [name for name in others if order(name) < here]
    found = newer[:1] or older[-1:]
    return (found[0], True) if found else (None, False)


def _fixable(standing: Standing, train: str, *, migration: bool, free: bool) -> Decision:
    entitlement = standing.entitlement
    where = f"fixed by migration to {train}" if migration else "fixed in the running train"
    if standing.hardware_past:
        why = f"{where}, an exceptional build: the hardware is past its support"
        return Decision("fix exists, not entitled", "replace", why, train, migration)
    if entitlement == "entitled":
        action: Action = "migrate" if migration else "upgrade"
        return Decision("patch now, entitled", action, where, train, migration)
    lacking = entitlement.replace("_", " ")
    if entitlement not in NO_RIGHT:
        why = f"{where}; the right to it is {lacking}"
        return Decision("cannot tell", "collect", why, train, migration)
    if free:
        why = f"{where}; free from TAC with serial number and advisory URL"
        return Decision("free fix through TAC only", "tac_case", why, train, migration)
    why = f"{where}; {lacking}"
    return Decision("fix exists, not entitled", standing.way, why, train, migration)


def _hidden(standing: Standing, offer: Offer) -> str | None:
    """A train with a fix of which it is not known whether the product can run it in support."""
    for train in offer.trains:
        if train != standing.train and (train in standing.doubtful or not standing.reach_known):
            return train
    return None
