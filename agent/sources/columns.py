"""Which column of a file is what: headings by exact alias, alias tables are data files."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, TypeAlias

import yaml

from agent.errors import SourceError
from agent.sources import Column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

Aliases: TypeAlias = "Mapping[str, tuple[str, ...]]"
"""Headings by field, the one to prefer first; the first is the heading netcover writes itself."""


@cache
def aliases(path: Path) -> Aliases:
    """The alias table in the data file at `path`."""
    table = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {field: tuple(headings) for field, headings in table.items()}


def match(headings: Sequence[str], known: Aliases) -> dict[str, int]:
    """The place of each field's column; where several headings fit, the preferred one."""
    places = {_plain(heading): place for place, heading in reversed(list(enumerate(headings)))}
    found = {}
    for field, names in known.items():
        fitting = [places[plain] for plain in map(_plain, names) if plain in places]
        if fitting:
            found[field] = fitting[0]
    return found


def describe(file: str, headings: Sequence[str], places: Mapping[str, int]) -> tuple[Column, ...]:
    """Every heading with the field it was taken for.

    :raises SourceError: a heading that is used stands twice.
    """
    plain = [_plain(heading) for heading in headings]
    for place in places.values():
        if plain.count(plain[place]) > 1:
            raise SourceError(
                f"{file}: heading {headings[place].strip()!r} stands twice; remove or rename one"
            )
    fields = {place: field for field, place in places.items()}
    return tuple(
        Column(" ".join(heading.split()), fields.get(place))
        for place, heading in enumerate(headings)
    )


@cache
def _plain(heading: str) -> str:
    """A heading without case, blanks and punctuation."""
    return "".join(letter for letter in heading.casefold() if letter.isalnum())
