"""What was tried at each address, in one octet for each; a /16 told in a page."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from itertools import groupby
from typing import TYPE_CHECKING

from agent.discovery.spans import Spans, span

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator, Sequence

    from agent.discovery.spans import Address, Span
    from agent.model import Attempt

_address = lru_cache(maxsize=1024)(ip_address)


@dataclass(frozen=True, slots=True, order=True)
class Tried:
    """Addresses at which the last attempt of a kind came to the same result, as ranges."""

    kind: str
    port: int
    result: str
    count: int
    addresses: tuple[str, ...]


class Tally:
    """The last result of each kind of attempt at each address.

    `spans` are the addresses that are expected; others cost more memory.
    """

    def __init__(self, spans: Spans | None = None) -> None:
        self._spans = spans or Spans()
        self._codes: dict[str, int] = {}
        self._inside: dict[tuple[str, int], bytearray] = {}
        self._outside: dict[tuple[str, int, Address], str] = {}

    def add(self, attempt: Attempt) -> None:
        """Count an attempt; what was known of it before is replaced."""
        address = _address(attempt.address)
        place = self._spans.place(address)
        code = self._codes.setdefault(attempt.result, len(self._codes) + 1)
        if place is None or code > 255:  # noqa: PLR2004 - an octet
            self._outside[attempt.kind, attempt.port, address] = attempt.result
            return
        key = attempt.kind, attempt.port
        if key not in self._inside:
            self._inside[key] = bytearray(self._spans.size)
        self._inside[key][place] = code

    def settled(
        self, asked: Sequence[tuple[str, int]], results: Container[str]
    ) -> Callable[[int], bool]:
        """Tell of a place whether each kind and port of `asked` came to one of `results` there."""
        codes = frozenset(code for result, code in self._codes.items() if result in results)
        known = [self._inside.get(each) for each in asked]
        return lambda place: all(each and each[place] in codes for each in known)

    def untried(self, kind: str, port: int) -> int:
        """At how many of the expected addresses it was not tried."""
        known = self._inside.get((kind, port))
        return known.count(0) if known else self._spans.size

    def tried(self) -> tuple[Tried, ...]:
        """All attempts, sorted; every address stands in exactly one range of its kind."""
        found: dict[tuple[str, int, str], list[Span]] = {}
        names = {code: result for result, code in self._codes.items()}
        for (kind, port), codes in self._inside.items():
            for code, first, last in _runs(codes):
                parts = found.setdefault((kind, port, names[code]), [])
                parts.extend(self._parts(first, last))
        for (kind, port, address), result in self._outside.items():
            found.setdefault((kind, port, result), []).append(span(address))
        made = ((key, Spans.of(parts)) for key, parts in found.items())
        return tuple(sorted(Tried(*key, spans.size, spans.words()) for key, spans in made))

    def _parts(self, first: int, last: int) -> Iterator[Span]:
        """The ranges between two places."""
        number = bisect_right(self._spans.places, first) - 1
        while number < len(self._spans.places) and self._spans.places[number] <= last:
            start, (version, low, high) = self._spans.places[number], self._spans.parts[number]
            begin, end = max(first, start), min(last, start + high - low)
            yield version, low + begin - start, low + end - start
            number += 1


def _runs(codes: bytearray) -> Iterator[tuple[int, int, int]]:
    """Each run of equal codes with its first and last place; zeros are left out."""
    place = 0
    for code, run in groupby(codes):
        length = sum(1 for _ in run)
        if code:
            yield code, place, place + length - 1
        place += length
