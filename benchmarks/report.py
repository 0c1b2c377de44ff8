"""Size, seconds and memory of the coverage page, and how soon a browser can use it.

    python -m benchmarks.report [--quick]

A made-up estate: stacks of four of one product, release and contract, each host with two outputs
of its own, 150 products, 60 releases, 50 sites with 8 contracts each, 2,000 advisories. Four stacks
in five are on a contract, each unit by a row of its own. Each size runs in a process of its own.
Posture and rules are asked as the program asks them, and not counted here. The browser is Debian's
chromium, headless, the file opened from disk. `--quick` stops at 10,000 units.
"""

from __future__ import annotations

import hashlib
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Self

from playwright.sync_api import sync_playwright

from agent import resources
from agent.model import (
    Asset,
    ContractLine,
    Entitlement,
    Evidence,
    HostVisit,
    Kev,
    Milestones,
    Observation,
    ReachableTrain,
    Report,
    Sweep,
)
from agent.posture import Facts, assess_posture
from agent.posture.facts import ContractData
from agent.reports import render
from agent.rules import Context, assess
from agent.settings import Policy
from benchmarks import assess as made_up

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.model import Software

DAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SIZES = (1_000, 10_000, 100_000)
PRODUCTS, RELEASES, STACK, SITES = 150, 60, 4, 50
ONE_IN = 5


def hashed(*words: object) -> str:
    """A hash as no other has it: hashes are what packs worst."""
    return hashlib.sha256(repr(words).encode()).hexdigest()


def products(dice: random.Random) -> list[tuple[str, Software, Milestones]]:
    """Products with dates before and after the day."""
    made = []
    for number in range(PRODUCTS):
        os: Software = dice.choice(tuple(made_up.TRAINS))
        pid, ldos = f"MADE-{number:03}", made_up.some_day(dice, 2025, 2035)
        row = Evidence("eox.csv", f"row {number + 2}", NOON, hashed("eox"))
        dates = Milestones(
            pid,
            row,
            security_support=ldos - timedelta(days=400),
            new_service_attachment=ldos - timedelta(days=1500),
            service_contract_renewal=ldos - timedelta(days=280),
            last_date_of_support=ldos,
        )
        made.append((pid, os, dates))
    return made


def units(
    dice: random.Random, made: list[tuple[str, Software, Milestones]], count: int
) -> Iterator[Asset]:
    """Stacks of one product and release each."""
    releases = {
        os: [made_up.version(dice, os) for _ in range(RELEASES // 3)] for os in made_up.TRAINS
    }
    levels = (Entitlement(os_software=True), Entitlement(os_software=False))
    contracts = [
        (f"{900_000 + n}", made_up.some_day(dice, 2024, 2026), dice.choice(levels))
        for n in range(SITES * 8)
    ]
    for number in range(count):
        place = number % STACK
        if place == 0:
            pid, os, dates = dice.choice(made)
            site = number * SITES // count
            contract, start, level = dice.choice(contracts[site * 8 : site * 8 + 8])
            version = dice.choice(releases[os])
            host = f"site{site:02}-sw{number // STACK:05}"
            seen_by = tuple(
                Evidence("ssh", command, NOON, hashed(host, command))
                for command in ("show inventory", "show version")
            )
        serial = f"MAD{hashed(number)[:8].upper()}"
        seen = Observation(
            host,
            f"site{site:02}",
            "catalyst_9300",
            "stack_member",
            serial,
            pid,
            "V02",
            f"switch {place + 1}",
            version=version,
            software=os,
            evidence=seen_by,
        )
        lines: tuple[ContractLine, ...] = ()
        if number // STACK % ONE_IN:
            row = Evidence("smartnet.csv", f"row {number + 2}", NOON, hashed("lines"))
            end = start + timedelta(days=1095)
            lines = (
                ContractLine(contract, serial, pid, "SNT", start, end, row, level, site=seen.site),
            )
        yield Asset(host, seen.site, seen.platform, serial, pid, (seen,), lines, milestones=dates)


def report(count: int) -> Report:
    """A report on so many units."""
    dice = random.Random(1)  # noqa: S311 - an estate, not a secret
    made = products(dice)
    known = tuple(made_up.advisories(dice))
    reach = [
        ReachableTrain(pid, os, name, made_up.ROW)
        for pid, os, _ in made
        for name in dice.sample(made_up.TRAINS[os], 4)
    ]
    facts = Facts(
        as_of=DAY,
        run_day=DAY,
        contracts=(ContractData(DAY),),
        trains=tuple(made_up.trains(dice)),
        reachable=tuple(reach),
        advisories=known,
        first_fixed=tuple(made_up.first_fixed(dice, known)),
        kev=tuple(Kev(a.cve, a.published, None, made_up.ROW) for a in known[::20]),
    )
    assets = tuple(units(dice, made, count))
    hosts = sorted(
        {a.host or "": HostVisit(a.host or "", a.site, "", reached=True) for a in assets}.items()
    )
    sweep = Sweep("made-up", NOON, NOON, tuple(h for _, h in hosts), (), (), ())
    posture = assess_posture(assets, facts)
    context = Context(DAY, Policy(), sweep, count, PRODUCTS, assessment=posture)
    return Report(
        as_of=DAY,
        run_day=DAY,
        tool_version="benchmark",
        sweep=sweep,
        assets=assets,
        findings=assess(assets, context),
        data_ages=(),
        quote_window_days=90,
        near_ldos_months=24,
        postures=posture.postures,
        advisories=posture,
    )


def resident() -> int:
    """Megabytes of this process in memory now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() // 2**20


class Peak:
    """The most memory this process had while it was watched, in megabytes."""

    def __enter__(self) -> Self:
        self.most = self.before = resident()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(0.05):
            self.most = max(self.most, resident())


def only_the_page(folder: Path) -> tuple[Path, ...]:
    """A copy of our templates under another name, so that no other format is written."""
    own = folder / "templates"
    own.mkdir()
    source = (resources.folder("templates") / "coverage.html.j2").read_text(encoding="utf-8")
    (own / "page.html.j2").write_text(source, encoding="utf-8")
    return (own,)


def opened(file: Path) -> tuple[float, float, float]:
    """Seconds till the table can be used, till a search is answered, till a story is open."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        page = chromium.new_page(viewport={"width": 1280, "height": 800})
        began = time.perf_counter()
        page.goto(file.as_uri(), wait_until="commit")
        page.wait_for_selector("html[data-ready]", timeout=60_000)
        usable = time.perf_counter() - began
        began = time.perf_counter()
        page.get_by_label("Search").fill("site07 switch 3")
        page.wait_for_selector("#section-table tbody tr[data-index='0'] td[title]", timeout=60_000)
        page.get_by_text(" shown").filter(has_text="of").wait_for()
        searched = time.perf_counter() - began
        page.wait_for_timeout(500)
        began = time.perf_counter()
        page.locator("#section-table tbody th a").first.click()
        page.wait_for_selector("dialog[open] ol.proof", timeout=60_000)
        told = time.perf_counter() - began
        chromium.close()
    return usable, searched, told


def run(count: int) -> None:
    """One size in this process."""
    made = report(count)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        templates = only_the_page(folder)
        began = time.perf_counter()
        with Peak() as peak:
            (file,) = render(made, "page", folder / "out", templates)
        took = time.perf_counter() - began
        size = file.stat().st_size / 1e6
        times = [opened(file) for _ in range(3)]
    usable, searched, told = (sorted(column)[1] for column in zip(*times, strict=True))
    print(f"{count:,} units: {size:.2f} MB, written in {took:.1f} s")
    print(f"  memory {peak.before} MB before, at most {peak.most - peak.before} MB more")
    print(f"  usable after {usable:.2f} s, search {searched:.2f} s, story {told:.2f} s")


def main() -> None:
    """Every size in a process of its own."""
    if sys.argv[1:2] == ["--one"]:
        run(int(sys.argv[2]))
        return
    for size in SIZES[:2] if "--quick" in sys.argv else SIZES:
        subprocess.run([sys.executable, "-m", "benchmarks.report", "--one", str(size)], check=True)


if __name__ == "__main__":
    main()
