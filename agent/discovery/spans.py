"""Addresses as sorted, disjoint ranges: a /8 is two numbers, and each address has a place."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network
Span: TypeAlias = tuple[int, int, int]
"""Version, first and last address of a range, as numbers."""


@dataclass(frozen=True, slots=True)
class Spans:
    """A set of addresses, ``spans[place]`` one of them."""

    parts: tuple[Span, ...] = ()
    places: tuple[int, ...] = ()

    @classmethod
    def of(cls, parts: Iterable[Span]) -> Spans:
        """The union of `parts`, which may overlap."""
        merged: list[Span] = []
        for version, first, last in sorted(parts):
            if merged and merged[-1][0] == version and first <= merged[-1][2] + 1:
                merged[-1] = version, merged[-1][1], max(last, merged[-1][2])
            else:
                merged.append((version, first, last))
        places, total = [], 0
        for _, first, last in merged:
            places.append(total)
            total += last - first + 1
        return cls(tuple(merged), tuple(places))

    @classmethod
    def read(cls, words: Iterable[str]) -> Spans:
        """The ranges that `words` spells.

        :raises ValueError: one of them is none.
        """
        return cls.of(_read(word) for word in words)

    @property
    def size(self) -> int:
        """How many addresses; `len` cannot count those of an IPv6 prefix."""
        return self.places[-1] + self.parts[-1][2] - self.parts[-1][1] + 1 if self.parts else 0

    def __getitem__(self, place: int) -> Address:
        number = bisect_right(self.places, place) - 1
        version, first, last = self.parts[number]
        value = first + place - self.places[number]
        if place < 0 or value > last:
            raise IndexError(place)
        return _address(version, value)

    def __contains__(self, address: object) -> bool:
        return isinstance(address, IPv4Address | IPv6Address) and self.place(address) is not None

    def __iter__(self) -> Iterator[Address]:
        for version, first, last in self.parts:
            yield from (_address(version, value) for value in range(first, last + 1))

    def place(self, address: Address) -> int | None:
        """Where `address` stands among them; None where it does not."""
        version, value = address.version, int(address)
        number = bisect_right(self.parts, (version, value, value)) - 1
        # A range that begins at the address and ends after it sorts behind the address alone.
        for candidate in (number, number + 1):
            if 0 <= candidate < len(self.parts):
                its, first, last = self.parts[candidate]
                if its == version and first <= value <= last:
                    return self.places[candidate] + value - first
        return None

    def minus(self, other: Spans) -> Spans:
        """Those that are not in `other`."""
        left: list[Span] = []
        others = iter(other.parts)
        cut = next(others, None)
        for version, start, last in self.parts:
            first = start
            while cut is not None and (cut[0], cut[2]) < (version, first):
                cut = next(others, None)
            while cut is not None and cut[0] == version and cut[1] <= last:
                if first < cut[1]:
                    left.append((version, first, cut[1] - 1))
                first = cut[2] + 1
                if first > last:
                    break
                cut = next(others, None)
            if first <= last:
                left.append((version, first, last))
        return Spans.of(left)

    def words(self) -> tuple[str, ...]:
        """The ranges as ``192.0.2.1-192.0.2.9``, an address alone as itself."""
        return tuple(
            str(_address(v, a)) if a == b else f"{_address(v, a)}-{_address(v, b)}"
            for v, a, b in self.parts
        )


def span(of: Network | Address) -> Span:
    """The range of a network, or of one address."""
    if isinstance(of, IPv4Network | IPv6Network):
        return of.version, int(of.network_address), int(of.broadcast_address)
    return of.version, int(of), int(of)


def _read(word: str) -> Span:
    first, _, last = word.partition("-")
    start, end = ip_address(first), ip_address(last or first)
    return start.version, int(start), int(end)


def _address(version: int, value: int) -> Address:
    return IPv4Address(value) if version == 4 else IPv6Address(value)  # noqa: PLR2004
