"""The unit is in service and on no contract line at all.

Orphaned gear was bought outside the contract, moved in, or never registered. It is not a lapse:
nobody is going to renew what nobody has listed.

Remedy: find the owner, then attach the serial to a contract while new service attachment lasts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.reconcile.coverage import LINK
from agent.reconcile.truth import answer as truth_says
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
    return answer or Verdict(
        "open", f"on no contract line{_listed(asset, context)}", None, sightings_evidence(asset)
    )


def _listed(asset: Asset, context: Context) -> str:
    """Whether a source of truth knows the unit, where one was asked about all it has."""
    if context.truth is None or asset.observation is None:
        return ""
    said = truth_says(context.truth, asset.host, (asset.serial, *asset.observation.other_serials))
    return ", and in no source of truth" if said.state == "not_listed" else ""


RULE = Rule(severity="high", check=check)
