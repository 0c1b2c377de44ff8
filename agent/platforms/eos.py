"""Arista EOS, chassis level through NAPALM's eos driver over SSH."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.platforms import Platform, _get_facts

if TYPE_CHECKING:
    from agent.model import Capture, Reading, Software

# 4.27.2F-26069621.4272F is release 4.27.2F and the number of its build.
_RELEASE = re.compile(r"(\d+\.\d+\.\d+(?:\.\d+)?[A-Z]*)-.*")


def _release(printed: str) -> tuple[str, Software]:
    match = _RELEASE.fullmatch(printed)
    return match[1] if match else printed, "other"


def parse(capture: Capture) -> Reading:
    """The chassis; supervisors and line cards are not enumerated."""
    return _get_facts.read(capture, release=_release)


def recognises(capture: Capture) -> bool:
    """Whether the facts are of an Arista."""
    return _get_facts.states(capture, "Arista")


PLATFORM = Platform(
    name="eos",
    title="Arista EOS, chassis level",
    software="other",
    netmiko="arista_eos",
    commands=(
        _get_facts.command("show version | json", "show hostname | json", "show interfaces | json"),
    ),
    session=_get_facts.SESSION,
    parse=parse,
    recognises=recognises,
    transport="napalm",
    napalm="eos",
)
