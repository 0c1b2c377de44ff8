"""sysObjectID, sysDescr and sysName of one agent: the first thing that takes a credential."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.discovery._threads import in_thread
from agent.discovery.identity import shown
from agent.model import Clue
from agent.platforms import _walk
from agent.platforms._snmp import SCALARS, dotted
from agent.platforms._snmp_identity import SYS_DESCR, SYS_NAME, SYS_OBJECT_ID
from agent.transports._pysnmp import Client
from agent.transports.snmp import Address

if TYPE_CHECKING:
    from agent.inventory.credentials import SnmpCredentials

_KINDS = ((SYS_OBJECT_ID, "sys_object_id"), (SYS_DESCR, "sys_descr"), (SYS_NAME, "sys_name"))


SECONDS = 3.0
"""For an answer, repetitions included; agents of small devices are slow."""


async def ask(
    address: str, port: int, version: int, credentials: SnmpCredentials
) -> tuple[Clue, ...]:
    """What the agent says of itself.

    :raises HostFailureError: no answer, or a refusal.
    """
    client = Client(Address(address, port, version), credentials, SECONDS)
    found = await in_thread(lambda: client.get(SCALARS))
    walk = _walk.read("".join(f"{dotted(oid)} = {value}\n" for oid, value in found))
    said = ((kind, shown(walk.scalar(oid))) for oid, kind in _KINDS)
    return tuple(Clue(kind, f"{port}/udp", text) for kind, text in said if text)
