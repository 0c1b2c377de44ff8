"""FXOS: the chassis of Firepower 4100 and 9300, its security modules, supplies and fans."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.model import Incomplete, Kind, Observation, Reading
from agent.platforms import Command, Platform, _columns, _identity, _licensing, _parts
from agent.platforms._lines import LineStart
from agent.platforms._outputs import answers, first_line, no_unit, not_parsed, refusals
from agent.releases import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.model import Capture

REQUIRED = ("show version", "show chassis inventory")

# The package is the FXOS release that advisories name; the manager inside counts on its own.
_PACKAGE = LineStart.of(r"Package-Vers:[ \t]*(\S+)")
_RUNNING = LineStart.of(r"(?:Version|Running-Vers):[ \t]*(\S+)")
_HEADING = re.compile(r"^\s*([A-Z][\w-]*(?: [\w-]+)*?) (\d+(?:/\d+)*):\s*$")
_FIELD = re.compile(
    r"^\s*(?:Equipped )?(PID|VID|Serial(?: \(SN\)| Number)?|Slot Status|Presence)\s*:\s*(.*?)\s*$",
    re.IGNORECASE,
)
_SIGNS = re.compile(
    r"""^[ \t]*FPRM:[ \t]*$ | ^[ \t]*(?:Running|Package|Startup)-Vers: | \bPID:[ \t]*FPR-C9300
      | ^[ \t]*Chassis[ \t]+PID[ \t]+Vendor | ^[ \t]*Server[ \t]+Equipped\ PID
      | Equipped\ Serial\ \(SN\):""",
    re.VERBOSE | re.MULTILINE,
)
_NOT_THERE = ("empty", "not equipped", "missing", "not-present")


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of an inventory: what it is called and what identifies it."""

    what: str
    number: str
    fields: dict[str, str]

    @property
    def kind(self) -> Kind:
        """What it is, by its heading."""
        word = self.what.lower()
        if word == "chassis":
            return "chassis"
        if word.startswith(("psu", "power")):
            return "power_supply"
        return "fan" if word.startswith("fan") else "module"

    @property
    def present(self) -> bool:
        """Whether the slot holds something."""
        return self.fields.get("status", "").lower() not in _NOT_THERE


def _key(heading: str) -> str:
    word = heading.lower().removeprefix("equipped ")
    if word.startswith("serial"):
        return "serial"
    return "status" if word in {"slot status", "presence"} else word


def _tabled(text: str) -> Iterator[Item]:
    rows, _ = _columns.read(text)
    for row in rows:
        heads = list(row)
        what = heads[0] if heads else ""
        fields = {_key(head): cell for head, cell in row.items()}
        if "serial" in fields and what:
            yield Item(what.capitalize(), row[what], fields)


def _detailed(text: str) -> Iterator[Item]:
    item: Item | None = None
    for line in text.splitlines():
        if heading := _HEADING.match(line):
            if item and "serial" in item.fields:
                yield item
            item = Item(heading[1].strip(), heading[2], {})
        elif item and (field := _FIELD.match(line)):
            item.fields.setdefault(_key(field[1]), field[2])
    if item and "serial" in item.fields:
        yield item


def _version(capture: Capture) -> tuple[str | None, str | None, tuple[str, ...]]:
    """The release, its command, and a note where the manager's own version differs."""
    for output in answers(capture, "show version", "show system firmware"):
        package = _PACKAGE.search(output.text)
        running = _RUNNING.search(output.text)
        release = package or running
        if release:
            apart = package and running and package[1] != running[1]
            note = f"FPRM running version {running[1]}" if apart and running else ""
            return release[1], output.command, (note,) if note else ()
    return None, None, ()


def _chassis(capture: Capture, command: str, item: Item) -> Observation | None:
    serial, note = _identity.serial(item.fields.get("serial", ""))
    pid, _ = _identity.pid(item.fields.get("pid", ""))
    if not serial and not pid:
        return None
    version, version_command, notes = _version(capture)
    return Observation(
        host=capture.host,
        site=capture.site,
        platform=capture.platform,
        kind="chassis",
        serial=serial,
        pid=pid,
        vid=item.fields.get("vid") or None,
        position=f"chassis {item.number}",
        version=canonical(version, "fxos") if version else None,
        version_raw=version,
        software="fxos",
        lane=capture.lane,
        notes=(*((note,) if note else ()), *notes),
        evidence=capture.evidence(command, *((version_command,) if version_command else ())),
    )


def _part(capture: Capture, command: str, item: Item, parent: str | None) -> Observation | None:
    serial, note = _identity.serial(item.fields.get("serial", ""))
    pid, _ = _identity.pid(item.fields.get("pid", ""))
    if not item.present or not (serial or pid):
        return None
    return _parts.observed(
        capture,
        capture.evidence(command),
        item.kind,
        position=f"{item.what.lower()} {item.number}",
        serial=serial,
        pid=pid,
        vid=item.fields.get("vid") or None,
        parent=parent,
        notes=(note,) if note else (),
    )


def _gaps(capture: Capture, items: list[tuple[str, Item]]) -> list[Incomplete]:
    gaps = list(refusals(capture, REQUIRED))
    version, _, _ = _version(capture)
    if version is None:
        gaps += [
            not_parsed(capture, output.command, first_line(output.text))
            for output in answers(capture, "show version")
        ]
    for output in answers(capture, "show chassis inventory", "show server inventory"):
        _, unread = _columns.read(output.text)
        if unread:
            gaps.append(not_parsed(capture, output.command, unread[0][:80]))
        elif not any(command == output.command for command, _ in items):
            gaps.append(not_parsed(capture, output.command, first_line(output.text)))
    return gaps


def parse(capture: Capture) -> Reading:
    """The chassis with its FXOS release, and the modules, supplies and fans in it."""
    items = [
        (output.command, item)
        for output in answers(capture, "show chassis inventory", "show server inventory")
        for item in (*_tabled(output.text), *_detailed(output.text))
    ]
    chassis = [
        unit
        for command, item in items
        if item.kind == "chassis" and (unit := _chassis(capture, command, item))
    ]
    units = [_licensing.on(capture, u) for u in {(u.serial, u.pid): u for u in chassis}.values()]
    parent = units[0].serial if len(units) == 1 else None
    parts = [
        part
        for command, item in items
        if item.kind != "chassis" and (part := _part(capture, command, item, parent))
    ]
    gaps = _gaps(capture, items)
    version, command, _ = _version(capture)
    if not units and not gaps and version:
        reason = f"{command}: states version {version}, but no output states the chassis"
        gaps.append(Incomplete(capture.host, "not_parsed", reason))
    if not units and not parts and not gaps:
        gaps += no_unit(capture)
    return Reading((*units, *_parts.once(parts)), tuple(dict.fromkeys(gaps)))


def recognises(capture: Capture) -> bool:
    """Whether any output is that of FXOS."""
    return any(_SIGNS.search(output.text) for output in capture.outputs)


PLATFORM = Platform(
    name="fxos",
    title="FXOS (Firepower 4100 and 9300 chassis)",
    software="fxos",
    netmiko="cisco_ios",
    commands=(
        Command("show version", required=True),
        Command("show chassis inventory", required=True),
        Command("show server inventory"),
        Command("show system firmware"),
        Command("show license all"),
    ),
    session=("terminal length 0", "terminal width 511", "exit"),
    parse=parse,
    recognises=recognises,
)
