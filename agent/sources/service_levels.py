"""What a contract line entitles to: what its file says, else what its service level is known for.

A level that is not in the table entitles to nothing that is proven.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from agent.model import Entitlement

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from agent.model import ContractLine

TABLE = Path(__file__).with_name("service_levels.yaml")
_ORDER_NUMBER = re.compile(r"CON-([A-Z0-9]+)-\S+", re.IGNORECASE)
_NO_CISCO = Entitlement(tac=False, os_software=False, application_software=False)


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """One level: its code, what it entitles to, how fast, and who says so."""

    code: str
    names: tuple[str, ...]
    entitles: Entitlement
    response: str | None
    source: str
    pattern: re.Pattern[str] | None = None


@cache
def levels(path: Path = TABLE) -> tuple[ServiceLevel, ...]:
    """Every level of a table, in its order."""
    table = yaml.safe_load(path.read_text(encoding="utf-8"))
    return tuple(_level(entry, table["sources"]) for entry in table["levels"])


def _level(entry: Mapping[str, Any], sources: Mapping[str, str]) -> ServiceLevel:
    pattern = entry.get("pattern")
    return ServiceLevel(
        code=entry["code"],
        names=tuple(entry["names"]),
        entitles=Entitlement(**entry["entitles"]),
        response=entry["response"],
        source=sources[entry["source"]],
        pattern=re.compile(pattern, re.IGNORECASE) if pattern else None,
    )


@lru_cache(maxsize=10_000)
def known(text: str) -> ServiceLevel | None:
    """The level that a code, a name or a service order number stands for; None where unknown."""
    if number := _ORDER_NUMBER.fullmatch(text.strip()):
        text = number[1]
    by_name = _by_name()
    if found := by_name.get(_plain(text)):
        return found
    words = " ".join(text.split())
    return next((x for x in levels() if x.pattern and x.pattern.fullmatch(words)), None)


@cache
def _by_name() -> Mapping[str, ServiceLevel]:
    return {_plain(name): level for level in levels() for name in (level.code, *level.names)}


def _plain(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def entitled(line: ContractLine) -> ContractLine:
    """The line with what its service level adds; what its file states stands before that."""
    level = known(line.service_level) if line.service_level else None
    found = _NO_CISCO if line.third_party else level.entitles if level else Entitlement()
    if found == Entitlement() and not (level and level.response):
        return line
    return replace(
        line,
        entitles=_merged(line.entitles, found),
        response=line.response or (level.response if level else None),
    )


def _merged(stated: Entitlement, known_for: Entitlement) -> Entitlement:
    values = {}
    for field in fields(Entitlement):
        own = getattr(stated, field.name)
        values[field.name] = getattr(known_for, field.name) if own is None else own
    return Entitlement(**values)


def all_entitled(lines: Iterable[ContractLine]) -> Iterator[ContractLine]:
    """Every line with what its service level adds."""
    return map(entitled, lines)
