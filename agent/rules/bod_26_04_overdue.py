"""An advisory is past the deadline that CISA BOD 26-04 sets for this unit.

The directive counts 3, 14 or 60 days by four facts: listed as exploited, exposed to public
networks, automatable, technical impact. Where the inventory does not say whether the host is
exposed, the earlier deadline counts, and the reason says so.

Remedy: mend or mitigate it now; where the directive asks for forensic triage, do that first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.rules import Rule, Verdict
from agent.rules._fixes import first, tallies, words

if TYPE_CHECKING:
    from agent.model import Asset
    from agent.rules import Context


def check(asset: Asset, context: Context) -> Verdict:
    """The earliest deadline that applies to the unit, of what is not mitigated, has passed."""
    found = tallies(asset, context)
    if isinstance(found, Verdict):
        return found
    these = [t for t in found if t.due is not None and t.verdict != "mitigated by SMU"]
    these.sort(key=lambda t: (t.due or context.as_of, t.example))
    due = first(t.due for t in these)
    if due is None:
        return Verdict("not_a_finding", "no deadline of the directive applies")
    unknown = any(each.situation.exposure == "unknown" for each in context.judged(asset))
    note = "; exposure not declared, the earlier deadline counts" if unknown else ""
    evidence = these[0].evidence
    if context.as_of <= due:
        return Verdict("not_a_finding", f"first deadline {due}{note}", due, evidence)
    overdue = [t for t in these if t.due is not None and t.due < context.as_of]
    reason = f"due since {due}: {words(overdue)}{note}"
    return Verdict("open", reason, due, evidence)


RULE = Rule(severity="critical", check=check)
