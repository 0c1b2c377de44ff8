"""Which command an output answers, by what was typed, by a file's name, or by its content."""

from __future__ import annotations

import re
from pathlib import PurePath

KNOWN = (
    "show inventory raw",
    "show inventory oid",
    "show inventory",
    "show version",
    "show switch detail",
    "show switch",
    "show chassis inventory",
    "show chassis detail",
    "show chassis rmi",
    "show chassis",
    "show server inventory",
    "show system firmware",
    "show install summary",
    "show install active",
    "show license all",
    "show license tech support",
    "show license tech-support",
    "show license udi",
    "show license usage",
    "show license summary",
    "show license status",
    "show license",
    "show module",
    "show platform",
    "show redundancy",
    "show failover",
    "show ap summary",
    "show ap config general",
    "show ap inventory",
    "show serial-number",
    "show model",
    "failover exec mate show inventory",
)
"""The commands whose outputs a parser reads, in the order in which an abbreviation is tried."""

# Their longer forms answer another question: logs, neighbours, the insides of one card.
_ALONE = frozenset({"show platform", "show switch", "show install summary", "show install active"})

# What an output without any command is, by the line that only this command prints.
_CONTENT = tuple(
    (command, re.compile(sign, re.MULTILINE))
    for command, sign in (
        ("show ap config general", r"^\s*Cisco AP Name\s*:"),
        ("show ap summary", r"^\s*AP Name\s+Slots\s"),
        ("show license all", r"^\s*(?:HA )?UDI(?: List)?:"),
        (
            "show version",
            r"Cisco IOS[ -]XE Software, Version|Adaptive Security Appliance Software Ver",
        ),
        ("show version", r"^\s*Model\s*:.*Threat Defense|^\s*FPRM:|^\s*Cisco IOS Software"),
        ("show failover", r"^\s*Failover (?:On|Off)\b"),
        ("show inventory", r"^\s*NAME:\s*\".*DESCR:"),
        ("show chassis", r"^\s*Chassis#\s+Role"),
        ("show chassis inventory", r"^\s*Chassis\s+PID\s+Vendor"),
        ("show server inventory", r"^\s*Server\s+Equipped PID"),
        ("show switch", r"^\s*Switch#\s+Role"),
        ("show module", r"^\s*Mod\s+(?:Ports\s+)?Card Type"),
        ("show install summary", r"Installed Package\(s\) Information"),
    )
)


def answers_to(asked: str, command: str) -> bool:
    """Whether what `command` printed answers `asked`: itself, or a longer form of it."""
    if not command.startswith(asked):
        return False
    return command == asked or (command[len(asked)] == " " and asked not in _ALONE)


def understood(command: str) -> bool:
    """Whether any parser reads what `command` prints."""
    return any(answers_to(known, command) for known in KNOWN)


def spelled_out(typed: str) -> str:
    """The command that `typed` means, abbreviations spelled out where they are known."""
    words = typed.strip().split("|")[0].split()
    plain = " ".join(words).lower()
    if plain in KNOWN:
        return plain
    tokens = plain.split()
    for known in KNOWN:
        full = known.split()
        if len(full) == len(tokens) and all(
            f.startswith(t) for f, t in zip(full, tokens, strict=True)
        ):
            return known
    if tokens and "show".startswith(tokens[0]) and len(tokens[0]) > 1:
        return " ".join(["show", *words[1:]])
    return " ".join(words)


def by_file_name(stem: str) -> str | None:
    """The command a file is named after: ``show_version``; None where it is named otherwise."""
    words = re.sub(r"[_\s]+", " ", PurePath(stem).name).strip()
    tokens = words.lower().split()
    if len(tokens) == 1 or tokens[:1] not in (["sh"], ["sho"], ["show"], ["failover"]):
        return None
    exact = spelled_out(words)
    return exact if exact in KNOWN else spelled_out(words.replace("-", " "))


def by_content(text: str) -> str | None:
    """The command whose output `text` is, by content."""
    return next((command for command, sign in _CONTENT if sign.search(text)), None)
