"""Import a large contract CSV, beside reading it without a store: ``python benchmarks/import.py``.

Prints time and memory of reading alone (csv and typed rows), of the first import into a new store,
and of the second import of the same file, each in a process of its own. A million lines unless
``--quick`` (a hundred thousand) or ``--lines N``.
"""

# ruff: noqa: N999 - run as a program and never imported, named for what it measures
from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

HEADINGS = (
    "Contract Number,Serial Number,Product ID,Service Level,Start Date,End Date,Quantity,Site,"
    "End Customer,Annual Price,Currency"
)
LINES_OF_A_CONTRACT = 500
DAY = date(2026, 11, 24)


def write(path: Path, count: int) -> None:
    """A made-up contract export of `count` lines."""
    with path.open("w", encoding="utf-8") as file:
        file.write(f"{HEADINGS}\n")
        for number in range(count):
            contract = 200_000 + number // LINES_OF_A_CONTRACT
            end = f"2027-{1 + number % 12:02}-28"
            file.write(
                f"{contract},ZZZ{number:08},C9300-48P-A,SNT,2025-01-01,{end},"
                f"1,site{number % 50:02},example.net,598.00,USD\n"
            )


def read(path: Path) -> str:
    """Read every row into its typed record, and keep none."""
    from agent.sources.contracts import read_lines  # noqa: PLC0415 - measured in its own process

    return f"{sum(1 for _ in read_lines(path))} rows"


def store(path: Path) -> str:
    """Import the file into the store beside it."""
    from agent.cli.imports import take  # noqa: PLC0415 - as above
    from agent.store import open_store  # noqa: PLC0415 - as above

    with open_store(f"sqlite:///{path.with_suffix('.db')}") as opened:
        return take(opened, "contracts", path, DAY).outcome


def measure(what: str, path: Path) -> float:
    """Run one step in a process of its own and print what it took; the seconds."""
    done = subprocess.run(
        [sys.executable, __file__, "--step", what, str(path)],
        check=True,
        capture_output=True,
        text=True,
    )
    seconds, memory, outcome = done.stdout.strip().split("\t")
    print(f"{what:8} {float(seconds):8.1f} s {memory:>5} MB  {outcome}")
    return float(seconds)


def step(what: str, path: Path) -> None:
    """One measured step, printed for the process that asked."""
    begun = time.perf_counter()
    outcome = read(path) if what == "read" else store(path)
    seconds = time.perf_counter() - begun
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{seconds}\t{memory}\t{outcome}")


def main() -> None:
    """Measure reading, the first import and the second one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a hundred thousand lines")
    parser.add_argument("--lines", type=int, help="so many lines")
    parser.add_argument("--step", nargs=2, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.step:
        step(chosen.step[0], Path(chosen.step[1]))
        return
    count = chosen.lines or (100_000 if chosen.quick else 1_000_000)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "contracts.csv"
        write(path, count)
        print(f"{count} lines, {path.stat().st_size >> 20} MB")
        alone = measure("read", path)
        first = measure("first", path)
        measure("second", path)
        print(f"first import / reading alone: {first / alone:.1f}")


if __name__ == "__main__":
    main()
