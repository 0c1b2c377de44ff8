"""Which software a product name means, and in which of our spellings its releases stand."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

import yaml

from agent.releases import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agent.model import Software

NO_VERSION = {"", "n/a", "na", "-", "unspecified", "none"}
_TRAIN = re.compile(r"(\d+)\.(\d+)")
_IOS_XE_3 = re.compile(r"(3\.\d+)\.\d+([A-Z]+)")


@cache
def _table(section: str) -> dict[str, str]:
    """Plain name -> what it means."""
    path = Path(__file__).with_name("products.yaml")
    names: dict[str, list[str]] = yaml.safe_load(path.read_text(encoding="utf-8"))[section]
    return {_plain(name): meant for meant, known in names.items() for name in (meant, *known)}


@lru_cache(maxsize=10_000)
def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def software(product: str) -> Software | None:
    """The software a product name means; None where it is none of ours."""
    return cast("Software | None", _table("software").get(_plain(product)))


def platform(name: str) -> str:
    """The short name of a platform; as stated where none is known."""
    return _table("platforms").get(_plain(name), name.strip())


@lru_cache(maxsize=100_000)
def release(raw: str, os: Software) -> str | None:
    """A release in canonical spelling; None where the text says that there is none."""
    return None if raw.strip().lower() in NO_VERSION else canonical(raw, os)


def releases(raw: Iterable[str], os: Software) -> tuple[str, ...]:
    """Releases in canonical spelling, each once, sorted as text."""
    return tuple(sorted({found for one in raw if (found := release(one, os))}))


def train(fixed: str) -> str | None:
    """The train of a release (``17.9``, ``9.20``, ``3.11E``); None where it is no release."""
    if old := _IOS_XE_3.match(fixed):
        return f"{old[1]}{old[2]}"
    match = _TRAIN.match(fixed)
    return f"{match[1]}.{match[2]}" if match else None
