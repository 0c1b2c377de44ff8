"""Product Information v1: whether Cisco knows a serial at all, and as which product."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from agent.apis.ask import Answered, ask
from agent.apis.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agent.apis.session import Reply, Session

AT_ONCE = 5


def by_serial(session: Session, serials: Sequence[str]) -> Iterator[Answered | Problem]:
    """Product records by serial."""

    def call(some: tuple[str, ...]) -> Reply | Problem:
        path = f"serial_numbers/{quote(','.join(some), safe=',')}"
        found = session.get("product", path)
        if not isinstance(found, Problem) and "product_list" not in found.content:
            return Problem("product", "unexpected", "", "the answer has no product_list")
        return found

    yield from ask(serials, AT_ONCE, call)
