"""What a device says instead of an answer: command unknown, not allowed, not possible here."""

from __future__ import annotations

import re
from functools import lru_cache

_REFUSAL = re.compile(
    r"""^\s*(?:
        (?:ERROR:\s*)?%\s*(?:Invalid|Ambiguous|Incomplete|Unknown|Unrecognized|Bad\s|Permission|
            Authorization|Command\sauthorization|Not\s(?:authorized|allowed)|Access\sdenied|
            Unrecognised|This\scommand|Error\sin\sauthentication)
      | (?:ERROR:\s*)?(?:Command\sauthorization\sfailed|Authorization\sfailed|Command\snot\svalid|
            Command\snot\sallowed|Command\sdenied|Unauthorized|Permission\sdenied|Access\sdenied)
      | ERROR:\s
      | Command\sreplication.*failed
      | Syntax\serror\b
      | Invalid\s(?:command|input|syntax)\b
      | (?:Error:\s*)?(?:Unknown|Unrecognized)\scommand\b
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_NOT_AUTHORIZED = re.compile(r".{0,40}\bnot\sauthorized\b", re.IGNORECASE)
# Lines one by one as ``splitlines`` cuts them, but for those that are empty.
_LINES = re.compile("[^\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
_POINTER = re.compile(r"\^|(?:sh(?:ow?)?|failover)\s.*")


def _refuses(words: str) -> bool:
    return bool(
        _REFUSAL.match(words) or ("author" in words.lower() and _NOT_AUTHORIZED.match(words))
    )


@lru_cache(maxsize=16)  # every reader of an output asks whether it is one
def refusal(text: str) -> str | None:
    """The line in which the device refuses to answer, or None where it answered."""
    refusing: str | None = None
    others = 0
    for line in _LINES.finditer(text):
        words = line[0].strip()
        if not words:
            continue
        if _refuses(words):
            refusing = refusing or words
        elif not _POINTER.fullmatch(words):
            # A refusal says nothing else but where the device stopped to understand.
            others += 1
            if others > 1:
                return None
    return refusing


def refused(text: str) -> bool:
    """Whether the device refused the command instead of answering it."""
    return refusal(text) is not None
