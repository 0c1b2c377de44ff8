"""Other words for what must not leave a site, each the same throughout, so that joins still hold.

A name becomes letters and digits of the same shape and length, an address another address with as
many digits in each part: columns stay where they are, and parsers read what they read before.
Which word became which is known to the site alone, by a file it keeps; the next bundle takes the
same words from it.
"""

from __future__ import annotations

import csv
import json
import re
import secrets
import string
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Any, Final, Protocol

from agent.errors import UsageError
from agent.files import replacing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from agent.model import Capture, Sweep

SHORTEST: Final = 3
"""Characters of a name that devices print of themselves or of users; shorter ones may be words."""
_TRIES = 1000
_HEADINGS = ("original", "replacement")
_MAC = r"(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}"
_IPV6 = r"[0-9A-Fa-f:]*:[0-9A-Fa-f]*:[0-9A-Fa-f:]*(?:\d+(?:\.\d+){3})?"
_IPV4 = r"\d{1,3}(?:\.\d{1,3}){3}"
_MAIL = r"[A-Za-z0-9_.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
_WORD = r"[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*"
_TOKEN = re.compile(
    rf"(?<![\w.:-])(?P<mac>{_MAC})(?![\w:.-])"
    rf"|(?P<mail>{_MAIL})"
    rf"|(?<![\w.:])(?P<ipv6>{_IPV6})(?![\w:])"
    rf"|(?<![\w.])(?P<ipv4>{_IPV4})(?![\w]|\.\d)"
    rf"|(?P<word>{_WORD})"
)
_SAID = (
    re.compile(r"^\s*(?:hostname|switchname|Hostname:)\s+(\S+)\s*$", re.MULTILINE),
    re.compile(r"^(\S+) (?:uptime is|up \d)", re.MULTILINE),
    re.compile(r"\bby (\S+) (?:on|from) \S+", re.MULTILINE),
)
"""Where devices print their own name, and those of who changed them."""


_NAMING = frozenset(
    {
        *("address", "host", "hosts", "managed_by", "selection", "position"),
        *("approver", "owner", "notes", "disagreements", "reason"),
    }
)
"""Keys of documents and rows whose values may name somebody; others hold words of ours."""


class Renaming(Protocol):
    """Texts as they may leave the site."""

    def text(self, text: str) -> str:
        """The text with other words in it."""
        ...


class _Nothing:
    """Everything may leave the site."""

    @staticmethod
    def text(text: str) -> str:
        return text


NOTHING: Final[Renaming] = _Nothing()


def renamed(
    value: Any,  # noqa: ANN401 - JSON
    renaming: Renaming,
    hashes: Mapping[str, str],
    key: str = "",
) -> Any:  # noqa: ANN401
    """A document in other words: what names somebody, and the hashes of texts that have others."""
    if isinstance(value, str):
        if key == "attributes":  # of a unit in the store: a document within the row
            told = renamed(json.loads(value), renaming, hashes)
            return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        if key == "sha256":
            return hashes.get(value, value)
        return renaming.text(value) if key in _NAMING else value
    if isinstance(value, list):
        return [renamed(each, renaming, hashes, key) for each in value]
    if isinstance(value, dict):
        return {
            renaming.text(name) if key == "hosts" else name: renamed(
                each, renaming, hashes, "owner" if key == "owners" else name
            )
            for name, each in value.items()
        }
    return value


class Redaction:
    """Renames names that it was told, and every address, MAC and mail address it meets.

    `kept`: words that look like addresses and are none, such as the release ``17.9.4.27``.
    """

    def __init__(
        self,
        names: Iterable[str],
        kept: Iterable[str] = (),
        known: dict[str, str] | None = None,
        choose: Callable[[str], str] = secrets.choice,
    ) -> None:
        self.words = dict(known or {})
        self._choose = choose
        self._kept = frozenset(kept)
        self._taken = set(self.words.values())
        found = {name for name in names if name}
        self._originals = {*found, *(name.split(".")[0] for name in found if "." in name)}
        self._folded = {name.casefold(): name for name in sorted(self._originals)}
        odd = sorted((n for n in self._originals if not re.fullmatch(_WORD, n)), key=len)
        self._odd = re.compile("|".join(map(re.escape, reversed(odd)))) if odd else None
        for name in sorted(self._originals):
            self._name(name)

    def text(self, text: str) -> str:
        """The text with every word that must not leave replaced."""
        if self._odd is not None:
            text = self._odd.sub(lambda match: self._name(match[0]), text)
        return _TOKEN.sub(self._replaced, text)

    def _replaced(self, match: re.Match[str]) -> str:
        found = match[0]
        if found in self._kept:
            return found
        kinds = {"word": self._word, "ipv4": self._ipv4, "ipv6": self._ipv6, "mac": self._mac}
        return kinds.get(match.lastgroup or "", self._mail)(found)

    def _mail(self, found: str) -> str:
        return self._new(found, self._shape)

    def _mac(self, found: str) -> str:
        """The other address, in the separators and the case of this one."""
        plain = re.sub(r"[^0-9A-Fa-f]", "", found).lower()
        if len(set(plain)) == 1:  # none, or everybody
            return found
        return _spread(self._new(plain, self._hex), found)

    def _word(self, found: str) -> str:
        """A known name, alone or as the first parts of a longer word (``sw1.example.net``)."""
        if found.casefold() in self._folded:
            return self._name(found)
        for place in reversed([n for n, letter in enumerate(found) if letter in ".-_"]):
            if found[:place].casefold() in self._folded and found[place] == ".":
                return self._name(found[:place]) + self._new(found[place:], self._shape)
        return found

    def _name(self, found: str) -> str:
        """The other word; of one spelled in other cases, in those cases."""
        name = self._folded.get(found.casefold(), found)
        other = self._new(name, self._shape)
        if found == name:
            return other
        return "".join(
            o.upper() if t.isupper() else o.lower() for t, o in zip(found, other, strict=True)
        )

    def _ipv4(self, found: str) -> str:
        parts = found.split(".")
        if any(int(part) > 255 for part in parts) or _is_mask(found):  # noqa: PLR2004
            return found
        return self._new(found, self._address)

    def _ipv6(self, found: str) -> str:
        try:
            IPv6Address(found)
        except ValueError:
            return found
        return found if found in {"::", "::1"} else self._new(found, self._hex)

    def _new(self, original: str, make: Callable[[str], str]) -> str:
        """The word for `original`: the known one, else a new one that stands for nothing else."""
        if original in self.words:
            return self.words[original]
        for _ in range(_TRIES):
            word = make(original)
            if word not in self._taken and word not in self._originals and word != original:
                self.words[original] = word
                self._taken.add(word)
                return word
        raise UsageError(f"{original!r} is too short to be replaced by a word of its own")

    def _shape(self, original: str) -> str:
        return "".join(self._like(letter) for letter in original)

    def _like(self, letter: str) -> str:
        for letters in (string.ascii_lowercase, string.ascii_uppercase, string.digits):
            if letter in letters:
                return self._choose(letters)
        return self._choose(string.ascii_lowercase) if letter.isalpha() else letter

    def _hex(self, original: str) -> str:
        return "".join(
            self._choose("0123456789abcdef") if letter in string.hexdigits else letter
            for letter in original
        )

    def _address(self, original: str) -> str:
        return ".".join(self._octet(part) for part in original.split("."))

    def _octet(self, part: str) -> str:
        if len(part) == 3:  # noqa: PLR2004 - 100 to 239: no multicast, no mask
            return str(100 + int(self._choose("0123456789") + self._choose("0123456789")))
        if len(part) == 2:  # noqa: PLR2004
            return self._choose("123456789") + self._choose("0123456789")
        return self._choose("123456789")


def _is_mask(found: str) -> bool:
    bits = f"{int(IPv4Address(found)):032b}"
    return found == "0.0.0.0" or (bits.startswith("11111111") and "01" not in bits)  # noqa: S104


def _spread(plain: str, like: str) -> str:
    """Hex digits with the separators and the case of `like`."""
    digits = iter(plain.upper() if like.upper() == like else plain)
    return "".join(next(digits) if letter in string.hexdigits else letter for letter in like)


def names(sweep: Sweep, captures: Iterable[Capture]) -> set[str]:
    """What names there are: of hosts, of access points, and those devices print of themselves."""
    found = {visit.host for visit in sweep.hosts}
    for unit in sweep.observations:
        if unit.kind == "access_point" and unit.position:
            found.add(unit.position)
    for capture in captures:
        for output in capture.outputs:
            for pattern in _SAID:
                said = pattern.findall(output.text)
                found.update(name for name in said if len(name) >= SHORTEST)
    return found


def releases(sweep: Sweep, question: str) -> set[str]:
    """Releases that may look like addresses: those of the sweep, and all in a question."""
    stated = {v for unit in sweep.observations for v in (unit.version, unit.version_raw) if v}
    words = {word for text in stated for word in (text, *text.split())}
    hosts = {visit.host for visit in sweep.hosts}
    return words | (set(re.findall(_IPV4, question)) - hosts)


def read_words(path: Path) -> dict[str, str]:
    """The words of earlier bundles; none where the file is not there yet.

    :raises UsageError: it is not such a file.
    """
    if not path.exists():
        return {}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path}: cannot be read: {error}") from None
    if not rows or tuple(rows[0]) != _HEADINGS or any(len(row) != len(_HEADINGS) for row in rows):
        raise UsageError(f"{path}: is no list of replaced words; name another file with --map")
    return dict(rows[1:])


def write_words(path: Path, words: dict[str, str]) -> None:
    """Keep the words for the next bundle, and to read replies to this one.

    :raises OutputError: the file cannot be written.
    """
    with replacing(path) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_HEADINGS)
        writer.writerows(sorted(words.items()))
