"""The parts of the renewal package that are plain tables, each said once for every format."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

from agent.wording import sentence

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from agent.model import Period, PlannedLine, RenewalPlan, Report
    from agent.reports.renewal import Origin, SiteCost, VehicleUse
    from agent.reports.units import Unit

Cell: TypeAlias = "str | int | Decimal | date | bool | None"
Row: TypeAlias = "tuple[Cell, ...]"


@dataclass(frozen=True, slots=True)
class Table:
    """One table. `numbers` are columns set to the right, `summed` those with a total."""

    name: str
    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    numbers: tuple[int, ...] = ()
    summed: tuple[str, ...] = ()


def years(plan: RenewalPlan) -> Table:
    """Cost by fiscal year."""
    return Table(
        "Cost by year",
        ("Fiscal year", "Currency", "By order date", "By days of service"),
        tuple((f"FY{y.fiscal_year}", y.currency, y.ordered, y.served) for y in plan.by_fiscal_year),
        (2, 3),
        ("By order date", "By days of service"),
    )


def orders(plan: RenewalPlan) -> Table:
    """What has to be ordered by which day: the bridges at once, each term before it begins."""
    sums: dict[tuple[date, str | None], list[Period]] = defaultdict(list)
    for line in plan.lines:
        for period in line.periods:
            sums[period.order_by, line.currency if period.amount is not None else None].append(
                period
            )
    return Table(
        "Orders",
        ("Order by", "Currency", "Bridges", "Terms", "Amount"),
        tuple(
            (
                day,
                currency or "no price",
                sum(period.kind == "bridge" for period in found),
                sum(period.kind == "term" for period in found),
                sum((p.amount for p in found if p.amount is not None), Decimal(0))
                if currency
                else None,
            )
            for (day, currency), found in sorted(
                sums.items(), key=lambda i: (i[0][0], i[0][1] or "~")
            )
        ),
        (2, 3, 4),
        ("Amount",),
    )


def sites(found: Iterable[SiteCost]) -> Table:
    """Cost by site."""
    return Table(
        "Cost by site",
        ("Site", "Currency", "Lines", "Bridges", "Terms", "Total"),
        tuple((s.site, s.currency, s.lines, s.bridges, s.terms, s.total) for s in found),
        (2, 3, 4, 5),
        ("Bridges", "Terms", "Total"),
    )


def true_up(plan: RenewalPlan) -> Table:
    """Differences between what is paid for and what is there."""
    return Table(
        "True-up",
        ("Kind", "Confidence", "Serial", "PID", "Contract", "Site", "Why", "Rests on", "Decision",
         "State", "Facts"),
        tuple(
            (r.kind.replace("_", " "), r.confidence, r.serial, r.pid, r.contract, r.site,
             sentence(r.reason), r.rests_on, r.decision, r.decision_state.replace("_", " "),
             r.facts)
            for r in plan.true_up
        ),
    )  # fmt: skip


def refresh(plan: RenewalPlan) -> Table:
    """Renewal to the last date of support beside the replacement."""
    return Table(
        "Refresh or renew",
        ("Serial", "PID", "Site", "LDoS", "Days left", "Renewal to LDoS", "Currency", "Replacement",
         "Named by", "Replace by", "Budget", "Near"),
        tuple(
            (r.serial, r.pid, r.site, r.ldos, r.days_left, r.renewal_cost, r.currency,
             r.replacement or "not known", r.replacement_source, r.replace_by,
             f"FY{r.fiscal_year}", r.flagged)
            for r in plan.refresh
        ),
        (4, 5),
        ("Renewal to LDoS",),
    )  # fmt: skip


def forecast(plan: RenewalPlan) -> Table:
    """Units by the fiscal year of their last date of support."""
    return Table(
        "Lifecycle forecast",
        ("Fiscal year", "Units", "Sites", "Cover a year until then", "Products"),
        tuple(
            (
                f"FY{y.fiscal_year}",
                y.units,
                y.sites,
                ", ".join(f"{cost} {currency}" for currency, cost in y.annual_cost),
                ", ".join(y.pids),
            )
            for y in plan.forecast
        ),
        (1, 2),
    )


def calendar(plan: RenewalPlan) -> Table:
    """Every date and its owner."""
    return Table(
        "Calendar",
        ("Date", "Kind", "What", "Units", "Owner"),
        tuple(
            (e.day, e.kind.replace("_", " "), sentence(e.title), e.units or None, e.owner)
            for e in plan.calendar
        ),
        (3,),
    )


def vehicles(found: Iterable[VehicleUse]) -> Table:
    """Contract vehicles and what an order under each has to name."""
    return Table(
        "Vehicles",
        ("Vehicle", "Holder", "Fee", "Lines", "Contracts", "The order has to name"),
        tuple(
            (
                v.name,
                v.vehicle.holder if v.vehicle else None,
                v.vehicle.fee if v.vehicle else None,
                v.lines,
                ", ".join(v.contracts),
                ", ".join(v.vehicle.needs) if v.vehicle else "not in the data file of vehicles",
            )
            for v in found
        ),
        (3,),
    )


def origins(found: Iterable[Origin]) -> Table:
    """Country of origin by product, with its source."""
    return Table(
        "Country of origin",
        ("PID", "Country of origin", "Units", "Source"),
        tuple((o.pid, o.country or "not stated", o.units, ", ".join(o.sources)) for o in found),
        (2,),
    )


def inventory(found: Iterable[Unit]) -> Table:
    """Every serial with contract, end date, lifecycle status and whether it is in service."""
    return Table(
        "Inventory",
        ("Serial", "PID", "Site", "Host", "Place", "In service", "Cover", "Contract", "Level",
         "Ends", "Lifecycle", "LDoS", "Version"),
        tuple(
            (u.serial, u.pid, u.site, u.host, u.position, u.presence.replace("_", " "),
             u.cover.replace("_", " "), u.contract, u.service_level, u.ends,
             u.support.replace("_", " "), u.ldos, u.version)
            for u in found
        ),
    )  # fmt: skip


def candidates(plan: RenewalPlan) -> Table:
    """The days that were tried, as they measured."""
    window = {None: "not set", True: "inside", False: "outside"}
    return Table(
        "Candidates",
        ("Day", "Avoidable uncovered unit-days", "Budget window", "Other expiry dates",
         "Paid for nothing", "Bridge unit-days", "A line ends on it"),
        tuple(
            (c.date, c.uncovered_unit_days, window[c.in_budget_window], c.expiry_dates,
             c.paid_for_nothing, c.bridge_unit_days, c.line_end)
            for c in plan.candidates
        ),
        (1, 3, 4, 5),
    )  # fmt: skip


def terms(plan: RenewalPlan) -> Table:
    """The full terms that follow, with the day each has to be ordered by."""
    return Table(
        "Terms",
        ("Contract", "Serial", "PID", "Site", "From", "To", "Order by", "Amount", "Currency"),
        tuple(
            (line.contract, line.serial, line.pid, line.site, term.start, term.end, term.order_by,
             term.amount, line.currency)
            for line in plan.lines
            for term in line.terms
        ),
        (7,),
        ("Amount",),
    )  # fmt: skip


def without_order(name: str, lines: Iterable[PlannedLine]) -> Table:
    """Lines for which nothing is ordered, with the reason and the evidence."""
    return Table(
        name,
        ("Contract", "Serial", "PID", "Host", "Site", "Ends", "Why", "What remains", "Decision",
         "Evidence"),
        tuple(
            (line.contract, line.serial, line.pid, line.host, line.site, line.end,
             sentence(line.reason), line.remedy, line.decision,
             "; ".join(f"{e.source} {e.command} {e.sha256[:12]}" for e in line.evidence))
            for line in lines
        ),
    )  # fmt: skip


def questions(plan: RenewalPlan) -> Table:
    """What has to be settled before the order goes out."""
    return Table("Open questions", ("Question",), tuple((q,) for q in plan.open_questions))


def parameters(plan: RenewalPlan) -> Table:
    """Every setting as it was used."""
    return Table("Settings", ("Setting", "Value"), plan.settings)


def inputs(report: Report) -> Table:
    """What the plan rests on."""
    return Table(
        "Inputs",
        ("Input", "Source", "Dated", "Rows"),
        tuple((a.what, a.source, a.dated or "not known", a.rows) for a in report.data_ages),
        (3,),
    )
