"""``show version`` of IOS-XE and classic IOS: release, member table, serial blocks, SMUs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.platforms import _identity
from agent.platforms._chassis import Sighting
from agent.platforms._lines import LineStart

_XE = LineStart.of(r"Cisco IOS[ -]XE Software, Version[ \t]+(\S+)", re.IGNORECASE)
_IOS = LineStart.of(r"(?:Cisco IOS Software|IOS \(tm\)).*?\bVersion[ \t]+([^\s,]+)", re.IGNORECASE)
_PROCESSOR = LineStart.of(r"[\w-]+[ \t]+(\S+)[ \t]+\(.*\bbytes of memory", re.IGNORECASE)
_BOARD = LineStart.of(r"Processor board ID[ \t]+([^\s,]+)", re.IGNORECASE)
_MODE = LineStart.of(r"Installation mode is[ \t]+(\w+)", re.IGNORECASE)
_SMU = LineStart.of(r"(?:SMU|APSP|APDP)[ \t]+(CSC\w+)[ \t]+\S+[ \t]+[CU]\b")
_UPTIME = LineStart.of(r"\S+ uptime is ")
# The lines of a serial block, of which each is one of these.
_BLOCK = re.compile(
    r"""\s*(?:Switch\s+0*(?P<number>\d{1,3})
      | Model\ Number\s*:\s*(?P<pid>.*?)
      | System\ Serial\ Number\s*:\s*(?P<serial>.*?))\s*""",
    re.IGNORECASE | re.VERBOSE,
)
_TABLE = re.compile(r"\s*Switch\s+Ports\s+Model\s+SW Version", re.IGNORECASE)
_MEMBER = re.compile(
    r"\s*(?:(\*)\s*)?(\d{1,3})\s+(\d+)\s+(\S+)\s+(\S+)\s+(\S+)(?:\s+(INSTALL|BUNDLE))?\s*$"
)


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


def _first(pattern: LineStart, text: str) -> str | None:
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
        row = _BLOCK.fullmatch(line)
        if row is None:
            continue
        if row["number"]:
            number, model = int(row["number"]), None
            found.append(Block(number, None, None))
        elif row["pid"] is not None:
            model = _identity.pid(row["pid"])[0]
        else:
            if found and found[-1].number == number and found[-1].serial is None:
                found.pop()
            found.append(Block(number, model, _identity.serial(row["serial"])[0]))
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
        patches=tuple(dict.fromkeys(row[1] for row in _SMU.finditer(text))),
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
    named = version.board or version.blocks
    unidentified = bool(version.release and not named and _UPTIME.search(text))
    if not open_block and not unidentified:
        return None
    last = [line.strip() for line in text.splitlines() if line.strip()]
    return last[-1] if last else None
