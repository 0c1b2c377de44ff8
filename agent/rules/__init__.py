"""What is asked of every asset: one file per rule; its docstring is its documentation.

A rule file ends in ``RULE = Rule(...)``. The file's name is the rule's id.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from agent import plugins
from agent.controls import controls_of
from agent.model import Finding, Unstated
from agent.reconcile.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import date

    from agent.model import (
        Asset,
        CompleteSweep,
        ContractLine,
        Evidence,
        HostFacts,
        Milestone,
        Severity,
        Status,
        Sweep,
        Waiver,
    )
    from agent.posture.assessment import Assessment, Judged
    from agent.reconcile.truth import Truth
    from agent.settings import Policy, Site


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may know beside the asset itself.

    `lines_loaded` and `eox_loaded` are numbers of rows: no data is not the same as no match.
    `contract_sites` are the sites that the contract data speaks of, None for all.
    `assessment` is the posture of all units, `waivers` are the risks that were accepted.
    `complete` are earlier sweeps by the sites they read completely, `spares` serials that a person
    or the inventory declares to be in stock; a unit is retired after `retired_after` such sweeps
    without it. `survey` is what takes the whole estate to know, `truth` what sources of truth list,
    None where none was asked.
    """

    as_of: date
    policy: Policy
    sweep: Sweep
    lines_loaded: int
    eox_loaded: int
    contract_sites: frozenset[str] | None = None
    assessment: Assessment | None = None
    waivers: tuple[Waiver, ...] = ()
    complete: tuple[CompleteSweep, ...] = ()
    retired_after: int = 1
    spares: frozenset[str] = frozenset()
    survey: Survey = field(default_factory=Survey)
    truth: Truth | None = None
    hosts: Mapping[str, HostFacts] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)
    sites: Mapping[str, Site] = field(default_factory=dict)
    shared: dict[tuple[object, ...], Verdict] = field(default_factory=dict, compare=False)

    def judged(self, asset: Asset) -> tuple[Judged, ...]:
        """The posture of an asset, for each software it runs; empty where it runs none."""
        return self.assessment.of(asset) if self.assessment is not None else ()

    def once(self, key: tuple[object, ...], make: Callable[[], Verdict]) -> Verdict:
        """A verdict that many units share, made for the first of them.

        `key` names the rule and, by identity, what decides: objects that this context keeps alive.
        """
        found = self.shared.get(key)
        if found is None:
            found = self.shared[key] = make()
        return found


class Verdict(NamedTuple):
    """A rule's answer about one asset. A named tuple: an estate makes millions of them."""

    status: Status
    reason: str
    due: date | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One question. `severity` is that of an open finding."""

    severity: Severity
    check: Callable[[Asset, Context], Verdict]
    id: str = ""
    documentation: str = ""


@cache
def rules() -> tuple[Rule, ...]:
    """All rules, by id."""
    return tuple(
        Rule(
            severity=module.RULE.severity,
            check=module.RULE.check,
            id=module.__name__.rpartition(".")[2],
            documentation=(module.__doc__ or "").strip(),
        )
        for module in plugins.modules(sys.modules[__name__])
        if hasattr(module, "RULE")
    )


def assess(assets: Iterable[Asset], context: Context) -> tuple[Finding, ...]:
    """Ask every rule about every asset: one finding each, passes included."""
    return tuple(findings(assets, context))


def findings(assets: Iterable[Asset], context: Context) -> Iterator[Finding]:
    """The same one by one, so that a million assets need not be held at once."""
    return (
        finding(rule, asset, verdict, context)
        for asset in assets
        for rule, verdict in judge(asset, context)
    )


def judge(asset: Asset, context: Context) -> Iterator[tuple[Rule, Verdict]]:
    """What every rule answers about one asset."""
    return ((rule, rule.check(asset, context)) for rule in rules())


def finding(rule: Rule, asset: Asset, verdict: Verdict, context: Context) -> Finding:
    """The finding that a rule's answer makes, with its controls and the waiver that covers it."""
    standing = verdict.status in ("open", "not_reviewed")
    return Finding(
        rule=rule.id,
        status=verdict.status,
        severity=rule.severity if verdict.status == "open" else "info",
        host=asset.host,
        serial=asset.serial,
        pid=asset.pid,
        position=asset.position,
        reason=verdict.reason,
        due=verdict.due,
        controls=controls_of(rule.id, asset.platform),
        evidence=verdict.evidence,
        waiver=waiver_for(rule.id, asset, context) if standing and context.waivers else None,
    )


def waiver_for(rule: str, asset: Asset, context: Context) -> Waiver | None:
    """The waiver that covers a rule's finding about an asset on the day, its last day included."""
    for waiver in context.waivers:
        if context.as_of <= waiver.expires and rule in waiver.rules and in_scope(waiver, asset):
            return waiver
    return None


def in_scope(waiver: Waiver, asset: Asset) -> bool:
    """Whether a waiver speaks of an asset: every scope it states must fit."""
    return all(
        not wanted or (value is not None and value in wanted)
        for wanted, value in (
            (waiver.serials, asset.serial),
            (waiver.pids, asset.pid),
            (waiver.hosts, asset.host),
            (waiver.sites, asset.site),
        )
    )


# ------------------------------------------------------------- words the rules share


def describe(line: ContractLine) -> str:
    """Name a contract line in a reason: ``contract 200001 (SNT) to 2027-03-31``."""
    level = f" ({line.service_level})" if line.service_level else ""
    return f"contract {line.contract or 'without a number'}{level} to {line.end}"


def sightings_evidence(asset: Asset) -> tuple[Evidence, ...]:
    """What proves that the unit was seen."""
    return asset.sightings[0].evidence if asset.sightings else ()


def lines_evidence(lines: Iterable[ContractLine]) -> tuple[Evidence, ...]:
    """The rows that the lines stand in."""
    return tuple(line.evidence for line in lines)


def milestone_missing(asset: Asset, milestone: Milestone, name: str, context: Context) -> Verdict:
    """Say why a milestone without a date answers nothing, or that it was not announced."""
    evidence = (asset.milestones.evidence,) if asset.milestones else ()
    if milestone is Unstated.NOT_ANNOUNCED:
        return Verdict("not_a_finding", f"{name} of {asset.pid} is not announced", None, evidence)
    if asset.pid is None:
        reason = "the product id is not known, so no lifecycle date can be found"
    elif asset.milestone_match and asset.milestones is None:
        reason = f"{asset.pid}: {asset.milestone_match.step}"
    elif asset.milestones is not None:
        reason = f"{name} of {asset.pid} is not stated in the EoX data"
    elif not context.eox_loaded:
        reason = "no EoX data is loaded; import it with 'netcover import eox FILE'"
    else:
        reason = f"{asset.pid} is not in the EoX data"
    return Verdict("not_reviewed", reason, None, evidence)
