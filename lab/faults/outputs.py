"""Faults of what a command prints: refused, far too much, or mixed with bytes that are no text."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from lab.faults.fault import Fault, fault

if TYPE_CHECKING:
    from lab.hostile import HostileSession
    from lab.outcomes import Outcome

FILLER = "000001: *Nov 24 06:00:01.123: buffered message, one of very many, and of no interest\n"
CHUNK = FILLER * 800


@fault
class CommandRefused(Fault):
    """The AAA server does not authorise one `command`, and takes so many `seconds` to say so."""

    says: ClassVar[tuple[Outcome, ...]] = ("command_refused",)

    command: str = "show inventory"
    text: str = "% Authorization failed.\n"
    seconds: float = Field(default=0.0, ge=0)

    @property
    def named(self) -> str | None:
        """The command."""
        return self.command

    async def output(self, session: HostileSession, command: str, text: str) -> str:  # noqa: ARG002
        """The refusal."""
        if command != self.command:
            return text
        await asyncio.sleep(self.seconds)
        return self.text


@fault
class CutShort(Fault):
    """A `command` prints only so many characters (`after`) of what it should, then the prompt."""

    says: ClassVar[tuple[Outcome, ...]] = ("truncated", "not_parsed")

    command: str = "show inventory"
    after: int = Field(default=30, ge=0)

    @property
    def named(self) -> str | None:
        """The command."""
        return self.command

    async def output(self, session: HostileSession, command: str, text: str) -> str:  # noqa: ARG002
        """The beginning."""
        return f"{text[: self.after]}\n" if command == self.command else text


@fault
class Flood(Fault):
    """A `command` prints so many `megabytes` of log lines after what it should."""

    says: ClassVar[tuple[Outcome, ...]] = ("readable", "truncated")

    command: str = "show inventory"
    megabytes: int = Field(default=50, ge=1)

    @property
    def named(self) -> str | None:
        """The command."""
        return self.command

    async def output(self, session: HostileSession, command: str, text: str) -> str:
        """Say the text and the flood, as fast as the other side takes it."""
        if command != self.command:
            return text
        await session.say(text)
        for _ in range(self.megabytes * 1_000_000 // len(CHUNK) + 1):
            await session.say(CHUNK)
        return ""


@fault
class OneCommand(Fault):
    """The session ends after each command that is more than a setting of the terminal."""

    says: ClassVar[tuple[Outcome, ...]] = ("connection_lost", "readable")

    async def output(self, session: HostileSession, command: str, text: str) -> str:
        """Say it and leave."""
        if command:
            await session.say(text)
            session.leave()
        return text


@fault
class Garbage(Fault):
    """Terminal escapes, NULs, bells and bytes that are no text stand in and between the lines."""

    async def output(self, session: HostileSession, command: str, text: str) -> str:  # noqa: ARG002
        """Colour each line, NULs before its end, and every eighth time a line of rubbish."""
        *lines, last = text.split("\n")
        dirty = [
            f"\x1b[0m{line}\x1b[K\0\0\n{'' if place % 8 else _RUBBISH}"
            for place, line in enumerate(lines)
        ]
        return "".join([*dirty, last])

    async def prompt(self, session: HostileSession, text: str) -> str:  # noqa: ARG002
        """The prompt with a title for the window before it and a bell after it."""
        return f"\x1b]0;console\x07\x1b[1m{text}\x1b[0m\x07"


_RUBBISH = "\udcff\udcfe\udc80\udc81\x07\x1b[2J\x1b[1;1H\x0e\udcc3\x0f\n"


@fault
class LocaleJunk(Fault):
    """Names of places, in Latin-1 and in UTF-8 in one line, in the greeting and `show version`."""

    async def output(self, session: HostileSession, command: str, text: str) -> str:  # noqa: ARG002
        """The text with that line before it and in its middle."""
        if command not in {"", "show version"}:
            return text
        lines = text.splitlines(keepends=True)
        lines.insert(len(lines) // 2, _PLACES)
        return _PLACES + "".join(lines)


# Surrogates stand for single bytes: M\xfcnchen and Gen\xe8ve as Latin-1 has them.
_PLACES = "! M\udcfcnchen, Gen\udce8ve, München, Genève, 東京\n"
