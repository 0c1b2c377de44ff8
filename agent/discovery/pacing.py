"""When the next probe may be sent: a rate for all, and one for each prefix.

Time is an argument everywhere, so that the pace can be tested without waiting.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BURST_SECONDS = 0.05
"""What was missed may be made up for as long; a busy machine does not send in gusts."""
LOOK_AHEAD = 512
"""Hosts that wait for the turn of their prefix while others have theirs."""


@dataclass(slots=True)
class Pace:
    """Turns at `rate` a second in all, and at most `per_prefix` a second for each prefix.

    0 is no limit for a prefix. `turns` is how many may be taken now, as a fraction.
    """

    rate: float
    per_prefix: float = 0.0
    turns: float = 0.0
    _then: float | None = None
    _open_at: dict[int, float] = field(default_factory=lambda: defaultdict(float))

    def refill(self, now: float) -> None:
        """Count the turns that came up since the last call."""
        if self._then is not None:
            most = max(1.0, self.rate * BURST_SECONDS)
            self.turns = min(most, self.turns + (now - self._then) * self.rate)
        self._then = now

    def reserve(self, now: float, prefix: int) -> float:
        """When the next turn of `prefix` is; that turn is taken."""
        if not self.per_prefix:
            return now
        at = max(now, self._open_at[prefix])
        self._open_at[prefix] = at + 1 / self.per_prefix
        return at

    def wait(self, now: float, prefix: int) -> float:
        """Take a turn out of order; the seconds until it comes. What is in order waits longer."""
        self.refill(now)
        at = self.reserve(now, prefix)
        self.turns -= 1
        return max(at - now, -self.turns / self.rate, 0.0)


class Schedule:
    """Hosts in the order given, save where the prefix of one has to wait for its turn.

    `cost`: probes of one host, `most` those with all repetitions that may follow: a prefix is
    given time for these beforehand. `prefix` tells which prefix a host belongs to.
    """

    def __init__(
        self,
        order: Iterator[int],
        pace: Pace,
        cost: int,
        prefix: Callable[[int], int],
        most: int | None = None,
    ) -> None:
        self._order = order
        self._pace = pace
        self._cost = cost
        self._most = most or cost
        self._prefix = prefix
        self._late: list[tuple[float, int]] = []
        self._dry = False

    @property
    def done(self) -> bool:
        """Whether every host had its turn."""
        return self._dry and not self._late

    def due(self, now: float, most: int) -> Iterator[int]:
        """The hosts whose turn it is, `most` of them at most."""
        self._pace.refill(now)
        while most > 0 and self._pace.turns >= 1:
            host = self._next(now)
            if host is None:
                return
            self._pace.turns -= self._cost
            most -= 1
            yield host

    def _next(self, now: float) -> int | None:
        if self._late and self._late[0][0] <= now:
            return heapq.heappop(self._late)[1]
        while not self._dry and len(self._late) < LOOK_AHEAD:
            host = next(self._order, None)
            if host is None:
                self._dry = True
                break
            at = now
            if self._pace.per_prefix:
                prefix = self._prefix(host)
                at = max(self._pace.reserve(now, prefix) for _ in range(self._most))
            if at <= now:
                return host
            heapq.heappush(self._late, (at, host))
        return None
