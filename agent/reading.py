"""From what a host printed to its result: parse, and notice where the wrong parser was declared."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent import second_opinion
from agent.model import HostResult, HostVisit, Incomplete, Unreached
from agent.platforms import platform, platforms
from agent.platforms._outputs import too_wide
from agent.platforms._refusals import refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent.errors import HostFailureError
    from agent.model import Capture, UnreachedKind


def conclude(
    capture: Capture, failures: Mapping[str, HostFailureError], ways: tuple[str, ...]
) -> HostResult:
    """The result of a host that was called in all of `ways`, of which `failures` failed.

    What one way brought home counts; that the other failed is said beside it.
    """
    if len(failures) == len(ways):
        first = failures[ways[0]]
        return unreached(capture, first.kind, first.reason)
    result = read(capture)
    if not failures:
        return result
    gaps = (
        Incomplete(capture.host, "command_refused", f"{way}: {failure.kind}: {failure.reason}")
        for way, failure in failures.items()
    )
    return replace(result, incomplete=(*result.incomplete, *gaps))


def unreached(capture: Capture, kind: UnreachedKind, reason: str) -> HostResult:
    """The result of a host that could not be read; what it did print is kept as evidence."""
    return HostResult(
        visit=HostVisit(capture.host, capture.site, capture.platform, reached=False),
        unreached=Unreached(capture.host, kind, reason),
        outputs=capture.outputs,
        lane=capture.lane,
    )


def read(capture: Capture) -> HostResult:
    """Parse one capture. A reading with no unit says whether another platform fits better."""
    device = platform(capture.platform)
    reading = second_opinion.reading(capture)
    others: list[str] = []
    if stranger := second_opinion.stranger(capture):
        others = [stranger]
    elif not device.recognises(capture) and (not reading.observations or _introduced(capture)):
        # Where units were found all the same, only a platform with a parser of its own counts.
        others = [
            p.name
            for p in platforms().values()
            if p.recognises(capture) and (not reading.observations or p.transport == "ssh")
        ]
    if others:
        reason = f"declared as {device.name}, but its output is that of {' or '.join(others)}"
        return unreached(capture, "wrong_platform", reason)
    return HostResult(
        visit=HostVisit(capture.host, capture.site, capture.platform, reached=True),
        observations=reading.observations,
        incomplete=(*reading.incomplete, *too_wide(capture))
        or _nothing(capture, seen=bool(reading.observations)),
        outputs=capture.outputs,
        lane=capture.lane,
    )


def _introduced(capture: Capture) -> bool:
    """Whether the device said what it is; without that, likeness of an output proves little."""
    text = capture.text("show version")
    return bool(text and text.strip()) and not refused(text or "")


def _nothing(capture: Capture, *, seen: bool) -> tuple[Incomplete, ...]:
    """A host that yields no unit is never silently complete."""
    if seen:
        return ()
    return (Incomplete(capture.host, "not_parsed", "no unit found in what the device printed"),)
