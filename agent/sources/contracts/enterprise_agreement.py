"""Enterprise Agreement consumption: suites bought and consumed, with the next true-forward day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.model import Licence
from agent.sources import cells
from agent.sources.answers import holds, load, objects, read_objects, text
from agent.sources.contracts import ContractSource, LineFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from agent.sources import Declared
    from agent.sources.answers import Item
    from agent.sources.contracts import ContractRecord
    from agent.sources.records import Facts

_VIRTUAL_ACCOUNTS = ("vitualAccounts", "virtualAccounts")
"""The API spells it the first way."""
_NAMES = ("suiteName", "suite", "name", "suiteDescription")


_TAKEN = {
    "subscriptionID": "subscription",
    "status": "status",
    "startDate": "start",
    "endDate": "end",
    "nextTrueForward": "true_forward",
    "architectureName": "name",
    "accounts": "suites",
}


def _ours(content: Item) -> bool:
    return any("nextTrueForward" in each for each in objects(content, "subscriptions"))


def _make(item: Item, facts: Facts) -> Iterator[ContractRecord]:
    if not objects(item, "accounts"):
        raise ValueError("states no account, so no suite and no consumption")
    for account in objects(item, "accounts"):
        for key in _VIRTUAL_ACCOUNTS:
            for virtual in objects(account, key):
                for suite in objects(virtual, "suites"):
                    yield _licence(item, account, virtual, suite, facts)


def _licence(item: Item, account: Item, virtual: Item, suite: Item, facts: Facts) -> Licence:
    skus = suite.get("commerceSkus")
    sku = _sku(skus[0]) if isinstance(skus, list) and skus else None
    name = next((text(suite[key]) for key in _NAMES if suite.get(key)), None)
    if name is None and sku is None:
        raise ValueError("a suite without a name and without an order number")
    architecture = text(item.get("architectureName"))
    return Licence(
        name=" ".join(filter(None, (architecture, name or sku))),
        evidence=facts.evidence,
        sku=sku,
        account=text(account.get("smartAccountId") or account.get("smartAccountName")) or None,
        virtual_account=text(virtual.get("virtualAccountName") or virtual.get("name")) or None,
        subscription=text(item.get("subscriptionID")) or None,
        agreement=True,
        quantity=_count(suite, "totalEntitlements", "purchasedEntitlements"),
        in_use=_count(suite, "totalConsumption"),
        status=text(suite.get("healthMessage") or item.get("status")) or None,
        start=_day(item, "startDate", facts),
        end=_day(item, "endDate", facts),
        true_forward=_day(item, "nextTrueForward", facts),
    )


def _sku(sku: object) -> str | None:
    if isinstance(sku, dict):
        return next((str(v) for k, v in sku.items() if "sku" in k.lower() and v), None)
    return text(sku) or None


def _count(suite: Item, *keys: str) -> int | None:
    for key in keys:
        found = text(suite.get(key)).strip()
        if found:
            return int(float(found))
    return None


def _day(item: Item, key: str, facts: Facts) -> date | None:
    found = cells.content(text(item.get(key)))
    return cells.day(found, facts.date_format) if found else None


def read(path: Path, declared: Declared) -> LineFile:
    """The suites of one answer."""
    found = objects(load(path).content, "subscriptions")
    return read_objects(path, "enterprise_agreement", found, _make, declared, taken=_TAKEN)


SOURCE = ContractSource(
    name="enterprise_agreement",
    title="Enterprise Agreement consumption (.json with subscriptions[])",
    accepts=lambda path: holds(path, _ours),
    read=read,
)
