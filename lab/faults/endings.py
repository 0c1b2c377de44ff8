"""Faults of going silent or away: hang, drop and reset, each at any step of a visit."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from lab.faults.fault import Fault, fault

if TYPE_CHECKING:
    from lab.faults.fault import Serve, Server
    from lab.hostile import HostileLogin, HostileSession
    from lab.outcomes import Outcome

STEPS = ("connect", "banner", "kex", "login", "prompt", "enable", "secret")
"""After the TCP connection, the SSH banner, the key exchange, the password, the greeting,
``enable`` and its secret. Any other step is a command."""


class Ending(Fault):
    """The device stops at a step; `after` so many characters, where that is a command."""

    at: str = "connect"
    after: int = Field(default=0, ge=0)

    @property
    def named(self) -> str | None:
        """The command at which it ends."""
        return None if self.at in STEPS else self.at

    async def stop(self, visit: HostileLogin | HostileSession) -> None:
        """End it."""
        raise NotImplementedError

    def begin(self, transport: asyncio.Transport) -> None:
        """End a connection on which no SSH is spoken."""
        raise NotImplementedError

    async def listen(self, sock: socket.socket, serve: Serve) -> Server | None:
        """Speak no SSH, where it ends before the keys are exchanged."""
        if self.at not in {"connect", "banner"}:
            return await serve(sock)
        loop = asyncio.get_running_loop()
        return await loop.create_server(lambda: _Mute(self), sock=sock)

    async def enter(self, login: HostileLogin) -> None:
        """End after the key exchange."""
        if self.at == "kex":
            await self.stop(login)

    async def check(self, login: HostileLogin, method: str) -> bool:  # noqa: ARG002
        """End at the password, as with an AAA server that does not answer."""
        if self.at == "login":
            await self.stop(login)
            return False
        return True

    async def arrive(self, session: HostileSession) -> None:
        """End before the first prompt."""
        if self.at == "prompt":
            await self.stop(session)

    async def enable(self, session: HostileSession, step: str) -> None:
        """End at enable or its secret."""
        if self.at == step:
            await self.stop(session)

    async def output(self, session: HostileSession, command: str, text: str) -> str:
        """End at a command, or in what it prints."""
        if command == self.at:
            await session.say(text[: self.after])
            await self.stop(session)
        return text


class _Mute(asyncio.Protocol):
    """A connection that says no more than the SSH banner."""

    def __init__(self, ending: Ending) -> None:
        self._ending = ending

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not isinstance(transport, asyncio.Transport):
            return
        if self._ending.at == "banner":
            transport.write(b"SSH-2.0-Cisco-1.25\r\n")
        self._ending.begin(transport)


def reset_when_closed(sock: socket.socket) -> None:
    """Let the connection end with RST instead of FIN when it is closed."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@fault
class Hang(Ending):
    """Nothing more is said, and the connection stays."""

    says: ClassVar[tuple[Outcome, ...]] = ("timeout",)

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """An AAA server that does not answer is no refusal."""
        return ("auth_timeout",) if self.at == "login" else ("timeout",)

    async def stop(self, visit: HostileLogin | HostileSession) -> None:
        """Wait for the other side to go."""
        await visit.gone()

    def begin(self, transport: asyncio.Transport) -> None:
        """Do nothing at all."""


@fault
class Drop(Ending):
    """The connection is closed without a word of SSH."""

    says: ClassVar[tuple[Outcome, ...]] = ("connection_lost",)

    async def stop(self, visit: HostileLogin | HostileSession) -> None:
        """Close it once what was said is out."""
        await asyncio.sleep(0.05)
        visit.cut()
        await visit.gone()

    def begin(self, transport: asyncio.Transport) -> None:
        """Close it."""
        transport.close()


@fault
class Reset(Ending):
    """The connection is reset (RST)."""

    says: ClassVar[tuple[Outcome, ...]] = ("connection_lost",)

    async def stop(self, visit: HostileLogin | HostileSession) -> None:
        """Reset it once what was said is out."""
        await asyncio.sleep(0.05)
        visit.cut(reset=True)
        await visit.gone()

    def begin(self, transport: asyncio.Transport) -> None:
        """Reset it; after a moment, so that the banner is not lost with it."""
        reset_when_closed(transport.get_extra_info("socket"))
        asyncio.get_running_loop().call_later(0.05, transport.abort)
