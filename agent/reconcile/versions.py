"""Release order and match: which release is newer, and where one stands in a vendor's list.

Spelling is canonical already (:mod:`agent.releases`); here it becomes a typed key. Letters are not
all alike on IOS-XE: a, b, c are rebuilds of a release and stand after it, while s, t, w to z are
builds for one platform and 17.11.99SW is a controlled release; those compare with nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from agent.releases import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agent.model import Software

_IOS_XE = re.compile(r"(\d+)\.(\d+)\.(\d+)([a-z]*)(\d*)\.?([A-Z]*)", re.ASCII)
_NUMBERS = re.compile(r"\d+(?:\.\d+){1,5}", re.ASCII)
_DOTTED = re.compile(r"\((\w+(?:\.\w+)*)\)(?=(\d)?)", re.ASCII)
_SPECIAL_LETTERS = frozenset("stwxyz")
# Until 3.x the upper-case letters name a family with trains of its own (3.11.12E); from 16.x on
# they mark a controlled release.
_FAMILIES_END = 16
_PLACES = 4

ListPosition: TypeAlias = Literal[
    "affected",
    "newer_than_listed",
    "gap_in_listed_range",
    "older_than_listed",
    "train_not_listed_older",
    "train_not_listed_between",
    "train_not_listed_newer",
]
Key: TypeAlias = tuple[tuple[int, ...], str, int, str]
TrainKey: TypeAlias = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Release:
    """One release in parts. `numbers` always has at least four places; missing ones are 0."""

    numbers: tuple[int, ...]
    letters: str = ""
    digits: int = 0
    family: str = ""

    @property
    def key(self) -> Key:
        """Orders the releases of one software."""
        return (self.numbers, self.letters, self.digits, self.family)

    @property
    def special(self) -> bool:
        """Whether it is a build for one platform or a controlled release: on no line with others.

        >>> release("16.12.1z1", "ios-xe").special, release("17.9.4a", "ios-xe").special
        (True, False)
        """
        controlled = bool(self.family) and self.numbers[0] >= _FAMILIES_END
        return controlled or self.letters[:1] in _SPECIAL_LETTERS

    @property
    def train(self) -> TrainKey:
        """The train it belongs to, as a key."""
        family = self.family if self.numbers[0] < _FAMILIES_END else ""
        return (self.numbers[0], self.numbers[1], family)

    def __lt__(self, other: Release) -> bool:
        return self.key < other.key

    def __le__(self, other: Release) -> bool:
        return self.key <= other.key


@lru_cache(maxsize=65_536)
def release(version: str | None, software: Software) -> Release | None:
    """The parts of `version`, or None where it is no numbered release.

    >>> release("9.16(4)57", "asa") == release("9.16.4.57", "asa")
    True
    """
    spelled = canonical(version, software) if version else None
    if spelled is None:
        return None
    # Access points of an IOS-XE controller are listed by its releases, others by four numbers.
    if software == "ios-xe" or (software == "ap" and _NUMBERS.fullmatch(spelled) is None):
        match = _IOS_XE.fullmatch(spelled)
        if match is None:
            return None
        major, minor, maintenance, letters, digits, family = match.groups()
        places = (int(major), int(minor), int(maintenance), 0)
        return Release(places, letters, int(digits or 0), family)
    dotted = _DOTTED.sub(lambda m: f".{m[1]}{'.' if m[2] else ''}", spelled)
    if software == "other" or _NUMBERS.fullmatch(dotted) is None:
        return None
    numbers = tuple(int(part) for part in dotted.split("."))
    return Release(numbers + (0,) * (_PLACES - len(numbers)))


def train_name(version: str | None, software: Software) -> str | None:
    """The train that `version` belongs to, as EoX data spells it; None where it is not known.

    >>> train_name("17.9.4a", "ios-xe"), train_name("3.11.12E", "ios-xe")
    ('17.9', '3.11E')
    """
    found = release(version, software)
    if found is None:
        return None
    major, minor, family = found.train
    return f"{major}.{minor}{family}"


_TRAIN = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?([A-Z]*)", re.ASCII)


def train_key(train: str) -> tuple[int, int, int, str] | None:
    """Orders the names of trains; None where `train` is no numbered train."""
    match = _TRAIN.fullmatch(train.strip())
    if match is None:
        return None
    return (int(match[1]), int(match[2]), int(match[3] or 0), match[4])


@dataclass(frozen=True, slots=True)
class Listed:
    """The releases a record names as affected, ready to be compared with.

    `spellings` holds every entry, `bounds` the lowest and highest release of each train, special
    builds left out; `newest` is the newest train that any entry belongs to.
    """

    spellings: frozenset[str]
    keys: frozenset[Key]
    bounds: dict[TrainKey, tuple[Key, Key]]
    oldest: TrainKey | None
    newest: TrainKey | None

    @classmethod
    def of(cls, versions: Iterable[str], software: Software) -> Listed:
        """Read a record's list; entries that are no numbered release match by spelling alone."""
        spellings = frozenset(versions)
        parsed = [r for v in spellings if (r := release(v, software)) is not None]
        bounds: dict[TrainKey, tuple[Key, Key]] = {}
        for each in parsed:
            if each.special:
                continue
            key = each.key
            low, high = bounds.get(each.train, (key, key))
            bounds[each.train] = (min(low, key), max(high, key))
        trains = [each.train for each in parsed]
        return cls(
            spellings,
            frozenset(each.key for each in parsed),
            bounds,
            min(trains, default=None),
            max(trains, default=None),
        )

    def names(self, version: str | None, found: Release | None) -> bool:
        """Whether the list has this very release."""
        if found is not None:
            return found.key in self.keys
        return version is not None and version in self.spellings

    def position(self, version: str | None, software: Software) -> ListPosition | None:
        """Where `version` stands; None for a release that compares with nothing.

        Says nothing of what that means: see :mod:`agent.posture.matching`.
        """
        found = release(version, software)
        if self.names(version, found):
            return "affected"
        if found is None or found.special or self.oldest is None or self.newest is None:
            return None
        bounds = self.bounds.get(found.train)
        if bounds is None:
            if found.train > self.newest:
                return "train_not_listed_newer"
            older = found.train < self.oldest
            return "train_not_listed_older" if older else "train_not_listed_between"
        low, high = bounds
        if found.key > high:
            return "newer_than_listed"
        return "older_than_listed" if found.key < low else "gap_in_listed_range"
