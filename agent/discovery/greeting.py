"""What a host says first on a connection that stands; nothing is said to it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from agent.discovery.identity import shown
from agent.model import Clue

if TYPE_CHECKING:
    import socket

SECONDS = 5.0
"""A device that looks its caller up in the DNS greets late; a tarpit never ends."""
MOST_OCTETS = 8192


async def listen(sock: socket.socket, origin: str) -> tuple[Clue, ...]:
    """The SSH identification, or the first line of whatever else is said there; then hang up.

    RFC 4253, section 4.2: a server may send other lines before its identification.
    """
    reader, writer = await asyncio.open_connection(sock=sock, limit=MOST_OCTETS)
    first = b""
    try:
        async with asyncio.timeout(SECONDS):
            total = 0
            while total < MOST_OCTETS and (line := await _line(reader)):
                total += len(line)
                if line.startswith(b"SSH-"):
                    return (Clue("ssh_banner", origin, shown(line)),)
                first = first or line.strip()
    except (TimeoutError, OSError):
        pass
    finally:
        writer.transport.abort()
    return (Clue("tcp", origin, f"says {shown(first)!r}"),) if first else ()


async def _line(reader: asyncio.StreamReader) -> bytes:
    """A line, or what there is of it where the connection or the patience ends."""
    try:
        return await reader.readuntil(b"\n")
    except asyncio.IncompleteReadError as error:
        return error.partial
    except asyncio.LimitOverrunError as error:
        return await reader.read(error.consumed)
