"""The running release is no longer supported, as DISA's STIGs for network devices ask.

"Supported" can mean that security fixes are still made, or that TAC still takes cases; for IOS-XE
the two are years apart. ``stig_basis`` in netcover.toml says which counts (``security_fixes`` by
default, or ``tac``), and the reason states both dates.

Remedy: move to a release that is supported by the chosen basis.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.controls import has_benchmark
from agent.model import past
from agent.rules import Rule, Verdict
from agent.rules._posture import NO_SOFTWARE

if TYPE_CHECKING:
    from agent.model import Asset, Status
    from agent.posture.assessment import Judged
    from agent.rules import Context

_STATUS: dict[bool | None, Status] = {True: "open", False: "not_a_finding", None: "not_reviewed"}


def check(asset: Asset, context: Context) -> Verdict:
    """The chosen date of any running train is past, or that of the hardware under it."""
    judged = context.judged(asset)
    if not judged:
        return NO_SOFTWARE
    found = [_one(each, context) for each in judged]
    order = ("open", "not_reviewed", "not_a_finding")
    worst = min(found, key=lambda verdict: order.index(verdict.status))
    if has_benchmark("disa_stig", "stig_supported_release", asset.platform):
        return worst
    reason = f"no STIG of this platform is known, left to a reviewer: {worst.reason}"
    return Verdict("not_reviewed", reason, worst.due, worst.evidence)


def _one(judged: Judged, context: Context) -> Verdict:
    train, basis, evidence = judged.stream.train, context.policy.stig_basis, judged.stream.evidence
    if train is None or train.milestones is None:
        return Verdict("not_reviewed", judged.stream.reason, None, evidence)
    tac = train.milestones.last_date_of_support
    if basis == "security_fixes":
        supported = train.supported(context.as_of, judged.hardware.cap)
        over = None if supported is None else not supported
    else:
        over = True if judged.hardware.value == "past" else past(tac, context.as_of)
    reason = (
        f"{train.os} {train.name}: security fixes until {train.security_end}, TAC until {tac};"
        f" basis: {basis.replace('_', ' ')}"
    )
    return Verdict(_STATUS[over], reason, judged.stream.security_end, evidence)


RULE = Rule(severity="high", check=check)
