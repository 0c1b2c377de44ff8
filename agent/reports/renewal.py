"""The renewal package as tables, counted once, so that page, workbook, PDF and CSV say the same."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from agent.errors import UsageError
from agent.reports import renewal_tables as tables
from agent.reports.expirations import Picture, picture
from agent.reports.units import units

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agent.model import (
        PlannedLine,
        RenewalPlan,
        Report,
        Vehicle,
    )
    from agent.reports.renewal_tables import Table
    from agent.reports.units import Unit

ACTIONS = {
    "bridge": "Bridged to the common date",
    "join_later": "Joins at a later anniversary",
    "add": "Added for the first time",
    "lapsed": "Lapsed, covered again from the order day",
    "drop": "Dropped",
    "not_eligible": "Not eligible",
}


@dataclass(frozen=True, slots=True)
class SiteCost:
    """What one site costs in one currency."""

    site: str
    currency: str
    lines: int
    bridges: Decimal
    terms: Decimal

    @property
    def total(self) -> Decimal:
        """Bridges and terms together."""
        return self.bridges + self.terms


@dataclass(frozen=True, slots=True)
class Origin:
    """The country of origin of one product as a source states it; None where none does."""

    pid: str
    country: str | None
    units: int
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VehicleUse:
    """A vehicle and the lines bought through it; `vehicle` is None where no data file knows it."""

    name: str
    vehicle: Vehicle | None
    lines: int
    contracts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Package:
    """Everything the package shows."""

    plan: RenewalPlan
    report: Report
    extended: tuple[PlannedLine, ...]
    dropped: tuple[PlannedLine, ...]
    added: tuple[PlannedLine, ...]
    not_eligible: tuple[PlannedLine, ...]
    inventory: tuple[Unit, ...]
    sites: tuple[SiteCost, ...]
    vehicles: tuple[VehicleUse, ...]
    origins: tuple[Origin, ...]
    counts: tuple[tuple[str, int], ...]
    hosts_attempted: int
    hosts_failed: int
    picture: Picture

    @property
    def tables(self) -> dict[str, Table]:
        """The plain tables, by the word templates use."""
        plan = self.plan
        return {
            "orders": tables.orders(plan),
            "years": tables.years(plan),
            "sites": tables.sites(self.sites),
            "terms": tables.terms(plan),
            "drops": tables.without_order("Drops", self.dropped),
            "not_eligible": tables.without_order("Not eligible", self.not_eligible),
            "true_up": tables.true_up(plan),
            "refresh": tables.refresh(plan),
            "forecast": tables.forecast(plan),
            "calendar": tables.calendar(plan),
            "vehicles": tables.vehicles(self.vehicles),
            "origins": tables.origins(self.origins),
            "inventory": tables.inventory(self.inventory),
            "candidates": tables.candidates(plan),
            "questions": tables.questions(plan),
            "settings": tables.parameters(plan),
            "inputs": tables.inputs(self.report),
        }


def package(report: Report) -> Package:
    """The tables of the package.

    :raises UsageError: the report was made without a plan.
    """
    plan = report.plan
    if plan is None:
        raise UsageError("this report holds no renewal plan; make it with 'netcover report'")
    actions = [line.action for line in plan.lines]
    everything = units(report)
    return Package(
        plan=plan,
        report=report,
        extended=tuple(x for x in plan.lines if x.action in {"bridge", "join_later", "lapsed"}),
        dropped=tuple(x for x in plan.lines if x.action == "drop"),
        added=tuple(x for x in plan.lines if x.action == "add"),
        not_eligible=tuple(x for x in plan.lines if x.action == "not_eligible"),
        inventory=tuple(u for u in everything if u.record in {"in_service", "not_seen"}),
        sites=_sites(plan.lines),
        vehicles=_vehicles(plan),
        origins=_origins(plan.lines),
        counts=tuple((words, actions.count(name)) for name, words in ACTIONS.items()),  # type: ignore[arg-type]
        hosts_attempted=len(report.sweep.hosts),
        hosts_failed=len(report.sweep.unreached),
        picture=picture(plan),
    )


def _sites(lines: Iterable[PlannedLine]) -> tuple[SiteCost, ...]:
    groups: dict[tuple[str, str], list[PlannedLine]] = defaultdict(list)
    for line in lines:
        if line.periods and line.currency is not None:
            groups[line.site or "no site", line.currency].append(line)
    return tuple(
        SiteCost(
            site=site,
            currency=currency,
            lines=len(found),
            bridges=_sum(x.bridge.amount for x in found if x.bridge),
            terms=_sum(term.amount for x in found for term in x.terms),
        )
        for (site, currency), found in sorted(groups.items())
    )


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((value for value in amounts if value is not None), Decimal("0.00"))


def _vehicles(plan: RenewalPlan) -> tuple[VehicleUse, ...]:
    known = {
        name.casefold(): vehicle
        for vehicle in plan.vehicles
        for name in (vehicle.name, *vehicle.aliases)
    }
    groups: dict[str, list[PlannedLine]] = defaultdict(list)
    for line in plan.lines:
        if line.vehicle:
            vehicle = known.get(line.vehicle.casefold())
            groups[vehicle.name if vehicle else line.vehicle].append(line)
    return tuple(
        VehicleUse(
            name=name,
            vehicle=known.get(name.casefold()),
            lines=len(found),
            contracts=tuple(sorted({line.contract for line in found if line.contract})),
        )
        for name, found in sorted(groups.items())
    )


def _origins(lines: Iterable[PlannedLine]) -> tuple[Origin, ...]:
    """By product; a product that sources give two countries stands twice."""
    groups: dict[tuple[str, str], list[PlannedLine]] = defaultdict(list)
    for line in lines:
        if line.action != "drop" and line.pid:
            groups[line.pid, line.country_of_origin or ""].append(line)
    return tuple(
        Origin(
            pid=pid,
            country=country or None,
            units=sum(line.quantity for line in found),
            sources=_sources(found) if country else (),
        )
        for (pid, country), found in sorted(groups.items())
    )


def _sources(lines: Iterable[PlannedLine]) -> tuple[str, ...]:
    """The files that state it, with the first row of each."""
    rows: dict[str, str] = {}
    for line in lines:
        for piece in line.evidence:
            if piece.command.startswith("row ") and line.country_of_origin:
                rows.setdefault(piece.source, piece.command)
                break
    return tuple(f"{source} {row}" for source, row in sorted(rows.items()))
