"""Classic IOS, and IOS-XE outside our own families, chassis level through NAPALM's ios driver."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.platforms import Platform, _get_facts
from agent.releases import canonical

if TYPE_CHECKING:
    from agent.model import Capture, Reading, Software

_RELEASE = re.compile(r"\bVersion ([^\s,]+)")
# From 16 on IOS-XE prints its own release; 3.x prints the number of the IOS inside.
_IOS_XE = re.compile(r"(?:1[6-9]|[2-9]\d)\.\d+\.\d+[A-Za-z]*")


def _release(printed: str) -> tuple[str, Software]:
    match = _RELEASE.search(printed)
    release = match[1] if match else printed
    if _IOS_XE.fullmatch(release):
        return canonical(release, "ios-xe") or release, "ios-xe"
    return release, "other"


def parse(capture: Capture) -> Reading:
    """The chassis; stack members and modules are not enumerated."""
    return _get_facts.read(capture, release=_release)


def recognises(capture: Capture) -> bool:
    """Whether the facts carry IOS's long version line."""
    return _get_facts.states(capture, "Cisco", r".*Software \(.*\), Version ")


PLATFORM = Platform(
    name="ios",
    title="IOS, and IOS-XE outside the Catalyst 9000 family, chassis level",
    software="other",
    netmiko="cisco_ios",
    commands=(_get_facts.command("show version", "show hosts", "show ip interface brief"),),
    session=_get_facts.SESSION,
    parse=parse,
    recognises=recognises,
    transport="napalm",
    napalm="ios",
)
