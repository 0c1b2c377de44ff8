"""Who was told what: a fact is told to a recipient once, until it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, insert, select, update

from agent.store.schema import NOTICE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from sqlalchemy import Connection


def told(connection: Connection) -> dict[str, frozenset[str]]:
    """By recipient, the facts that were told and have not ended."""
    query = select(NOTICE.c.recipient, NOTICE.c.fact).where(NOTICE.c.ended.is_(None))
    found: dict[str, set[str]] = {}
    for recipient, fact in connection.execute(query):
        found.setdefault(recipient, set()).add(fact)
    return {recipient: frozenset(facts) for recipient, facts in found.items()}


def save(connection: Connection, recipient: str, facts: Iterable[str], moment: datetime) -> None:
    """Note that a recipient was told."""
    rows = [{"recipient": recipient, "fact": fact, "told": moment} for fact in facts]
    if rows:
        connection.execute(insert(NOTICE), rows)


def end(connection: Connection, facts: Collection[str], moment: datetime) -> None:
    """Note that facts no longer hold."""
    if facts:
        connection.execute(
            update(NOTICE)
            .where(NOTICE.c.fact == bindparam("key"), NOTICE.c.ended.is_(None))
            .values(ended=moment),
            [{"key": fact} for fact in facts],
        )
