"""``show version`` of IOS-XE and classic IOS: release, member table, serial blocks, SMUs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.platforms import _identity
from agent.platforms._chassis import Sighting

_XE = re.compile(
    r"^[ \t]*Cisco IOS[ -]XE Software, Version[ \t]+(\S+)", re.MULTILINE | re.IGNORECASE
)
_IOS = re.compile(
    r"^[ \t]*(?:Cisco IOS Software|IOS \(tm\)).*?\bVersion[ \t]+([^\s,]+)",
    re.MULTILINE | re.IGNORECASE,
)
_PROCESSOR = re.compile(
    r"^[ \t]*[\w-]+[ \t]+(\S+)[ \t]+\(.*\bbytes of memory", re.MULTILINE | re.IGNORECASE
)
_BOARD = re.compile(r"^[ \t]*Processor board ID[ \t]+([^\s,]+)", re.MULTILINE | re.IGNORECASE)
_SERIAL = re.compile(r"^\s*System Serial Number\s*:\s*(.*?)\s*$", re.IGNORECASE)
_MODEL = re.compile(r"^\s*Model Number\s*:\s*(.*?)\s*$", re.IGNORECASE)
_BLOCK = re.compile(r"^\s*Switch\s+0*(\d{1,3})\s*$", re.IGNORECASE)
_TABLE = re.compile(r"^\s*Switch\s+Ports\s+Model\s+SW Version", re.IGNORECASE)
_MEMBER = re.compile(
    r"^\s*(\*?)\s*(\d{1,3})\s+(\d+)\s+(\S+)\s+(\S+)\s+(\S+)(?:\s+(INSTALL|BUNDLE))?\s*$"
)
_MODE = re.compile(r"^[ \t]*Installation mode is[ \t]+(\w+)", re.MULTILINE | re.IGNORECASE)
_SMU = re.compile(r"^[ \t]*(?:SMU|APSP|APDP)[ \t]+(CSC\w+)[ \t]+\S+[ \t]+[CU]\b", re.MULTILINE)
_UPTIME = re.compile(r"^[ \t]*\S+ uptime is ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A serial block; the unnumbered one is that of the active member."""

    number: int | None
    pid: str | None
    serial: str | None


@dataclass(frozen=True, slots=True)
class Member:
    """A row of the member table."""

    number: int
    active: bool
    pid: str
    version: str
    mode: str | None


@dataclass(frozen=True, slots=True)
class ShowVersion:
    """What ``show version`` says about the device and its members."""

    release: str | None
    pid: str | None
    board: str | None
    mode: str | None
    members: tuple[Member, ...]
    blocks: tuple[Block, ...]
    patches: tuple[str, ...]


def _first(pattern: re.Pattern[str], text: str) -> str | None:
    match = pattern.search(text)
    return match[1] if match else None


def _members(lines: list[str]) -> tuple[Member, ...]:
    found: list[Member] = []
    inside = False
    for line in lines:
        if _TABLE.match(line):
            inside = True
        elif inside and (row := _MEMBER.match(line)):
            star, number, _, pid, version, _, mode = row.groups()
            found.append(Member(int(number), bool(star), pid, version, mode))
        elif inside and found and line.strip():
            inside = False
    return tuple(found)


def _blocks(lines: list[str]) -> tuple[Block, ...]:
    found: list[Block] = []
    number: int | None = None
    model: str | None = None
    for line in lines:
        if start := _BLOCK.match(line):
            number, model = int(start[1]), None
            found.append(Block(number, None, None))
        elif named := _MODEL.match(line):
            model = _identity.pid(named[1])[0]
        elif stated := _SERIAL.match(line):
            if found and found[-1].number == number and found[-1].serial is None:
                found.pop()
            found.append(Block(number, model, _identity.serial(stated[1])[0]))
    return tuple(found)


def read(text: str) -> ShowVersion:
    """Everything that ``show version`` states."""
    lines = text.splitlines()
    board = _first(_BOARD, text)
    pid = _first(_PROCESSOR, text)
    return ShowVersion(
        release=_first(_XE, text) or _first(_IOS, text),
        pid=_identity.pid(pid)[0] if pid else None,
        board=_identity.serial(board)[0] if board else None,
        mode=_first(_MODE, text),
        members=_members(lines),
        blocks=_blocks(lines),
        patches=tuple(dict.fromkeys(_SMU.findall(text))),
    )


def empty(version: ShowVersion) -> bool:
    """Whether nothing at all was understood."""
    return not (version.release or version.board or version.blocks or version.members)


def _single(command: str, version: ShowVersion) -> Sighting | None:
    """The one chassis. On modular chassis the board ID is its serial, whatever the block says."""
    block = version.blocks[0] if version.blocks else Block(None, None, None)
    row = version.members[0] if version.members else None
    serial = version.board or block.serial
    pid = version.pid or block.pid or (row.pid if row else None)
    if not serial and not pid:
        return None
    other = (block.serial,) if block.serial and block.serial != serial else ()
    return Sighting(
        command,
        number=row.number if row else None,
        serial=serial,
        pid=pid,
        role="active",
        version=row.version if row else None,
        mode=(row.mode if row else None) or version.mode,
        other_serials=other,
        notes=("show version prints two serials: the processor board ID is taken",)
        if other
        else (),
    )


def _unnumbered(version: ShowVersion) -> int | None:
    """The number of the unnumbered block: the starred row, else the one number not used."""
    starred = [m.number for m in version.members if m.active]
    if starred:
        return starred[0]
    numbers = {b.number for b in version.blocks if b.number is not None}
    left = set(range(1, len(numbers) + 2)) - numbers
    return left.pop() if len(left) == 1 and numbers else None


def _beside(version: ShowVersion, block: Block) -> bool:
    """Whether the unnumbered block describes no further chassis.

    Some StackWise Virtual pairs of modular chassis print a numbered block for every switch, the
    one that answers included: that block then carries the processor board ID.
    """
    numbered = {b.serial for b in version.blocks if b.number is not None}
    return not version.members and version.board in numbered and block.serial != version.board


def _stack(command: str, version: ShowVersion) -> tuple[Sighting, ...]:
    rows = {m.number: m for m in version.members}
    numbered = {b.number: b for b in version.blocks if b.number is not None}
    found: list[Sighting] = []
    for block in version.blocks:
        number = block.number if block.number is not None else _unnumbered(version)
        if block.number is None and (number in numbered or _beside(version, block)):
            continue
        row = rows.get(number) if number is not None else None
        active = row.active if row else block.number is None
        found.append(
            Sighting(
                command,
                number=number,
                serial=block.serial,
                pid=block.pid or (row.pid if row else None),
                role="active" if active else "member",
                version=row.version if row else None,
                mode=(row.mode if row else None) or version.mode,
            )
        )
    seen = {s.number for s in found}
    found += [
        Sighting(
            command,
            number=row.number,
            pid=row.pid,
            role="active" if row.active else "member",
            version=row.version,
            mode=row.mode,
        )
        for row in version.members
        if row.number not in seen
    ]
    return tuple(found)


def sightings(command: str, version: ShowVersion) -> tuple[Sighting, ...]:
    """The members that ``show version`` states; one where there is no stack."""
    if len(version.members) > 1 or any(b.number is not None for b in version.blocks):
        return _stack(command, version)
    single = _single(command, version)
    return (single,) if single else ()


def cut(text: str, version: ShowVersion) -> str | None:
    """The line with which the output ends too early, or None where it is whole."""
    open_block = any(b.serial is None and b.pid is None for b in version.blocks) or (
        len(version.members) > len(version.blocks) > 0
    )
    unidentified = bool(version.release and _UPTIME.search(text)) and not (
        version.board or version.blocks
    )
    if not open_block and not unidentified:
        return None
    last = [line.strip() for line in text.splitlines() if line.strip()]
    return last[-1] if last else None
