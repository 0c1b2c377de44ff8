"""Outputs that somebody captured, from files of any shape to the captures the parsers take."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from agent.errors import CaptureError
from agent.model import Capture, Output, Unreached
from agent.platforms import _snmp, _walk, platforms
from agent.platforms import platform as known_platform
from agent.terminal import clean, decode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

LANE = "capture"

_HINT = "platform"
# source__command__case.txt: each case is a host of its own
_NAMED_CASE = re.compile(r"(?P<source>.+?)__(?P<command>(?:show|sh|failover)_.+?)__(?P<case>.+)")
_TECH_HEADER = re.compile(r"^-{5,} (?P<command>show .+?|failover .+?) -{5,}[ \t]*$", re.MULTILINE)
_PROMPT = r"[\w.:@()%~/-]*(?:[ ]/[\w/*-]+\*?[ ]?)?"
_COMMAND = r"(?:sh(?:ow?)?[ ]|failover exec mate sh)"
_PROMPTED = re.compile(
    rf"^[ \t]*(?P<prompt>{_PROMPT})[>#][ \t]*(?P<command>{_COMMAND}[^\n]*)$", re.MULTILINE
)
_ECHO = re.compile(rf"\A\s*(?P<command>{_COMMAND}[\w \t./-]{{2,60}})$", re.MULTILINE)
_PROMPT_ONLY = re.compile(rf"^[ \t]*(?:{_PROMPT}|%N)[>#][ \t]*$")

_KNOWN = (
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
# What an output without any command is, by the line that only this command prints.
_CONTENT = (
    ("show ap config general", r"^\s*Cisco AP Name\s*:"),
    ("show ap summary", r"^\s*AP Name\s+Slots\s"),
    ("show license all", r"^\s*(?:HA )?UDI(?: List)?:"),
    ("show version", r"Cisco IOS[ -]XE Software, Version|Adaptive Security Appliance Software Ver"),
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


@dataclass(frozen=True, slots=True)
class CaptureSet:
    """What a folder of captured outputs holds: hosts that can be parsed, and those that cannot."""

    captures: tuple[Capture, ...]
    unidentified: tuple[Unreached, ...]


# ------------------------------------------------------------------------- commands


def command_of(typed: str) -> str:
    """The command that `typed` means, abbreviations spelled out where they are known."""
    words = typed.strip().split("|")[0].split()
    plain = " ".join(words).lower()
    if plain in _KNOWN:
        return plain
    tokens = plain.split()
    for known in _KNOWN:
        full = known.split()
        if len(full) == len(tokens) and all(
            f.startswith(t) for f, t in zip(full, tokens, strict=True)
        ):
            return known
    if tokens and "show".startswith(tokens[0]) and len(tokens[0]) > 1:
        return " ".join(["show", *words[1:]])
    return " ".join(words)


def _from_name(name: str) -> str | None:
    """The command a file is named after: ``show_version.txt``, ``source__show_version__case``."""
    stem = PurePath(name).stem
    if case := _NAMED_CASE.fullmatch(stem):
        stem = case["command"]
    words = re.sub(r"[_\s]+", " ", stem).strip()
    tokens = words.lower().split()
    if len(tokens) == 1 or tokens[:1] not in (["sh"], ["sho"], ["show"], ["failover"]):
        return None
    exact = command_of(words)
    return exact if exact in _KNOWN else command_of(words.replace("-", " "))


def _from_content(text: str) -> str | None:
    """The command whose output `text` is, by content."""
    return next((c for c, sign in _CONTENT if re.search(sign, text, re.MULTILINE)), None)


# -------------------------------------------------------------------------- splitting


def _trimmed(text: str) -> str:
    """`text` without empty lines and bare prompts around it."""
    lines = text.split("\n")
    while lines and (not lines[-1].strip() or _PROMPT_ONLY.match(lines[-1])):
        lines.pop()
    while lines and (not lines[0].strip() or _PROMPT_ONLY.match(lines[0])):
        lines.pop(0)
    return "\n".join(lines) + "\n" if lines else ""


def _split(text: str, marks: Iterable[re.Match[str]]) -> Iterator[tuple[str | None, str]]:
    """Pieces of `text` between `marks`, each with the command of the mark before it."""
    command: str | None = None
    start = 0
    for mark in marks:
        yield command, text[start : mark.start()]
        command = mark["command"]
        start = mark.end()
    yield command, text[start:]


def _typed(text: str) -> Iterator[re.Match[str]]:
    """Every line at which something was typed at a prompt, known by its show commands."""
    prompts = {m["prompt"] for m in _PROMPTED.finditer(text)}
    if not prompts:
        return iter(())
    any_of = "|".join(re.escape(prompt) for prompt in sorted(prompts, key=len, reverse=True))
    return re.finditer(rf"^[ \t]*(?:{any_of})[>#][ \t]*(?P<command>[^\n]*)$", text, re.MULTILINE)


def split(text: str, named: str | None = None) -> tuple[tuple[str, str], ...]:
    """(command, output) of every command in `text`.

    `named` is the command the file is named after: it holds for text before the first prompt.
    A ``show tech-support`` is split at its headers, a session log at its prompts.
    """
    headers = list(_TECH_HEADER.finditer(text))
    if headers:
        pieces = list(_split(text, headers))[1:]
        return tuple((command_of(c or ""), _trimmed(t)) for c, t in pieces)
    found: list[tuple[str, str]] = []
    for typed, piece in _split(text, _typed(text)):
        body = piece
        command = command_of(typed) if typed is not None else named
        if typed is None and (echo := _ECHO.match(piece)):
            command, body = command_of(echo["command"]), piece[echo.end() :]
        body = _trimmed(body)
        if not body:
            continue
        if command is None:
            command = _from_content(body)
        if command and command.startswith(("show ", "failover ")):
            found.append((command, body))
    return tuple(found)


# ----------------------------------------------------------------------------- files


def _read(file: Path) -> str:
    try:
        return clean(decode(file.read_bytes()))
    except OSError as error:
        raise CaptureError(f"{file}: cannot be read: {error.strerror}") from error


def _outputs(files: Iterable[Path], collected: datetime) -> tuple[Output, ...]:
    """The outputs of one host, SNMP walks among them; of one command the longest is kept."""
    found: dict[str, str] = {}
    for file in files:
        text = _read(file)
        walk = ((_snmp.WALK, text),) if _walk.walks(text) else ()
        for command, body in walk or split(text, _from_name(file.name)):
            if len(body) > len(found.get(command, "")):
                found[command] = body
    return tuple(Output(command, found[command], collected) for command in sorted(found))


def _hosts(path: Path) -> Iterator[tuple[str, tuple[Path, ...], str | None]]:
    """Every host under `path`: its name, its files and the platform a hint file names."""
    if path.is_file():
        yield path.stem, (path,), None
        return
    folders = [path, *sorted(p for p in path.rglob("*") if p.is_dir())]
    taken: set[str] = set()
    for folder in folders:
        files = sorted(p for p in folder.iterdir() if p.is_file() and p.name[0] != ".")
        hints = [f for f in files if f.stem == _HINT]
        outputs = tuple(f for f in files if f not in hints)
        if not outputs:
            continue
        hint = _read(hints[0]).strip() or None if hints else None
        name = folder.resolve().name
        if name in taken:
            name = folder.relative_to(path).as_posix()
        taken.add(name)
        cases: dict[str, list[Path]] = {}
        for file in outputs:
            case = _NAMED_CASE.fullmatch(file.stem)
            cases.setdefault(f"{case['source']}__{case['case']}" if case else "", []).append(file)
        if len(cases) > 1 and "" not in cases:
            for case_name, members in sorted(cases.items()):
                yield case_name, tuple(members), hint
        else:
            yield name, outputs, hint


def _identified(capture: Capture) -> str | None:
    """The platform by what was typed, else by what the SNMP agent says of itself."""
    said = _snmp.without_walks(capture)
    by_output = next((p.name for p in platforms().values() if p.recognises(said)), None)
    return by_output or _snmp.platform_of(capture)


def _unidentified(host: str, outputs: tuple[Output, ...]) -> Unreached:
    tried = ", ".join(platforms())
    held = ", ".join(o.command for o in outputs) or "no output of any command"
    return Unreached(
        host,
        "not_a_device",
        f"no platform recognises what was captured ({held}); tried {tried}; "
        "name the platform with --platform",
    )


def read_captures(path: Path, platform: str | None, collected: datetime) -> CaptureSet:
    """Every host under `path` as a capture, with the platform given, hinted or recognised.

    `path` is a folder of host folders, the folder of one host, or one file.

    :raises CaptureError: `path` does not exist, holds no file, or a file cannot be read.
    :raises UsageError: `platform` or a hint names no platform.
    """
    if not path.exists():
        raise CaptureError(f"{path}: no such file or folder; give a folder of captured outputs")
    found = list(_hosts(path))
    if not found:
        raise CaptureError(f"{path}: holds no files; expected {path}/<host>/show_version.txt, ...")
    captures: list[Capture] = []
    unidentified: list[Unreached] = []
    for host, files, hint in found:
        outputs = _outputs(files, collected)
        capture = Capture(host, None, "", LANE, outputs)
        named = platform or hint
        name = known_platform(named).name if named else _identified(capture)
        if name is None or not outputs:
            unidentified.append(_unidentified(host, outputs))
        else:
            captures.append(Capture(host, None, name, LANE, outputs))
    return CaptureSet(
        tuple(sorted(captures, key=lambda c: c.host)),
        tuple(sorted(unidentified, key=lambda u: u.host)),
    )
