"""Devices with faults: their listeners, logins and sessions, which ask the faults at each moment.

Healthy devices never come here, so that thousands of them cost what they always did.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from functools import partial, reduce
from typing import TYPE_CHECKING, NoReturn

import asyncssh

from lab.answers import answer
from lab.dialects import DIALECTS
from lab.faults.endings import reset_when_closed
from lab.faults.terminals import EchoWraps
from lab.login import Login
from lab.platforms import PLATFORMS
from lab.session import Session

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence

    from asyncssh.connection import SSHConnection

    from lab.faults import Fault
    from lab.faults.fault import Serve, Server
    from lab.schema import Host
    from lab.server import Lab

METHODS = frozenset({"password", "keyboard-interactive"})


@dataclass(slots=True)
class Device:
    """What one device with faults remembers between its connections."""

    lab: Lab
    host: Host
    connections: int = 0
    logins: deque[float] = field(default_factory=deque)
    acceptor: asyncssh.SSHAcceptor | None = None

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What it does wrong, in the order of the estate file."""
        return self.host.faults


async def listen(
    lab: Lab,
    host: Host,
    sock: socket.socket,
    options: asyncssh.SSHServerConnectionOptions,
    backlog: int,
) -> Server | None:
    """Listen as the host's faults have it; None where nobody listens."""
    device = Device(lab, reduce(lambda host, fault: fault.pretend(host), host.faults, host))
    offered = {key: value for fault in host.faults for key, value in fault.offer().items()}

    async def with_ssh(sock: socket.socket) -> Server | None:
        device.acceptor = await asyncssh.listen(
            sock=sock,
            options=options,
            backlog=backlog,
            server_factory=lambda: HostileLogin(device),
            **offered,
        )
        return device.acceptor

    serve: Serve = with_ssh
    for fault in reversed(host.faults):
        serve = partial(fault.listen, serve=serve)
    return await serve(sock)


class HostileLogin(Login):
    """The login to a device with faults."""

    def __init__(self, device: Device) -> None:
        super().__init__(device.lab, {})
        self.device = device
        self._host = device.host
        self._methods = reduce(lambda known, fault: fault.methods(known), device.faults, METHODS)
        self._gone = asyncio.Event()

    # What faults do.

    def cut(self, *, reset: bool = False) -> None:
        """Close the connection without a word, by FIN or by RST."""
        _cut(self._connection, reset=reset)

    async def gone(self) -> None:
        """Wait until the connection is no more."""
        await self._gone.wait()

    # What asyncssh calls.

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Count the connection, and let the faults have it."""
        self._connection = conn
        self.device.connections += 1
        for fault in self.device.faults:
            fault.called(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # asyncssh's signature
        """Wake who waits for it."""
        self._gone.set()

    async def begin_auth(self, username: str) -> bool:
        """Show the banner, if the faults let it come to that."""
        for fault in self.device.faults:
            await fault.enter(self)
        if not self._gone.is_set():
            super().begin_auth(username)
        return True

    def password_auth_supported(self) -> bool:
        """Whether the plain way is offered."""
        return "password" in self._methods

    async def validate_password(self, username: str, password: str) -> bool:
        """Whether a password given the plain way is taken."""
        return await self._judge("password", username, password)

    def change_password(self, username: str, old_password: str, new_password: str) -> bool:  # noqa: ARG002  # asyncssh's signature
        """Note that somebody gave a new password, and let nobody in with it."""
        self._lab.log(self._host, "***", "password_change")
        return False

    def kbdint_auth_supported(self) -> bool:
        """Whether the interactive way is offered."""
        return "keyboard-interactive" in self._methods

    def get_kbdint_challenge(
        self,
        username: str,  # noqa: ARG002  # asyncssh's signature
        lang: str,  # noqa: ARG002  # asyncssh's signature
        submethods: str,  # noqa: ARG002  # asyncssh's signature
    ) -> tuple[str, str, str, list[tuple[str, bool]]]:
        """Ask for the password."""
        return "", "", "", [("Password: ", False)]

    async def validate_kbdint_response(self, username: str, responses: Sequence[str]) -> bool:
        """Whether a password given interactively is taken."""
        return await self._judge("keyboard-interactive", username, "".join(responses))

    def session_requested(self) -> Session | bool:
        """A shell on the device, if the faults have one for this user."""
        if not all(fault.opens(self) for fault in self.device.faults):
            return False
        return HostileSession(self.device)

    async def _judge(self, method: str, username: str, password: str) -> bool:
        for fault in self.device.faults:
            if not await fault.check(self, method):
                return False
        return await super().validate_password(username, password)


class HostileSession(Session):
    """A session on a device with faults."""

    def __init__(self, device: Device) -> None:
        host = device.host
        dialect = DIALECTS[PLATFORMS[host.platform].dialect]
        dialect = reduce(lambda known, fault: fault.manners(known), device.faults, dialect)
        super().__init__(device.lab, host, dialect)
        self._faults = device.faults
        self._wraps = next((fault for fault in self._faults if isinstance(fault, EchoWraps)), None)
        self._seen = ""
        self.broadcast: str | None = None  # what is due after the next prompt; "" once it was said
        self._room = asyncio.Event()
        self._room.set()

    # What faults do.

    @property
    def prompt_text(self) -> str:
        """The prompt as it is meant to be."""
        return self._prompt()

    async def say(self, text: str) -> None:
        """Print a text."""
        await self._say(text)

    async def line(self, state: str, *, echo: bool = True) -> str:
        """Take a line into a dialogue, and log it under the dialogue's name."""
        typed = await self._line(state, echo=echo)
        self._lab.log(self._host, typed, state)
        return typed

    async def secret(self, state: str) -> str:
        """Take a line that is neither echoed nor logged in clear."""
        return await self._secret(state)

    def leave(self) -> NoReturn:
        """End the session.

        :raises EOFError: always; it ends the dialogue.
        """
        raise EOFError

    def cut(self, *, reset: bool = False) -> None:
        """Close the connection without a word, by FIN or by RST."""
        _cut(self._channel.get_connection(), reset=reset)

    async def gone(self) -> NoReturn:
        """Wait until the connection is no more, and the session with it."""
        await asyncio.Event().wait()
        raise EOFError

    # What asyncssh calls.

    def pause_writing(self) -> None:
        """The other side is slower than we are."""
        self._room.clear()

    def resume_writing(self) -> None:
        """The other side has caught up."""
        self._room.set()

    # The dialogue.

    async def _greet(self) -> None:
        text = answer(self._lab.estate, self._host, "greeting")
        await self._say(await self._through_faults("", text))
        for fault in self._faults:
            await fault.arrive(self)

    async def _show_prompt(self) -> None:
        text = self._prompt()
        for fault in self._faults:
            text = await fault.prompt(self, text)
        await self._say(text)

    async def _text(self, command: str) -> str:
        return await self._through_faults(command, await super()._text(command))

    async def _through_faults(self, command: str, text: str) -> str:
        for fault in self._faults:
            text = await fault.output(self, command, text)
        return text

    async def _enable(self) -> None:
        for fault in self._faults:
            await fault.enable(self, "enable")
        await super()._enable()

    async def _secret(self, state: str) -> str:
        typed = await super()._secret(state)
        if state == "password":
            for fault in self._faults:
                await fault.enable(self, "secret")
        return typed

    # The terminal.

    async def _say(self, text: str) -> None:
        pieces = [(text.replace("\n", self._dialect.newline), 0.0)] if text else []
        for fault in self._faults:
            pieces = [piece for text, _ in pieces for piece in fault.pieces(text)]
        for piece, pause in pieces:
            await self._room.wait()
            self._channel.write(piece)
            if pause:
                await asyncio.sleep(pause)

    def _echo(self, shown: list[str]) -> None:
        if not self._wraps:
            super()._echo(shown)
            return
        drawn = ""
        for key in shown:
            if key.isprintable():
                text, self._seen = self._wraps.drawn(self._prompt(), self._seen, key)
                drawn += text
            else:
                self._seen = ""
                drawn += key
        self._channel.write(drawn)


def _cut(connection: SSHConnection, *, reset: bool) -> None:
    sock = connection.get_extra_info("socket")
    if reset and sock:
        reset_when_closed(sock)
    connection.abort()
