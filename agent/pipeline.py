"""The whole line on one page: what was seen, joined with what is known, judged, reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent import __version__
from agent.model import Report
from agent.plan import Inputs, Parameters, renewal_plan
from agent.reconcile import reconcile
from agent.reconcile.assets import LastSighting
from agent.rules import Context, assess
from agent.sources.service_levels import all_entitled

if TYPE_CHECKING:
    from datetime import date

    from agent.model import DataAge, Sweep
    from agent.settings import Policy
    from agent.store import Store


def build_report(  # noqa: PLR0917 - a day each for the rules and for the ages
    store: Store,
    sweep: Sweep,
    policy: Policy,
    as_of: date,
    run_day: date,
    parameters: Parameters | None = None,
) -> Report:
    """Join `sweep` with the lines and milestones in the store and ask every rule.

    `as_of` is the day the rules look at, `run_day` the day on which ages are measured, `parameters`
    what the site says about its renewal.
    """
    lines = tuple(all_entitled(store.lines()))
    statements = tuple(store.statements())
    milestones = tuple(store.milestones())
    ages = store.data_ages()
    history = {unit: LastSighting(*seen) for unit, seen in store.last_sightings().items()}
    assets = reconcile(sweep, lines, milestones, history, statements)
    context = Context(
        as_of=as_of,
        policy=policy,
        sweep=sweep,
        lines_loaded=len(lines) + len(statements),
        eox_loaded=len(milestones),
        contract_sites=_contract_sites(ages),
    )
    findings = assess(assets, context)
    inputs = Inputs(assets, findings, sweep, as_of, policy, parameters or Parameters())
    return Report(
        as_of=as_of,
        run_day=run_day,
        tool_version=__version__,
        sweep=sweep,
        assets=assets,
        findings=findings,
        data_ages=ages,
        quote_window_days=policy.quote_window_days,
        near_ldos_months=policy.near_ldos_months,
        plan=renewal_plan(inputs),
    )


def _contract_sites(ages: tuple[DataAge, ...]) -> frozenset[str] | None:
    """The sites of which contract data is there; None for all."""
    files = [age.sites for age in ages if age.what == "contracts"]
    if not files or not all(files):
        return None
    return frozenset(site for sites in files for site in sites)
