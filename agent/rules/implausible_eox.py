"""The unit's lifecycle dates contradict each other.

A bulletin that was mistyped on its way, or dates of two bulletins in one row: nothing that rests on
them can be trusted. The dates are shown as they stand, none is corrected.

Remedy: read the bulletin, mend the row in the EoX data and import it again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.plausible import contradictions
from agent.rules import Rule, Verdict

if TYPE_CHECKING:
    from agent.model import Asset
    from agent.rules import Context


def check(asset: Asset, _context: Context) -> Verdict:
    """Two milestones of the unit's product cannot both be right."""
    dates = asset.milestones
    if dates is None:
        return Verdict("not_applicable", "no lifecycle dates")
    found = contradictions(dates)
    if found:
        return Verdict("open", "; ".join(found), None, (dates.evidence,))
    return Verdict("not_a_finding", "its lifecycle dates agree", None, (dates.evidence,))


RULE = Rule(severity="low", check=check)
