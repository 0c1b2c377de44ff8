"""Which column of a file is what: by exact alias or by the user's word; likeness only suggests."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, TypeAlias

import yaml

from agent.errors import SourceError
from agent.sources import Column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from agent.sources import Declared

Aliases: TypeAlias = "Mapping[str, tuple[str, ...]]"
"""Headings by field, the one to prefer first; the first is the heading netcover writes itself."""

ALIKE = 80
"""From this likeness of 100 a heading is suggested for a field."""


@cache
def aliases(path: Path) -> Aliases:
    """The alias table in the data file at `path`."""
    table = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {field: tuple(headings) for field, headings in table.items()}


def match(headings: Sequence[str], known: Aliases, declared: Declared) -> dict[str, int]:
    """The place of each field's column.

    What the user declares stands first; where several headings fit, the preferred one.
    """
    places = {_plain(heading): place for place, heading in reversed(list(enumerate(headings)))}
    found = {
        field: places[_plain(heading)]
        for heading, field in declared.columns
        if field in known and _plain(heading) in places
    }
    for field, names in known.items():
        fitting = [places[plain] for plain in map(_plain, names) if plain in places]
        free = [place for place in fitting if place not in found.values()]
        if field not in found and free:
            found[field] = free[0]
    if declared.accept:
        found |= {field: place for place, field in suggest(headings, known, found).items()}
    return found


def suggest(headings: Sequence[str], known: Aliases, found: Mapping[str, int]) -> dict[int, str]:
    """For headings that are not used, the field without a column that they resemble most."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - only where a heading is not known

    free = {
        place: " ".join(heading.split()).casefold()
        for place, heading in enumerate(headings)
        if heading.strip() and place not in found.values()
    }
    best: dict[str, tuple[float, int]] = {}
    for field, names in known.items():
        if field in found:
            continue
        plain = [name.casefold() for name in names]
        for place, heading in free.items():
            hit = process.extractOne(heading, plain, scorer=fuzz.ratio, score_cutoff=ALIKE)
            if hit and (field not in best or hit[1] > best[field][0]):
                best[field] = (hit[1], place)
    chosen: dict[int, tuple[float, str]] = {}
    for field, (score, place) in best.items():
        if place not in chosen or score > chosen[place][0]:
            chosen[place] = (score, field)
    return {place: field for place, (_, field) in sorted(chosen.items())}


def describe(
    file: str, headings: Sequence[str], places: Mapping[str, int], known: Aliases
) -> tuple[Column, ...]:
    """Every heading with the field it was taken for, or the one it resembles.

    :raises SourceError: a heading that is used stands twice.
    """
    plain = [_plain(heading) for heading in headings]
    for place in places.values():
        if plain.count(plain[place]) > 1:
            raise SourceError(
                f"{file}: heading {headings[place].strip()!r} stands twice; remove or rename one"
            )
    fields = {place: field for field, place in places.items()}
    resembling = suggest(headings, known, places)
    return tuple(
        Column(" ".join(heading.split()), fields.get(place), resembling.get(place))
        for place, heading in enumerate(headings)
    )


def check(declared: Declared, known: Aliases) -> None:
    """Make sure that the user's columns name fields that there are.

    :raises SourceError: one does not.
    """
    for heading, field in declared.columns:
        if field not in known:
            raise SourceError(
                f"--map {heading}={field}: no such field; known: {', '.join(sorted(known))}"
            )


def check_headings(file: str, headings: Sequence[str], declared: Declared) -> None:
    """Make sure that the user's columns are there.

    :raises SourceError: the file has no such heading.
    """
    plain = {_plain(heading) for heading in headings}
    for heading, field in declared.columns:
        if _plain(heading) not in plain:
            seen = ", ".join(repr(" ".join(each.split())) for each in headings if each.strip())
            raise SourceError(
                f"{file}: --map {heading}={field}: no such heading; seen: {seen or 'none'}"
            )


@cache
def _plain(heading: str) -> str:
    """A heading without case, blanks and punctuation."""
    return "".join(letter for letter in heading.casefold() if letter.isalnum())
