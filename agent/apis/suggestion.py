"""Software Suggestion v2: the release that Cisco recommends for a product."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from agent.apis.ask import Answered, ask

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agent.apis.problems import Problem
    from agent.apis.session import Reply, Session
    from agent.apis.shapes import Content

AT_ONCE = 10


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One recommended release of one kind of software for one product."""

    pid: str
    software: str
    release: str


def by_pid(session: Session, pids: Sequence[str]) -> Iterator[Answered | Problem]:
    """Suggested releases by PID, ten a call, by themselves where the service refuses ten."""

    def call(some: tuple[str, ...]) -> Reply | Problem:
        path = f"releases/productIds/{quote(','.join(some), safe=',=')}"
        return session.get("suggestion", path, {"pageIndex": 1})

    yield from ask(pids, AT_ONCE, call)


def suggestions(content: Content) -> tuple[Suggestion, ...]:
    """What an answer recommends; rows that carry an error of their own recommend nothing."""
    found: set[tuple[str, str, str]] = set()
    for row in content.get("productList") or []:
        product = row.get("product") or {}
        for each in row.get("suggestions") or []:
            release = each.get("releaseFormat1")
            if release and str(each.get("isSuggested")).upper() in {"Y", "YES", "TRUE"}:
                pid, software = product.get("basePID"), product.get("softwareType")
                found.add((str(pid or ""), str(software or ""), str(release)))
    return tuple(Suggestion(*one) for one in sorted(found))
