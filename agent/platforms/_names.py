"""What a device calls itself, in its prompt and in what it prints."""

from __future__ import annotations

import re

# sw1 uptime is 3 weeks; asa1 up 12 days 3 hours; ------[ ftd1 ]------
_PRINTED = re.compile(
    r"^[ \t]*(?:(\S+) uptime is |(\S+) up \d+ (?:year|day|hour|min|sec)|-+\[ (\S+) \]-+)",
    re.MULTILINE,
)


# An ASA puts these into its prompt, before or behind its name.
_STATE = frozenset({"pri", "sec", "act", "stby"})


def plain(name: str) -> str:
    """`name` without domain, mode, context, state and case, by which spellings are compared."""
    words = re.split(r"[/(:\s]", name.strip().casefold())
    short = next((word for word in words if word not in _STATE), words[0])
    label, _, _ = short.partition(".")
    return short if label.isdigit() else label


def of_prompt(prompt: str) -> str | None:
    """The name in a prompt such as ``sw1``, ``sw1(config)`` or ``fw1/pri/act``; None for none."""
    return plain(prompt.rpartition("@")[2]) or None


def of(command: str, text: str) -> str | None:
    """The name that an output prints; only ``show version`` prints one."""
    if command != "show version" or not (printed := _PRINTED.search(text)):
        return None
    return plain(next(group for group in printed.groups() if group)) or None
