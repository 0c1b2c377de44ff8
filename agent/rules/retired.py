"""A contract line is paid for a unit that is no longer there.

The line names a serial that was missed in so many complete sweeps of the site where it was last
seen. A host that was not reached is no proof: while one is missing from the sweep of the site, the
answer stays open. Spares that somebody declared are not retired. What a source of truth says of the
unit stands with it: that it still lists it as active makes it less sure.

Remedy: confirm that the unit is gone, then drop the line before it is renewed. The number of sweeps
is ``retired_after_sweeps`` under ``[renewal]`` in netcover.toml, 2 by default.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.reconcile.truth import ACTIVE
from agent.rules import Rule, Verdict, describe, lines_evidence

if TYPE_CHECKING:
    from agent.model import Asset
    from agent.reconcile.truth import Said
    from agent.rules import Context


def check(asset: Asset, context: Context) -> Verdict:
    """A line that has not ended, its serial missed, its site read completely often enough."""
    if asset.observation is not None:
        return Verdict("not_a_finding", f"seen on {asset.host}", None, asset.observation.evidence)
    if not asset.lines:
        return Verdict("not_applicable", "no contract line")
    evidence = lines_evidence(asset.lines)
    running = [line for line in asset.lines if line.end >= context.as_of]
    current = [line for line in running if not line.minor]
    if not current:
        part = "an item of a bundle: it moves with its parent"
        return Verdict(
            "not_applicable", part if running else "its lines have ended", None, evidence
        )
    if _is_spare(asset, context):
        return Verdict("not_a_finding", "declared to be a spare in stock", None, evidence)
    gap = _why_not_proven(asset, context)
    if gap:
        return Verdict("not_reviewed", f"{describe(current[0])}: {gap}", None, evidence)
    reason = f"{describe(current[0])}: not seen in {_sweeps(asset, context)}"
    said = listed_as(asset, context)
    if said:
        more = "still lists it as" if said.status == ACTIVE else "lists it as"
        reason += f"; the source of truth {said.listing.source} {more} {said.status}"
        evidence = (*evidence, said.evidence)
    return Verdict("open", reason, current[0].end, evidence)


def listed_as(asset: Asset, context: Context) -> Said | None:
    """What a source of truth says of the unit, its active word before any other; or None."""
    said = context.truth.of_serial(asset.serial) if context.truth else ()
    return min(said, key=lambda each: each.status != ACTIVE, default=None)


def _is_spare(asset: Asset, context: Context) -> bool:
    facts = context.hosts.get(asset.host or "")
    return (asset.serial or "").upper() in context.spares or (facts is not None and facts.spare)


def _why_not_proven(asset: Asset, context: Context) -> str | None:
    """Say what keeps absence from being proven, or None where nothing does."""
    if asset.serial is None:
        return "names no serial number"
    if asset.unreached is not None:
        return f"last seen on {asset.host}, which was not read ({asset.unreached.kind})"
    if not context.sweep.site_complete(_site(asset, context)):
        return f"not seen, but {_where(asset, context)} was not read completely"
    missed = missed_in(asset, context)
    if missed < context.retired_after:
        return (
            f"missed in {missed} of the {context.retired_after} complete sweeps of"
            f" {_where(asset, context)} that it takes"
        )
    return None


def missed_in(asset: Asset, context: Context) -> int:
    """Complete sweeps of the unit's site since it was last seen, this one included."""
    site = _site(asset, context)
    earlier = [
        sweep
        for sweep in context.complete
        if sweep.started < context.sweep.started
        and (asset.last_seen is None or sweep.started > asset.last_seen)
        and (sweep.estate if site is None else site in sweep.sites)
    ]
    return len(earlier) + context.sweep.site_complete(site)


def _sweeps(asset: Asset, context: Context) -> str:
    missed = missed_in(asset, context)
    if missed == 1:
        return f"a complete sweep of {_where(asset, context)}"
    return f"{missed} complete sweeps of {_where(asset, context)}"


def _site(asset: Asset, context: Context) -> str | None:
    """The site to look in; the whole estate where the line's site is none of the sweep's."""
    return asset.site if asset.site in {host.site for host in context.sweep.hosts} else None


def _where(asset: Asset, context: Context) -> str:
    site = _site(asset, context)
    return f"site {site}" if site else "the estate"


RULE = Rule(severity="medium", check=check)
