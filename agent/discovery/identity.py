"""From what a host said to what it is: platform, how sure, and why. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from agent.platforms._snmp_identity import (
    GENERIC,
    SYS_DESCR,
    SYS_OBJECT_ID,
    identify,
    product,
    release,
    signs,
)
from agent.platforms._walk import Walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agent.model import Clue, Confidence

MOST_TEXT = 500
"""Characters of a clue that are kept; what is said on longer is not needed to tell a product."""

CALLED = {
    "ssh_banner": "SSH banner",
    "certificate": "certificate",
    "http_server": "HTTP server",
    "http_title": "page title",
    "snmp_engine": "SNMPv3 engine id",
    "sys_object_id": "sysObjectID",
    "sys_descr": "sysDescr",
    "login": "login",
}
"""What each kind of clue is called in words."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a host is taken for. `candidate`: whether it may be shown a credential."""

    platform: str | None
    confidence: Confidence
    reason: str
    candidate: bool
    version: str | None = None


@dataclass(frozen=True, slots=True)
class _Sign:
    pattern: re.Pattern[str]
    maker: str
    platform: str | None


@cache
def _table() -> dict[str, tuple[_Sign, ...]]:
    raw = yaml.safe_load(Path(__file__).with_name("signs.yaml").read_text(encoding="utf-8"))
    return {
        kind: tuple(_Sign(re.compile(e["pattern"]), e["maker"], e.get("platform")) for e in entries)
        for kind, entries in raw.items()
    }


def shown(text: str | bytes) -> str:
    """What somebody unknown said, in one line without control characters, cut to `MOST_TEXT`."""
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    printable = "".join(c if c.isprintable() else " " for c in words)
    return " ".join(printable.split())[:MOST_TEXT]


def judge(clues: Sequence[Clue]) -> Verdict:
    """Weigh what was said: sysObjectID, sysDescr, a login, then what stands in the open.

    A login has read what the device says of itself, so it stands beside SNMP; where both speak,
    SNMP was first and the login did not happen.
    """
    seen = list(_seen(clues))
    by_snmp = _by_snmp(clues, seen)
    if by_snmp:
        return by_snmp
    logged_in = next((c.text for c in clues if c.kind == "login"), None)
    if logged_in:
        platform, _, words = logged_in.partition(": ")
        return Verdict(platform, "high", f"login: {words}", candidate=True)
    telling = next(((clue, sign) for clue, sign in seen if sign.platform), None)
    if telling:
        clue, sign = telling
        reason = f"{CALLED[clue.kind]} {clue.text!r}"
        return Verdict(sign.platform, "medium", reason, candidate=True)
    if seen:
        clue, sign = seen[0]
        reason = (
            f"{sign.maker} by its {CALLED[clue.kind]} {clue.text!r}; which platform is not said"
        )
        return Verdict(None, "low", reason, candidate=True)
    said = [f"{CALLED[clue.kind]} {clue.text!r}" for clue in sorted(clues) if clue.kind in CALLED]
    words = said[0] if said else ", ".join(sorted({f"{c.origin} {c.text}" for c in clues}))
    return Verdict(None, "none", words or "says nothing", candidate=False)


def _seen(clues: Iterable[Clue]) -> Iterable[tuple[Clue, _Sign]]:
    """Clues that tell a maker, each with the first sign it shows, in the order of the table."""
    for kind, entries in _table().items():
        for clue in sorted(clues):
            if clue.kind == kind:
                sign = next((s for s in entries if s.pattern.search(clue.text)), None)
                if sign:
                    yield clue, sign


def _by_snmp(clues: Sequence[Clue], seen: Sequence[tuple[Clue, _Sign]]) -> Verdict | None:
    """What the SNMP agent says; None where it says nothing, or is of a maker that is not ours."""
    stated = next((c.text for c in clues if c.kind == "sys_object_id"), "")
    described = next((c.text for c in clues if c.kind == "sys_descr"), "")
    if not stated and not described:
        return None
    values = {SYS_DESCR: described, SYS_OBJECT_ID: stated}
    walk = Walk(tuple(sorted(values)), values)
    platform = identify(walk)
    if platform in {None, GENERIC}:
        ours = next((sign for clue, sign in seen if clue.kind == "sys_object_id"), None)
        family = next((sign.platform for clue, sign in seen if clue.kind == "sys_descr"), None)
        if family and any(clue.kind == "ssh_banner" for clue in clues):
            reason = f"sysDescr {described!r}"
            return Verdict(family, "high", reason, candidate=True, version=release(walk))
        if ours is None:
            return None
        reason = f"{ours.maker} by its sysObjectID {stated}, of no family that has its own platform"
        return Verdict(GENERIC, "medium", reason, candidate=True, version=release(walk))
    made = product(walk)
    by_id = made and any(s.platform == platform and stated in s.products for s in signs())
    reason = f"sysObjectID {stated}: {made}" if by_id else f"sysDescr {described!r}"
    return Verdict(platform, "high", reason, candidate=True, version=release(walk))
