"""What only the estate as a whole can say of one unit: swaps, parents, quantities, moves."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agent.model import IN_SERVICE_KINDS
from agent.reconcile.pid import family

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from agent.model import Asset, AssetKey, Place

Lot = tuple[str | None, str]
"""A site and a PID family."""


@dataclass(frozen=True, slots=True)
class Survey:
    """Facts about single units that take the others to know.

    `swaps`: a unit that is on a line and was not seen, and the one that took its place. `covered`:
    serials with a line that has not ended. `bought`: units paid for by lines without a serial;
    `unclaimed`: units in service on no line with a serial. `before`: where a unit that is seen was
    last seen before, on another host.
    """

    swaps: Mapping[AssetKey, Asset] = field(default_factory=dict)
    covered: frozenset[str] = frozenset()
    bought: Mapping[Lot, int] = field(default_factory=dict)
    unclaimed: Mapping[Lot, int] = field(default_factory=dict)
    before: Mapping[AssetKey, Place] = field(default_factory=dict)


def survey(
    assets: tuple[Asset, ...], places: Iterable[Place], as_of: date, started: datetime
) -> Survey:
    """Look at the whole estate once; `started` is when the sweep behind `assets` began."""
    bought: Counter[Lot] = Counter()
    unclaimed: Counter[Lot] = Counter()
    covered = set()
    for asset in assets:
        current = [line for line in asset.lines if line.end >= as_of]
        lot = (asset.site, family(asset.pid)) if asset.pid else None
        if asset.serial and current:
            covered.add(asset.serial)
        if lot and asset.serial is None and asset.observation is None:
            bought[lot] += sum(line.quantity for line in current)
        if lot and asset.kind in IN_SERVICE_KINDS and not current:
            unclaimed[lot] += 1
    return Survey(
        swaps=swaps(assets, as_of),
        covered=frozenset(covered),
        bought=bought,
        unclaimed=unclaimed,
        before=_before(assets, places, started),
    )


def swaps(assets: Iterable[Asset], as_of: date) -> dict[AssetKey, Asset]:
    """Pairs that look like a replacement: same host, same product, one gone, one on no line.

    Only where there is exactly one of each; with more, nobody can tell which took whose place.
    """
    gone: dict[tuple[str, str], list[Asset]] = defaultdict(list)
    fresh: dict[tuple[str, str], list[Asset]] = defaultdict(list)
    for asset in assets:
        if not (asset.host and asset.pid and asset.serial):
            continue
        spot = (asset.host, family(asset.pid))
        if asset.observation is None and asset.unreached is None:
            if any(line.end >= as_of for line in asset.lines):
                gone[spot].append(asset)
        elif asset.kind in IN_SERVICE_KINDS and not asset.lines and not asset.doubtful_lines:
            fresh[spot].append(asset)
    return {
        lost[0].key: fresh[spot][0]
        for spot, lost in gone.items()
        if len(lost) == 1 and len(fresh[spot]) == 1
    }


def _before(
    assets: Iterable[Asset], places: Iterable[Place], started: datetime
) -> dict[AssetKey, Place]:
    earlier: dict[tuple[str, str], list[Place]] = defaultdict(list)
    for place in places:
        if place.last_seen < started:
            earlier[place.serial.upper(), family(place.pid or "")].append(place)
    found = {}
    for asset in assets:
        if asset.serial and asset.observation:
            known = earlier.get((asset.serial.upper(), family(asset.pid or "")), [])
            elsewhere = [place for place in known if place.host != asset.host]
            if elsewhere:
                found[asset.key] = max(elsewhere, key=lambda place: place.last_seen)
    return found
