"""OpenEoX: lifecycle statements of any vendor, read from a shell document and written as one.

OpenEoX knows three milestones of ours and the first shipment; "tba" is "not announced". What is
unknown or not stated has no place in it: such a product is left out of an export and named.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from agent.model import Milestones, TrainMilestones, Unstated
from agent.sources import cells
from agent.sources.advisories._products import software
from agent.sources.answers import holds, load, objects, read_objects, text
from agent.sources.eox import EoxSource, MilestoneFile
from agent.sources.eox.by_train import train_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from agent.model import Milestone, Software
    from agent.sources import Declared
    from agent.sources.answers import Item
    from agent.sources.eox import EoxRecord
    from agent.sources.records import Facts

SCHEMAS = "https://docs.oasis-open.org/openeox/tbd/schema"
VENDOR = "Cisco"
_TBA = "tba"
_SOFTWARE: dict[Software, tuple[str, str]] = {
    "ios-xe": ("Cisco IOS XE", "cpe:2.3:o:cisco:ios_xe"),
    "asa": (
        "Cisco Adaptive Security Appliance",
        "cpe:2.3:a:cisco:adaptive_security_appliance_software",
    ),
    "ftd": ("Cisco Firepower Threat Defense", "cpe:2.3:a:cisco:firepower_threat_defense"),
    "fxos": ("Cisco FXOS", "cpe:2.3:o:cisco:fxos"),
}

_TAKEN = {"core": "milestones", "product": "product", "product_identification_helper": "pid"}


# ------------------------------------------------------------------------------ import


def _make(item: Item, facts: Facts) -> Iterator[EoxRecord]:
    core = next(iter(objects(item, "core")), None)
    product = next(iter(objects(item, "product")), None)
    if core is None or product is None:
        raise ValueError("a statement without its core or without its product")
    helper = next(iter(objects(item, "product_identification_helper")), {})
    dates: dict[str, Any] = {
        "end_of_sale": _milestone(core, "end_of_sales"),
        "security_support": _milestone(core, "end_of_security_support"),
        "last_date_of_support": _milestone(core, "end_of_life"),
    }
    parts = objects(product, "hardware") or objects(product, "software") or [product]
    if "hardware" in product or "hardware" in text(product.get("$schema")):
        yield Milestones(pid=_pid(parts[0], helper), evidence=facts.evidence, **dates)
        return
    name, version = text(parts[0].get("product_name")), text(parts[0].get("product_version"))
    os = software(name)
    if os is None:
        yield Milestones(pid=_pid(parts[0], helper), evidence=facts.evidence, **dates)
        return
    shipped = _milestone(core, "general_availability")
    yield TrainMilestones(
        os=os,
        train=train_of(version),
        evidence=facts.evidence,
        first_customer_shipment=shipped if isinstance(shipped, date) else None,
        **dates,
    )


def _pid(product: Item, helper: Item) -> str:
    """The order or model number; a name with blanks is none."""
    for key in ("skus", "model_numbers"):
        numbers = helper.get(key)
        if isinstance(numbers, list) and len(numbers) == 1 and text(numbers[0]).strip():
            return text(numbers[0]).strip()
    name = text(product.get("product_name")).strip()
    if not name or " " in name:
        raise ValueError(f"names no single order or model number for {name or 'its product'!r}")
    return name


def _milestone(core: Item, key: str) -> Milestone:
    value = text(core.get(key)).strip()
    if not value:
        return Unstated.UNKNOWN
    if value.lower() == _TBA:
        return Unstated.NOT_ANNOUNCED
    try:
        return datetime.fromisoformat(value).date()
    except ValueError:
        return cells.day(value, None)


def read(path: Path, declared: Declared) -> MilestoneFile:
    """The milestones of a shell document."""
    found = objects(load(path).content, "statements")
    return read_objects(path, "openeox", found, _make, declared, taken=_TAKEN)


# ------------------------------------------------------------------------------ export


def document(
    records: Iterable[EoxRecord], updated: date
) -> tuple[dict[str, Any], list[tuple[EoxRecord, str]]]:
    """A shell document, and the records that OpenEoX cannot state, each with the reason.

    `updated` stands for records whose source states no day.
    """
    statements: list[dict[str, Any]] = []
    left_out: list[tuple[EoxRecord, str]] = []
    for record in records:
        missing = [
            words
            for words, milestone in (
                ("last date of support", record.last_date_of_support),
                ("end of security support", record.security_support),
            )
            if milestone in {Unstated.UNKNOWN, Unstated.NOT_STATED}
        ]
        if missing:
            left_out.append((record, f"{' and '.join(missing)} not known"))
        else:
            statements.append(_statement(record, updated))
    return {"$schema": f"{SCHEMAS}/shell.json", "statements": statements}, left_out


def _statement(record: EoxRecord, updated: date) -> dict[str, Any]:
    when = record.evidence.collected or datetime.combine(updated, time(), UTC)
    core: dict[str, Any] = {
        "$schema": f"{SCHEMAS}/core.json",
        "end_of_life": _stamp(record.last_date_of_support),
        "end_of_security_support": _stamp(record.security_support),
        "last_updated": when.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    if record.end_of_sale not in {Unstated.UNKNOWN, Unstated.NOT_STATED}:
        core["end_of_sales"] = _stamp(record.end_of_sale)
    if isinstance(record, Milestones):
        product, helper = _product("hardware", record.pid, "any"), {"skus": [record.pid]}
    else:
        name, cpe = _SOFTWARE[record.os]
        product = _product("software", name, record.train)
        helper = {"cpe": f"{cpe}:{record.train}:*:*:*:*:*:*:*"}  # type: ignore[dict-item]
    return {"core": core, "product": product, "product_identification_helper": helper}


def _product(kind: str, name: str, version: str) -> dict[str, str]:
    return {
        "$schema": f"{SCHEMAS}/product_{kind}.json",
        "product_name": name,
        "product_version": version,
        "vendor_name": VENDOR,
    }


def _stamp(milestone: Milestone) -> str:
    """The last moment of the day: a milestone's day is the last good one."""
    if isinstance(milestone, date):
        return f"{milestone.isoformat()}T23:59:59Z"
    return _TBA


SOURCE = EoxSource(
    name="openeox",
    title="OpenEoX (.json with statements[])",
    accepts=lambda path: holds(
        path,
        lambda content: any(
            isinstance(s.get("core"), Mapping) for s in objects(content, "statements")
        ),
    ),
    read=read,
)
