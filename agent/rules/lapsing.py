"""Cover ends inside the quote window, and no line follows without a gap.

A renewal takes time to quote, approve and book; a line that ends first leaves the unit uncovered.

Remedy: ask for the quote now. The window is ``quote_window_days`` in netcover.toml, 90 by default.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.model import days
from agent.posture.cover import cover_end
from agent.rules import Rule, Verdict, lines_evidence
from agent.rules._cover import doubt, not_askable

if TYPE_CHECKING:
    from agent.model import Asset, Status
    from agent.rules import Context


def check(asset: Asset, context: Context) -> Verdict:
    """The last day of gapless cover lies within the window; that day included."""
    end = cover_end(asset.lines, context.as_of) if asset.observation else None
    if end is None:
        answer = not_askable(asset, context) or doubt(asset)
        return answer or Verdict(
            "not_applicable", "no active cover that could lapse: see uncovered"
        )
    window = context.policy.quote_window_days
    left = days(context.as_of, end)
    status: Status = "open" if left <= window else "not_a_finding"
    reason = f"cover ends on {end}, in {left} days; the quote window is {window} days"
    return Verdict(status, reason, end, lines_evidence(asset.lines))


RULE = Rule(severity="medium", check=check)
