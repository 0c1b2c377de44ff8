"""Faults of the prompt: odd names, other names, prompts in pieces, and enable that surprises."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from lab.faults.fault import Fault, fault

if TYPE_CHECKING:
    from lab.dialects import Dialect
    from lab.hostile import HostileSession
    from lab.outcomes import Outcome
    from lab.schema import Host


@fault
class OddHostname(Fault):
    """The device calls itself what no inventory would: a name with ``#`` and ``>``."""

    text: str = "core#1>a"

    def pretend(self, host: Host) -> Host:
        """The host under that name."""
        return host.model_copy(update={"hostname": self.text})


@fault
class PromptChange(Fault):
    """The prompt is built differently once the user is privileged; ``{hostname}`` is its name."""

    text: str = "{hostname}/pri/act#"

    def manners(self, dialect: Dialect) -> Dialect:
        """Another privileged prompt, or another prompt where there is one mode only."""
        if dialect.privileged_prompt is None:
            return replace(dialect, prompt=self.text)
        return replace(dialect, privileged_prompt=self.text)


@fault
class PromptInPieces(Fault):
    """The prompt comes in pieces of `size` characters, `seconds` apart."""

    size: int = Field(default=2, ge=1)
    seconds: float = Field(default=0.2, ge=0)

    async def prompt(self, session: HostileSession, text: str) -> str:
        """Say all but the last piece, slowly."""
        while len(text) > self.size:
            await session.say(text[: self.size])
            await asyncio.sleep(self.seconds)
            text = text[self.size :]
        return text


@fault
class PromptInOutput(Fault):
    """In the middle of what a command prints, a line is the prompt; of every one if none named."""

    command: str | None = None

    @property
    def named(self) -> str | None:
        """The command."""
        return self.command

    async def output(self, session: HostileSession, command: str, text: str) -> str:
        """The text with that line in it."""
        if not command or self.command not in {None, command}:
            return text
        lines = text.splitlines(keepends=True)
        lines.insert(len(lines) // 2, f"{session.prompt_text}\n")
        return "".join(lines)


@fault
class PromptAfterText(Fault):
    """The last line of each output has no line end, and the prompt follows it directly."""

    async def output(self, session: HostileSession, command: str, text: str) -> str:  # noqa: ARG002
        """The text without its last line ends."""
        return text.rstrip("\n")


@fault
class ConsoleMessages(Fault):
    """Log messages stand in the output, before the prompt, and after it.

    `prompt_again`: the device repeats the prompt after a message, as with synchronous logging.
    """

    prompt_again: bool = True

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """A prompt that scrolled away may be missed."""
        return ("readable",) if self.prompt_again else ("readable", "timeout")

    async def prompt(self, session: HostileSession, text: str) -> str:
        """A message before the prompt and one after it."""
        await session.say(f"\n{_MESSAGES[0]}\n{text}\n{_MESSAGES[1]}\n")
        return text if self.prompt_again else ""

    async def output(self, session: HostileSession, command: str, text: str) -> str:  # noqa: ARG002
        """A message after every tenth line."""
        lines = text.splitlines(keepends=True)
        for place in range(len(lines) // 10 * 10, 0, -10):
            lines.insert(place, f"{_MESSAGES[place // 10 % len(_MESSAGES)]}\n")
        return "".join(lines)


_MESSAGES = (
    "%LINK-3-UPDOWN: Interface GigabitEthernet1/0/7, changed state to up",
    "*Nov 24 06:00:01.123: %LINEPROTO-5-UPDOWN: Line protocol on Gi1/0/7, changed state to up",
    "*Nov 24 06:00:02.456: %SYS-5-CONFIG_I: Configured from console by vty0 (192.0.2.10)",
)


@fault
class Broadcast(Fault):
    """An operator's message to all terminals, or a reload that draws near, stands after the prompt.

    It has no mark of a log message, and the prompt is not shown again. It comes once, after the
    prompt that follows the `command`.
    """

    command: str = "show version"
    text: str = "***\n*** --- SHUTDOWN in 0:05:00 ---\n***\n"

    @property
    def named(self) -> str | None:
        """The command."""
        return self.command

    async def output(self, session: HostileSession, command: str, text: str) -> str:
        """The text; the prompt after it is the one."""
        if command == self.command and session.broadcast is None:
            session.broadcast = self.text
        return text

    async def prompt(self, session: HostileSession, text: str) -> str:
        """Say the prompt, and the message behind it."""
        if not session.broadcast:
            return text
        session.broadcast = ""
        await session.say(f"{text}\n\n{self.text}")
        return ""


@fault
class Privileged(Fault):
    """The user is let in at privilege 15; with `asks`, ``enable`` wants the secret even so."""

    asks: bool = False

    def manners(self, dialect: Dialect) -> Dialect:
        """Privileged from the start."""
        return replace(dialect, starts_privileged=True, always_asks=self.asks)


@fault
class NoEnable(Fault):
    """``enable`` is refused, and every command works without it."""

    says: ClassVar[tuple[Outcome, ...]] = ("readable", "auth_refused")

    text: Literal[
        "% No password set\n", "% Error in authentication.\n\n", "Command authorization failed\n"
    ] = "% No password set\n"

    def manners(self, dialect: Dialect) -> Dialect:
        """No privileged mode to enter."""
        return replace(dialect, no_enable=self.text)
