"""A contract line names the unit's serial with the PID of another product.

The line may be for a product that happens to have the same serial, or somebody mistyped the PID. A
claim for service is checked against both.

Remedy: find out which product the contract means, and have the line corrected. Until then it is
planned by what was seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.rules import Rule, Verdict, describe, lines_evidence

if TYPE_CHECKING:
    from agent.model import Asset
    from agent.rules import Context


def check(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001 - every rule has this form
    """A line with the serial whose PID is not known to be the same product."""
    if asset.observation is None:
        return Verdict("not_applicable", "not seen in this sweep")
    if not asset.doubtful_lines:
        return Verdict("not_a_finding", "no line names its serial with another product")
    line = asset.doubtful_lines[0]
    reason = f"{describe(line)} says {line.pid}, the unit says {asset.pid}"
    return Verdict("open", reason, line.end, lines_evidence(asset.doubtful_lines))


RULE = Rule(severity="medium", check=check)
