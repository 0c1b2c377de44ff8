"""One login: echo, prompts, paging and answers, as the device's command line has them."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

import asyncssh

from lab.answers import RefusedError, answer
from lab.dialects import DIALECTS
from lab.platforms import PLATFORMS

if TYPE_CHECKING:
    from lab.dialects import Dialect
    from lab.schema import Host
    from lab.server import Lab

BACKSPACE = frozenset("\b\x7f")
ENTER = frozenset("\r\n")
ABANDON_LINE = frozenset("\x03\x15")
SECRET_STATES = frozenset({"password", "password_change"})
DEFAULT_PAGE = 24
KEYS = {" ": "<space>", "\r": "<return>", "\n": "<return>"}
SECRET_TRIES = 3


class Session(asyncssh.SSHServerSession[str]):
    """The shell of one login."""

    _channel: asyncssh.SSHServerChannel[str]

    def __init__(self, lab: Lab, host: Host, dialect: Dialect | None = None) -> None:
        self._lab = lab
        self._host = host
        self._dialect = dialect or DIALECTS[PLATFORMS[host.platform].dialect]
        self._privileged = (
            self._dialect.privileged_prompt is None or self._dialect.starts_privileged
        )
        self._page = DEFAULT_PAGE
        self._in_agent = False
        self._typed: deque[str] = deque()
        self._begun: list[str] = []
        self._state = "silent"
        self._woken = asyncio.Event()
        self._ended = False
        self._after_return = False
        self._task: asyncio.Task[None] | None = None

    # What asyncssh calls.

    def connection_made(self, chan: asyncssh.SSHServerChannel[str]) -> None:
        """Keep the channel."""
        self._channel = chan

    def pty_requested(
        self,
        term_type: str,  # noqa: ARG002  # asyncssh's signature
        term_size: tuple[int, int, int, int],
        term_modes: object,  # noqa: ARG002  # asyncssh's signature
    ) -> bool:
        """Page by the height of the user's terminal."""
        self._page = term_size[1] or DEFAULT_PAGE
        return True

    def terminal_size_changed(
        self,
        width: int,  # noqa: ARG002  # asyncssh's signature
        height: int,
        pixwidth: int,  # noqa: ARG002  # asyncssh's signature
        pixheight: int,  # noqa: ARG002  # asyncssh's signature
    ) -> None:
        """Page by the new height, unless paging is off."""
        self._page = height if self._page else 0

    def shell_requested(self) -> bool:
        """A shell is all a device offers."""
        return True

    def session_started(self) -> None:
        """Begin to talk."""
        self._task = self._lab.run(self._live())

    def data_received(self, data: str, datatype: asyncssh.DataType) -> None:  # noqa: ARG002  # asyncssh's signature
        """Take what was typed."""
        self._typed.extend(data)
        self._woken.set()

    def eof_received(self) -> bool:
        """The user will type no more."""
        self._ended = True
        self._woken.set()
        return True

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # asyncssh's signature
        """Stop talking."""
        if self._begun or self._typed:
            self._note_unread()
        if self._task:
            self._task.cancel()

    def _note_unread(self) -> None:
        """Log what was typed and never taken; a Return alone is nothing."""
        for line in filter(None, "".join([*self._begun, *self._typed]).splitlines()):
            hidden = self._state in SECRET_STATES
            self._lab.log(self._host, "***" if hidden else line, self._state)

    # The dialogue.

    async def _live(self) -> None:
        try:
            await self._greet()
            while await self._turn():
                pass
            self._channel.exit(0)
        except (EOFError, BrokenPipeError):
            self._channel.close()

    async def _greet(self) -> None:
        await self._say(answer(self._lab.estate, self._host, "greeting"))

    async def _turn(self) -> bool:
        """One prompt and its command; False where the user leaves."""
        await self._show_prompt()
        command = " ".join((await self._line(echo=not self._in_agent)).split())
        if not command:
            return True
        self._lab.log(self._host, command, "prompt")
        await self._lab.pause(self._host.command_delay, self._lab.command_delay)
        if command in self._dialect.leave:
            left, self._in_agent = self._in_agent, False
            return left
        if command and command == self._dialect.agent:
            self._in_agent = True
        elif command == "enable" and self._dialect.privileged_prompt:
            await self._enable()
        elif not await self._set_terminal(command):
            await self._print(await self._text(command))
        return True

    async def _show_prompt(self) -> None:
        await self._say(self._prompt())

    def _prompt(self) -> str:
        if self._in_agent:
            return self._dialect.agent_prompt
        privileged = self._dialect.privileged_prompt if self._privileged else None
        return (privileged or self._dialect.prompt).format(hostname=self._host.prompt_name)

    async def _text(self, command: str) -> str:
        """What the command prints, or how the device refuses it."""
        if command.startswith("<") and not self._in_agent:
            return self._invalid(0)
        try:
            privileged = self._privileged or bool(self._dialect.no_enable)
            return answer(self._lab.estate, self._host, command, privileged=privileged)
        except RefusedError as refused:
            return self._invalid(refused.at)

    def _invalid(self, at: int) -> str:
        """The device's own words for a mistake at this place of the line."""
        return self._dialect.invalid.format(caret=" " * (len(self._prompt()) + at))

    async def _set_terminal(self, command: str) -> bool:
        """Take page length and width; whether the command was one of these."""
        if not self._dialect.page_commands:
            return False
        setting, _, value = command.rpartition(" ")
        if not value.isdigit():
            return False
        if setting in self._dialect.page_commands:
            self._page = int(value)
            await self._say(self._dialect.page_set)
            return True
        if setting == "terminal width":
            await self._say(self._dialect.width_set.format(value=value))
            return True
        return False

    async def _enable(self) -> None:
        if self._dialect.no_enable or (self._privileged and not self._dialect.always_asks):
            await self._say(self._dialect.no_enable)
            return
        for _ in range(SECRET_TRIES):
            await self._say("Password: ")
            if await self._secret("password") == self._lab.estate.credentials.enable_secret:
                self._privileged = True
                return
            await self._say(self._dialect.wrong_secret)
        await self._say(self._dialect.denied)

    async def _print(self, text: str) -> None:
        """The text, a page at a time where the device pages."""
        height = self._dialect.height or self._page
        if not self._dialect.more or not height:
            await self._say(text)
            return
        lines = text.splitlines(keepends=True)
        room = height - 1
        while lines:
            await self._say("".join(lines[:room]))
            lines = lines[room:]
            if not lines:
                return
            await self._say(self._dialect.more)
            self._state = "more"
            key = await self._key()
            self._lab.log(self._host, KEYS.get(key, key), "more")
            await self._say(self._dialect.erase)
            if key in ENTER:
                room = 1
            elif key == " ":
                room = height - 1
            else:
                return

    # The terminal.

    async def _say(self, text: str) -> None:
        if text:
            self._channel.write(text.replace("\n", self._dialect.newline))

    async def _secret(self, state: str) -> str:
        """A line that is not echoed; whatever it is, the log has stars."""
        typed = await self._line(state, echo=False)
        self._lab.log(self._host, "***", state)
        return typed

    async def _key(self) -> str:
        while not self._typed:
            if self._ended:
                raise EOFError
            self._woken.clear()
            await self._woken.wait()
        return self._typed.popleft()

    def _echo(self, shown: list[str]) -> None:
        """Echo what arrived together."""
        self._channel.write("".join(shown))

    async def _line(self, state: str = "prompt", *, echo: bool = True) -> str:
        """One line, echoed as it is typed; what arrives together is echoed together."""
        self._state = state
        echo = echo and self._dialect.echo
        line = self._begun
        shown: list[str] = []
        while True:
            if shown and not self._typed:
                self._echo(shown)
                shown.clear()
            key = await self._key()
            if key == "\n" and self._after_return:
                self._after_return = False
                continue
            self._after_return = key == "\r"
            if key in ENTER:
                self._echo([*shown, self._dialect.newline])
                typed = "".join(line)
                line.clear()
                self._state = "silent"
                return typed
            if key in BACKSPACE and line:
                line.pop()
                shown += ["\b \b"] * echo
            elif key in ABANDON_LINE:
                shown += ["\b \b" * len(line)] * echo
                line.clear()
            elif key.isprintable():
                line.append(key)
                shown += [key] * echo
