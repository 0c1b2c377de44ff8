"""What was tried: every probe with its result, in a file from the first one on, and counted."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from agent.model import Attempt

if TYPE_CHECKING:
    from collections.abc import Callable


class Journal:
    """Notes attempts as they end; may be used from several threads.

    :ivar counts: attempts by kind.
    """

    def __init__(self, tell: Callable[[Attempt], None] = lambda attempt: None) -> None:  # noqa: ARG005
        self.counts: Counter[str] = Counter()
        self._tell = tell
        self._lock = threading.Lock()

    def tried(self, address: str, port: int, kind: str, result: str) -> None:
        """Note that something of `kind` was sent to `address`, and what came of it."""
        attempt = Attempt(address, port, kind, result, datetime.now(UTC))
        with self._lock:
            self.counts[kind] += 1
            self._tell(attempt)
