"""Time and memory of an assessment: units x 2,000 advisories x 5,000 products, made up.

    python benchmarks/assess.py [--quick]

Each size runs in a process of its own: making the estate, posture and matching, the rules, and,
apart, writing findings.json to a file that is thrown away. `--quick` stops at 10,000 units.
Advisory lines grow with units times advisories; the file is therefore written at 1,000 only.
"""

from __future__ import annotations

import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from agent.cli.assess import without_collector
from agent.documents import findings_text
from agent.files import write
from agent.model import (
    Advisory,
    Asset,
    ContractLine,
    Entitlement,
    Evidence,
    FirstFixed,
    Kev,
    Milestones,
    Observation,
    ReachableTrain,
    Ssvc,
    Sweep,
    TrainMilestones,
    Unstated,
)
from agent.posture import Facts, assess_posture
from agent.posture.facts import ContractData
from agent.rules import Context, findings, judge
from agent.settings import Policy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agent.model import Software

DAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SIZES = (1_000, 10_000, 100_000, 1_000_000)
PRODUCTS, ADVISORIES = 5_000, 2_000
FREE, WITH_FIX, COVERED, EXPLOITED = 0.3, 0.4, 0.8, 0.05
TRAINS: dict[Software, tuple[str, ...]] = {
    "ios-xe": ("16.12", "17.3", "17.6", "17.9", "17.12", "17.15", "17.18"),
    "asa": ("9.12", "9.14", "9.16", "9.18", "9.20", "9.22"),
    "ftd": ("6.6", "7.0", "7.2", "7.4", "7.6"),
}
SPELLED: dict[Software, str] = {"ios-xe": "{}.{}", "asa": "{}(4){}", "ftd": "{}.{}"}
ROW = Evidence("made.csv", "row 2", NOON, "0" * 64)
SEEN = (Evidence("ssh", "show version", NOON, "1" * 64),)


def some_day(dice: random.Random, first: int = 2023, last: int = 2032) -> date:
    """A day between the two years."""
    return date(first, 1, 1) + timedelta(days=dice.randrange((last - first) * 365))


def trains(dice: random.Random) -> Iterator[TrainMilestones]:
    """Trains of three systems, the older ones past their security support."""
    for os, names in TRAINS.items():
        for place, name in enumerate(names):
            end = date(2022 + place, 6, 30)
            security = Unstated.NOT_STATED if os != "ios-xe" else end
            later = end + timedelta(days=700)
            yield TrainMilestones(
                os,
                name,
                ROW,
                first_customer_shipment=end - timedelta(days=dice.randrange(1000, 1500)),
                sw_maintenance=end - timedelta(days=300),
                security_support=security,
                last_date_of_support=later,
            )


def version(dice: random.Random, os: Software) -> str:
    """A release of a random train."""
    return SPELLED[os].format(dice.choice(TRAINS[os]), dice.randrange(1, 15))


def advisories(dice: random.Random) -> Iterator[Advisory]:
    """Records that name up to sixty releases each."""
    for number in range(ADVISORIES):
        os: Software = dice.choice(tuple(TRAINS))
        listed = sorted({version(dice, os) for _ in range(dice.randrange(1, 60))})
        published = some_day(dice, 2021, 2026)
        yield Advisory(
            cve=f"CVE-{published.year}-{number:05}",
            advisory=f"cisco-sa-made-{number}",
            os=os,
            title="made up",
            severity=dice.choice(("critical", "high", "medium")),
            published=published,
            updated=published,
            versions=tuple(listed),
            evidence=ROW,
            free_software=dice.random() < FREE,
            ssvc=Ssvc(None, dice.random() < FREE, dice.choice(("partial", "total"))),
        )


def first_fixed(dice: random.Random, known: tuple[Advisory, ...]) -> Iterator[FirstFixed]:
    """First fixed releases of three trains for four in ten records."""
    for advisory in known:
        if dice.random() < WITH_FIX:
            for name in dice.sample(TRAINS[advisory.os], 3):
                release = SPELLED[advisory.os].format(name, 15)
                yield FirstFixed(None, advisory.cve, advisory.os, name, None, release, ROW)


def products(dice: random.Random) -> list[tuple[str, Software, Milestones]]:
    """Products with dates before and after the day."""
    made = []
    for number in range(PRODUCTS):
        os: Software = dice.choice(tuple(TRAINS))
        pid, ldos = f"MADE-{number:04}", some_day(dice, 2025, 2035)
        dates = Milestones(
            pid,
            ROW,
            security_support=ldos - timedelta(days=dice.randrange(700)),
            new_service_attachment=ldos - timedelta(days=1500),
            service_contract_renewal=ldos - timedelta(days=280),
            last_date_of_support=ldos,
        )
        made.append((pid, os, dates))
    return made


def units(
    dice: random.Random, made: list[tuple[str, Software, Milestones]], count: int
) -> Iterator[Asset]:
    """Units of random products and releases, four in five with a contract line."""
    levels = (Entitlement(os_software=True), Entitlement(os_software=False), Entitlement())
    for number in range(count):
        pid, os, dates = dice.choice(made)
        serial, host = f"MAD{number:08}", f"host-{number:07}"
        seen = Observation(
            host,
            f"site-{number % 50}",
            "catalyst_9300",
            "chassis",
            serial,
            pid,
            version=version(dice, os),
            software=os,
            evidence=SEEN,
        )
        lines: tuple[ContractLine, ...] = ()
        if dice.random() < COVERED:
            start = some_day(dice, 2022, 2026)
            end = start + timedelta(days=dice.randrange(300, 1500))
            level = dice.choice(levels)
            lines = (ContractLine("900001", serial, pid, "SNT", start, end, ROW, level),)
        yield Asset(host, seen.site, seen.platform, serial, pid, (seen,), lines, milestones=dates)


def facts(dice: random.Random, made: list[tuple[str, Software, Milestones]]) -> Facts:
    """Everything the units are judged by."""
    known = tuple(advisories(dice))
    reach = tuple(
        ReachableTrain(pid, os, name, ROW)
        for pid, os, _ in made
        for name in dice.sample(TRAINS[os], 4)
    )
    return Facts(
        as_of=DAY,
        run_day=DAY,
        contracts=(ContractData(DAY),),
        trains=tuple(trains(dice)),
        reachable=reach,
        advisories=known,
        first_fixed=tuple(first_fixed(dice, known)),
        kev=tuple(Kev(a.cve, a.published, None, ROW) for a in known if dice.random() < EXPLOITED),
        exposed={f"host-{n:07}": n % 3 == 0 for n in range(0, 1_000_000, 2)},
    )


def timed(what: str, work: Callable[[], object]) -> float:
    """Seconds of `work`, printed with the peak of memory so far."""
    began = time.perf_counter()
    work()
    took = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    sys.stdout.write(f"  {what:<34} {took:7.2f} s   peak {peak:5} MB\n")
    sys.stdout.flush()
    return took


def run(count: int, *, writing: bool) -> None:
    """One size in this process."""
    sys.stdout.write(f"{count:,} units\n")
    dice = random.Random(1)  # noqa: S311 - an estate, not a secret
    made = products(dice)
    assets: list[Asset] = []
    timed("make the estate (not counted)", lambda: assets.extend(units(dice, made, count)))
    known = facts(dice, made)
    found = []
    total = timed("posture of every unit", lambda: found.append(assess_posture(assets, known)))
    assessment = found[0]
    total += timed("verdicts and deadlines, counted", assessment.verdicts)
    sweep = Sweep("made", NOON, NOON, (), (), (), ())
    context = Context(DAY, Policy(), sweep, 1, 1, assessment=assessment)

    def ask() -> None:
        for asset in assets:
            for _rule, _verdict in judge(asset, context):
                pass

    total += timed("every rule about every unit", ask)
    sys.stdout.write(f"  {'together':<34} {total:7.2f} s\n")
    if writing:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "findings.json"
            text = findings_text(
                (DAY, DAY), findings(assets, context), assessment.postures, assessment
            )
            timed("write findings.json", lambda: write(path, text))
            lines = sum(len(each.situation.matched.matches) for each in assessment.judged)
            size = path.stat().st_size // 2**20
            sys.stdout.write(f"  {lines:,} advisory lines, {size:,} MB\n")


def main() -> None:
    """Every size in a process of its own."""
    if sys.argv[1:2] == ["--one"]:
        without_collector()
        run(int(sys.argv[2]), writing=len(sys.argv) > 3)  # noqa: PLR2004 - our own call
        return
    sizes = SIZES[:2] if "--quick" in sys.argv else SIZES
    for size in sizes:
        words = [sys.executable, __file__, "--one", str(size)]
        subprocess.run([*words, *(["write"] if size == SIZES[0] else [])], check=True)


if __name__ == "__main__":
    main()
