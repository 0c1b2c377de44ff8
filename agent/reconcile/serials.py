"""Serial numbers that a spreadsheet or a typist may have made of one another; none is changed.

Spreadsheets drop leading zeros, people write the letter O for the digit 0 and I for 1.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agent.model import Asset

_ALIKE = str.maketrans("OI", "01")


def shape(serial: str) -> str:
    """A serial without what spreadsheets and typists change."""
    return serial.strip().upper().translate(_ALIKE).lstrip("0")


def lookalikes(assets: Iterable[Asset]) -> list[Asset]:
    """Every asset with the serials on the other side, seen or paid for, shaped like its own.

    The other side alone counts: two units that were both seen are two units.
    """
    everything = list(assets)
    by_shape: dict[str, list[Asset]] = defaultdict(list)
    for asset in everything:
        if asset.serial:
            by_shape[shape(asset.serial)].append(asset)
    return [_with_lookalikes(asset, by_shape) for asset in everything]


def _with_lookalikes(asset: Asset, by_shape: dict[str, list[Asset]]) -> Asset:
    group = by_shape[shape(asset.serial)] if asset.serial else []
    if len(group) < 2:  # noqa: PLR2004 - itself and another
        return asset
    own, seen = (asset.serial or "").upper(), bool(asset.sightings)
    others = {
        other.serial
        for other in group
        if other.serial and other.serial.upper() != own and bool(other.sightings) != seen
    }
    return replace(asset, lookalikes=tuple(sorted(others))) if others else asset
