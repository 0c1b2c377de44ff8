"""A risk was accepted for this unit until a day that has passed, and the finding still stands.

A waiver keeps a finding in every output and takes it out of ``--fail-on``; it ends on its last day.

Remedy: settle the finding, or have the waiver approved again with a new day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.rules import Rule, Verdict, in_scope, rules, waiver_for

if TYPE_CHECKING:
    from agent.model import Asset
    from agent.rules import Context


def check(asset: Asset, context: Context) -> Verdict:
    """A waiver of the unit has expired, none has taken over, and one of its rules is open."""
    expired = [w for w in context.waivers if w.expires < context.as_of and in_scope(w, asset)]
    if not expired:
        return Verdict("not_applicable", "no expired waiver speaks of it")
    questions = {rule.id: rule for rule in rules()}
    for waiver in expired:
        for name in waiver.rules:
            rule = questions.get(name)
            if rule is None or rule.check is check or waiver_for(name, asset, context):
                continue
            if rule.check(asset, context).status == "open":
                reason = (
                    f"waiver {waiver.approval} by {waiver.approver} of {name} expired on"
                    f" {waiver.expires}, and the finding stands"
                )
                return Verdict("open", reason, waiver.expires, (waiver.evidence,))
    return Verdict("not_a_finding", "what was waived no longer stands, or is waived anew")


RULE = Rule(severity="high", check=check)
