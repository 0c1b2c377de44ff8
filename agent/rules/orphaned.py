"""The unit is in service and on no contract line at all.

Orphaned gear was bought outside the contract, moved in, or never registered. It is not a lapse:
nobody is going to renew what nobody has listed.

Remedy: find the owner, then attach the serial to a contract while new service attachment lasts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.reconcile.coverage import LINK
from agent.rules import Rule, Verdict, lines_evidence, sightings_evidence
from agent.rules._cover import doubt, not_askable

if TYPE_CHECKING:
    from agent.model import Asset, Status
    from agent.rules import Context


def check(asset: Asset, context: Context) -> Verdict:
    """Seen, with a serial, and no line names it, past, present or future."""
    if asset.observation is not None and asset.lines:
        count = len(asset.lines)
        reason = f"on {count} contract line{'s' if count > 1 else ''}"
        return Verdict("not_a_finding", reason, None, lines_evidence(asset.lines))
    said = next((s for s in asset.statements if s.state in {"covered", "not_visible"}), None)
    if asset.observation is not None and said:
        status: Status = "not_a_finding" if said.contract else "not_reviewed"
        remedy = "" if said.contract else f"; {LINK}"
        return Verdict(status, f"{said.reason}{remedy}", None, (said.evidence,))
    answer = not_askable(asset, context) or doubt(asset)
    return answer or Verdict("open", "on no contract line", None, sightings_evidence(asset))


RULE = Rule(severity="high", check=check)
