"""The unit is at another site than before.

Contracts name an install site; parts are sent there, and a contract is not transferable to another
customer. What moved should be known by whoever keeps the contract.

Remedy: confirm the move, and have the install site changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.rules import Rule, Verdict, sightings_evidence

if TYPE_CHECKING:
    from agent.model import Asset
    from agent.rules import Context


def check(asset: Asset, context: Context) -> Verdict:
    """Seen at a site now, and at another one by the last sweep that saw it elsewhere."""
    if asset.observation is None:
        return Verdict("not_applicable", "not seen in this sweep")
    evidence = sightings_evidence(asset)
    before = context.survey.before.get(asset.key)
    if before is None or before.site is None or asset.site is None or before.site == asset.site:
        return Verdict(
            "not_a_finding", "at no other site before, as far as is known", None, evidence
        )
    reason = (
        f"at {asset.site} on {asset.host}; on {before.last_seen:%Y-%m-%d} it was at"
        f" {before.site} on {before.host}"
    )
    return Verdict("open", reason, None, evidence)


RULE = Rule(severity="low", check=check)
