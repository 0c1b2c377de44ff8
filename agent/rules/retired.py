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
    current = tuple(line for line in asset.lines if line.end >= context.as_of)
    evidence = lines_evidence(asset.lines)
    if asset.observation is not None:
        return Verdict("not_a_finding", f"seen on {asset.host}", None, asset.observation.evidence)
    if not asset.lines:
        return Verdict("not_applicable", "no contract line")
    if not current:
        return Verdict("not_applicable", "its lines have ended", None, evidence)
    line = describe(current[0])
    if asset.serial is None:
        return Verdict("not_reviewed", f"{line} names no serial number", None, evidence)
    if asset.unreached is not None:
        reason = f"{line}: last seen on {asset.host}, which was not read ({asset.unreached.kind})"
        return Verdict("not_reviewed", reason, None, evidence)
    known = {host.site for host in context.sweep.hosts}
    site = asset.site if asset.site in known else None
    where = f"site {site}" if site else "the estate"
    if not context.sweep.site_complete(site):
        reason = f"{line}: not seen, but {where} was not read completely"
        return Verdict("not_reviewed", reason, None, evidence)
    reason = f"{line}: not seen in a complete sweep of {where}"
    return Verdict("open", reason, current[0].end, evidence)


RULE = Rule(severity="medium", check=check)
