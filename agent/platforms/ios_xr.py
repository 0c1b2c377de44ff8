"""IOS-XR, chassis level through NAPALM's iosxr driver and the router's XML agent."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.platforms import Platform, _get_facts

if TYPE_CHECKING:
    from agent.model import Capture, Reading, Software

# 6.1.3[Default] names the package set behind the release.
_RELEASE = re.compile(r"(\d+\.\d+\.\d+\w*)\[.*\]")


def _release(printed: str) -> tuple[str, Software]:
    match = _RELEASE.fullmatch(printed)
    return match[1] if match else printed, "other"


def _request(operational: str) -> str:
    """A read-only request as it is typed into the XML agent."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><Request MajorVersion="1" MinorVersion="0">'
        f"<Get><Operational>{operational}</Operational></Get></Request>"
    )


def parse(capture: Capture) -> Reading:
    """The chassis of rack 0; route processors and line cards are not enumerated."""
    return _get_facts.read(capture, release=_release)


def recognises(capture: Capture) -> bool:
    """Whether the facts carry a release spelt as IOS-XR does: ``7.3.2``."""
    return _get_facts.states(capture, "Cisco", r"\d+\.\d+\.\d+")


PLATFORM = Platform(
    name="ios_xr",
    title="IOS-XR, chassis level (needs 'xml agent tty' on the router)",
    software="other",
    netmiko="cisco_xr",
    commands=(
        _get_facts.command(
            "xml",
            _request(
                "<SystemTime/><PlatformInventory><RackTable><Rack><Naming><Name>0</Name></Naming>"
                "<Attributes><BasicInfo/></Attributes></Rack></RackTable></PlatformInventory>"
            ),
            _request(
                "<SystemTime/><Inventory><Entities><Entity><Naming><Name>Rack 0</Name></Naming>"
                "<Attributes><InvBasicBag></InvBasicBag></Attributes></Entity></Entities>"
                "</Inventory>"
            ),
            _request("<Interfaces/>"),
        ),
    ),
    session=_get_facts.SESSION,
    parse=parse,
    recognises=recognises,
    transport="napalm",
    napalm="iosxr",
)
