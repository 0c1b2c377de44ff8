"""What is asked of every asset: one file per rule; its docstring is its documentation.

A rule file ends in ``RULE = Rule(...)``. The file's name is the rule's id.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from agent import plugins
from agent.model import Finding, Unstated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from agent.model import Asset, ContractLine, Evidence, Milestone, Severity, Status, Sweep
    from agent.settings import Policy


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may know beside the asset itself.

    `lines_loaded` and `eox_loaded` are numbers of rows: no data is not the same as no match.
    """

    as_of: date
    policy: Policy
    sweep: Sweep
    lines_loaded: int
    eox_loaded: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """A rule's answer about one asset."""

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
    return tuple(_finding(rule, asset, context) for asset in assets for rule in rules())


def _finding(rule: Rule, asset: Asset, context: Context) -> Finding:
    verdict = rule.check(asset, context)
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
        evidence=verdict.evidence,
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
