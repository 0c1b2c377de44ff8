"""Every raw text a report rests on, numbered once, so that a claim cites it by its number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from agent.model import Evidence
    from agent.reports.units import Unit

_Key: TypeAlias = "tuple[str | None, str, datetime | None, str]"


@dataclass(frozen=True, slots=True)
class Reference:
    """One raw text or file: where it is from, what was used of it, its hash.

    `host` is None for what is no device's output.
    """

    number: int
    host: str | None
    source: str
    used: str
    collected: datetime | None
    sha256: str


class References:
    """Numbers raw texts in the order in which they are first cited."""

    def __init__(self) -> None:
        self._numbers: dict[_Key, int] = {}
        self._used: dict[_Key, dict[str, None]] = {}

    def cite(self, evidence: Iterable[Evidence], host: str | None = None) -> tuple[int, ...]:
        """The numbers of `evidence`, each once."""
        found: dict[int, None] = {}
        for piece in evidence:
            key = (host, piece.source, piece.collected, piece.sha256)
            number = self._numbers.setdefault(key, len(self._numbers) + 1)
            self._used.setdefault(key, {})[piece.command] = None
            found[number] = None
        return tuple(sorted(found))

    def of_unit(self, unit: Unit) -> tuple[int, ...]:
        """The outputs that a unit was seen in, by the hosts that printed them."""
        found: set[int] = set()
        for sighting in unit.sightings:
            found.update(self.cite(sighting.evidence, sighting.host))
        return tuple(sorted(found))

    def of_claim(self, unit: Unit, evidence: Iterable[Evidence]) -> tuple[int, ...]:
        """The same for any claim about a unit: outputs under their host, files under none."""
        hosts = {
            (piece.source, piece.sha256): sighting.host
            for sighting in unit.sightings
            for piece in sighting.evidence
        }
        found: set[int] = set()
        for piece in evidence:
            found.update(self.cite((piece,), hosts.get((piece.source, piece.sha256))))
        return tuple(sorted(found))

    def listed(self) -> tuple[Reference, ...]:
        """Everything cited so far, by number."""
        return tuple(
            Reference(number, host, source, _together(tuple(self._used[key])), collected, sha256)
            for key, number in self._numbers.items()
            for host, source, collected, sha256 in (key,)
        )


def _together(places: tuple[str, ...]) -> str:
    """Commands one by one, rows of a file together: ``row 2, 3, 4``."""
    rows = [place.removeprefix("row ") for place in places if place.startswith("row ")]
    rest = [place for place in places if not place.startswith("row ")]
    return ", ".join([*rest, *([f"row {', '.join(rows)}"] if rows else [])])
