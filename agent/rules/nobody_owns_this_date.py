"""A date is coming, and nobody answers for it.

Renewals lapse because the reminder went to somebody who has left, or to no one. A date without an
owner is a lapse that has been scheduled.

Remedy: name an owner: ``owner`` under a host's ``data`` in the inventory, ``[owners]`` by site in
netcover.toml, or ``"*"`` there for everything else.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from agent.reconcile.owners import owner_of
from agent.rules import Rule, Verdict, lines_evidence, sightings_evidence

if TYPE_CHECKING:
    from agent.model import Asset
    from agent.rules import Context


def check(asset: Asset, context: Context) -> Verdict:
    """The end of a line or of support lies ahead, and no owner is named."""
    coming = [
        (line.end, "a contract line ends") for line in asset.lines if line.end >= context.as_of
    ]
    ldos = asset.milestones.last_date_of_support if asset.milestones else None
    if isinstance(ldos, date) and ldos >= context.as_of and asset.observation is not None:
        coming.append((ldos, "support ends"))
    if not coming:
        return Verdict("not_applicable", "no date ahead is known")
    evidence = (*sightings_evidence(asset), *lines_evidence(asset.lines))
    owner = owner_of(asset.host, asset.site, context.hosts, context.owners, context.sites)
    day, what = min(coming)
    if owner:
        return Verdict("not_a_finding", f"{what} on {day}: {owner}", None, evidence)
    return Verdict("open", f"{what} on {day}, and no owner is named", day, evidence)


RULE = Rule(severity="low", check=check)
