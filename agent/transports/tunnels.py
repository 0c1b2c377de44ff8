"""Jump hosts of the fast lane: one connection to each, shared by all sessions of an event loop."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias
from weakref import WeakKeyDictionary

from agent.errors import HostFailureError

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from collections.abc import Awaitable, Callable

    import asyncssh

    from agent.model import UnreachedKind
    from agent.transports.host_keys import Trust

FINAL: Final = frozenset({"auth_refused", "hostkey"})
"""What a jump host refused once is not asked of it again: each try would count against us."""


@dataclass(frozen=True, slots=True)
class Jump:
    """A jump host, with all that a login there needs. The password never shows in a ``repr``."""

    address: str
    port: int
    username: str
    password: str | None = field(repr=False)
    timeout: float
    trust: Trust = field(compare=False)

    def failed(self, failure: HostFailureError) -> HostFailureError:
        """The failure of a host behind it."""
        where = f"{self.username}@{self.address}:{self.port}"
        return HostFailureError(failure.kind, f"jump host {where}: {failure.reason}")


_Tunnel: TypeAlias = "asyncio.Task[asyncssh.SSHClientConnection]"
_tunnels: WeakKeyDictionary[AbstractEventLoop, dict[Jump, _Tunnel]] = WeakKeyDictionary()


async def tunnel(
    jump: Jump, reach: Callable[[Jump], Awaitable[asyncssh.SSHClientConnection]]
) -> asyncssh.SSHClientConnection:
    """The connection to `jump`, made by `reach` where there is none or it was lost.

    :raises HostFailureError: the jump host could not be reached, and why.
    """
    mine = _tunnels.setdefault(asyncio.get_running_loop(), {})
    if jump not in mine or not _lasts(mine[jump]):
        mine[jump] = asyncio.ensure_future(reach(jump))
    try:
        # One host that gives up must not end what the others wait for.
        return await asyncio.shield(mine[jump])
    except HostFailureError as failure:
        raise jump.failed(failure) from None


def _lasts(task: _Tunnel) -> bool:
    """Whether a tunnel is being made, stands, or was refused for good."""
    if not task.done():
        return True
    if task.cancelled():
        return False
    error = task.exception()
    if error is None:
        return not task.result().is_closed()
    return isinstance(error, HostFailureError) and error.kind in FINAL


async def close() -> None:
    """Close the connections of this event loop."""
    for task in _tunnels.pop(asyncio.get_running_loop(), {}).values():
        if not task.done():
            task.cancel()
        elif not task.cancelled() and task.exception() is None:
            task.result().abort()
            await task.result().wait_closed()


_CHANNEL: tuple[tuple[str, UnreachedKind], ...] = (
    ("refused", "refused"),
    ("resol", "dns"),
    ("name or service", "dns"),
    ("timed out", "timeout"),
)
"""Marks in what a jump host says of a host that it cannot reach."""


def not_forwarded(jump: Jump, where: str, error: asyncssh.ChannelOpenError) -> HostFailureError:
    """What a jump host said of a host that it does not connect to."""
    import asyncssh  # noqa: PLC0415 - heavy, and who only names a jump host does without

    text = " ".join(str(error.reason).split())
    if error.code == asyncssh.OPEN_ADMINISTRATIVELY_PROHIBITED:
        reason = f"does not forward to {where}: {text or 'prohibited'}"
        return jump.failed(HostFailureError("unreachable", reason))
    kinds = (kind for mark, kind in _CHANNEL if mark in text.lower())
    reason = f"cannot connect to {where}: {text or 'no reason given'}"
    return jump.failed(HostFailureError(next(kinds, "unreachable"), reason))
