"""The login of one connection: the banner, and who is let in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncssh

from lab.answers import answer
from lab.session import Session

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from lab.schema import Host
    from lab.server import Lab


class Login(asyncssh.SSHServer):
    """How a device takes its users."""

    _connection: asyncssh.SSHServerConnection

    def __init__(self, lab: Lab, hosts: dict[str, Host]) -> None:
        self._lab = lab
        self._hosts = hosts

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Learn which device was called, by its address."""
        self._connection = conn
        address: tuple[str, int] = conn.get_extra_info("sockname")
        self._host = self._hosts[address[0]]

    def begin_auth(self, username: str) -> bool | Awaitable[bool]:  # noqa: ARG002  # asyncssh's signature
        """Show the login banner and ask for a password."""
        self._connection.send_auth_banner(answer(self._lab.estate, self._host, "banner"))
        return True

    def password_auth_supported(self) -> bool:
        """Passwords are what the devices take."""
        return True

    async def validate_password(self, username: str, password: str) -> bool:
        """Whether user and password are right, after the time an AAA server takes."""
        await self._lab.pause(self._host.login_delay, self._lab.login_delay)
        if not self._lab.aaa_answers():
            self._connection.abort()
            return False
        known = self._lab.estate.credentials
        return (username, password) == (known.username, known.password)

    def session_requested(self) -> Session | bool:
        """A shell on the device."""
        return Session(self._lab, self._host)
