"""Rows that are made as they are walked, again and again: a report need not hold an estate."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar, overload

T = TypeVar("T")


class Rows(Sequence[T]):
    """A sequence of known length whose items are made anew by every walk over it."""

    def __init__(self, make: Callable[[], Iterator[T]], count: int) -> None:
        self._make = make
        self._count = count

    def __iter__(self) -> Iterator[T]:
        return self._make()

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[T]: ...
    def __getitem__(self, place: int | slice) -> T | Sequence[T]:
        """One item or a stretch of them; walks over all."""
        return tuple(self)[place]
