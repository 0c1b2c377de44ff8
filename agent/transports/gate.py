"""The read-only gates: what is not declared raises before a byte leaves."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.errors import CommandNotDeclaredError

if TYPE_CHECKING:
    from agent.platforms import Platform

ENABLE = "enable"


def hidden(text: str, *secrets: str | None) -> str:
    """`text` without the secrets, should a device have printed one of them."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "***").replace(repr(secret)[1:-1], "***")
    return text


class Gate:
    """Decides, line by line, what may be typed into one session.

    A line is a declared command of the platform, matched whole; an empty line; ``enable`` where
    the platform has that mode; and, right after it, the enable secret once.
    """

    def __init__(self, platform: Platform, secret: str | None) -> None:
        self._platform = platform
        lines = (line for command in platform.commands for line in command.lines)
        self._allowed = {*lines, *platform.session}
        self._secret = secret
        self._password_due = False

    def admit(self, typed: str) -> None:
        """Let `typed` pass, or raise.

        :raises CommandNotDeclaredError: a line is none of what may be sent.
        """
        for line in typed.replace("\r\n", "\n").split("\n"):
            self._admit_line(line)

    def _admit_line(self, line: str) -> None:
        if not line or line in self._allowed:
            return
        if line == ENABLE and self._platform.enable and self._secret:
            self._password_due = True
            return
        if self._password_due and line == self._secret:
            self._password_due = False
            return
        raise CommandNotDeclaredError(
            f"{self._platform.name}: not declared, not sent: {self._describe(line)}"
        )

    def _describe(self, line: str) -> str:
        return "the enable secret, unasked" if line == self._secret else repr(line)


class RestGate:
    """Decides which requests may be sent to a manager.

    A request is a declared one of the platform, matched whole, query and all: ``GET`` for its
    commands, ``POST`` for tokens alone (its session). ``{domain}`` stands for a UUID, ``{offset}``
    and ``{limit}`` for numbers.
    """

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        asked = (line for c in platform.commands for line in c.lines if line.startswith("GET "))
        told = (line for line in platform.session if line.startswith("POST "))
        self._allowed = tuple(map(_request, (*asked, *told)))

    def admit(self, method: str, path: str) -> None:
        """Let a request pass, or raise.

        :raises CommandNotDeclaredError: it is none of what may be sent.
        """
        request = f"{method} {path}"
        if not any(allowed.fullmatch(request) for allowed in self._allowed):
            raise CommandNotDeclaredError(
                f"{self._platform.name}: not declared, not sent: {request!r}"
            )


_FIELDS = {
    "{domain}": r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}",
    "{offset}": r"[0-9]{1,7}",
    "{limit}": r"[0-9]{1,4}",
}


def _request(declared: str) -> re.Pattern[str]:
    """What a declared request may look like when it is sent."""
    parts = re.split(r"({\w+})", declared)
    return re.compile("".join(_FIELDS[p] if p in _FIELDS else re.escape(p) for p in parts))
