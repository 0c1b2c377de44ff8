"""What sources of truth listed when they were asked last: one listing for each of them."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from agent.model import ListedHost, ListedUnit, Listing
from agent.store.schema import LISTED, LISTING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Connection, Row

_OF_HOST = ("place", "address", "port", "platform", "site", "role", "tenant", "status", "problem")


def save(connection: Connection, listing: Listing) -> None:
    """Keep a listing in place of what the same source said before."""
    same = (LISTING.c.source == listing.source, LISTING.c.origin == listing.origin)
    earlier = select(LISTING.c.number).where(*same)
    connection.execute(delete(LISTED).where(LISTED.c.listing.in_(earlier)))
    connection.execute(delete(LISTING).where(*same))
    row = {
        "source": listing.source,
        "origin": listing.origin,
        "taken": listing.taken,
        "sha256": listing.sha256,
        "filters": listing.filters,
    }
    connection.execute(insert(LISTING).values(row))
    number = connection.scalar(select(LISTING.c.number).where(*same))
    rows = [row | {"listing": number} for host in listing.hosts for row in _rows(host)]
    if rows:
        connection.execute(insert(LISTED), rows)


def _rows(host: ListedHost) -> Iterator[dict[str, object]]:
    """A row for each unit that a host is said to have, one for a host of which none is."""
    units: Iterable[ListedUnit | None] = host.units or (None,)
    for unit in units:
        yield {
            "host": host.name,
            **{key: getattr(host, key) for key in _OF_HOST},
            "tags": host.tags,
            "serial": unit and unit.serial,
            "pid": unit and unit.pid,
            "position": unit and unit.position,
            "unit_status": unit and unit.status,
        }


def load(connection: Connection) -> Iterator[Listing]:
    """Every listing that is kept, by source and address."""
    heads = select(LISTING).order_by(LISTING.c.source, LISTING.c.origin)
    for head in connection.execute(heads).all():
        rows = connection.execute(
            select(LISTED).where(LISTED.c.listing == head.number).order_by(LISTED.c.number)
        )
        hosts = groupby(rows, key=lambda row: (row.host, row.place))
        yield Listing(
            source=head.source,
            origin=head.origin,
            taken=head.taken,
            sha256=head.sha256,
            hosts=tuple(_host(list(group)) for _, group in hosts),
            filters=head.filters,
        )


def _host(rows: list[Row[tuple[object, ...]]]) -> ListedHost:
    first = rows[0]._mapping  # noqa: SLF001 - SQLAlchemy's own way to a row by name
    units = tuple(
        ListedUnit(row.serial, row.pid, row.position, row.unit_status)
        for row in rows
        if row.serial is not None
    )
    facts = {key: first[key] for key in _OF_HOST}
    return ListedHost(name=first["host"], tags=first["tags"], units=units, **facts)
