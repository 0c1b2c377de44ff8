"""What people decided, matched to units and lines; asked again where the facts have changed."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from agent.reconcile.pid import family

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from agent.model import Asset, ContractLine, Decision

State: TypeAlias = Literal["none", "applied", "facts_changed", "expired"]


@dataclass(frozen=True, slots=True)
class Decided:
    """The decision that fits, if any, and whether it still holds."""

    decision: Decision | None = None
    state: State = "none"

    @property
    def kind(self) -> str | None:
        """What was decided, where it holds."""
        return self.decision.kind if self.decision and self.state == "applied" else None


UNDECIDED = Decided()


@dataclass(frozen=True, slots=True)
class Register:
    """All decisions, those about one serial by it."""

    by_serial: dict[str, list[Decision]]
    wide: list[Decision]

    @classmethod
    def of(cls, decisions: Iterable[Decision]) -> Register:
        """A register of `decisions`."""
        by_serial: dict[str, list[Decision]] = defaultdict(list)
        wide = []
        for decision in decisions:
            if decision.serial is None:
                wide.append(decision)
            else:
                by_serial[decision.serial.upper()].append(decision)
        return cls(by_serial, wide)

    def about(self, serials: Iterable[str | None]) -> Iterator[Decision]:
        """Decisions that may be about a unit of these serials."""
        for serial in {serial.upper() for serial in serials if serial}:
            yield from self.by_serial.get(serial, ())
        yield from self.wide


def decided(register: Register, asset: Asset, line: ContractLine | None, as_of: date) -> Decided:
    """The last decision whose whole scope fits the unit and the line."""
    serials = (asset.serial, line.serial if line else None)
    fitting = [each for each in register.about(serials) if _fits(each, asset, line)]
    if not fitting:
        return UNDECIDED
    decision = max(fitting, key=lambda each: (each.decided is not None, each.decided, each.id))
    if decision.expires is not None and as_of > decision.expires:
        return Decided(decision, "expired")
    if decision.facts is not None and decision.facts != fingerprint(asset):
        return Decided(decision, "facts_changed")
    return Decided(decision, "applied")


def fingerprint(asset: Asset) -> str:
    """What a decision rests on, in twelve digits: the same as long as nothing of it changes.

    It holds the unit, where it is seen, and its contract lines; not the day of a sweep. A unit on
    a host that was not reached is where it was last seen.
    """
    seen = asset.observation or asset.unreached
    facts = [
        asset.serial,
        family(asset.pid) if asset.pid else None,
        asset.site,
        asset.host if seen else "not seen",
    ]
    for line in (*asset.lines, *asset.doubtful_lines):
        facts += [line.contract, line.serial, line.pid, line.end.isoformat(), line.site]
    text = "\x1f".join(each or "" for each in facts)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def with_facts(
    given: Iterable[Decision], kept: Iterable[Decision], assets: Iterable[Asset]
) -> tuple[Decision, ...]:
    """The decisions with what each rests on, so that it is asked again where that changes.

    As stated; else as `kept`, where the same was decided before; else as its unit is today. One
    that is about more than a single unit rests on nothing but itself.
    """
    before = {one.id: one for one in kept}
    units: dict[str, list[Asset]] = defaultdict(list)
    for asset in assets:
        if asset.serial:
            units[asset.serial.upper()].append(asset)
    found = []
    for one in given:
        old = before.get(one.id)
        facts = one.facts
        if facts is None and old is not None and same(one, old):
            facts = old.facts
        elif facts is None and one.serial:
            fitting = [u for u in units[one.serial.upper()] if _fits(one, u, None)]
            facts = fingerprint(fitting[0]) if len(fitting) == 1 else None
        found.append(replace(one, facts=facts))
    return tuple(found)


def same(one: Decision, kept: Decision) -> bool:
    """Whether `kept` says what `one` does; what it rests on counts where `one` states it."""
    facts = one.facts or kept.facts
    return replace(one, evidence=kept.evidence, facts=facts) == kept


def merged(kept: Iterable[Decision], given: Iterable[Decision]) -> tuple[Decision, ...]:
    """The decisions of the store and those of a file; of one id, that of the file."""
    return tuple({one.id: one for one in (*kept, *given)}.values())


def _fits(decision: Decision, asset: Asset, line: ContractLine | None) -> bool:
    """Whether the rest of the scope fits; that of the serial does."""
    pids = {pid for pid in (asset.pid, line.pid if line else None) if pid}
    scope = [
        decision.pid is None or family(decision.pid) in {family(pid) for pid in pids},
        decision.contract is None
        or decision.contract in ({line.contract} if line else {x.contract for x in asset.lines}),
        decision.host is None or decision.host == asset.host,
    ]
    return all(scope)
