"""``show inventory`` in all its dialects, line by line: no unknown line spoils the others."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.platforms import _identity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.model import Kind

_NAME = re.compile(r"\W*NAME:(.*?)DESCR:(.*)", re.IGNORECASE)
_PID = re.compile(r"\s*PID:(.*?),\s*(?:VID:(.*?),\s*)?SN:(.*)", re.IGNORECASE)
_STARTS = re.compile(r"^\s*(?:NAME|PID):", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """One entry: a NAME line and its PID line. What was not stated is None, with a note."""

    name: str
    description: str
    pid: str | None
    vid: str | None
    serial: str | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """What could be read, what could not, and whether the text ends within an entry."""

    rows: tuple[Row, ...]
    unread: tuple[str, ...] = ()
    cut: str | None = None


def _row(name: str, description: str, pid: str, vid: str, serial: str) -> Row:
    notes: list[str] = []
    if _identity.swapped(vid, serial):
        vid, serial = serial, vid
        notes.append("the device prints VID and SN in each other's place")
    serial_number, no_serial = _identity.serial(serial)
    product, no_pid = _identity.pid(pid)
    notes += [note for note in (no_serial, no_pid) if note]
    version_id, _ = _identity.pid(vid)
    return Row(name, description, product, version_id, serial_number, tuple(notes))


def _unquoted(cell: str) -> str:
    return cell.strip().removeprefix('"').removesuffix('"').strip()


def _entries(text: str) -> Iterator[Row | str]:
    """Rows, and lines that begin an entry but could not be read."""
    open_name: tuple[str, str, str] | None = None
    for line in text.splitlines():
        if ":" not in line:
            continue
        if named := _NAME.match(line):
            if open_name:
                yield open_name[2]
            name = named[1].rstrip().removesuffix(",")
            open_name = (_unquoted(name), _unquoted(named[2]), line.strip())
        elif identified := _PID.match(line):
            name, description, _ = open_name or ("", "", "")
            open_name = None
            yield _row(name, description, *((c or "").strip() for c in identified.groups()))
        elif _STARTS.match(line):
            open_name = None
            yield line.strip()
    if open_name:
        yield open_name[2]


def read(text: str) -> Listing:
    """All entries of `text`."""
    entries = list(_entries(text))
    rows = tuple(e for e in entries if isinstance(e, Row))
    unread = tuple(e for e in entries if isinstance(e, str))
    cut = entries[-1] if entries and isinstance(entries[-1], str) else None
    return Listing(rows, unread[:-1] if cut else unread, cut)


# ------------------------------------------------------------------ what an entry is

_LOGICAL = re.compile(
    r"(?:\w+ )?Stack|Multi Chassis System|Virtual (?:Stack|Switch)", re.IGNORECASE
)
_CHASSIS = re.compile(
    r"""(?:Switch|Chassis|Node)\ ?(?P<number>\d{1,3})(?:\ Chassis)?
      | (?P<bare>\d{1,3})
      | Chassis | Switch\ System | Rack\ \d+ | (?:Cisco\ )?\S+\ Chassis
    """,
    re.IGNORECASE | re.VERBOSE,
)
_FIXED = re.compile(
    r"WS-C[23]|C9[23]\d\d|C1[0-3]00|C2960|C3560|CDB-|IE-?\d|ESS-?\d|WS-CBS|ME-3", re.IGNORECASE
)
_PROVISIONED = re.compile(r"\bProvisioned\b", re.IGNORECASE)
_MEMBER = re.compile(r"^(?:Switch|Chassis|Node) ?(\d{1,3})\b", re.IGNORECASE)
_INTERFACE = re.compile(
    r"""(?:(?:Chassis|Switch)\ \d+\ )?subslot\ \d+/\d+\ transceiver\ \d+
      | [a-z][a-z-]*\s?\d+(?:/\d+)+""",
    re.IGNORECASE | re.VERBOSE,
)
_PORT_NUMBERS = re.compile(r"^[A-Za-z][A-Za-z-]*?\s?(\d{1,3})/\d+")

_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("power_supply", re.compile(r"power ?supply|\bPSU? ?\d|^PEM\b|power entry", re.IGNORECASE)),
    ("fan", re.compile(r"\bfan\b|fan ?tray|blower", re.IGNORECASE)),
    ("supervisor", re.compile(r"\bsupervisor\b", re.IGNORECASE)),
)
_OPTIC = re.compile(
    r"^(?:Q?SFP|QDD|XFP|X2|XENPAK|GBIC|CFP|\w*base-?\w)|\btransceiver\b", re.IGNORECASE
)


def logical(row: Row) -> bool:
    """Whether the entry is the stack as a whole, which repeats its active unit (never a unit)."""
    return bool(_LOGICAL.fullmatch(row.name))


def provisioned(row: Row) -> bool:
    """Whether the entry is a slot kept for a member that is not there."""
    return row.serial is None and bool(_PROVISIONED.search(row.description))


def member(row: Row) -> int | None:
    """The number of the stack member or chassis that the entry's name begins with."""
    named = _MEMBER.match(row.name)
    return int(named[1]) if named else None


def port_member(row: Row) -> int | None:
    """The first number of an interface or stack port: in a stack, the member it belongs to."""
    numbered = _PORT_NUMBERS.match(row.name)
    return int(numbered[1]) if numbered else None


def chassis_number(row: Row) -> int | None:
    """The number of the chassis that the entry is, where it has one."""
    match = _CHASSIS.fullmatch(row.name)
    digits = match and (match["number"] or match["bare"])
    return int(digits) if digits else None


def chassis(row: Row) -> bool:
    """Whether the entry is a whole device: a chassis or a stack member."""
    match = _CHASSIS.fullmatch(row.name)
    if match is None:
        # Routers and modular switches of old are called by their product.
        return (
            row.name == row.pid
            and not logical(row)
            and bool(re.search(r"\bchassis\b", row.description, re.IGNORECASE))
        )
    # A bare number is a member of a 2960X or 3750 stack, but a slot of a modular chassis.
    return match["bare"] is None or bool(_FIXED.match(row.pid or row.description))


def kind(row: Row) -> Kind:
    """What an entry that is no chassis is, by its name, then by its description."""
    if row.name.startswith("StackPort"):
        return "module"
    for text in (row.name, row.description):
        for found, pattern in _KINDS:
            if pattern.search(text):
                return found
        if text is row.name and _INTERFACE.fullmatch(text):
            return "transceiver"
    return "transceiver" if _OPTIC.search(row.description) else "module"
