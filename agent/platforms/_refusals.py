"""What a device says instead of an answer: command unknown, not allowed, not possible here."""

from __future__ import annotations

import re

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
      | .{0,40}\bnot\sauthorized\b
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_POINTER = re.compile(r"\^|(?:sh(?:ow?)?|failover)\s.*")


def refusal(text: str) -> str | None:
    """The line in which the device refuses to answer, or None where it answered."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    refusing = [line for line in lines if _REFUSAL.match(line)]
    # A refusal says nothing else but where the device stopped to understand.
    others = [line for line in lines if line not in refusing and not _POINTER.fullmatch(line)]
    return refusing[0] if refusing and len(others) <= 1 else None


def refused(text: str) -> bool:
    """Whether the device refused the command instead of answering it."""
    return refusal(text) is not None
