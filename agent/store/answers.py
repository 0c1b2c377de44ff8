"""What APIs answered, by what was asked: an interrupted run goes on where it stopped."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from agent.store import sweeps
from agent.store.schema import ANSWER, RAW

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: the body, and everything it is the answer to."""

    items: tuple[str, ...]
    fetched: datetime
    sha256: str
    body: str


def save(
    connection: Connection, service: str, items: Sequence[str], fetched: datetime, body: str
) -> str:
    """Keep a body as the answer to each of `items`, in place of earlier ones; its hash."""
    sha256 = hashlib.sha256(body.encode()).hexdigest()
    if sweeps.raw(connection, sha256) is None:
        packed = zlib.compress(body.encode())
        connection.execute(insert(RAW).values(sha256=sha256, zlib=packed))
    for start in range(0, len(items), _AT_ONCE):
        some = items[start : start + _AT_ONCE]
        connection.execute(
            delete(ANSWER).where(ANSWER.c.service == service, ANSWER.c.item.in_(some))
        )
    rows = [
        {"service": service, "item": item, "fetched": fetched, "sha256": sha256}
        for item in dict.fromkeys(items)
    ]
    if rows:
        connection.execute(insert(ANSWER), rows)
    return sha256


def load(connection: Connection, service: str, since: datetime) -> Iterator[Answer]:
    """Every answer of a service that is not older than `since`, by its hash."""
    c = ANSWER.c
    query = select(c.item, c.fetched, c.sha256).where(c.service == service)
    by_body: dict[str, list[tuple[str, datetime]]] = {}
    for item, fetched, sha256 in connection.execute(query.order_by(c.sha256, c.item)):
        if fetched >= since:
            by_body.setdefault(sha256, []).append((item, fetched))
    for sha256, found in by_body.items():
        body = sweeps.raw(connection, sha256) or ""
        oldest = min(fetched for _, fetched in found)
        yield Answer(tuple(item for item, _ in found), oldest, sha256, body)
