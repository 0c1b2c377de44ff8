"""Faults of the terminal: paging that stays on, echo that is missing or wrapped, line ends."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from lab.faults.fault import Fault, fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lab.dialects import Dialect


@fault
class PagesAnyway(Fault):
    """``terminal length 0`` is taken and ignored; `more` is what stands at a full page."""

    more: str | None = None
    height: int = Field(default=24, ge=2)

    def manners(self, dialect: Dialect) -> Dialect:
        """Page at this height, whatever is asked."""
        more = self.more or dialect.more or "--More--"
        erase = dialect.erase if more == dialect.more else f"\r{' ' * len(more)}\r"
        return replace(dialect, height=self.height, more=more, erase=erase)


@fault
class NoEcho(Fault):
    """What is typed is not echoed."""

    def manners(self, dialect: Dialect) -> Dialect:
        """A silent terminal."""
        return replace(dialect, echo=False)


@fault
class EchoWraps(Fault):
    """A command that does not fit the `width` is redrawn: scrolled as IOS does, or wrapped."""

    width: int = Field(default=80, ge=12)
    style: Literal["scroll", "wrap"] = "scroll"

    def drawn(self, prompt: str, line: str, key: str) -> tuple[str, str]:
        """What is sent for `key` at the end of what is seen of the `line`, and what is seen then.

        Wrapped: a blank and a carriage return at the margin. Scrolled: back to the prompt,
        ``$``, and the end of the line ten places further to the left.
        """
        seen = line + key
        column = len(prompt) + len(seen)
        if self.style == "wrap":
            return key if column % self.width else f"{key} \r", seen
        if column < self.width:
            return key, seen
        rest = f"${seen[11:]}"
        blanks = len(line) - len(rest)
        back = "\b" * len(line)
        return f"{back}{rest}{' ' * blanks}{chr(8) * blanks}", rest


@fault
class LineEnds(Fault):
    """Lines end in something else than CR LF."""

    end: Literal["\r\r\n", "\r\n\r", "\n", "\n\r"] = "\r\r\n"

    def manners(self, dialect: Dialect) -> Dialect:
        """Those line ends."""
        return replace(dialect, newline=self.end)


@fault
class SlowOutput(Fault):
    """Output comes in pieces of `size` characters, `seconds` apart: byte by byte by default."""

    size: int = Field(default=1, ge=1)
    seconds: float = Field(default=0.001, ge=0)

    def pieces(self, text: str) -> Iterator[tuple[str, float]]:
        """The text piece by piece."""
        for start in range(0, len(text), self.size):
            yield text[start : start + self.size], self.seconds
