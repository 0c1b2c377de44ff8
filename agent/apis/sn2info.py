"""SN2INFO v2: what Cisco's records say of the cover of a serial."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from agent.apis.ask import Answered, all_pages, ask, number
from agent.apis.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agent.apis.session import Reply, Session

AT_ONCE = 75
"""Serials a call; the answer comes in pages of at most fifty."""


def summary(session: Session, serials: Sequence[str]) -> Iterator[Answered | Problem]:
    """Cover, contract and PIDs by serial."""

    def page(some: tuple[str, ...], at: int) -> Reply | Problem:
        path = f"coverage/summary/serial_numbers/{quote(','.join(some), safe=',')}"
        found = session.get("sn2info", path, {"page_index": at})
        if not isinstance(found, Problem) and "serial_numbers" not in found.content:
            return Problem("sn2info", "unexpected", "", "the answer has no serial_numbers")
        return found

    def call(some: tuple[str, ...]) -> Reply | Problem:
        return all_pages(page(some, 1), "serial_numbers", _last, lambda at: page(some, at))

    yield from ask(serials, AT_ONCE, call, _named)


def _named(reply: Reply) -> set[str]:
    return {str(row.get("sr_no") or "").strip() for row in reply.content["serial_numbers"] or []}


def _last(reply: Reply) -> int:
    record = reply.content.get("pagination_response_record") or {}
    return number(record.get("last_index"))
