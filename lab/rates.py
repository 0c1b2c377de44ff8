"""So many logins in so many seconds: what a device, or the AAA server behind all, can take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from lab.record import Record

if TYPE_CHECKING:
    from collections import deque


class Rate(Record):
    """At most so many `logins` within any span of so many `seconds`."""

    logins: int = Field(default=2, ge=1)
    seconds: float = Field(default=1.0, gt=0)

    def admits(self, earlier: deque[float], now: float) -> bool:
        """Whether one more is taken `now`; `earlier` are those taken, and kept up to date."""
        while earlier and earlier[0] <= now - self.seconds:
            earlier.popleft()
        if len(earlier) >= self.logins:
            return False
        earlier.append(now)
        return True
