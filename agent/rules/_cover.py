"""Which units need a line of their own, and what cover they have: shared by the contract rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.model import IN_SERVICE_KINDS
from agent.rules import Verdict, describe, lines_evidence, sightings_evidence

if TYPE_CHECKING:
    from agent.model import Asset
    from agent.rules import Context


def not_askable(asset: Asset, context: Context) -> Verdict | None:
    """Answer for an asset whose cover cannot be judged, or None where it can."""
    unit = asset.observation
    if unit is None:
        return Verdict("not_applicable", "not seen in this sweep: see retired and not_reached")
    evidence = sightings_evidence(asset)
    if unit.kind not in IN_SERVICE_KINDS and not asset.lines and not asset.doubtful_lines:
        reason = f"a {unit.kind.replace('_', ' ')} is covered through its parent"
        return Verdict("not_applicable", reason, None, evidence)
    if asset.serial is None:
        why = "; ".join(unit.notes) or "the device states none"
        return Verdict("not_reviewed", f"no serial number: {why}", None, evidence)
    if missing := _no_data(asset, context):
        return Verdict("not_reviewed", missing, None, evidence)
    if unit.virtual and not asset.lines:
        reason = "virtual: its serial is on no hardware contract, cover lies in its licences"
        return Verdict("not_reviewed", reason, None, evidence)
    return None


def _no_data(asset: Asset, context: Context) -> str | None:
    """Say that no contract data could speak of the unit, or None where some does."""
    load = "import it with 'netcover import contracts FILE'"
    if not context.lines_loaded:
        return f"no contract data is loaded; {load}"
    sites = context.contract_sites
    if sites is None or asset.site in sites or asset.lines or asset.statements:
        return None
    only = ", ".join(sorted(sites))
    return f"no contract data for site {asset.site or 'unknown'} is loaded, only for {only}; {load}"


def doubt(asset: Asset) -> Verdict | None:
    """Answer where lines name the serial with a PID that may be another product's."""
    if not asset.doubtful_lines:
        return None
    line = asset.doubtful_lines[0]
    reason = (
        f"{describe(line)} names this serial with PID {line.pid}, which is not known to be"
        f" the same product as {asset.pid}; find out which is right"
    )
    return Verdict("not_reviewed", reason, None, lines_evidence(asset.doubtful_lines))
