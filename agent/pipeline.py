"""The whole line on one page: what was seen, joined with what is known, judged, reported."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from agent import __version__
from agent.model import HostFacts, Report
from agent.plan import Inputs, Parameters, renewal_plan
from agent.plan.decisions import merged
from agent.plan.true_up import CONFIDENCE as TRUE_UP
from agent.posture import Declared, Facts, assess_posture
from agent.posture.facts import ContractData, Running
from agent.reconcile import reconcile
from agent.reconcile.assets import LastSighting
from agent.reconcile.owners import owner_of
from agent.reconcile.survey import survey
from agent.reconcile.truth import truth
from agent.rules import Context, assess, finding, rules
from agent.sources.service_levels import all_entitled

if TYPE_CHECKING:
    from datetime import date

    from agent.model import Asset, DataAge, Finding, RenewalPlan, Sweep
    from agent.posture import Assessment
    from agent.posture.facts import UnitKey
    from agent.settings import MaxAge, Policy
    from agent.store import Store


@dataclass(frozen=True, slots=True)
class Asked:
    """What an assessment is asked for, and what the site itself says.

    `as_of` is the day the rules look at, `run_day` the day on which ages are measured. `parameters`
    are about the renewal, `declared` about patching.
    """

    policy: Policy
    as_of: date
    run_day: date
    parameters: Parameters = field(default_factory=Parameters)
    declared: Declared = field(default_factory=Declared)


@dataclass(frozen=True, slots=True)
class Estate:
    """Every unit with everything that is known about it, ready to be asked by the rules.

    `asked` is what was asked for, with the decisions and waivers that the store keeps.
    """

    assets: tuple[Asset, ...]
    context: Context
    assessment: Assessment
    ages: tuple[DataAge, ...]
    asked: Asked


def join(store: Store, sweep: Sweep, asked: Asked) -> Estate:
    """Join `sweep` with the lines, milestones and advisories in the store; answer its posture."""
    asked = _with_kept(store, asked)
    said = asked.parameters
    lines = tuple(all_entitled(store.lines()))
    statements = tuple(store.statements())
    milestones = tuple(store.milestones())
    ages = _dated(store, asked.declared.max_age)
    assets = reconcile(sweep, lines, milestones, _history(store), statements)
    assessment = assess_posture(assets, _facts(store, sweep, asked, ages))
    context = Context(
        as_of=asked.as_of,
        policy=asked.policy,
        sweep=sweep,
        lines_loaded=len(lines) + len(statements),
        eox_loaded=len(milestones),
        contract_sites=_contract_sites(ages),
        assessment=assessment,
        waivers=asked.declared.waivers,
        complete=store.complete_sweeps(),
        retired_after=said.settings.retired_after_sweeps,
        spares=said.spares(asked.as_of),
        survey=survey(assets, store.places(), asked.as_of, sweep.started),
        truth=truth(store.listings()),
        hosts=said.hosts,
        owners=said.owners,
        sites=said.sites,
    )
    return Estate(assets, context, assessment, ages, asked)


def units(store: Store, sweep: Sweep) -> tuple[Asset, ...]:
    """The units of `sweep` with their contract lines, without anything judged."""
    lines = all_entitled(store.lines())
    return reconcile(sweep, tuple(lines), (), _history(store), tuple(store.statements()))


def plan_of(
    estate: Estate, store: Store, findings: tuple[Finding, ...] | None = None
) -> RenewalPlan:
    """The plan of an estate, from the findings about all of it, made here where they are not given.

    :raises UsageError: as :func:`agent.plan.renewal_plan`.
    """
    said = estate.asked.parameters
    if findings is None:
        asked = [rule for rule in rules() if rule.id in TRUE_UP]
        findings = tuple(
            finding(rule, asset, rule.check(asset, estate.context), estate.context)
            for asset in estate.assets
            for rule in asked
        )
    licences = tuple(store.licences())
    return renewal_plan(Inputs(estate.assets, findings, estate.context, said, licences))


def _history(store: Store) -> dict[tuple[str, str | None], LastSighting]:
    return {unit: LastSighting(*seen) for unit, seen in store.last_sightings().items()}


def _with_kept(store: Store, asked: Asked) -> Asked:
    """With the decisions and waivers of the store beside those of files, which stand first."""
    said, declared = asked.parameters, asked.declared
    waivers = {one.approval: one for one in (*store.waivers(), *declared.waivers)}
    return replace(
        asked,
        parameters=replace(said, decisions=merged(store.decisions(), said.decisions)),
        declared=replace(declared, waivers=tuple(waivers.values())),
    )


def build_report(store: Store, sweep: Sweep, asked: Asked) -> Report:
    """Join `sweep` with what the store knows, ask every rule, and plan the renewal."""
    estate = join(store, sweep, asked)
    assets, context = estate.assets, estate.context
    findings = assess(assets, context)
    return Report(
        as_of=asked.as_of,
        run_day=asked.run_day,
        tool_version=__version__,
        sweep=sweep,
        assets=assets,
        findings=findings,
        data_ages=estate.ages,
        quote_window_days=asked.policy.quote_window_days,
        near_ldos_months=asked.policy.near_ldos_months,
        postures=estate.assessment.postures,
        advisories=estate.assessment,
        waivers=context.waivers,
        hosts=_hosts(sweep, asked.parameters),
        plan=plan_of(estate, store, findings),
    )


def _hosts(sweep: Sweep, said: Parameters) -> tuple[HostFacts, ...]:
    """Every host that is declared or was attempted, with whoever answers for it."""
    found = {visit.host: HostFacts(visit.host, visit.site) for visit in sweep.hosts}
    found.update(said.hosts)
    return tuple(
        replace(facts, owner=owner_of(name, facts.site, said.hosts, said.owners, said.sites))
        for name, facts in sorted(found.items())
    )


def _dated(store: Store, limits: MaxAge) -> tuple[DataAge, ...]:
    """Every file that still counts, with the age up to which it proves something."""
    kinds = {"kev": "advisories", "first_fixed": "advisories", "patch_map": "advisories"}
    return tuple(
        replace(age, limit=getattr(limits, kinds.get(age.what, age.what), None))
        for age in store.data_ages()
    )


def _facts(store: Store, sweep: Sweep, asked: Asked, ages: tuple[DataAge, ...]) -> Facts:
    """Everything the posture is judged by, from the store and from what the site declares."""
    runs: dict[UnitKey, list[Running]] = defaultdict(list)
    sweep_days = store.sweep_days(sweep.started)
    if len(sweep_days) > 1:
        for serial, pid, software, version, first, last in store.releases(sweep.started):
            runs[serial, pid].append(Running(software, version, first, last))
    hosts = asked.parameters.hosts.values()
    return Facts(
        as_of=asked.as_of,
        run_day=asked.run_day,
        policy=asked.policy,
        max_age=asked.declared.max_age,
        contracts=tuple(
            ContractData(age.dated, frozenset(age.sites) if age.sites else None)
            for age in ages
            if age.what == "contracts"
        ),
        file_days={age.source: age.dated for age in ages if age.dated},
        trains=tuple(store.trains()),
        reachable=asked.declared.reachable,
        advisories=tuple(store.advisories()),
        advisories_dated=max(
            (age.dated for age in ages if age.what == "advisories" and age.dated), default=None
        ),
        first_fixed=tuple(store.first_fixed()),
        kev=tuple(store.kev()),
        patches=tuple(store.patch_map()),
        exposed={host.host: host.exposed for host in hosts if host.exposed is not None},
        sweep_days=sweep_days,
        history={unit: tuple(each) for unit, each in runs.items()},
    )


def _contract_sites(ages: tuple[DataAge, ...]) -> frozenset[str] | None:
    """The sites of which contract data is there; None for all."""
    files = [age.sites for age in ages if age.what == "contracts"]
    if not files or not all(files):
        return None
    return frozenset(site for sites in files for site in sites)
