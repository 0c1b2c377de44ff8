"""A healthy device's end of SSH: asyncssh's server, sending what a device sends and no more."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import asyncssh

if TYPE_CHECKING:
    import socket

_IGNORE = 2
"""``SSH_MSG_IGNORE``: RFC 4250, section 4.1.2."""


class Connection(asyncssh.SSHServerConnection):
    """One login and its session.

    asyncssh sends an empty packet before each that says something. No device does, and clients
    would be measured by how they bear it.
    """

    def send_packet(self, pkttype: int, *args: bytes, handler: Any = None) -> None:  # noqa: ANN401 - asyncssh's own kind
        """Send a packet, unless it is an empty one."""
        if pkttype != _IGNORE:
            super().send_packet(pkttype, *args, handler=handler)

    def log_sent_packet(self, *args: object, **kwargs: object) -> None:
        """Say nothing."""

    def log_received_packet(self, *args: object, **kwargs: object) -> None:
        """Say nothing."""

    async def reload_config(self) -> None:
        """Read no configuration file again: there is none."""


async def listen(
    sock: socket.socket, options: asyncssh.SSHServerConnectionOptions, backlog: int
) -> asyncio.Server:
    """Answer whoever connects to `sock`."""
    loop = asyncio.get_running_loop()
    return await loop.create_server(lambda: Connection(loop, options), sock=sock, backlog=backlog)
