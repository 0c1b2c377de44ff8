"""A contract line is paid for a unit that is no longer there.

The line names a serial that a complete sweep of its site did not find. A host that was not reached
is no proof: while one is missing from the sweep of the site, the answer stays open.

Remedy: confirm that the unit is gone, then drop the line before it is renewed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.rules import Rule, Verdict, describe, lines_evidence

if TYPE_CHECKING:
    from agent.model import Asset
    from agent.rules import Context


def check(asset: Asset, context: Context) -> Verdict:
    """A line that has not ended, its serial not seen, its site read completely."""
    if asset.observation is not None:
        return Verdict("not_a_finding", f"seen on {asset.host}", None, asset.observation.evidence)
    if not asset.lines:
        return Verdict("not_applicable", "no contract line")
    evidence = lines_evidence(asset.lines)
    current = [line for line in asset.lines if line.end >= context.as_of]
    if not current:
        return Verdict("not_applicable", "its lines have ended", None, evidence)
    gap = _why_not_proven(asset, context)
    if gap:
        return Verdict("not_reviewed", f"{describe(current[0])}: {gap}", None, evidence)
    reason = f"{describe(current[0])}: not seen in a complete sweep of {_where(asset, context)}"
    return Verdict("open", reason, current[0].end, evidence)


def _why_not_proven(asset: Asset, context: Context) -> str | None:
    """Say what keeps absence from being proven, or None where nothing does."""
    if asset.serial is None:
        return "names no serial number"
    if asset.unreached is not None:
        return f"last seen on {asset.host}, which was not read ({asset.unreached.kind})"
    if not context.sweep.site_complete(_site(asset, context)):
        return f"not seen, but {_where(asset, context)} was not read completely"
    return None


def _site(asset: Asset, context: Context) -> str | None:
    """The site to look in; the whole estate where the line's site is none of the sweep's."""
    return asset.site if asset.site in {host.site for host in context.sweep.hosts} else None


def _where(asset: Asset, context: Context) -> str:
    site = _site(asset, context)
    return f"site {site}" if site else "the estate"


RULE = Rule(severity="medium", check=check)
