"""What a host says first on a connection that stands; nothing is said to it."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from agent.discovery.identity import shown
from agent.model import Clue

if TYPE_CHECKING:
    import socket

SECONDS = 5.0
"""A device that looks its caller up in the DNS greets late; a tarpit never ends."""
MOST_OCTETS = 8192

_IDENTIFICATION = re.compile(rb"^(SSH-[^\r\n]*)\r?\n", re.MULTILINE)


async def listen(sock: socket.socket, origin: str) -> tuple[Clue, ...]:
    """The SSH identification, or the first line of whatever else is said there; then hang up.

    RFC 4253, section 4.2: a server may send other lines before its identification.
    """
    reader, writer = await asyncio.open_connection(sock=sock)
    said = bytearray()
    try:
        async with asyncio.timeout(SECONDS):
            while len(said) < MOST_OCTETS and (piece := await reader.read(MOST_OCTETS)):
                said += piece
                if found := _IDENTIFICATION.search(said):
                    return (Clue("ssh_banner", origin, shown(found[1])),)
    except (TimeoutError, OSError):
        pass
    finally:
        writer.transport.abort()
    first = next((text for line in said.splitlines() if (text := shown(bytes(line)))), None)
    return (Clue("tcp", origin, f"says {first!r}"),) if first else ()
