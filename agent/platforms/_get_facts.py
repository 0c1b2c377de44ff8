"""What NAPALM's ``get_facts`` states: one chassis, and never more than one."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from agent.model import Incomplete, Observation, Reading
from agent.platforms import Command, _identity
from agent.platforms._outputs import first_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from agent.model import Capture, Software

COMMAND = "get_facts"
_OTHER: Software = "other"
SESSION = ("terminal width 511", "terminal length 0", "exit")

_VIRTUAL = re.compile(
    r"IOSv\w* | (?:R-)?IOS-?XRv\S* | [vc]EOS\S* | N9K-C?9[0-9]00v | vMX | vSRX\S* | vQFX\S*",
    re.IGNORECASE | re.VERBOSE,
)
# A classic router prints its processor board: JAB012345AB (1234567890), with hardware revision 0
_BOARD = re.compile(r"(?:\s*\(\w+\))?,? with hardware revision .*", re.DOTALL)
_SERIAL = re.compile(r"[A-Z0-9][A-Z0-9.-]{3,39}", re.ASCII | re.IGNORECASE)
_PID = re.compile(r"(?=[\d/+=.-]*[A-Z])[A-Z0-9][A-Z0-9/+=._-]+", re.ASCII | re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,;]+")


def command(*sends: str) -> Command:
    """The one question, and the lines a driver types to answer it."""
    return Command(COMMAND, required=True, sends=sends)


def plain_release(printed: str) -> tuple[str, Software]:
    """The release as printed, of software that no rule of ours is about."""
    return printed, _OTHER


def plain_pid(model: str) -> tuple[str | None, str | None]:
    """The PID a model names, or None and why: prose and bare numbers are no PIDs."""
    value, note = _identity.pid(model)
    if value and not _PID.fullmatch(value):
        return None, f"model {value!r} is not a PID"
    return value, note


def read(
    capture: Capture,
    release: Callable[[str], tuple[str, Software]] = plain_release,
    product: Callable[[str], tuple[str | None, str | None]] = plain_pid,
) -> Reading:
    """One chassis, where it states a serial or a PID; what is behind it is not enumerated."""
    facts = _facts(capture)
    gaps = [
        Incomplete(
            capture.host,
            "members_not_enumerated",
            "NAPALM states the chassis alone; members, supervisors and parts are not enumerated",
        )
    ]
    unit = _chassis(capture, facts, release, product) if facts else None
    if unit:
        return Reading((unit,), tuple(gaps))
    text = first_line(capture.text(COMMAND) or "")
    why = "neither serial nor PID" if facts else f"not understood: {text!r}"
    gaps.append(Incomplete(capture.host, "not_parsed", f"{COMMAND}: {why}"))
    return Reading((), tuple(gaps))


def states(capture: Capture, vendor: str, version: str = "") -> bool:
    """Whether the facts are of `vendor` and their version matches the pattern `version`."""
    facts = _facts(capture)
    return facts.get("vendor") == vendor and bool(
        re.match(version, _text(facts.get("os_version")), re.DOTALL)
    )


def _facts(capture: Capture) -> dict[str, Any]:
    """The getter's result; nothing where it is none."""
    try:
        facts = json.loads(capture.text(COMMAND) or "")
    except (ValueError, RecursionError):
        return {}
    return facts if isinstance(facts, dict) else {}


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _serial(value: object) -> tuple[str | None, str | None]:
    """The chassis serial. Of several, nobody says which is the chassis': none is taken."""
    texts = value if isinstance(value, list) else [value]
    found = dict.fromkeys(
        piece.strip("\"'")
        for text in texts
        for piece in _BETWEEN.split(_BOARD.sub("", _text(text)))
        if piece.strip("\"'")
    )
    if len(found) > 1:
        return None, f"several serials and none named as the chassis': {', '.join(found)}"
    value, note = _identity.serial(next(iter(found), ""))
    if value and not _SERIAL.fullmatch(value):
        return None, f"serial printed as {value!r}"
    return value, note


def _chassis(
    capture: Capture,
    facts: dict[str, Any],
    release: Callable[[str], tuple[str, Software]],
    product: Callable[[str], tuple[str | None, str | None]],
) -> Observation | None:
    serial, serial_note = _serial(facts.get("serial_number"))
    pid, pid_note = product(_text(facts.get("model")))
    if not serial and not pid:
        return None
    printed, _ = _identity.pid(_text(facts.get("os_version")))
    version, software = release(printed) if printed else (None, _OTHER)
    vendor = _text(facts.get("vendor"))
    foreign = f"vendor {vendor}" if vendor and vendor != "Cisco" else None
    return Observation(
        host=capture.host,
        site=capture.site,
        platform=capture.platform,
        kind="chassis",
        serial=serial,
        pid=pid,
        version=version,
        version_raw=printed,
        software=software,
        virtual=bool(pid and (_VIRTUAL.fullmatch(pid) or _identity.virtual(pid))),
        lane=capture.lane,
        notes=tuple(note for note in (serial_note, pid_note, foreign) if note),
        evidence=capture.evidence(COMMAND),
    )
