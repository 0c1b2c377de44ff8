"""Many items, a few a call: what was refused is asked in halves, what fails names its items."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from agent.apis.problems import FINAL, Problem
from agent.apis.session import Reply, batches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Call: TypeAlias = "Callable[[tuple[str, ...]], Reply | Problem]"

_HALVED = {"invalid_input", "too_many"}
_PASSED_OVER = "asked about, and not answered"


@dataclass(frozen=True, slots=True)
class Answered:
    """A document and everything that it is the answer to."""

    items: tuple[str, ...]
    body: str


def ask(
    items: Sequence[str], size: int, call: Call, named: Callable[[Reply], set[str]] | None = None
) -> Iterator[Answered | Problem]:
    """Ask about all items. One bad item makes a service refuse a whole call, so halves are tried.

    `named` says what an answer is about: items it passes over are a problem of their own. After a
    problem that every further call would meet, the rest is not asked and named with it.
    """
    waiting = batches(list(dict.fromkeys(items)), size)
    while waiting:
        batch = waiting.pop(0)
        found = call(batch)
        if isinstance(found, Reply):
            about = named(found) if named else set(batch)
            yield Answered(tuple(item for item in batch if item in about), found.body)
            if passed_over := tuple(item for item in batch if item not in about):
                yield Problem(found.service, "unexpected", "", _PASSED_OVER, passed_over)
        elif found.kind in _HALVED and len(batch) > 1:
            middle = len(batch) // 2
            waiting = [batch[:middle], batch[middle:], *waiting]
        elif found.kind in FINAL or found.service == "token":
            rest = tuple(item for one in waiting for item in one)
            yield replace(found, items=(*batch, *rest))
            return
        else:
            yield replace(found, items=batch)


def all_pages(
    first: Reply | Problem,
    rows: str,
    last: Callable[[Reply], int],
    page: Callable[[int], Reply | Problem],
) -> Reply | Problem:
    """The pages of one answer as one document: the rows of all of them under the first's name."""
    if isinstance(first, Problem):
        return first
    pages = last(first)
    if pages <= 1:
        return first
    joined = list(first.content.get(rows) or [])
    for number in range(2, pages + 1):
        following = page(number)
        if isinstance(following, Problem):
            return following
        joined += following.content.get(rows) or []
    content = {**first.content, rows: joined}
    return Reply(first.service, json.dumps(content), content)


def number(value: object, otherwise: int = 1) -> int:
    """A count that may come as a number or as text."""
    try:
        return int(str(value))
    except ValueError:
        return otherwise
