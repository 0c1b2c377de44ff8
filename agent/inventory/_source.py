"""What a module of this package declares to be a source of truth: its ``SOURCE``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from agent.model import Listing
    from agent.settings import InventorySettings

FILTERS = ("site", "role", "tag", "tenant")
"""What a source can be asked for; the order is that of messages."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a source is asked: where it is, which hosts, and the moment that its answer stands for.

    `path` is None for a source that is asked over HTTPS, `filters` are pairs of key and value that
    all have to hold beside those of the settings.
    """

    settings: InventorySettings
    taken: datetime
    path: Path | None = None
    filters: tuple[tuple[str, str], ...] = ()

    def values(self, key: str) -> tuple[str, ...]:
        """The values of a filter, of which any may hold; those asked now before the settings'."""
        now = tuple(value for name, value in self.filters if name == key)
        settled: tuple[str, ...] = getattr(self.settings.filters, key)
        return now if len(now) == 1 else () if now else settled

    @property
    def words(self) -> tuple[str, ...]:
        """Every filter as messages write it."""
        settled = [
            f"{key}={value}" for key in FILTERS for value in getattr(self.settings.filters, key)
        ]
        return tuple(dict.fromkeys(settled + [f"{key}={value}" for key, value in self.filters]))


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of source of truth.

    `read` gives every host it lists; `recognises` tells its files, None where it is asked over
    HTTPS. `title` names it in documents.
    """

    title: str
    read: Callable[[Asked], Listing]
    recognises: Callable[[Path], bool] | None = None


def pairs(filters: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Filters as keys and values.

    :raises UsageError: one has no ``=``.
    """
    for text in filters:
        key, equals, value = text.partition("=")
        if not equals or not key or not value:
            raise UsageError(f"--filter {text}: write it as KEY=VALUE, such as site=north")
        yield key, value
