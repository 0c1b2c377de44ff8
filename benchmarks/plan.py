"""Plan 100,000 lines over 24 months, every day tried: ``python benchmarks/plan.py [LINES]``.

The estate is made up: 400 contracts that end on days of their own, 300 products of which one in
four has lifecycle dates inside the window, 2 % of the units declared for refresh, 1 % on no
contract. The same figures come out of every run; only the seconds differ.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from agent.model import (
    Asset,
    ContractLine,
    Decision,
    Evidence,
    Finding,
    Milestones,
    Observation,
    Sweep,
    Unstated,
)
from agent.plan import Inputs, Parameters, renewal_plan
from agent.rules import Context
from agent.settings import Policy, Renewal
from agent.yearly import MonthDay, Window

AS_OF = date(2026, 11, 24)
ROW = Evidence("made-up.csv", "row 1", None, "0" * 64)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def estate(count: int) -> tuple[tuple[Asset, ...], tuple[Finding, ...], tuple[Decision, ...]]:
    """Assets, the findings a plan asks for, and the refreshes that were decided."""
    chance = random.Random(8)  # noqa: S311 - a made-up estate, the same in every run
    ends = [AS_OF + timedelta(days=chance.randrange(-60, 1000)) for _ in range(400)]
    products = [milestones(f"MADE-UP-{n:03}", chance) for n in range(300)]
    assets, findings, refreshes = [], [], []
    for number in range(count):
        serial, product = f"ZZZ{number:08}", chance.choice(products)
        place = (f"host{number:06}", f"site{number % 50:02}", "catalyst_9300")
        seen = Observation(*place, "chassis", serial, product.pid, evidence=(ROW,))
        lines: tuple[ContractLine, ...] = ()
        if number % 100:
            contract = chance.randrange(len(ends))
            price = Decimal(chance.randrange(5_000, 500_000)) / 100
            term = ("SNT", date(2024, 1, 1), ends[contract], ROW)
            line = ContractLine(f"{contract:06}", serial, product.pid, *term)
            lines = (replace(line, annual_price=price, currency="USD"),)
        else:
            findings.append(
                Finding("orphaned", "open", "high", seen.host, serial, product.pid, None, "no line")
            )
        if number % 50 == 1:
            on = date(2027, 1 + number // 50 % 12, 15)
            refreshes.append(
                Decision(f"D{number}", "refresh", "made up", "made up", ROW, serial=serial, on=on)
            )
        unit = (*place, serial, product.pid, (seen,), lines)
        assets.append(Asset(*unit, milestones=product))
    return tuple(assets), tuple(findings), tuple(refreshes)


def milestones(pid: str, chance: random.Random) -> Milestones:
    """One product in four is near its end."""
    if chance.randrange(4):
        return Milestones(pid, ROW, last_date_of_support=Unstated.NOT_ANNOUNCED)
    ldos = AS_OF + timedelta(days=chance.randrange(100, 1500))
    return Milestones(
        pid,
        ROW,
        new_service_attachment=ldos - timedelta(days=1470),
        service_contract_renewal=ldos - timedelta(days=280),
        last_date_of_support=ldos,
    )


def main() -> None:
    """Plan it with short bridges flagged and rolled; print what came out and how long it took."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    assets, findings, refreshes = estate(count)
    sweep = Sweep("made-up", NOON, NOON, (), (), (), ())
    context = Context(AS_OF, Policy(), sweep, len(assets), len(assets))
    for short_bridge in ("flag", "roll"):
        settings = Renewal(
            fiscal_year_start=MonthDay(10, 1),
            budget_windows=(Window.parse("07-01..09-30"),),
            minimum_bridge_days=90,
            short_bridge=short_bridge,
            add_service_level="SNT",
        )
        parameters = Parameters(settings, refreshes, every_day=True)
        started, worked = time.perf_counter(), time.process_time()
        plan = renewal_plan(Inputs(assets, findings, context, parameters))
        seconds, work = time.perf_counter() - started, time.process_time() - worked
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        sys.stdout.write(
            f"short bridges {short_bridge}: {len(plan.lines)} lines, {len(plan.candidates)} days:"
            f" {seconds:.1f} s, {work:.1f} s of one core, {peak} MB\n"
            f"  anniversary {plan.anniversary}, runner-up {plan.runner_up}\n"
        )


if __name__ == "__main__":
    main()
