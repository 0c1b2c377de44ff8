"""The unit is in service, and no source of truth lists it as it is.

What NetBox, Nautobot or an inventory does not list is in nobody's renewal and in nobody's audit. So
is a unit that the source has retired and that still answers, and one that stands where the source
has another serial number: a swap that was never written down.

Remedy: enter the serial number there, or correct it; then ask the source again with `netcover
import inventory`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.reconcile.truth import answer
from agent.rules import Rule, Verdict

if TYPE_CHECKING:
    from agent.model import Asset, Status
    from agent.reconcile.truth import State
    from agent.rules import Context

_NO_SOURCE = Verdict("not_applicable", "no source of truth was asked")
_NOT_SEEN = Verdict("not_applicable", "not seen")
_PART = Verdict("not_applicable", "no chassis of its own: sources list it by its parent, if at all")
_STATUS: dict[State, Status] = {
    "listed": "not_a_finding",
    "no_serial": "not_a_finding",
    "not_in_service": "open",
    "other_serial": "open",
    "not_listed": "open",
    "not_asked": "not_reviewed",
}


def check(asset: Asset, context: Context) -> Verdict:
    """A chassis or stack member that was seen, by its serial number, else by its host."""
    if context.truth is None:
        return _NO_SOURCE
    if asset.observation is None:
        return _NOT_SEEN
    if asset.kind not in ("chassis", "stack_member"):
        return _PART
    unit = asset.observation
    said = answer(context.truth, asset.host, (asset.serial, *unit.other_serials))
    return Verdict(_STATUS[said.state], said.reason, None, (*said.evidence, *unit.evidence))


RULE = Rule(severity="medium", check=check)
