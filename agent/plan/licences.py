"""Licences bought against what the Smart Account counts, and against what devices consume.

Smart Account and device call the same licence by different names ("Cisco DNA Advantage Term C9300
48P", "C9300-48 DNA Advantage"). Both say family, ports, product and level: by these they are
matched. What says less, such as a suite of an Enterprise Agreement, is not matched to devices.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from agent.model import TrueUp, unique

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agent.model import Asset, Evidence, Licence, LicenceUse

# C9300-48, C9300 48P, C9300L 48P, C9500-32QC, C9400
_FAMILY = re.compile(r"\b(C9\d{3}[A-Z]{0,2})(?:[- ](\d{1,3})(?:P|[A-Z]{1,3})?(?=\s|$))?")
_LEVEL = re.compile(r"\b(DNA|Network|Software Subscription) (Essentials|Advantage|Premier)\b")


@dataclass(frozen=True, slots=True, order=True)
class Entitlement:
    """What a licence entitles to: ``C9300``, ``48``, ``DNA``, ``Advantage``."""

    family: str
    ports: str
    product: str
    level: str

    def __str__(self) -> str:
        """Spell it as devices do."""
        ports = f"-{self.ports}" if self.ports else ""
        return f"{self.family}{ports} {self.product} {self.level}"


@dataclass(frozen=True, slots=True)
class Consumed:
    """Licences of one kind that devices say they use, counted once a product instance."""

    count: int
    instances: int
    evidence: tuple[Evidence, ...]


def entitlement(name: str) -> Entitlement | None:
    """The entitlement that a licence's name states; None where it does not say all of it."""
    family, level = _FAMILY.search(name), _LEVEL.search(name)
    if family is None or level is None:
        return None
    return Entitlement(family[1], family[2] or "", level[1], level[2])


def licences(bought: Iterable[Licence], assets: Iterable[Asset], sweep: str) -> Iterator[TrueUp]:
    """Every difference between what was bought, what the account counts and devices consume."""
    known = tuple(bought)
    for licence in known:
        if (row := _by_account(licence)) is not None:
            yield row
    counted = [each for each in known if each.subscription is None and not each.agreement]
    found = consumed(assets) if counted else {}
    for what, use in sorted(found.items()):
        same = [each for each in counted if entitlement(each.name) == what]
        if (row := _by_devices(what, use, same, sweep)) is not None:
            yield row


def consumed(assets: Iterable[Asset]) -> dict[Entitlement, Consumed]:
    """What devices consume; the members of a stack or pair consume it together."""
    found: dict[Entitlement, dict[str, tuple[int, tuple[Evidence, ...]]]] = {}
    for asset in assets:
        seen = asset.observation
        if seen is None or seen.licensing is None:
            continue
        instance = seen.licensing.instance or seen.host
        for use in seen.licensing.uses:
            what = entitlement(use.description or use.name)
            if what is not None and _in_use(use):
                found.setdefault(what, {}).setdefault(instance, (use.count or 1, seen.evidence))
    return {
        what: Consumed(
            sum(count for count, _ in by.values()),
            len(by),
            unique(tuple(piece for _, evidence in by.values() for piece in evidence)),
        )
        for what, by in found.items()
    }


def _in_use(use: LicenceUse) -> bool:
    return use.count != 0 and "NOT IN USE" not in (use.status or "").upper()


def _by_account(licence: Licence) -> TrueUp | None:
    """What the account itself says of an agreement or a subscription."""
    bought, used = licence.quantity, licence.in_use
    if bought is None or used is None or bought == used:
        return None
    more = f"{used - bought} more than bought, owed at the next true-up"
    words = more if used > bought else f"{bought - used} more bought than consumed"
    return _row(
        "high",
        pid=licence.sku or licence.name,
        contract=licence.account,
        reason=f"{licence.name}: {bought} bought, {used} consumed: {words}",
        facts=f"{bought}/{used}",
        rests_on=f"{licence.evidence.source} {licence.evidence.command}",
        evidence=(licence.evidence,),
    )


def _by_devices(what: Entitlement, use: Consumed, same: list[Licence], sweep: str) -> TrueUp | None:
    """What devices consume, where the account says otherwise or does not have the licence.

    A perpetual licence (Network) comes with the device and need not be in the account.
    """
    seen = f"{use.count} consumed by {use.instances} devices in sweep {sweep}"
    if not same:
        if what.product == "Network":
            return None
        reason = f"{what}: {seen}, but the Smart Account's export has no such licence"
        facts = f"-/{use.count}"
        sure: Literal["medium", "low"] = "low"
    else:
        bought = sum(each.quantity or 0 for each in same)
        told = [each.in_use for each in same if each.in_use is not None]
        counted = sum(told)
        expected = counted if told else bought
        if use.count == expected:
            return None
        sure = "medium" if use.count > expected else "low"
        by_account = f", {counted} in use by the Smart Account" if told else ""
        reason = f"{what}: {bought} bought{by_account}, {seen}"
        if use.count < expected:
            reason += "; others may consume the rest, which were not read"
        facts = f"{bought}/{counted}/{use.count}"
    return _row(
        sure,
        pid=str(what),
        contract=same[0].account if same else None,
        reason=reason,
        facts=facts,
        rests_on=f"sweep {sweep}, matched by family, ports and level",
        evidence=unique((*(each.evidence for each in same), *use.evidence)),
    )


def _row(
    confidence: Literal["high", "medium", "low"],
    *,
    pid: str,
    contract: str | None,
    reason: str,
    facts: str,
    rests_on: str,
    evidence: tuple[Evidence, ...],
) -> TrueUp:
    return TrueUp(
        kind="licences",
        confidence=confidence,
        serial=None,
        pid=pid,
        contract=contract,
        host=None,
        site=None,
        reason=reason,
        facts=facts,
        rests_on=rests_on,
        evidence=evidence,
    )
