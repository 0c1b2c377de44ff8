"""Junos: known, so that its hosts are counted; its NAPALM driver is refused by the transport."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.platforms import Platform, _get_facts

if TYPE_CHECKING:
    from agent.model import Capture, Reading


def parse(capture: Capture) -> Reading:
    """The chassis, from facts that somebody else has read."""
    return _get_facts.read(capture)


def recognises(capture: Capture) -> bool:
    """Whether the facts are of a Juniper."""
    return _get_facts.states(capture, "Juniper")


PLATFORM = Platform(
    name="junos",
    title="Junos, chassis level",
    software="other",
    netmiko="juniper_junos",
    commands=(),
    session=(),
    parse=parse,
    recognises=recognises,
    transport="napalm",
    napalm="junos",
)
