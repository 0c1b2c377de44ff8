"""NX-OS (Nexus), chassis level through NAPALM's nxos_ssh driver."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.platforms import Platform, _get_facts

if TYPE_CHECKING:
    from agent.model import Capture, Reading

# The chassis line spells 'Nexus9000 C93180YC-EX Chassis' what the inventory calls
# N9K-C93180YC-EX, and old releases leave out the C; 3000, 5000 and 6000 follow no such rule.
_CHASSIS = re.compile(r"Nexus(9000|7700|7000) C?(\d[\w-]*)(?: \(\d+ Slot\))?(?: [Cc]hassis)?")
_FAMILY = {"9000": "N9K", "7700": "N77", "7000": "N7K"}


def _product(model: str) -> tuple[str | None, str | None]:
    if match := _CHASSIS.fullmatch(model):
        return f"{_FAMILY[match[1]]}-C{match[2]}", f"PID by rule from model {model!r}"
    return _get_facts.plain_pid(model)


def parse(capture: Capture) -> Reading:
    """The chassis; supervisors, line cards and fabric extenders are not enumerated."""
    return _get_facts.read(capture, product=_product)


def recognises(capture: Capture) -> bool:
    """Whether the facts carry a release spelt as NX-OS does: ``9.3(8)``."""
    return _get_facts.states(capture, "Cisco", r"\d+\.\d+\(\w+\)")


PLATFORM = Platform(
    name="nxos",
    title="NX-OS (Nexus), chassis level",
    software="other",
    netmiko="cisco_nxos",
    commands=(
        _get_facts.command(
            "show version",
            "show hosts",
            "show interface status",
            "show hostname",
            "show inventory | json",
            "show inventory",
        ),
    ),
    session=_get_facts.SESSION,
    parse=parse,
    recognises=recognises,
    transport="napalm",
    napalm="nxos_ssh",
)
