"""Stacks and HA pairs: each unit stands for itself, the group takes the worst of its members."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.model import HEADLINES, UnitGroup

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agent.model import Asset, EntitlementState, Headline, Software


@dataclass(frozen=True, slots=True)
class Member:
    """What a group needs to know of one unit and running software."""

    headline: Headline
    entitlement: EntitlementState
    software: Software
    version: str | None


def members(assets: Sequence[Asset]) -> dict[int, str]:
    """The group of each asset, by its index; one that stands alone is in none.

    Members of a stack are seen on one host, a failover pair on the host of either: whoever was
    seen on the same host belongs together. Access points are joined to a controller, not paired.
    """
    leader: dict[str, str] = {}

    def find(host: str) -> str:
        while leader.setdefault(host, host) != host:
            host = leader[host]
        return host

    hosts: dict[int, list[str]] = {}
    for index, asset in enumerate(assets):
        if asset.kind in ("chassis", "stack_member"):
            seen = sorted({sighting.host for sighting in asset.sightings})
            hosts[index] = seen
            for other in seen[1:]:
                first, second = sorted((find(seen[0]), find(other)))
                leader[second] = first
    together: dict[str, list[int]] = defaultdict(list)
    for index, seen in hosts.items():
        together[find(seen[0])].append(index)
    return {
        index: "+".join(sorted({host for each in found for host in hosts[each]}))
        for found in together.values()
        if len(found) > 1
        for index in found
    }


def roll_up(name: str, units: Iterable[Member]) -> UnitGroup:
    """The group of these units: its worst headline, and in what its members differ."""
    found = tuple(units)
    versions: dict[str, set[str]] = defaultdict(set)
    for unit in found:
        if unit.version is not None:
            versions[unit.software].add(unit.version)
    return UnitGroup(
        name=name,
        headline=min((unit.headline for unit in found), key=HEADLINES.index),
        mixed=len({unit.entitlement for unit in found}) > 1,
        mixed_software=any(len(each) > 1 for each in versions.values()),
    )
