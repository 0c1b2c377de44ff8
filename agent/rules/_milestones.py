"""Rules that compare the day with one milestone of the hardware or of the running train."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from agent.model import Unstated, add_months, days
from agent.rules import Verdict, milestone_missing
from agent.rules._posture import NO_SOFTWARE

if TYPE_CHECKING:
    from agent.model import Asset, Evidence, Milestone, Status
    from agent.posture.trains import Train
    from agent.rules import Context

_SEEN_ONLY = Verdict("not_applicable", "not seen in this sweep: see retired and not_reached")
_NO_TRAIN = "the train of its release is not in the EoX data"


def hardware_past(asset: Asset, context: Context, milestone: str, name: str) -> Verdict:
    """Whether a milestone of the product is past; its day is the last good day."""
    return _hardware(asset, context, milestone, name, None)


def hardware_near(
    asset: Asset, context: Context, milestone: str, name: str, months: int
) -> Verdict:
    """Whether a milestone of the product comes within `months`; the last day included."""
    return _hardware(asset, context, milestone, name, months)


def _hardware(
    asset: Asset, context: Context, milestone: str, name: str, months: int | None
) -> Verdict:
    if asset.observation is None:
        return _SEEN_ONLY
    if not context.judged(asset):
        return NO_SOFTWARE
    if asset.milestones is None:
        return milestone_missing(asset, Unstated.UNKNOWN, name, context)
    key = (milestone, months, asset.pid, id(asset.milestones))
    return context.once(key, lambda: _product(asset, context, milestone, name, months))


def _product(
    asset: Asset, context: Context, milestone: str, name: str, months: int | None
) -> Verdict:
    dates = asset.milestones
    when: Milestone = getattr(dates, milestone) if dates else Unstated.UNKNOWN
    if not isinstance(when, date):
        return milestone_missing(asset, when, name, context)
    evidence = (dates.evidence,) if dates else ()
    return _compare(f"{name} of {asset.pid}", when, evidence, context, months)


def software_past(asset: Asset, context: Context, milestone: str, name: str) -> Verdict:
    """Whether a milestone of a running train is past."""
    return _software(asset, context, milestone, name, None)


def software_near(
    asset: Asset, context: Context, milestone: str, name: str, months: int
) -> Verdict:
    """Whether a milestone of a running train comes within `months`."""
    return _software(asset, context, milestone, name, months)


def _software(
    asset: Asset, context: Context, milestone: str, name: str, months: int | None
) -> Verdict:
    """The answer about the train for which it is worst, of all software that runs."""
    judged = context.judged(asset)
    if not judged:
        return NO_SOFTWARE
    found = [_shared(each.stream.train, context, milestone, name, months) for each in judged]
    if len(found) == 1:
        return found[0]
    order = ("open", "not_reviewed", "not_a_finding", "not_applicable")
    return min(found, key=lambda verdict: order.index(verdict.status))


def _shared(
    train: Train | None, context: Context, milestone: str, name: str, months: int | None
) -> Verdict:
    key = (milestone, months, id(train))
    return context.once(key, lambda: _train(train, context, milestone, name, months))


def _train(
    train: Train | None, context: Context, milestone: str, name: str, months: int | None
) -> Verdict:
    if train is None or train.milestones is None:
        return Verdict("not_reviewed", _NO_TRAIN)
    when: Milestone = getattr(train.milestones, milestone)
    if milestone == "security_support":
        when = train.security_stated
    label, evidence = f"{name} of {train.os} {train.name}", (train.milestones.evidence,)
    if isinstance(when, date):
        return _compare(label, when, evidence, context, months)
    status: Status = "not_reviewed" if when is Unstated.UNKNOWN else "not_a_finding"
    if when is Unstated.NOT_STATED:
        return Verdict("not_applicable", f"{label} is not stated by its bulletin", None, evidence)
    return Verdict(status, f"{label} is {when}", None, evidence)


def _compare(
    label: str, when: date, evidence: tuple[Evidence, ...], context: Context, months: int | None
) -> Verdict:
    left = days(context.as_of, when)
    if months is None:
        told = f"was {when}, {-left} days ago" if left < 0 else f"is {when}"
        return Verdict("open" if left < 0 else "not_a_finding", f"{label} {told}", when, evidence)
    if left < 0:
        return Verdict("not_applicable", f"{label} is past since {when}", None, evidence)
    near = when <= add_months(context.as_of, months)
    reason = f"{label} is {when}, in {left} days"
    return Verdict("open" if near else "not_a_finding", reason, when, evidence)
