"""Finding hosts: one file per way to find them, each a finder that yields `Discovered`.

A finder is called with an `Errand`. It contacts nobody whom ``errand.scope`` does not admit, notes
each thing it sends in ``errand.journal``, and ends soon after ``errand.stop`` is set. Whom it hears
of and may not contact it yields all the same, with the reason.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agent.discovery.journal import Journal
    from agent.discovery.scope import Scope
    from agent.model import Discovered


@dataclass(frozen=True, slots=True)
class Errand:
    """What every finder is given. `timeout` in seconds: for a connection, an answer."""

    scope: Scope
    journal: Journal
    timeout: float = 2.0
    stop: threading.Event = field(default_factory=threading.Event)


class Finder(Protocol):
    """A way to find hosts; what is its own (whom to ask first, credentials) is bound before."""

    def __call__(self, errand: Errand) -> Iterable[Discovered]:
        """Yield what is found, as it is found."""
