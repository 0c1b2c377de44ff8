"""A unit took the place of another one, and the contract still names the old serial.

On the host where the old unit was last seen there is a unit of the same product that is on no line,
and nothing else would fit. That is what a replacement (RMA) looks like. Cisco grants cover by
serial, so the new unit has none until the line is amended.

Remedy: confirm the swap and have the contract amended: the line follows. Where it was no swap,
record the decision ``not_a_swap``; then the old line drops and the new unit is added.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.rules import Rule, Verdict, lines_evidence, sightings_evidence

if TYPE_CHECKING:
    from agent.model import Asset
    from agent.rules import Context


def check(asset: Asset, context: Context) -> Verdict:
    """A unit with a line, not seen, whose place one other unit has taken."""
    if asset.observation is not None or not asset.lines:
        return Verdict("not_applicable", "seen, or on no contract line")
    new = context.survey.swaps.get(asset.key)
    if new is None:
        return Verdict("not_a_finding", "no unit is known to have taken its place")
    reason = f"last seen on {asset.host}; {new.serial} of the same product is there now, uncovered"
    evidence = (*sightings_evidence(new), *lines_evidence(asset.lines))
    return Verdict("open", reason, None, evidence)


RULE = Rule(severity="high", check=check)
