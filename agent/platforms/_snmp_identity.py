"""Which platform a device is of, and what it runs, by what its SNMP agent says of itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agent.platforms._walk import Oid, Walk

SYS_DESCR: Oid = (1, 3, 6, 1, 2, 1, 1, 1, 0)
SYS_OBJECT_ID: Oid = (1, 3, 6, 1, 2, 1, 1, 2, 0)
SYS_NAME: Oid = (1, 3, 6, 1, 2, 1, 1, 5, 0)

GENERIC = "generic"
"""The platform of whatever answers and is none of the others."""

_PRODUCTS = "1.3.6.1.4.1.9.1."
_FIREWALLS = frozenset({"asa", "ftd", "fxos"})
_RELEASES = (
    re.compile(r"Threat Defense[^,]*, Version (\d[\d.]*(?: ?\(Build \d+\)|-\d+)?)"),
    re.compile(r"Adaptive Security Appliance Version (\d\S*)"),
    re.compile(r"\bCisco (?:IOS|Internetwork).*?\bVersion ([^\s,]+)", re.DOTALL),
    re.compile(r"\bCisco NX-OS.*?\bVersion ([^\s,]+)", re.DOTALL),
)


@dataclass(frozen=True, slots=True)
class Signs:
    """What tells one platform."""

    platform: str
    products: dict[str, str]
    descriptions: tuple[re.Pattern[str], ...]
    models: re.Pattern[str]


@cache
def signs() -> tuple[Signs, ...]:
    """The table ``sys_object_ids.yaml``; firewalls first, whose sysDescr is the most exact."""
    import yaml  # noqa: PLC0415 - heavy, and few sweeps need it

    path = Path(__file__).with_name("sys_object_ids.yaml")
    table = yaml.safe_load(path.read_text(encoding="utf-8"))
    found = [
        Signs(
            platform=name,
            products={f"{_PRODUCTS}{number}": str(p) for number, p in entry["object_ids"].items()},
            descriptions=tuple(re.compile(text) for text in entry["descriptions"]),
            models=re.compile(entry["models"]),
        )
        for name, entry in table.items()
    ]
    return tuple(sorted(found, key=lambda s: s.platform not in _FIREWALLS))


def product(walk: Walk) -> str | None:
    """The product that sysObjectID names; None where it is not in the table."""
    stated = walk.scalar(SYS_OBJECT_ID)
    return next((s.products[stated] for s in signs() if stated in s.products), None)


def identify(walk: Walk, chassis_pids: Iterable[str] = ()) -> str | None:
    """The platform: by sysObjectID, then sysDescr, then the PID of a chassis.

    The same firewall hardware runs ASA or FTD, so between these sysDescr decides. None where
    the agent says nothing of itself.
    """
    stated, description = walk.scalar(SYS_OBJECT_ID), walk.scalar(SYS_DESCR)
    by_id = next((s.platform for s in signs() if stated in s.products), None)
    by_words = next(
        (s.platform for s in signs() if any(p.search(description) for p in s.descriptions)), None
    )
    if by_id and by_words and {by_id, by_words} <= _FIREWALLS:
        return by_words
    by_model = next((s.platform for p in chassis_pids for s in signs() if s.models.match(p)), None)
    return by_id or by_words or by_model or (GENERIC if stated or description else None)


def release(walk: Walk) -> str | None:
    """The release that sysDescr names, as printed; of FTD its own, not that of the ASA inside."""
    description = walk.scalar(SYS_DESCR)
    return next((m[1] for m in (p.search(description) for p in _RELEASES) if m), None)
