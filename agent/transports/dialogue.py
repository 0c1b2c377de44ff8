"""Talking to a command line that nobody has described: prompts, paging, echo, refusals.

Nothing is typed unless the last line is a prompt, a pager or the question after ``enable``: a
password change, terms of use or a shell end the dialogue.

What a command printed is cut out by echoes, not by prompts alone. A line in an output that equals
the prompt ends nothing: text before the echo of the next command still belongs to the one before.
"""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Final, Protocol

from agent.errors import HostFailureError, NetcoverError
from agent.terminal import ANSI, NOISE, clean
from agent.transports.gate import ENABLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agent.model import UnreachedKind
    from agent.transports.gate import Gate

TAIL: Final = 400
"""Characters at the end of what was received in which the last line is looked for."""
SETTLE: Final = 0.08
"""Seconds of silence after which a line like a prompt may be one; longer where text drips in."""
RESYNC: Final = 1.5
"""Seconds of silence, with the prompt in sight but not last, after which Return is pressed."""
LONGEST: Final = 20
"""A command may take so many times the time-out as long as text keeps coming."""
LIMIT: Final = 16 * 1024 * 1024
"""Characters of one output after which it is no answer of a device."""

_DROP: Final = 6
"""Fewer characters at once are a drop; as many drops in a row are dripping."""

_MOVES = re.compile(r"\x1b\[(?:\d*;?\d*[Hf]|[0-3]?J)")
"""What puts the cursor on another line, as a line feed does."""
_PROMPT = re.compile(r"[^\s%](?:.{0,78}\S)?(?<=[>#])")
_PAGER = re.compile(r"-+ ?\(?more\)? ?-+|<-+ ?more ?-+>|\bmore\b.{0,12}\(q", re.IGNORECASE)
_ANY_KEY = re.compile(r"press any key to continue|\(q(?:=| to )quit\)", re.IGNORECASE)
"""Pagers with other words; between prompts, these ask for something else."""
_PASSWORD = re.compile(r"assword(?: for \S+)?: ?$")
_RETURN = re.compile(r"press (?:return|enter)\b", re.IGNORECASE)
_REFUSED = re.compile(r"denied|bad secret|bad password|invalid password|failed", re.IGNORECASE)
_DIALOGUES: tuple[tuple[re.Pattern[str], UnreachedKind, str], ...] = (
    (
        re.compile(
            r"\b(?:new|change|old|current|expired|retype|re-?enter)\b.{0,40}password.{0,20}: ?$"
            r"|password.{0,30}(?:expired|must be changed|change)",
            re.IGNORECASE,
        ),
        "password_change",
        "asks for a new password",
    ),
    (
        re.compile(
            r"\[(?:y(?:es)?/no?.{0,14}|confirm)\].{0,3}$|\(y(?:es)?/no?\).{0,3}$"
            r"|\b(?:accept|agree)\b.{0,60}[?:] ?$",
            re.IGNORECASE,
        ),
        "not_a_device",
        "asks for consent",
    ),
    (
        re.compile(r"^\S+@\S+[: ].{0,80}[#$%] ?$|^\S{0,40}[$%] ?$|^(?:ba|z|k)?sh-[\d.]+[#$] ?$"),
        "not_a_device",
        "is a shell",
    ),
    (re.compile(r"\b(?:user ?name|login): ?$", re.IGNORECASE), "auth_refused", "asks to log in"),
)
"""What may stand on the last line and is no prompt; kind and words of the failure."""


_LOG = re.compile(r"[*.]?(?:[A-Z][a-z]{2} +\d+ [\d:.]+.{0,20}: ?)?%[A-Z][A-Z0-9_]*-\d-[A-Z0-9_]+:")


def _last_line(tail: str) -> str:
    if "\x1b" in tail:
        tail = ANSI.sub("", _MOVES.sub("\n", tail))
    shown = NOISE.sub("", tail).replace("\ufffd", "").replace("\r\n", "\n")
    lines = re.split(r"\r*\n|\r", shown) if "\r" in shown else shown.split("\n")
    return _without_log(lines)[-1]


def _without_log(lines: list[str]) -> list[str]:
    """Leave out log messages that the console printed behind the prompt; a line at least stays."""
    kept = len(lines)
    while kept > 1 and not lines[kept - 1].strip() and _LOG.match(lines[kept - 2]):
        kept -= 1
        while kept > 1 and _LOG.match(lines[kept - 1]):
            kept -= 1
    return lines[:kept]


class SurpriseError(HostFailureError):
    """A dialogue that is not understood; the compatible lane may understand it."""


class OutputTooLongError(NetcoverError):
    """A command printed more than any device's answer holds; `outputs` came before it."""

    outputs: tuple[tuple[str, str], ...] = ()


class Wire(Protocol):
    """A terminal's two ends."""

    def write(self, text: str) -> None:
        """Type `text`."""

    async def read(self, seconds: float) -> str:
        """Return the next text, or an empty string where none came within `seconds`.

        :raises HostFailureError: ``connection_lost``, saying how much was received.
        """


class Dialogue:
    """One session on one device. `timeout`: seconds of silence that a device may take."""

    def __init__(self, wire: Wire, gate: Gate, timeout: float) -> None:
        self.prompt = ""
        self._wire = wire
        self._gate = gate
        self._timeout = timeout
        self._parts: list[str] = []
        self._size = 0
        self._tail = ""
        self._last = ("", "")
        self._settle = SETTLE
        self._drips = 0
        self._typed = ""
        self._echoes = False

    async def begin(self, *, secret: str | None) -> None:
        """Learn the prompt, and enter privileged mode where there is one and it is not entered.

        :raises HostFailureError: the typed reason.
        """
        await self._learn_prompt("the first prompt")
        if secret is not None and self.prompt.endswith(">"):
            await self._enable(secret)

    async def prepare(self, commands: Sequence[str]) -> None:
        """Send the commands that prepare a session; what they print is not kept.

        :raises HostFailureError: ``timeout`` or ``connection_lost``, naming the command.
        """
        for command in commands:
            await self._ask(command)

    async def collect(self, found: list[tuple[str, str]], command: str) -> None:
        """Send a declared command, and add it with what it printed to `found`.

        Text that came late is added to the command before, which printed it.

        :raises CommandNotDeclaredError: it is not declared, and was not sent.
        :raises HostFailureError: ``timeout`` or ``connection_lost``, naming the command.
        """
        before, text = await self._ask(command)
        self._reclaim(found, before)
        found.append((command, text))

    async def end(self, found: list[tuple[str, str]], command: str) -> None:
        """Leave with `command`; what the last output still had to say is added to `found`."""
        self._type(command)
        try:
            while command not in "".join(self._parts):
                if not await self._wire_text(RESYNC):
                    return
        except HostFailureError:
            pass  # the device hung up before its echo: nothing was left to say
        before, _, _ = clean("".join(self._parts)).partition(command)
        self._reclaim(found, before)

    # ------------------------------------------------------------------ one command

    async def _ask(self, command: str) -> tuple[str, str]:
        """What came before the echo of `command`, and what it printed."""
        self._type(command)
        step = f"'{command}'"
        longest = asyncio.get_running_loop().time() + LONGEST * self._timeout
        silent = 0.0
        echoed = False
        while True:
            pause = self._settle if self._at_prompt() else RESYNC
            if await self._wire_text(pause):
                silent = 0.0
            else:
                silent += pause
            echoed = echoed or self._echoed(command)
            if self._at_prompt() and self._is_end(silent, echoed=echoed):
                self._echoes = self._echoes or echoed
                return self._cut(command)
            if silent >= RESYNC and self._last_line().rstrip().endswith(self.prompt):
                return self._cut(command)  # the output's last line had no end
            if _PAGER.search(self._last_line()) or _ANY_KEY.search(self._last_line()):
                self._turn_page()
            elif silent:
                self._end_if_strange()
                self._press_return_after_a_log_line()
            if silent >= self._timeout or asyncio.get_running_loop().time() > longest:
                raise self._no_prompt(step, echoed=echoed)

    def _is_end(self, silent: float, *, echoed: bool) -> bool:
        """Whether a prompt after so much silence ends the output.

        Where a device echoes, a prompt before the echo is one that the last command left behind.
        """
        if echoed:
            return self._settle <= SETTLE or silent > 0
        return silent >= RESYNC if self._echoes else silent > 0

    def _cut(self, command: str) -> tuple[str, str]:
        text = clean("".join(self._parts))
        self._forget()
        before, echo, after = text.partition(command)
        if not echo:
            before, after = "", text
        lines = _without_log(after.split("\n"))
        glued = lines.pop().rstrip().removesuffix(self.prompt) if lines else ""
        if glued.strip():
            lines.append(glued)
        return before, "\n".join(lines[1:] if echo else lines)

    def _reclaim(self, found: list[tuple[str, str]], before: str) -> None:
        """Give text that came late to the command that printed it."""
        late = before.rstrip().removesuffix(self.prompt).rstrip()
        if late and found:
            command, text = found[-1]
            found[-1] = (command, f"{text}\n{self.prompt}{late}" if text else late)

    def _echoed(self, command: str) -> bool:
        return self._size < LIMIT and command in clean("".join(self._parts[:50]))

    def _press_return_after_a_log_line(self) -> None:
        """A log message hides the prompt: where it stands just before, Return brings it back."""
        lines = clean(self._tail).rstrip().split("\n")
        if any(line.startswith(self.prompt) for line in lines[-6:]) and lines[-1] != self.prompt:
            self._wire.write("\n")

    def _no_prompt(self, step: str, *, echoed: bool) -> HostFailureError:
        last = self._last_line().strip()[:80]
        reason = f"no prompt within {self._timeout:g} s after {step}"
        if last and echoed and _PROMPT.fullmatch(last):
            return SurpriseError("timeout", f"{reason}; the last line was {last!r}")
        return HostFailureError("timeout", f"{reason}; the last line was {last!r}")

    # ---------------------------------------------------------------------- prompts

    async def _learn_prompt(self, step: str) -> None:
        """Take a line like a prompt, after silence, that comes again when Return is pressed."""
        silent = 0.0
        candidate = ""
        longest = asyncio.get_running_loop().time() + 3 * self._timeout
        while True:
            pause = self._settle if self._tail.strip() else min(RESYNC, self._timeout)
            if await self._wire_text(pause):
                silent = 0.0
                continue
            silent += pause
            last = self._last_line().rstrip()
            if _PAGER.search(last):
                self._turn_page()
                continue
            self._end_if_strange()
            if _PROMPT.fullmatch(last):
                if last == candidate:
                    self.prompt = candidate
                    self._forget()
                    return
                candidate = last
                self._press_return()
            elif self._waits_for_return(silent):
                self._press_return()
            if silent >= self._timeout or asyncio.get_running_loop().time() > longest:
                raise self._unrecognised(step)

    def _waits_for_return(self, silent: float) -> bool:
        """Whether the device asks for Return, is silent, or hid its prompt behind a message."""
        if _RETURN.search(self._tail):
            return True
        if not self._tail.strip():
            return silent <= 2 * RESYNC
        lines = clean(self._tail).split("\n")
        return silent >= RESYNC and any(_PROMPT.fullmatch(line.rstrip()) for line in lines[-6:-1])

    def _unrecognised(self, step: str) -> HostFailureError:
        last = self._last_line().strip()[:80]
        if last:
            reason = f"{step} was not recognised; the last line was {last!r}"
            return SurpriseError("not_a_device", reason)
        return HostFailureError("timeout", f"logged in, but not {step} within {self._timeout:g} s")

    async def _enable(self, secret: str) -> None:
        self._type(ENABLE)
        if await self._until_silent(_PASSWORD):
            self._forget()
            self._gate.admit(secret)
            self._wire.write(secret + "\n")
            again = await self._until_silent(_PASSWORD)
            if again or _REFUSED.search(self._tail) or self._last_line().rstrip().endswith(">"):
                raise HostFailureError("auth_refused", "the enable secret was refused")
            if self._last_line().rstrip() == self.prompt[:-1] + "#":
                self.prompt = self._last_line().rstrip()  # the one expected: no need to ask for it
                self._forget()
                return
        # A device that has no privileged mode goes on at its prompt; its refusals will show.
        await self._learn_prompt("the prompt after enable")

    async def _until_silent(self, wanted: re.Pattern[str]) -> bool:
        """Wait for a question like `wanted`, or for a prompt; whether it was the question."""
        silent = 0.0
        while silent < self._timeout:
            if await self._wire_text(self._settle):
                silent = 0.0
                continue
            silent += self._settle
            last = self._last_line()
            if wanted.search(last):
                return True
            if _PROMPT.fullmatch(last.rstrip()):
                return False
            if silent > RESYNC:
                self._end_if_strange()
        raise HostFailureError("timeout", f"no answer within {self._timeout:g} s after 'enable'")

    # ------------------------------------------------------------------------ wires

    async def _wire_text(self, seconds: float) -> bool:
        """Take in the next text; False where none came in time."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        text = await self._wire.read(seconds)
        if not text:
            return False
        self._mind_drips(len(text), loop.time() - begun)
        self._parts.append(text)
        self._size += len(text)
        if self._size > LIMIT:
            raise OutputTooLongError(f"more than {LIMIT >> 20} MB after {self._typed!r}; not read")
        self._tail = (self._tail + text)[-TAIL:]
        return True

    def _mind_drips(self, size: int, gap: float) -> None:
        """Wait longer for the end where text comes a few characters at a time."""
        dripping = size < _DROP and gap > SETTLE / 4
        self._drips = self._drips + 1 if dripping else 0
        if self._drips >= _DROP:
            self._settle = min(2.0, max(self._settle, 3 * gap))

    def _type(self, command: str) -> None:
        self._gate.admit(command)
        self._typed = command
        self._forget()
        self._wire.write(command + "\n")

    def _press_return(self) -> None:
        self._forget()
        self._wire.write("\n")

    def _turn_page(self) -> None:
        self._tail = ""
        self._wire.write(" ")

    def _forget(self) -> None:
        self._parts.clear()
        self._size = 0
        self._tail = ""

    def _last_line(self) -> str:
        tail, last = self._last
        if tail is not self._tail:  # asked several times of the same text
            last = _last_line(self._tail)
            self._last = (self._tail, last)
        return last

    def _at_prompt(self) -> bool:
        return self._last_line().rstrip() == self.prompt

    def _end_if_strange(self) -> None:
        """Stop at a dialogue that is none of ours."""
        last = self._last_line()
        for pattern, kind, words in _DIALOGUES:
            if pattern.search(last) and last.rstrip() != self.prompt:
                raise HostFailureError(kind, f"the device {words}: {last.strip()[:80]!r}")
