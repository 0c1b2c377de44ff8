"""Any other device that answers SNMP: AireOS controllers and whatever has an ENTITY-MIB."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.platforms import Platform, _snmp, _snmp_identity

if TYPE_CHECKING:
    from agent.model import Capture


def recognises(capture: Capture) -> bool:
    """Whether the capture holds a walk of a device that is of no other platform."""
    return _snmp.platform_of(capture) == _snmp_identity.GENERIC


PLATFORM = Platform(
    name=_snmp_identity.GENERIC,
    title="Any other device with an ENTITY-MIB, by SNMP (AireOS controllers with their APs)",
    software="other",
    netmiko="",
    commands=(_snmp.COMMAND,),
    session=(),
    parse=_snmp.parse,
    recognises=recognises,
    transport="snmp",
)
