"""What a device may do instead of answering: one small function for each fault.

A fault acts at one point of a device's life:

- ``listen``: called instead of listening with SSH; returns a server, or None for none at all
- ``login``: called instead of checking the password; returns whether the login succeeds
- ``shell``: called before the prompt of a session that is logged in
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import socket
    from collections.abc import Awaitable, Callable

    from lab.session import Session

Point = Literal["listen", "login", "shell"]


@dataclass(frozen=True, slots=True)
class Fault:
    """A declared misbehaviour; `readable` says whether a sweep can read such a host anyway."""

    name: str
    point: Point
    act: Callable[..., Awaitable[Any]]
    readable: bool = False


FAULTS: dict[str, Fault] = {}


def at(point: Point) -> Callable[[Callable[..., Awaitable[Any]]], Callable[..., Awaitable[Any]]]:
    """Register a function, under its own name, as the fault that acts at `point`."""

    def register(act: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        name = act.__name__
        FAULTS[name] = Fault(name, point, act)
        return act

    return register


@at("listen")
async def down(sock: socket.socket) -> None:
    """Nobody listens: the connection is refused."""
    sock.close()


@at("listen")
async def hang(sock: socket.socket) -> asyncio.Server:
    """TCP is accepted, and then nothing is ever said."""
    return await asyncio.get_running_loop().create_server(asyncio.Protocol, sock=sock)


@at("login")
async def refuse_login(username: str, password: str) -> bool:
    """Every login is refused, the right one too."""
    del username, password
    return False


@at("shell")
async def hang_after_login(session: Session) -> None:
    """The login succeeds and no prompt ever comes."""
    del session
    await asyncio.Event().wait()


@at("shell")
async def drop_after_login(session: Session) -> None:
    """The login succeeds and the connection is cut."""
    session.cut()
