"""Picking the outputs of a capture that answer, and saying which do not."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from agent.model import Incomplete
from agent.platforms._commands import answers_to, understood
from agent.platforms._refusals import refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agent.model import Capture, Output


WIDEST = 1000
"""Characters of a line. No table of a device is wider; what is, is noise that only costs time."""

_TOO_WIDE = re.compile(rf"[^\n]{{{WIDEST + 1},}}")


def _wide(text: str) -> bool:
    """Whether any line is longer than `WIDEST`.

    Says the same as `_TOO_WIDE`, but hops from line end to line end instead of looking at every
    character as the start of such a line.
    """
    start = 0
    while len(text) - start > WIDEST:
        end = text.rfind("\n", start, start + WIDEST + 1)
        if end < 0:
            return True
        start = end + 1
    return False


def _readable(output: Output) -> Output:
    """The output without lines that are too long to be a device's; evidence keeps the whole."""
    if not _wide(output.text):
        return output
    return replace(output, text=_TOO_WIDE.sub("", output.text))


def too_wide(capture: Capture) -> tuple[Incomplete, ...]:
    """The lines that no parser was given, counted per output, with the place of the first."""
    found = []
    for output in capture.outputs:
        if _wide(output.text) and understood(output.command):
            lines = list(_TOO_WIDE.finditer(output.text))
            first = lines[0]
            number = output.text.count("\n", 0, first.start()) + 1
            others = f" and {len(lines) - 1} more" if len(lines) > 1 else ""
            reason = (
                f"{output.command}: line {number}{others} not read, longer than {WIDEST:,} "
                f"characters: {first[0][:40]!r}..."
            )
            found.append(Incomplete(capture.host, "not_parsed", reason))
    return tuple(found)


def answers(capture: Capture, *commands: str) -> tuple[Output, ...]:
    """Outputs of `commands` and of their longer forms (``show inventory raw``) that answer."""
    return tuple(
        _readable(output)
        for command in commands
        for output in capture.outputs
        if answers_to(command, output.command)
        and output.text
        and not output.text.isspace()
        and refusal(output.text) is None
    )


def refusals(capture: Capture, required: Iterable[str]) -> tuple[Incomplete, ...]:
    """The required commands that the device refused."""
    texts = {command: capture.text(command) for command in required}
    return tuple(
        Incomplete(capture.host, "command_refused", f"{command}: {line}")
        for command, text in texts.items()
        if text is not None and (line := refusal(text))
    )


def first_line(text: str) -> str:
    """The first line that says something, shortened for a reason."""
    lines = (line.strip() for line in text.splitlines())
    return next((line for line in lines if line), "")[:80]


def no_unit(capture: Capture) -> tuple[Incomplete, ...]:
    """That a capture names no unit at all, with the first line that tells nothing."""
    said = [output for output in capture.outputs if output.text.strip()]
    return tuple(
        Incomplete(
            capture.host,
            "not_parsed",
            f"{output.command}: names no unit; begins with {first_line(output.text)!r}",
        )
        for output in said[:1]
    )


def not_parsed(capture: Capture, command: str, line: str) -> Incomplete:
    """An output, or a line of it, that was not understood."""
    return Incomplete(capture.host, "not_parsed", f"{command}: not understood: {line!r}")
