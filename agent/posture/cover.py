"""Cover by contract lines: what is active on a day, and until when without a gap."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from agent.model import ContractLine


def cover_end(lines: Iterable[ContractLine], day: date) -> date | None:
    """The last day of cover that is active on `day`, follow-on lines without a gap included."""
    known = tuple(lines)
    ends = [line.end for line in known if line.covers(day)]
    if not ends:
        return None
    end = max(ends)
    for line in sorted((x for x in known if x.start), key=lambda x: x.start or x.end):
        if line.start is not None and line.start <= end + timedelta(days=1):
            end = max(end, line.end)
    return end
