"""Licences in use, as the device names them."""

from __future__ import annotations

import re

_USAGE = re.compile(r"^\s{0,2}(\S[^():]*?)?\s*\(([^()]+)\):\s*$")
_SUMMARY = re.compile(r"^\s*+(\S++)\s++\(.*?\)?\s+\d+\s+(?:IN USE|AUTHORIZED|EVAL)", re.IGNORECASE)
_TECHNOLOGY = re.compile(r"^\s*+(\S++)\s++(?:Subscription )?Smart License\s+\S+\s*$")
_LEVEL = re.compile(r"^\s*License Level:\s*(\S+)\s+Type:")
_AIR = re.compile(r"^\s*AIR License Level:\s*(\S.*?)\s*$")
# Each with a word that its lines hold: where that is missing, the pattern need not be tried.
_FORMS = (
    ("(", _SUMMARY),
    ("Smart License", _TECHNOLOGY),
    ("License Level", _LEVEL),
    ("License Level", _AIR),
)
_IN_USE = re.compile(r"^\s*Status:\s*(?!NOT IN USE)\S", re.IGNORECASE)


def read(text: str) -> tuple[str, ...]:
    """Every licence that `text` shows in use, once, in the order of the text."""
    names: list[str] = []
    usage: str | None = None
    for line in text.splitlines():
        opens = "(" in line
        if opens and line.rstrip().endswith(":") and (match := _USAGE.match(line)):
            usage = match[1] or match[2]
        elif usage and _IN_USE.match(line):
            names.append(usage)
            usage = None
        elif opens or "License" in line:  # as each of these forms has
            names += [m[1] for word, form in _FORMS if word in line and (m := form.match(line))]
    return tuple(name for name in dict.fromkeys(names) if name != "None")
