"""The host could not be read, so nothing is known about what is in it.

Units of an unread host are missing from every count. A report that passes over this is wrong.

Remedy: the reason says what to mend; then sweep again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.rules import Rule, Verdict, sightings_evidence

if TYPE_CHECKING:
    from agent.model import Asset
    from agent.rules import Context


def check(asset: Asset, context: Context) -> Verdict:  # noqa: ARG001 - every rule has this form
    """The asset is, or was last seen on, a host that this sweep could not read."""
    if asset.observation is not None:
        return Verdict("not_a_finding", "read in this sweep", None, sightings_evidence(asset))
    if asset.unreached is not None:
        return Verdict("open", f"{asset.unreached.kind}: {asset.unreached.reason}")
    return Verdict("not_applicable", "not known to be on a host that was not read")


RULE = Rule(severity="high", check=check)
