"""From what a host printed to its result: parse, and notice where the wrong parser was declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent import second_opinion
from agent.model import HostResult, HostVisit, Incomplete, Unreached
from agent.platforms import platform, platforms

if TYPE_CHECKING:
    from agent.model import Capture


def read(capture: Capture) -> HostResult:
    """Parse one capture. A reading with no unit says whether another platform fits better."""
    device = platform(capture.platform)
    reading = second_opinion.reading(capture)
    others: list[str] = []
    if stranger := second_opinion.stranger(capture):
        others = [stranger]
    elif not reading.observations and not device.recognises(capture):
        others = [p.name for p in platforms().values() if p.recognises(capture)]
    if others:
        reason = f"declared as {device.name}, but its output is that of {' or '.join(others)}"
        return HostResult(
            visit=HostVisit(capture.host, capture.site, capture.platform, reached=False),
            unreached=Unreached(capture.host, "wrong_platform", reason),
            outputs=capture.outputs,
            lane=capture.lane,
        )
    return HostResult(
        visit=HostVisit(capture.host, capture.site, capture.platform, reached=True),
        observations=reading.observations,
        incomplete=reading.incomplete or _nothing(capture, seen=bool(reading.observations)),
        outputs=capture.outputs,
        lane=capture.lane,
    )


def _nothing(capture: Capture, *, seen: bool) -> tuple[Incomplete, ...]:
    """A host that yields no unit is never silently complete."""
    if seen:
        return ()
    return (Incomplete(capture.host, "not_parsed", "no unit found in what the device printed"),)
