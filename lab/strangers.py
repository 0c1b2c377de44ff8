"""Hosts that are no devices of ours: servers, printers, honeypots, tarpits.

They log what is sent to them: a credential must never be among it.
"""

from __future__ import annotations

import asyncio
import contextlib
from ipaddress import IPv4Address  # noqa: TC003  # pydantic reads the annotation at run time
from typing import TYPE_CHECKING

from lab import ber
from lab.record import Record
from lab.schema import Name  # noqa: TC001  # as above
from lab.usm import V3, Engine, User
from lab.web import Web  # noqa: TC001  # as above

if TYPE_CHECKING:
    import socket

    from lab.server import Lab

PAUSE_SECONDS = 0.2
_NOBODY = "nobody-opens-nothing"


class Stranger(Record):
    """A host that answers, and is not ours.

    `ports`: where it listens over TCP; the estate's port where none is named. `says`: its first
    words there; with `endless` it goes on saying them. `enterprise`: the maker of its SNMP agent,
    which has an engine and answers nobody.
    """

    name: Name
    address: IPv4Address
    ports: tuple[int, ...] = ()
    says: str | None = None
    endless: bool = False
    enterprise: int | None = None
    web: Web | None = None

    async def listen(self, lab: Lab, sock: socket.socket) -> asyncio.Server:
        """Serve one of the ports."""

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await self._talk(lab, reader, writer)
            writer.close()

        return await asyncio.start_server(serve, sock=sock)

    async def _talk(
        self, lab: Lab, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        words = f"{self.says or ''}\r\n".encode()
        if self.says:
            writer.write(words)
        while self.endless:
            await asyncio.sleep(PAUSE_SECONDS)
            writer.write(words)
            await writer.drain()
        while heard := await reader.read(4096):
            lab.log(self, heard.decode("latin-1"), "tcp")


class StrangerAgent(asyncio.DatagramProtocol):
    """The SNMP agent of a stranger: an engine, and a community that nobody knows."""

    def __init__(self, lab: Lab, stranger: Stranger) -> None:
        self._lab = lab
        self._stranger = stranger
        enterprise = (0x80000000 | (stranger.enterprise or 0)).to_bytes(4, "big")
        identity = enterprise + b"\1" + stranger.address.packed
        user = User.at(identity, _NOBODY, _NOBODY, _NOBODY)
        self._engine = Engine(identity, user, None)  # type: ignore[arg-type]  # nobody gets to it

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        """Keep the socket to answer by."""
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer who asks for the engine; note whatever carries a community or a user."""
        try:
            _, message, _ = ber.untlv(data)
            (_, version), (_, second) = ber.parts(message)[:2]
            if ber.number(version) != V3:
                self._lab.log(self._stranger, second.decode("latin-1"), "community")
                return
            answer = self._engine.answer(data, 1400)
        except (ber.MalformedError, ValueError, IndexError):
            return
        if answer:
            self._transport.sendto(answer, addr)
