"""Raw outputs read again, and set beside what the sweep recorded of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agent.documents import observation_document
from agent.model import Capture, HostResult, Output
from agent.reading import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from agent.model import Incomplete, Sweep, Unreached
    from agent.store import Printed

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a sweep recorded: units of each host as ``sweep.json`` has them, kinds and reasons."""

    units: Mapping[str, Sequence[Mapping[str, Any]]]
    gaps: Mapping[str, AbstractSet[tuple[str, str]]]

    @classmethod
    def of(cls, sweep: Sweep) -> Recorded:
        """What `sweep` recorded."""
        units: dict[str, list[Mapping[str, Any]]] = {}
        for unit in sweep.observations:
            units.setdefault(unit.host, []).append(observation_document(unit))
        gaps: dict[str, set[tuple[str, str]]] = {}
        stated: tuple[Incomplete | Unreached, ...] = (*sweep.incomplete, *sweep.unreached)
        for gap in stated:
            gaps.setdefault(gap.host, set()).add((gap.kind, gap.reason))
        return cls(units, gaps)

    def renamed(self, host: str, tell: Callable[[Any], Any]) -> Recorded:
        """What was recorded of one host, in other words; `tell` takes documents."""
        gaps = [{"kind": kind, "reason": reason} for kind, reason in self.gaps.get(host, ())]
        told = tell({"host": host, "units": list(self.units.get(host, ())), "gaps": gaps})
        known = {(gap["kind"], gap["reason"]) for gap in told["gaps"]}
        return Recorded({told["host"]: told["units"]}, {told["host"]: known})


def capture(printed: Printed, text: Callable[[str], str | None]) -> Capture | None:
    """What a host printed, as its parser takes it; None where a text is not there."""
    outputs = []
    for piece in printed.pieces:
        content = text(piece.sha256)
        if content is None or piece.collected is None:
            return None
        lane = "" if piece.source == printed.lane else piece.source
        outputs.append(Output(piece.command, content, piece.collected, lane))
    visit = printed.visit
    return Capture(visit.host, visit.site, visit.platform, printed.lane, tuple(outputs))


def difference(shown: Capture, recorded: Recorded) -> str | None:
    """How reading a reached host again differs from what was recorded; None where it does not.

    Gaps that only the transport could see (a connection that was lost) are taken as recorded.
    """
    return next(_differences(shown.host, read(shown), recorded), None)


def _differences(host: str, again: HostResult, recorded: Recorded) -> Iterator[str]:
    if again.unreached:
        yield f"{host}: {again.unreached.reason}"
    before = list(recorded.units.get(host, ()))
    after = [observation_document(unit) for unit in again.observations]
    for name, ours, theirs in (("recorded", before, after), ("read again", after, before)):
        if alone := [unit for unit in ours if unit not in theirs]:
            units = ", ".join(str(unit["serial"] or unit["position"]) for unit in alone[:_SHOWN])
            yield f"{host}: {len(alone)} units only as {name}: {units}"
    known = recorded.gaps.get(host, set())
    for gap in again.incomplete:
        if (gap.kind, gap.reason) not in known:
            yield f"{host}: not recorded as missing: {gap.kind}: {gap.reason}"
