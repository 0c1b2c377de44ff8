"""An advisory is past the site's own limit for mending it.

The limit is counted in days from publication, by severity: ``sla_days`` in netcover.toml. Without
one the rule does not apply.

Remedy: mend or mitigate it, or record the accepted risk as a waiver.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.rules import Rule, Verdict
from agent.rules._fixes import first, tallies, words

if TYPE_CHECKING:
    from agent.model import Asset
    from agent.rules import Context

_NO_LIMIT = Verdict("not_applicable", "the site sets no limit of its own")


def check(asset: Asset, context: Context) -> Verdict:
    """The earliest limit of what is not mitigated has passed."""
    if not context.policy.sla_days:
        return _NO_LIMIT
    found = tallies(asset, context)
    if isinstance(found, Verdict):
        return found
    these = [t for t in found if t.site_due is not None and t.verdict != "mitigated by SMU"]
    due = first(t.site_due for t in these)
    if due is None or context.as_of <= due:
        reason = f"first limit {due}" if due else "no limit applies"
        return Verdict("not_a_finding", reason, due)
    overdue = [t for t in these if t.site_due is not None and t.site_due < context.as_of]
    return Verdict("open", f"due since {due}: {words(overdue)}", due, overdue[0].evidence)


RULE = Rule(severity="high", check=check)
