"""Outputs that somebody captured, from files of any shape to the captures the parsers take.

A file is read twice in pieces: once for what it is (a walk, a ``show tech-support``,
a session log with prompts), once to cut it. What no parser reads is not kept of a large file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from agent.errors import CaptureError
from agent.model import Capture, Output, Unreached
from agent.platforms import _commands, _names, _snmp, _walk, platforms
from agent.platforms import platform as known_platform
from agent.terminal import open_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from agent.terminal import TextFile

LANE = "capture"
LARGE = 4_000_000
"""Bytes of a file from which on only what a parser reads is kept."""

_HINT = "platform"
# source__command__case.txt: each case is a host of its own
_NAMED_CASE = re.compile(r"(?P<source>.+?)__(?P<command>(?:show|sh|failover)_.+?)__(?P<case>.+)")
# Catalyst and ASA underline their headers, FXOS quotes them
_HEADER = r"(?:-{5,} (?P<header>show .+?|failover .+?) -{5,}|`(?P<quoted>show [^`\n]+)`)[ \t]*"
_HEADED = re.compile(rf"^{_HEADER}$", re.MULTILINE)
_PROMPT = r"[\w.:@()%~/-]*(?:[ ]/[\w/*-]+\*?[ ]?)?"
_COMMAND = r"(?:sh(?:ow?)?[ ]|failover exec mate sh)"
_PROMPTED = re.compile(
    rf"^[ \t]*(?P<prompt>{_PROMPT})[>#][ \t]*(?P<command>{_COMMAND}[^\n]*)$", re.MULTILINE
)
_MARK = re.compile(
    rf"^(?:{_HEADER}|[ \t]*(?P<prompt>{_PROMPT})[>#][ \t]*(?P<typed>[^\n]*))$", re.MULTILINE
)
_ECHO = re.compile(rf"\A\s*(?P<command>{_COMMAND}[\w \t./-]{{2,60}})$", re.MULTILINE)
_PROMPT_ONLY = re.compile(rf"[ \t]*(?:{_PROMPT}|%N)[>#][ \t]*")


@dataclass(frozen=True, slots=True)
class CaptureSet:
    """What a folder of captured outputs holds: hosts that can be parsed, and those that cannot.

    `left_out` says of each large file how many outputs were not kept, for no parser reads them.
    """

    captures: tuple[Capture, ...]
    unidentified: tuple[Unreached, ...]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """What one command printed, and the name of the device that the prompt or the text shows."""

    command: str
    text: str
    name: str | None = None


# -------------------------------------------------------------------------- splitting


@dataclass(frozen=True, slots=True)
class Marks:
    """How a text says where an output begins: at headers, at prompts, or nowhere."""

    prompts: frozenset[str] = frozenset()
    headed: bool = False
    walk: bool = False

    def among(self, text: str) -> Iterator[re.Match[str]]:
        """The marks in `text`."""
        if not self.prompts and not self.headed:
            return
        for mark in _MARK.finditer(text):
            prompt = mark["prompt"]
            if self.headed if prompt is None else prompt in self.prompts:
                yield mark


def _marks(pieces: Iterable[str]) -> Marks:
    """Every prompt at which a show command was typed also marks what else was typed there."""
    prompts: set[str] = set()
    headed = False
    for number, piece in enumerate(pieces):
        if number == 0 and _walk.walks(piece):
            return Marks(walk=True)
        headed = headed or bool(_HEADED.search(piece))
        prompts.update(m["prompt"] for m in _PROMPTED.finditer(piece))
    if headed:
        prompts.discard("")  # the insides of a device print lines that begin with > and #
    return Marks(frozenset(prompts), headed)


def _says_nothing(line: str) -> bool:
    return not line.strip() or bool(_PROMPT_ONLY.fullmatch(line))


def _begun(text: str) -> str:
    """`text` without empty lines and bare prompts before it."""
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        if not _says_nothing(text[start:end]):
            break
        start = end + 1
    return text[start:]


def _ended(text: str) -> str:
    """`text` without empty lines and bare prompts behind it, nor the last line's end."""
    end = len(text)
    while end > 0:
        start = text.rfind("\n", 0, end) + 1
        if not _says_nothing(text[start:end]):
            break
        end = start - 1
    return text[: max(end, 0)]


def _command(typed: str) -> str | None:
    """The command that was typed; None for ``show tech-support``, which prints those of others."""
    command = _commands.spelled_out(typed)
    return None if command.startswith("show tech") else command


@dataclass(slots=True)
class _Cutter:
    """Cuts the pieces of one text at its marks, and counts what it does not keep."""

    marks: Marks
    named: str | None
    keep_all: bool
    left_out: int = 0

    def _keeps(self, command: str | None) -> bool:
        return command is None or self.keep_all or _commands.understood(command)

    def _from(self, mark: re.Match[str]) -> tuple[str, str | None]:
        """The command of a mark, and the prompt it was typed at; None at a header."""
        groups = mark.groupdict()
        command = next((groups[n] for n in ("header", "quoted", "typed") if groups.get(n)), "")
        return command, groups.get("prompt")

    def cut(self, pieces: Iterable[str]) -> Iterator[Piece]:
        """Every output of a command."""
        command = None if self.marks.headed else self.named
        first, prompt, text = True, "", ""
        keeps = self._keeps(command)
        for piece in pieces:
            start = 0
            for mark in self.marks.among(piece):
                part = piece[start : mark.start()]
                yield from self._output(command, text, part, prompt, first=first, kept=keeps)
                typed, at = self._from(mark)
                first, prompt = False, prompt if at is None else at
                command, text = _command(typed), ""
                keeps = self._keeps(command)
                start = mark.end()
            if keeps:
                # A string that nothing else refers to grows in place, however long it is.
                text += piece[start:] if text else _begun(piece[start:])
        yield from self._output(command, text, "", prompt, first=first, kept=keeps)

    def _output(
        self, command: str | None, text: str, part: str, prompt: str, *, first: bool, kept: bool
    ) -> Iterator[Piece]:
        """The output that ends with `part`, where it is one."""
        if not kept:
            self.left_out += 1
            return
        part = _ended(part if text else _begun(part))
        body = text + part if part else _ended(text)
        if first and (echo := _ECHO.match(body)):
            command = _commands.spelled_out(echo["command"])
            body = _begun(body[echo.end() :])
        if not body:
            return
        command = command if command is not None else _commands.by_content(body)
        if self.marks.headed and first and command != "show version":
            return  # a banner; but ASA and FTD begin with their version, under no header
        if command and command.startswith(("show ", "failover ")):
            yield Piece(command, body + "\n", _names.of_prompt(prompt) or _names.of(command, body))


def split(text: str, named: str | None = None) -> tuple[tuple[str, str], ...]:
    """(command, output) of every command in `text`.

    `named` is the command the file is named after: it holds for text before the first prompt.
    A ``show tech-support`` is split at its headers, a session log at its prompts.
    """
    cutter = _Cutter(_marks((text,)), named, keep_all=True)
    return tuple((piece.command, piece.text) for piece in cutter.cut((text,)))


# ----------------------------------------------------------------------------- files


@dataclass(frozen=True, slots=True)
class Log:
    """One file: its outputs, and how many were left out."""

    file: Path
    pieces: tuple[Piece, ...]
    left_out: int

    @property
    def names(self) -> frozenset[str]:
        """The devices that its prompts and outputs name."""
        return frozenset(piece.name for piece in self.pieces if piece.name)


def _read(file: Path) -> str:
    try:
        return "".join(open_text(file).pieces())
    except OSError as error:
        raise CaptureError(f"{file}: cannot be read: {error.strerror}") from error


def _log(file: Path) -> Log:
    try:
        text = open_text(file)
        marks = _marks(text.pieces())
        if marks.walk:
            return Log(file, (_walked(text),), 0)
        case = _NAMED_CASE.fullmatch(file.stem)
        named = _commands.by_file_name(case["command"] if case else file.stem)
        cutter = _Cutter(marks, named, keep_all=text.size <= LARGE)
        return Log(file, tuple(cutter.cut(text.pieces())), cutter.left_out)
    except OSError as error:
        raise CaptureError(f"{file}: cannot be read: {error.strerror}") from error


def _walked(text: TextFile) -> Piece:
    pieces = text.pieces() if text.size <= LARGE else _snmp.only_read(text.pieces())
    return Piece(_snmp.WALK, "".join(pieces))


def _outputs(pieces: Iterable[Piece], collected: datetime) -> tuple[Output, ...]:
    """The outputs of one host, SNMP walks among them; of one command the longest is kept."""
    found: dict[str, str] = {}
    for piece in pieces:
        if len(piece.text) > len(found.get(piece.command, "")):
            found[piece.command] = piece.text
    return tuple(Output(command, found[command], collected) for command in sorted(found))


# ----------------------------------------------------------------------------- hosts


def _apart(folder: str, logs: tuple[Log, ...]) -> Iterator[tuple[str, tuple[Piece, ...]]]:
    """The hosts whose outputs `logs` hold: one, unless prompts or outputs name several devices.

    A folder that is called as one of the devices is that device's. Else each file is a host, but
    files that name the same device are one, unless both hold the same command: devices that
    nobody has named yet all have the same prompt.
    """
    names = frozenset[str]().union(*(log.names for log in logs))
    if len(names) < 2 or _names.plain(folder) in names:  # noqa: PLR2004
        yield folder, tuple(piece for log in logs for piece in log.pieces)
        return
    hosts: list[_Host] = []
    called_so: dict[str, list[_Host]] = {}
    for log in logs:
        by_name = _by_name(log)
        for name, pieces in by_name.items():
            held = {piece.command for piece in pieces}
            same = called_so.setdefault(name, []) if name else []
            host = next((h for h in same if not held & {p.command for p in h.pieces}), None)
            if host is None:
                stem = log.file.stem if len(by_name) == 1 or not name else name
                host = _Host(stem, [])
                hosts.append(host)
                same.append(host)
            elif name:
                host.name = name
            host.pieces.extend(pieces)
    for host in hosts:
        yield host.name, tuple(host.pieces)


@dataclass(slots=True)
class _Host:
    """A host that is being put together: called as its file, or where it has several, as it is."""

    name: str
    pieces: list[Piece]


def _by_name(log: Log) -> dict[str | None, list[Piece]]:
    """The outputs of a file by the name they show; those that show none go with each."""
    shown: dict[str | None, list[Piece]] = {}
    for piece in log.pieces:
        if piece.name:
            shown.setdefault(piece.name, []).append(piece)
    nameless = [piece for piece in log.pieces if not piece.name]
    if not shown:
        return {None: nameless}
    for pieces in shown.values():
        pieces.extend(nameless)
    return dict(sorted(shown.items(), key=lambda item: item[0] or ""))


def _contents(path: Path) -> Iterator[tuple[Path, list[Path]]]:
    """Every folder under `path` once, however many links lead to it, with its files."""
    try:
        below = sorted(
            (p for p in path.rglob("*") if p.is_dir()), key=Path.is_symlink, reverse=True
        )
        once = {folder.resolve(): folder for folder in (*below, path)}
        for folder in sorted(once.values()):
            yield folder, sorted(p for p in folder.iterdir() if p.is_file() and p.name[0] != ".")
    except OSError as error:
        raise CaptureError(f"{error.filename or path}: cannot be read: {error.strerror}") from error


def _folders(path: Path) -> Iterator[tuple[str, tuple[Path, ...], str | None]]:
    """Every folder with outputs under `path`: its name, its files, the platform a hint names."""
    if path.is_file():
        yield path.stem, (path,), None
        return
    taken: set[str] = set()
    for folder, files in _contents(path):
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


def _unlike(name: str, folder: str, taken: set[str]) -> str:
    """`name`, made longer until it is that of no other host."""
    longer = (f"{folder}/{name}{f' {n}' if n > 1 else ''}" for n in count(1))
    return name if name not in taken else next(each for each in longer if each not in taken)


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

    `path` is a folder of host folders, a folder of session logs, the folder of one host, or one
    file.

    :raises CaptureError: `path` does not exist, holds no file, or a file cannot be read.
    :raises UsageError: `platform` or a hint names no platform.
    """
    if not path.exists():
        raise CaptureError(f"{path}: no such file or folder; give a folder of captured outputs")
    captures: list[Capture] = []
    unidentified: list[Unreached] = []
    left_out: list[str] = []
    hosts: set[str] = set()
    for folder, files, hint in _folders(path):
        logs = tuple(map(_log, files))
        left_out += [
            f"{log.file}: {log.left_out} outputs that no parser reads are not kept"
            for log in logs
            if log.left_out
        ]
        for name, pieces in _apart(folder, logs):
            host = _unlike(name, folder, hosts)
            hosts.add(host)
            outputs = _outputs(pieces, collected)
            capture = Capture(host, None, "", LANE, outputs)
            named = platform or hint
            found = known_platform(named).name if named else _identified(capture)
            if found is None or not outputs:
                unidentified.append(_unidentified(host, outputs))
            else:
                captures.append(Capture(host, None, found, LANE, outputs))
    if not hosts:
        raise CaptureError(f"{path}: holds no files; expected {path}/<host>/show_version.txt, ...")
    return CaptureSet(
        tuple(sorted(captures, key=lambda c: c.host)),
        tuple(sorted(unidentified, key=lambda u: u.host)),
        tuple(left_out),
    )
