"""A fault: a value with parameters, and the moments of a device's life at which it may act."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

from lab.record import Record


class Server(Protocol):
    """What listens, until it is closed."""

    def close(self) -> None:
        """Listen no more."""


if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Coroutine, Iterator

    from lab.dialects import Dialect
    from lab.hostile import HostileLogin, HostileSession
    from lab.outcomes import Outcome
    from lab.schema import Host

    Serve = Callable[[socket.socket], Coroutine[None, None, Server | None]]

F = TypeVar("F", bound="Fault")


FAULTS: dict[str, type[Fault]] = {}
"""Every fault by the name it has in an estate file."""


class Fault(Record):
    """What one device does wrong. Each method is a moment; a fault overrides those it acts at.

    :cvar says: what a correct sweep says of such a host; where several answers are right, the
        first is the usual one.
    """

    says: ClassVar[tuple[Outcome, ...]] = ("readable",)

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """What a correct sweep says, with these parameters."""
        return self.says

    @property
    def named(self) -> str | None:
        """The command a parameter names, where one does."""
        return None

    # The listener.

    def pretend(self, host: Host) -> Host:
        """The host as it presents itself."""
        return host

    def offer(self) -> dict[str, Any]:
        """Options of asyncssh in which the listener differs from those of healthy devices."""
        return {}

    async def listen(self, sock: socket.socket, serve: Serve) -> Server | None:
        """Listen on the bound socket; None where nobody does."""
        return await serve(sock)

    # The login.

    def called(self, login: HostileLogin) -> None:
        """TCP is connected; nothing was said yet."""

    async def enter(self, login: HostileLogin) -> None:
        """Keys are exchanged, and the user is about to say who they are."""

    async def check(self, login: HostileLogin, method: str) -> bool:  # noqa: ARG002
        """The password was given; whether it is looked at."""
        return True

    def methods(self, offered: frozenset[str]) -> frozenset[str]:
        """The ways to log in that are offered."""
        return offered

    def opens(self, login: HostileLogin) -> bool:  # noqa: ARG002
        """Whether a user who has logged in is given a session."""
        return True

    # The session.

    def manners(self, dialect: Dialect) -> Dialect:
        """The manners of the command line."""
        return dialect

    async def arrive(self, session: HostileSession) -> None:
        """Between the greeting and the first prompt."""

    async def prompt(self, session: HostileSession, text: str) -> str:  # noqa: ARG002
        """What stands at the prompt."""
        return text

    async def enable(self, session: HostileSession, step: str) -> None:
        """``enable`` was typed, or the ``secret`` it asked for."""

    async def output(self, session: HostileSession, command: str, text: str) -> str:  # noqa: ARG002
        """What the command prints."""
        return text

    def pieces(self, text: str) -> Iterator[tuple[str, float]]:
        """The text in the pieces in which it is sent, each with the pause after it."""
        yield text, 0.0


def fault(kind: type[F]) -> type[F]:
    """Register a fault under its class's name: ``RefuseLogin`` is ``refuse_login``."""
    FAULTS[re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", kind.__name__).lower()] = kind
    return kind
