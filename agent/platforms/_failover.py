"""``show failover`` of ASA and FTD: both units of a pair, with what is said about each."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from agent.platforms import _identity
from agent.platforms._lines import LineStart

_ON = LineStart.of(r"Failover On\b", re.IGNORECASE)
_VERSIONS = LineStart.of(r"Version:[ \t]*Ours[ \t]+(\S+?),[ \t]*Mate[ \t]+(\S+)", re.IGNORECASE)
_SERIALS = LineStart.of(
    r"Serial Number:[ \t]*Ours[ \t]+(\S+?),[ \t]*Mate[ \t]+(\S+)", re.IGNORECASE
)
_HOST = re.compile(
    r"^\s*(This|Other) host:\s*(Primary|Secondary)\b(?:\s*-\s*(.*?))?\s*$",
    re.IGNORECASE | re.ASCII,  # no other alphabet has a letter that passes for one of these
)
_GROUP = re.compile(r"^\s*Group\s+\d+\s+State:\s*(\S.*?)\s*$", re.IGNORECASE)
_SLOT = re.compile(r"^\s*slot \d+:\s+(\S+) hw/sw rev \(([^/]*)/(.*)\) status", re.IGNORECASE)
_END = re.compile(r"^\s*Stateful Failover Logical Update Statistics", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Side:
    """One unit of the pair."""

    position: str | None = None
    state: str | None = None
    pid: str | None = None
    version: str | None = None
    serial: str | None = None
    groups: tuple[str, ...] = field(default=())

    @property
    def role(self) -> str | None:
        """``active``, ``standby``, ``active/active``, or the state in which the unit is."""
        states = (self.state,) if self.state else self.groups
        roles = {_role(state) for state in states}
        if roles == {"active", "standby"}:
            return "active/active"
        return roles.pop() if len(roles) == 1 else None


@dataclass(frozen=True, slots=True)
class Failover:
    """A configured pair."""

    own: Side
    mate: Side


def _role(state: str) -> str:
    first = state.split(maxsplit=1)[0].lower()
    return first if first in {"active", "standby"} else state.lower()


def _stated(pattern: LineStart, text: str) -> tuple[str | None, str | None]:
    match = pattern.search(text)
    if match is None:
        return None, None
    own, mate = (_identity.serial(value)[0] for value in match.groups())
    return own, mate


def _sides(text: str) -> dict[str, Side]:
    """What stands under ``This host`` and ``Other host``; the first slot is the firewall itself."""
    position: dict[str, str] = {}
    state: dict[str, str | None] = {}
    groups: dict[str, list[str]] = {"this": [], "other": []}
    slot: dict[str, tuple[str | None, str]] = {}
    side = ""
    for line in text.splitlines():
        if host := _HOST.match(line):
            side = host[1].lower()
            position[side], state[side] = host[2].lower(), host[3] or None
        elif _END.match(line):
            break
        elif side and (group := _GROUP.match(line)):
            groups[side].append(group[1])
        elif side and (row := _SLOT.match(line)):
            # A virtual FTD names itself by its software only.
            slot.setdefault(side, (None if row[1] == "FTD" else row[1], row[3]))
    return {
        name: Side(
            position.get(name),
            state.get(name),
            slot[name][0] if name in slot else None,
            (slot[name][1] or None) if name in slot else None,
            groups=tuple(groups[name]),
        )
        for name in ("this", "other")
    }


def read(text: str) -> Failover | None:
    """The pair, or None where failover is off or not configured."""
    if not _ON.search(text):
        return None
    sides = _sides(text)
    own_version, mate_version = _stated(_VERSIONS, text)
    own_serial, mate_serial = _stated(_SERIALS, text)
    own, mate = sides["this"], sides["other"]
    return Failover(
        Side(own.position, own.state, own.pid, own_version or own.version, own_serial, own.groups),
        Side(
            mate.position,
            mate.state,
            mate.pid,
            mate_version or mate.version,
            mate_serial,
            mate.groups,
        ),
    )
