"""The outcome of one advisory for one running release: what the vendor's list says, and does not.

Cisco's records name affected releases one by one. That a release is not named has several
meanings, and none of them is "not affected" without its reason.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from agent.model import past
from agent.reconcile.versions import Release, release

if TYPE_CHECKING:
    from datetime import date

    from agent.model import Advisory, Outcome, Software
    from agent.posture.first_fixed import Fixes
    from agent.posture.trains import Train
    from agent.reconcile.versions import Listed

Answer: TypeAlias = "tuple[Outcome, str]"

INFERRED: tuple[Software, ...] = ("asa", "ftd")
"""Where an unlisted release between listed ones is affected: the lists name 99 % of those."""
_FIRST_IOS_XE_AP = 16


@dataclass(frozen=True, slots=True)
class Instance:
    """One running release with its train; `letters` are the rebuilds its image may be of."""

    os: Software
    version: str | None
    found: Release | None
    train: Train | None
    letters: tuple[str, ...] = ()
    name: str | None = None
    """The name of its train, also where no EoX data has it."""

    @property
    def lost_letter(self) -> bool:
        """Whether the image string of an access point has dropped the letter of its release."""
        return (
            self.os == "ap" and self.found is not None and self.found.numbers[0] >= _FIRST_IOS_XE_AP
        )

    def fixed(self, fixes: Fixes) -> str | None:
        """The first fixed release of the running train."""
        longer = fixes.of(self.train.name) if self.train else None
        return longer or fixes.of(self.name)


def outcome(instance: Instance, advisory: Advisory, listed: Listed, fixes: Fixes) -> Answer:
    """What `advisory` means for the release, with the reason in words."""
    if not instance.lost_letter or instance.found is None:
        return _outcome(instance, advisory, listed, fixes)
    base = replace(instance.found, numbers=(*instance.found.numbers[:3], 0))
    answers = {}
    for letters in ("", *instance.letters):
        found = replace(base, letters=letters)
        spelled = ".".join(map(str, base.numbers[:3])) + letters
        variant = replace(instance, found=found, version=spelled)
        answers[spelled] = _outcome(variant, advisory, listed, fixes)
    if len({kind for kind, _ in answers.values()}) == 1:
        return next(iter(answers.values()))
    told = ", ".join(f"{spelled} would be {kind}" for spelled, (kind, _) in answers.items())
    return "unknown", f"ap_letter: image {instance.version} may be of several releases: {told}"


def _outcome(  # noqa: C901, PLR0911 - one return for each row of the table
    instance: Instance, advisory: Advisory, listed: Listed, fixes: Fixes
) -> Answer:
    version, found, os = instance.version, instance.found, instance.os
    train = instance.name
    fixed = instance.fixed(fixes)
    first = release(fixed, os)
    mended = found is not None and first is not None and first <= found
    if listed.names(version, found):
        conflict = f"; conflicts with first fixed {fixed}" if mended else ""
        return "affected", f"{version} is listed; configuration conditions not checked{conflict}"
    if found is None:
        what = "no release is known" if version is None else f"{version} is no numbered release"
        return "unknown", f"no_release: {what}"
    if found.special:
        return "unknown", f"special_build: {version} is a special build and not listed"
    bounds = listed.bounds.get(found.train)
    if bounds is not None and bounds[0] < found.key < bounds[1] and os in INFERRED:
        conflict = f"; conflicts with first fixed {fixed}" if mended else ""
        return "affected_inferred", f"{version} lies between listed releases{conflict}"
    if mended:
        return "fixed", f"{version} is at or above first fixed {fixed}"
    if bounds is not None and found.key < bounds[0]:
        return "unknown", f"below_lowest: {version} is below all listed releases of {train}"
    if first is not None:
        below = f"{version} is not listed and below first fixed {fixed}"
        return ("affected_inferred", below) if os in INFERRED else ("unknown", f"gap: {below}")
    if bounds is not None and found.key > bounds[1]:
        why = f"{version} is above all listed releases of {train}; no first fixed is published"
        return "fixed_by_order", why
    if bounds is not None:
        return "unknown", f"gap: {version} lies between listed releases and is not one of them"
    if not listed.spellings:
        return "unknown", "no_versions: the record names the product without releases"
    return _absent(instance, found, advisory.updated, listed)


def _absent(instance: Instance, found: Release, record: date, listed: Listed) -> Answer:
    """The record names no release of the train: what that says depends on the train's dates."""
    train = instance.train
    name = train.name if train else "the train"
    over = past(train.security_end, record) if train else None
    if over and train:
        ended = f"security fixes for {name} ended on {train.security_end}"
        why = f"{ended}, before the record of {record}: not looked at, treat as exposed"
        return "not_evaluated", why
    newer = listed.newest is not None and found.train > listed.newest
    shipped = train.milestones.first_customer_shipment if train and train.milestones else None
    if newer and (shipped is None or shipped >= record):
        when = f"shipped first on {shipped}" if shipped else "its first shipment is not known"
        why = f"{name} is newer than every listed train and {when}; the record is of {record}"
        return "unknown", f"newer_than_record: {why}"
    if over is None or train is None:
        why = f"{name} is not listed, and whether it was in support on {record} is not known"
        return "unknown", f"train_dates_unknown: {why}"
    why = f"{name} is not listed though it was in security support when the record was made"
    return "not_affected_per_vendor", f"{why} ({record})"
