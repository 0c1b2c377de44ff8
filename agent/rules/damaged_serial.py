"""A contract names a serial number that looks like a spoilt copy of one that is in service.

Spreadsheets drop leading zeros and people write the letter O for the digit 0. The line then covers
nothing: Cisco looks a serial up exactly as it is written. The number is never repaired here.

Remedy: compare with the device's label, and have the contract corrected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.rules import Rule, Verdict, lines_evidence, sightings_evidence

if TYPE_CHECKING:
    from agent.model import Asset
    from agent.rules import Context


def check(asset: Asset, _context: Context) -> Verdict:
    """Seen here and paid for there under two spellings that a spreadsheet makes of one."""
    if asset.serial is None:
        return Verdict("not_applicable", "no serial number")
    if not asset.lookalikes:
        return Verdict("not_a_finding", "no other serial number looks like it")
    others = ", ".join(asset.lookalikes)
    if asset.observation is not None:
        reason = f"seen as {asset.serial}, and a contract line names {others}"
    else:
        reason = f"a contract line names {asset.serial}, and {others} is in service"
    evidence = sightings_evidence(asset) + lines_evidence(asset.lines)
    return Verdict("open", f"{reason}: zeros, O and I may have been mixed up", None, evidence)


RULE = Rule(severity="medium", check=check)
