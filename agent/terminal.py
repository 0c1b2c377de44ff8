"""Raw bytes of a terminal session to the text a reader would have seen."""

from __future__ import annotations

import codecs
import re

ANSI = re.compile(r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[0-?]*[ -/]*[@-~]|\x1b[@-Z\\-_()=>78]")
_PAGER = re.compile(r"[ \t]*(?:<-+ ?More ?-+>|-+ ?More ?-+)[ \t]*", re.IGNORECASE)
NOISE = re.compile(r"[\x00\x07\x0e\x0f\x7f]")
_SAMPLE = 4096


def decode(raw: bytes) -> str:
    """The characters of `raw`: UTF-8, UTF-16 with or without a mark, else Latin-1."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if raw.startswith(mark):
            return raw.decode(encoding, errors="replace")
    sample = raw[:_SAMPLE]
    for offset, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        zeros = sample[offset::2].count(0)
        if sample and zeros * 2 > len(sample) * 0.8 and not sample[1 - offset :: 2].count(0):
            return raw.decode(encoding, errors="replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


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
    text = NOISE.sub("", ANSI.sub("", text)).replace("\r\r\n", "\n").replace("\r\n", "\n")
    if "\n" not in text:
        text = text.replace("\r", "\n")
    lines = text.split("\n")
    return "\n".join(_shown(line) for line in lines)


def _shown(line: str) -> str:
    if "ore" in line.lower() and (pager := _PAGER.search(line)):
        # The pager's prompt is erased with blanks, then the next line is typed in its place.
        line = line[: pager.start()] + "\r" + line[pager.end() :].lstrip("\b")
    return _typed_over(line)
