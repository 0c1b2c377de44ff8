"""SNMP on every device's address: one process, one UDP socket a device, v2c and v3."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from functools import cached_property, partial
from typing import TYPE_CHECKING

from lab import ber, mib
from lab.agent import BIGGEST, Agent
from lab.errors import LabError
from lab.links import heard
from lab.strangers import StrangerAgent
from lab.truth import readable
from lab.usm import V3, Engine, User

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lab.estate import Estate
    from lab.schema import Host
    from lab.server import Lab

PORT = 1161
PORT_TRIES = 50
ENTERPRISE = b"\x80\x00\x00\x09\x03"
"""Before the address of an engine: made by Cisco, a MAC address follows (RFC 3411)."""


class _Device(asyncio.DatagramProtocol):
    """One device's agent; what it shows is made at the first question."""

    def __init__(self, estate: Estate, host: Host) -> None:
        self._estate = estate
        self._host = host
        self._transport: asyncio.DatagramTransport | None = None

    @cached_property
    def _agent(self) -> Agent:
        return Agent(mib.variables(self._host, heard(self._estate, self._host)))

    @cached_property
    def _engine(self) -> Engine:
        known = self._estate.credentials
        address = self._host.address
        identity = ENTERPRISE + b"\2\0" + (address.packed if address else b"\0\0\0\0")
        user = User.at(identity, known.snmp_user, known.snmp_auth_key, known.snmp_priv_key)
        return Engine(identity, user, self._agent)

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        """Keep the socket to answer by."""
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer; a message that is none, or that knows no secret, gets none."""
        try:
            _, message, _ = ber.untlv(data)
            version = ber.number(ber.parts(message, ber.INTEGER)[0][1])
            if version == V3:
                answer = self._engine.answer(data, BIGGEST)
            else:
                answer = self._agent.v2c(data, self._estate.credentials.snmp_community.encode())
        except (ber.MalformedError, ValueError, IndexError):
            return
        if answer and self._transport:
            self._transport.sendto(answer, addr)


async def listen(lab: Lab, port: int) -> tuple[int, list[asyncio.DatagramTransport]]:
    """Agents on the addresses of all hosts that can be read; `port` 0 finds a free one.

    :raises LabError: the port is taken.
    """
    estate = lab.estate
    hosts = [host for host in estate.hosts if readable(host) and host.snmp]
    strangers = [stranger for stranger in estate.strangers if stranger.enterprise is not None]
    agents: list[Callable[[], asyncio.DatagramProtocol]] = [
        *(partial(_Device, estate, host) for host in hosts),
        *(partial(StrangerAgent, lab, stranger) for stranger in strangers),
    ]
    addresses = [*(host.address for host in hosts), *(each.address for each in strangers)]
    chosen, sockets = _bind([str(address) for address in addresses], port)
    loop = asyncio.get_running_loop()
    transports = []
    for agent, sock in zip(agents, sockets, strict=True):
        transport, _ = await loop.create_datagram_endpoint(agent, sock=sock)
        transports.append(transport)
    return chosen, transports


def _bind(addresses: Sequence[str], port: int) -> tuple[int, list[socket.socket]]:
    """The port and one socket bound to it for each address."""
    reason = ""
    for _ in range(1 if port else PORT_TRIES):
        with contextlib.ExitStack() as undo:
            sockets: list[socket.socket] = []
            try:
                for address in addresses:
                    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                    undo.callback(sock.close)
                    sock.setblocking(False)  # noqa: FBT003  # the standard library's
                    sock.bind((address, port if not sockets else sockets[0].getsockname()[1]))
                    sockets.append(sock)
            except OSError as error:
                reason = f"{address}: {error.strerror}"
            else:
                undo.pop_all()
                return (sockets[0].getsockname()[1] if sockets else port), sockets
    raise LabError(
        f"UDP port {port or 'any'} cannot be used on {reason}; stop what holds it or choose"
        " another --snmp-port"
    )
