"""CX Cloud v2: contracts and cover of the customers that the application is associated with."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.apis.ask import Answered, number
from agent.apis.problems import FINAL, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.apis.session import Reply, Session

ROWS = 500
COLLECTIONS = ("contracts/contract-details", "contracts/coverage", "contracts/not-covered")


def collections(session: Session) -> Iterator[Answered | Problem]:
    """Every page of contracts, covered and uncovered assets of every customer.

    An item is named ``customer collection page``; what arrived before a failure is kept.
    """
    customers = session.get("cxcloud", "customer-info/customer-details")
    if isinstance(customers, Problem):
        yield replace(customers, items=("customers",))
        return
    found = sorted({str(row["customerId"]) for row in _rows(customers) if row.get("customerId")})
    for customer in found:
        for collection in COLLECTIONS:
            for answer in _pages(session, customer, collection):
                yield answer
                if isinstance(answer, Problem) and answer.kind in FINAL:
                    return


def _pages(session: Session, customer: str, collection: str) -> Iterator[Answered | Problem]:
    page, last, arrived = 1, 1, 0
    while page <= last:
        query: dict[str, str | int] = {"customerId": customer, "page": page, "rows": ROWS}
        found = session.get("cxcloud", collection, query)
        item = f"{customer} {collection} page {page}"
        if isinstance(found, Problem):
            left = [f"{customer} {collection} page {each}" for each in range(page, last + 1)]
            yield replace(found, items=tuple(left))
            return
        if "data" not in found.content:
            yield Problem("cxcloud", "unexpected", "", "the answer has no data", (item,))
            return
        pagination = found.content.get("pagination") or {}
        last = number(pagination.get("pages"))
        arrived += len(_rows(found))
        yield Answered((item,), found.body)
        page += 1
    if arrived < (total := number(pagination.get("total"), 0)):
        text = f"{arrived} of {total} rows arrived"
        yield Problem("cxcloud", "unexpected", "", text, (f"{customer} {collection}",))


def _rows(reply: Reply) -> list[dict[str, object]]:
    data = reply.content.get("data", reply.content.get("items"))
    return [row for row in data if isinstance(row, dict)] if isinstance(data, list) else []
