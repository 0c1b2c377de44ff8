"""The plan as a whole: what was found, judged, measured and priced, put together in one value."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from agent.errors import SettingsError, UsageError
from agent.model import RenewalPlan, add_months
from agent.plan import lines as line_plan
from agent.plan.calendars import ENDLESS_YEARS, add_years
from agent.plan.candidates import Calendar, candidate_days, cycle_of, measure
from agent.plan.claims import HARDWARE, Known, claims
from agent.plan.course import FAR, Terms
from agent.plan.decisions import Register
from agent.plan.forecast import forecast, refresh_or_renew
from agent.plan.lines import Course, Prepared, prepare
from agent.plan.money import one_currency
from agent.plan.price_book import PriceBook
from agent.plan.questions import questions
from agent.plan.ranking import explain, ranked, runner_up
from agent.plan.reminders import calendar
from agent.plan.totals import by_fiscal_year, totals
from agent.plan.true_up import true_up
from agent.reconcile.owners import owner_of
from agent.settings import Renewal
from agent.wording import count

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent.model import (
        Asset,
        Candidate,
        Decision,
        Finding,
        HostFacts,
        Licence,
        PlannedLine,
        Price,
        Vehicle,
    )
    from agent.plan.candidates import Fixed
    from agent.plan.course import Need
    from agent.rules import Context
    from agent.settings import Site


@dataclass(frozen=True, slots=True)
class Parameters:
    """What the site says about its renewal; `anniversary` plans that day whatever it breaks."""

    settings: Renewal = field(default_factory=Renewal)
    decisions: tuple[Decision, ...] = ()
    prices: tuple[Price, ...] = ()
    hosts: Mapping[str, HostFacts] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)
    sites: Mapping[str, Site] = field(default_factory=dict)
    vehicles: tuple[Vehicle, ...] = ()
    anniversary: date | None = None
    every_day: bool = False

    def owner(self, host: str | None, site: str | None) -> str | None:
        """Who answers for the dates of a host, or of a site; None: nobody."""
        return owner_of(host, site, self.hosts, self.owners, self.sites)

    def spares(self, as_of: date) -> frozenset[str]:
        """Serials that were decided to be spares, in capitals."""
        return frozenset(
            decision.serial.upper()
            for decision in self.decisions
            if decision.kind == "spare" and decision.serial and not _over(decision, as_of)
        )


def _over(decision: Decision, as_of: date) -> bool:
    return decision.expires is not None and as_of > decision.expires


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything a plan is made from. `findings` are those of `assets`, judged in `context`."""

    assets: tuple[Asset, ...]
    findings: tuple[Finding, ...]
    context: Context
    parameters: Parameters
    licences: tuple[Licence, ...] = ()

    @property
    def as_of(self) -> date:
        """The day the plan looks at."""
        return self.context.as_of

    @property
    def settings(self) -> Renewal:
        """The parameters of the renewal."""
        return self.parameters.settings

    @property
    def order_day(self) -> date:
        """The day on which cover is ordered, and on which it starts."""
        return self.settings.order_day or self.as_of

    @property
    def window_end(self) -> date:
        """The last day of the window that candidates are compared over."""
        return add_months(self.order_day, self.settings.window_months)


def renewal_plan(inputs: Inputs) -> RenewalPlan:
    """Plan the renewal for the best anniversary, or for the one asked for.

    :raises SettingsError: the lead time leaves no day of the window to try.
    :raises UsageError: the day asked for has passed, or lies too far ahead.
    """
    _refuse(inputs, inputs.parameters.anniversary)
    prepared = _prepared(inputs)
    anniversary = inputs.parameters.anniversary
    needs = tuple(each.need for each in prepared if each.need is not None)
    fixed = tuple(
        end for each in prepared if (end := line_plan.fixed_end(each, inputs.order_day)) is not None
    )
    terms = terms_of(inputs)
    measured = _measured(inputs, prepared, needs, fixed, terms)
    order = ranked(
        tuple(c for c in measured if _in_range(inputs, c.date)) or measured, inputs.settings.ranking
    )
    best, second = order[0], runner_up(order[0], order)
    chosen = next((c for c in measured if c.date == anniversary), best)
    cycle = cycle_of(chosen.date, _until(inputs, needs))
    plan = Course(cycle, terms, inputs.settings, inputs.order_day)
    owner = inputs.parameters.owner
    planned = tuple(
        sorted((_planned(each, plan, inputs.parameters) for each in prepared), key=_line_order)
    )
    differences = true_up(
        inputs.assets,
        inputs.findings,
        Register.of(inputs.parameters.decisions),
        inputs.context,
        inputs.licences,
    )
    span = (inputs.order_day, chosen.date, inputs.window_end)
    dates = calendar(planned, inputs.assets, inputs.settings, owner, span)
    made = RenewalPlan(
        as_of=inputs.as_of,
        order_day=inputs.order_day,
        window_end=inputs.window_end,
        anniversary=chosen.date,
        asked_for=anniversary is not None,
        best=best.date,
        runner_up=second.date if second else None,
        why=explain(chosen, best, second, inputs.settings.ranking, len(measured)),
        breaks=_breaks(inputs, chosen, best, planned),
        candidates=measured,
        lines=planned,
        by_fiscal_year=by_fiscal_year(planned, inputs.settings.fiscal_year_start, terms.basis),
        totals=totals(planned),
        unpriced_lines=sum("no_price" in line.flags for line in planned),
        uncovered_unit_days=chosen.uncovered_unit_days,
        uncovered_if_nothing_is_done=_bare_without_a_plan(needs, terms),
        not_eligible_unit_days=_never_covered(prepared, terms),
        orders_before=_orders_before(planned, inputs),
        orders_after=len({period.order_by for line in planned for period in line.periods}),
        true_up=differences,
        refresh=refresh_or_renew(
            planned,
            inputs.settings,
            inputs.order_day,
            inputs.context.policy.ldos_flag_months,
        ),
        forecast=forecast(planned, inputs.order_day, inputs.settings.fiscal_year_start),
        calendar=dates,
        open_questions=questions(planned, differences, dates),
        vehicles=inputs.parameters.vehicles,
        settings=_settings(inputs),
    )
    return made if made.co_terminates else replace(made, why=_nothing(made))


def _refuse(inputs: Inputs, asked: date | None) -> None:
    """Refuse a day that no cover can be ordered to."""
    if asked is None:
        return
    if asked < max(inputs.order_day, inputs.as_of):
        first, what = max((inputs.order_day, "the order day"), (inputs.as_of, "the day judged"))
        raise UsageError(f"anniversary {asked}: before {what}, {first}; ask for a later day")
    if asked > add_years(inputs.order_day, ENDLESS_YEARS):
        raise UsageError(
            f"anniversary {asked}: more than {ENDLESS_YEARS} years ahead; ask for an earlier day"
        )


def _nothing(plan: RenewalPlan) -> tuple[str, ...]:
    """That there is nothing to bring to one date, in words."""
    nothing = "No contract line is to be extended: there is nothing to co-terminate"
    adds = sum(line.action == "add" for line in plan.lines)
    if not adds:
        return (f"{nothing}.",)
    return (f"{nothing}, and the day is that of the {count(adds, 'unit')} to be added.", *plan.why)


def _planned(prepared: Prepared, plan: Course, parameters: Parameters) -> PlannedLine:
    line = line_plan.planned(prepared, plan)
    named, by = _replacement(prepared.claim.asset, parameters)
    return replace(
        line,
        owner=parameters.owner(line.host, line.site),
        replacement=named,
        replacement_source=by,
    )


def _replacement(asset: Asset, parameters: Parameters) -> tuple[str | None, str | None]:
    """What is to take the unit's place, and who names it: the inventory, else the EoX data."""
    facts = parameters.hosts.get(asset.host or "") if asset.kind in HARDWARE else None
    if facts is not None and facts.replacement:
        return facts.replacement, "inventory"
    dates = asset.milestones
    if dates is None or dates.replacement is None:
        return None, None
    return dates.replacement, f"{dates.evidence.source} {dates.evidence.command}"


def terms_of(inputs: Inputs) -> Terms:
    """The settings as the planner counts them."""
    chosen = inputs.settings
    return Terms(
        order=inputs.order_day.toordinal(),
        horizon=inputs.window_end.toordinal(),
        minimum=chosen.minimum_bridge_days,
        maximum=chosen.maximum_bridge_days or FAR,
        roll=chosen.short_bridge == "roll",
        basis=chosen.year_basis,
    )


def _prepared(inputs: Inputs) -> list[Prepared]:
    findings: dict[tuple[str | None, ...], dict[str, Finding]] = {}
    for finding in inputs.findings:
        key = (finding.host, finding.serial, finding.pid, finding.position)
        findings.setdefault(key, {})[finding.rule] = finding
    said = inputs.parameters
    known = Known(
        findings=findings,
        register=Register.of(said.decisions),
        hosts=said.hosts,
        swaps=inputs.context.survey.swaps,
        as_of=inputs.as_of,
        order_day=inputs.order_day,
    )
    book = PriceBook.of(said.prices)
    return [
        prepare(
            claim, inputs.order_day, inputs.settings, book, inputs.context.policy.ldos_flag_months
        )
        for claim in claims(inputs.assets, known)
    ]


def _measured(
    inputs: Inputs,
    prepared: list[Prepared],
    needs: tuple[Need, ...],
    fixed: tuple[Fixed, ...],
    terms: Terms,
) -> tuple[Candidate, ...]:
    """All candidates by date, the anniversary asked for among them."""
    chosen, asked = inputs.settings, inputs.parameters
    calendar = Calendar(chosen.lead_days, chosen.fiscal_year_start, chosen.budget_windows)
    days = candidate_days(needs, calendar, terms, every_day=asked.every_day)
    if asked.anniversary is not None:
        days = (*days, asked.anniversary)
    if not days:
        raise SettingsError(
            f"[renewal]: lead_days = {chosen.lead_days} leaves no day of the"
            f" {chosen.window_months} months of the window; lower one or raise the other"
        )
    wanted = [each for each in prepared if each.need is not None]
    priced = bool(wanted) and one_currency(e.quoted.currency for e in wanted) is not None
    return measure(needs, fixed, days, calendar, terms, priced=priced)


def _until(inputs: Inputs, needs: tuple[Need, ...]) -> date:
    ends = [need.end for need in needs]
    return date.fromordinal(max((inputs.window_end.toordinal(), *ends)))


def _in_range(inputs: Inputs, day: date) -> bool:
    first = inputs.order_day + timedelta(days=inputs.settings.lead_days)
    return first <= day <= inputs.window_end


def _breaks(
    inputs: Inputs, chosen: Candidate, best: Candidate, lines: tuple[PlannedLine, ...]
) -> tuple[str, ...]:
    """Which constraints the anniversary breaks, in words."""
    first = inputs.order_day + timedelta(days=inputs.settings.lead_days)
    found = []
    if inputs.order_day < inputs.as_of:
        found.append(f"the order day, {inputs.order_day}, has passed")
    if chosen.date < first:
        found.append(f"{chosen.date} comes before {first}, the order day and the lead time")
    if chosen.date > inputs.window_end:
        found.append(f"{chosen.date} comes after {inputs.window_end}, the end of the window")
    if chosen.in_budget_window is False:
        windows = ", ".join(map(str, inputs.settings.budget_windows))
        found.append(f"{chosen.date} lies outside the budget windows ({windows})")
    if chosen.uncovered_unit_days:
        found.append(
            f"no gap: {chosen.uncovered_unit_days} unit-days stay uncovered that could be covered"
            f" (the best day, {best.date}, leaves {best.uncovered_unit_days})"
        )
    for flag, words in (
        ("short_bridge", f"below the minimum of {inputs.settings.minimum_bridge_days} days"),
        ("over_maximum", f"above the maximum of {inputs.settings.maximum_bridge_days} days"),
    ):
        broken = sum(flag in line.flags for line in lines)
        if broken:
            found.append(f"{count(broken, 'bridge')} {words}")
    return tuple(found)


def _bare_without_a_plan(needs: tuple[Need, ...], terms: Terms) -> int:
    """Unit-days of the window that stay uncovered where nothing is ordered."""
    return sum(max(0, need.reach(terms.horizon) - need.end) * need.units for need in needs)


def _never_covered(prepared: list[Prepared], terms: Terms) -> int:
    """Unit-days of the window that nobody can cover: past LDoS, or past the day of the order."""
    found = 0
    for each in prepared:
        if not each.claim.wanted or each.claim.held:
            continue
        last = each.end.toordinal() if each.end else terms.order - 1
        cap = each.gate.cap.toordinal() if each.gate.cap else FAR
        if each.need is None:
            bare = terms.horizon - max(min(last, cap), terms.order - 1)
        else:
            bare = terms.horizon - max(cap, terms.order - 1) if each.need.cap_is_ldos else 0
        found += max(0, bare) * each.units
    return found


def _orders_before(lines: tuple[PlannedLine, ...], inputs: Inputs) -> int:
    """Contracts and days to renew on in the window, were every line renewed on its own."""
    found: set[tuple[str, date]] = set()
    for line in lines:
        if line.action in {"drop", "not_eligible"} or not line.periods:
            continue
        first = max(line.end, inputs.order_day) if line.end else inputs.order_day
        years = range(inputs.window_end.year - first.year + 1)
        days = (add_years(first, n) for n in years)
        found.update((line.contract or "", day) for day in days if day <= inputs.window_end)
    return len(found)


def _line_order(line: PlannedLine) -> tuple[str, ...]:
    return (
        line.site or "~",
        line.host or "~",
        line.serial or "~",
        line.pid or "",
        line.end.isoformat() if line.end else "",
        line.contract or "",
        line.evidence[-1].command.rjust(20) if line.evidence else "",
        line.reason,
    )


def _settings(inputs: Inputs) -> tuple[tuple[str, str], ...]:
    """Every parameter as it was used."""
    shown = {"order_day": inputs.order_day}
    return tuple(
        (name, _spelt(shown.get(name, getattr(inputs.settings, name))))
        for name in type(inputs.settings).model_fields
    )


def _spelt(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    return "none" if value is None else str(value)
