"""Raw bytes of a terminal session to the text a reader saw, and any text made safe to show."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PIECE = 1 << 18
"""Bytes of a file that are looked at together."""
LONGEST = 1 << 18
"""Characters of a line that are kept; no parser reads one that is nearly as long."""

ANSI = re.compile(r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[0-?]*[ -/]*[@-~]|\x1b[@-Z\\-_()=>78]")
_PAGER = re.compile(r"[ \t]*(?:<-+ ?More ?-+>|-+ ?More ?-+)[ \t]*", re.IGNORECASE)
_NOISES = "\x00\x07\x0e\x0f\x7f"
NOISE = re.compile(f"[{_NOISES}]")
_MOVED = re.compile(r"[\r\b]|- ?more ?-", re.IGNORECASE)
_SAMPLE = 4096
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
"""Control characters but tab and line ends, and those that change the direction of text
(Unicode Standard Annex 9): with them a value can show as something else than it is."""


def _marked(raw: bytes) -> str | None:
    """The encoding that the first bytes of a file tell; None for UTF-8 or Latin-1."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if raw.startswith(mark):
            return encoding
    sample = raw[:_SAMPLE]
    for offset, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        zeros = sample[offset::2].count(0)
        if sample and zeros * 2 > len(sample) * 0.8 and not sample[1 - offset :: 2].count(0):
            return encoding
    return None


def decode(raw: bytes) -> str:
    """The characters of `raw`: UTF-8, UTF-16 with or without a mark, else Latin-1."""
    if encoding := _marked(raw):
        return raw.decode(encoding, errors="replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def visible(text: str) -> str:
    """The text with control and direction characters shown: as pictures, or as ``<U+202E>``."""
    return _UNSEEN.sub(_picture, text)


def _picture(match: re.Match[str]) -> str:
    place = ord(match[0])
    if place < 0x20:  # noqa: PLR2004 - the first printing character
        return chr(0x2400 + place)
    return "\u2421" if place == 0x7F else f"<U+{place:04X}>"  # noqa: PLR2004 - DEL


def _typed_over(line: str) -> str:
    """The line after carriage returns and backspaces have moved the cursor back over it."""
    if "\r" not in line and "\b" not in line:
        return line
    shown: list[str] = []
    cursor = 0
    for character in line:
        if character == "\r":
            cursor = 0
        elif character == "\b":
            cursor = max(0, cursor - 1)
        else:
            shown[cursor : cursor + 1] = [character]
            cursor += 1
    return "".join(shown).rstrip()


def clean(text: str) -> str:
    """`text` without escape codes, pager remnants, overtyped characters and NULs."""
    return _clean(text, ends_in_returns="\n" not in text)


def _clean(text: str, *, ends_in_returns: bool) -> str:
    # A search for one character takes a hundredth of a pattern's time, and mostly settles it.
    if "\x1b" in text:
        text = ANSI.sub("", text)
    if any(noise in text for noise in _NOISES):
        text = NOISE.sub("", text)
    text = text.replace("\r\r\n", "\n").replace("\r\n", "\n")
    if ends_in_returns:
        text = text.replace("\r", "\n")
    if not any(mark in text for mark in "\r\b") and "more" not in text.lower():
        return text
    if not _MOVED.search(text):
        return text
    return "\n".join(map(_shown, text.split("\n")))


def _shown(line: str) -> str:
    if "ore" in line.lower() and (pager := _PAGER.search(line)):
        # The pager's prompt is erased with blanks, then the next line is typed in its place.
        line = line[: pager.start()] + "\r" + line[pager.end() :].lstrip("\b")
    return _typed_over(line)


# --------------------------------------------------------------------------- large files


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file of terminal output, read in pieces as often as needed and never held as a whole.

    `size` is in bytes. `ends_in_returns`: no line of it ends in a line feed.
    """

    path: Path
    size: int
    encoding: str
    ends_in_returns: bool

    def pieces(self) -> Iterator[str]:
        """The text, cleaned, in pieces of about `PIECE` that end where a line does.

        Of a line that is longer than `LONGEST` the middle is left out.

        :raises OSError: the file cannot be read.
        """
        end = "\r" if self.ends_in_returns else "\n"
        decoder = codecs.getincrementaldecoder(self.encoding)(errors="replace")
        rest = ""
        with self.path.open("rb") as stream:
            for raw in _chunks(stream):
                text = rest + decoder.decode(raw)
                cut = text.rfind(end) + 1
                if cut:
                    yield _clean(text[:cut], ends_in_returns=self.ends_in_returns)
                rest = text[cut : cut + LONGEST]
        rest += decoder.decode(b"", final=True)
        if rest:
            yield _clean(rest, ends_in_returns=self.ends_in_returns)


def open_text(path: Path) -> TextFile:
    """Find out how `path` is to be read: one pass over it.

    :raises OSError: the file cannot be read.
    """
    with path.open("rb") as stream:
        first = stream.read(_SAMPLE)
        stream.seek(0)
        encoding = _marked(first)
        utf8: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()
        size, fed = 0, False
        for raw in _chunks(stream):
            size += len(raw)
            fed = fed or b"\n" in raw
            utf8 = _still(utf8, raw)
    if encoding is None:
        encoding = "utf-8" if utf8 and _still(utf8, b"", final=True) else "latin-1"
    return TextFile(path, size, encoding, ends_in_returns=not fed)


def _still(
    decoder: codecs.IncrementalDecoder | None, raw: bytes, *, final: bool = False
) -> codecs.IncrementalDecoder | None:
    """The decoder, as long as everything it was given is of its encoding."""
    if decoder is not None:
        try:
            decoder.decode(raw, final=final)
        except UnicodeDecodeError:
            return None
    return decoder


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    while raw := stream.read(PIECE):
        yield raw
