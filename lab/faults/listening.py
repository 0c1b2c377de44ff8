"""Faults of the listener: who answers a call, and with which algorithms and keys."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from lab.faults.fault import Fault, fault
from lab.keys import host_keys

if TYPE_CHECKING:
    from lab.faults.fault import Serve, Server
    from lab.hostile import HostileLogin
    from lab.outcomes import Outcome


@fault
class Down(Fault):
    """Nobody listens: the connection is refused. With `seconds`, only so long after the start."""

    seconds: float | None = Field(default=None, gt=0)

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """A host that comes back is read."""
        return ("refused",) if self.seconds is None else ("readable", "refused")

    async def listen(self, sock: socket.socket, serve: Serve) -> Server | None:
        """Close the port, and open it again when it is time."""
        address = sock.getsockname()
        sock.close()
        return Late(address, self.seconds, serve) if self.seconds else None


class Late:
    """A server that begins to listen some time after it was made."""

    def __init__(self, address: tuple[str, int], seconds: float, serve: Serve) -> None:
        self._server: Server | None = None
        self._opening = asyncio.create_task(self._open(address, seconds, serve))

    async def _open(self, address: tuple[str, int], seconds: float, serve: Serve) -> None:
        await asyncio.sleep(seconds)
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(address)
        self._server = await serve(sock)

    def close(self) -> None:
        """Listen no more, or never."""
        self._opening.cancel()
        if self._server:
            self._server.close()


@fault
class RefuseFirst(Fault):
    """The first `connections` are reset before a word is said; later ones are taken."""

    connections: int = Field(default=2, ge=1)

    def called(self, login: HostileLogin) -> None:
        """Reset the first calls."""
        if login.device.connections <= self.connections:
            login.cut(reset=True)


@fault
class OldSsh(Fault):
    """Only algorithms of old devices are offered: SHA-1 key exchange, ssh-rsa, CBC ciphers."""

    key_exchange: Literal["diffie-hellman-group14-sha1", "diffie-hellman-group1-sha1"] = (
        "diffie-hellman-group14-sha1"
    )
    cipher: Literal["aes128-cbc", "aes256-cbc", "3des-cbc"] = "aes128-cbc"

    def offer(self) -> dict[str, Any]:
        """Nothing but what such a device knows."""
        return {
            "kex_algs": [self.key_exchange],
            "encryption_algs": [self.cipher],
            "mac_algs": ["hmac-sha1"],
            "signature_algs": ["ssh-rsa"],
            "server_host_keys": [key for key in host_keys() if key.get_algorithm() == "ssh-rsa"],
        }


@fault
class NoCommonAlgorithm(Fault):
    """Only what no client should offer: RSA-1024 key exchange, arcfour and MD5."""

    says: ClassVar[tuple[Outcome, ...]] = ("negotiation",)

    def offer(self) -> dict[str, Any]:
        """Nothing that anybody takes."""
        return {
            "kex_algs": ["rsa1024-sha1"],
            "encryption_algs": ["arcfour"],
            "mac_algs": ["hmac-md5-96"],
        }


@fault
class ChangedHostKey(Fault):
    """The host keys are others after so many `connections`; 0: from the first, as its peers'."""

    # Who calls for the first time cannot know.
    says: ClassVar[tuple[Outcome, ...]] = ("readable", "hostkey")

    connections: int = Field(default=1, ge=0)

    def offer(self) -> dict[str, Any]:
        """Other keys from the start, where no connection gets the old ones."""
        return {} if self.connections else {"server_host_keys": host_keys("replaced")}

    def called(self, login: HostileLogin) -> None:
        """Change the keys for those who call later."""
        if login.device.connections == self.connections and login.device.acceptor:
            login.device.acceptor.update(server_host_keys=host_keys("replaced"))
