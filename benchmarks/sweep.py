"""A sweep beside how people do it today: nornir with netmiko, on the same lab, in one run.

    python benchmarks/sweep.py            about 40 minutes: 1,000 and 5,000 hosts
    python benchmarks/sweep.py --quick    under five: 300 hosts

The lab is started anew for every run: a login takes 1.0 s and a command 0.2 s, both give or take
30 %. Every host is healthy, so each failure is a false one. All contestants send the commands that
netcover's platform files declare. netcover also parses, and keeps raw outputs and units in its
store; the scripts keep the texts in memory. Slow contestants run once, netcover three times, and
the median counts. Processor time is that of the whole process tree, memory its peak PSS. All code
is compiled beforehand, as an installation has it.
"""

from __future__ import annotations

import argparse
import compileall
import ctypes
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import agent
from lab.estate import DEFAULT_ESTATE, Estate, load_estate
from lab.growth import grow
from lab.inventory import write_inventory
from lab.process import LabProcess

LATENCY = {"login_delay": 1.0, "command_delay": 0.2, "jitter": 0.3}
PR_SET_CHILD_SUBREAPER = 36
"""Linux, prctl(2)."""
SCRIPT = Path(__file__).with_name("nornir_netmiko.py")


@dataclass(frozen=True, slots=True)
class Measured:
    """One run. `cpu` in milliseconds per device, `memory` in MB of PSS."""

    seconds: float
    hosts: int
    cpu: float
    memory: float
    failures: int

    @property
    def rate(self) -> float:
        """Devices per second."""
        return self.hosts / self.seconds


def main() -> int:
    """Run every contestant and print the tables; the exit code."""
    arguments = _arguments()
    for folder in agent.__path__:  # the scripts' libraries are, whatever the environment says
        compileall.compile_dir(folder, quiet=2)
    _adopt_orphans()
    sizes = [300] if arguments.quick else arguments.hosts
    for hosts in sizes:
        few = 0 if arguments.quick else 1
        contestants = {
            "nornir + netmiko, 20 workers": ["script", "20"],
            "nornir + netmiko, 100 workers": ["script", "100"],
            "netcover": ["netcover", "asyncio"],
        }
        if few and hosts > 1000:  # noqa: PLR2004 - the slowest one shows nothing new at this size
            del contestants["nornir + netmiko, 20 workers"]
        _table(f"{hosts} hosts", hosts, contestants, repeat=1 if arguments.quick else 3)
    if not arguments.quick:
        _table(
            "1,000 hosts that offer DH group14 only",
            1000,
            {
                "nornir + netmiko, 100 workers": ["script", "100"],
                "netcover": ["netcover", "asyncio"],
            },
            repeat=3,
            kex="diffie-hellman-group14-sha256",
        )
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="300 hosts, each contestant once")
    parser.add_argument("--hosts", type=int, nargs="*", default=[1000, 5000])
    return parser.parse_args()


def _table(
    title: str,
    hosts: int,
    contestants: dict[str, list[str]],
    repeat: int,
    kex: str | None = None,
) -> None:
    print(f"\n{title}\n")
    print(
        f"{'':32}{'devices/s':>10}{'ratio':>8}{'CPU ms':>8}{'ratio':>8}{'MB PSS':>8}{'failed':>8}"
    )
    base: Measured | None = None
    for name, words in contestants.items():
        runs = [_run(hosts, words, kex) for _ in range(repeat if words[0] == "netcover" else 1)]
        middle = sorted(runs, key=lambda run: run.seconds)[len(runs) // 2]
        cpu = statistics.median(run.cpu for run in runs)
        base = base or middle
        print(
            f"{name:32}{middle.rate:10.1f}{middle.rate / base.rate:10.1f}"
            f"{cpu:10.1f}{cpu / base.cpu:10.2f}{middle.memory:10.0f}{middle.failures:10}",
            flush=True,
        )


def _run(hosts: int, words: list[str], kex: str | None) -> Measured:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        healthy, everyone = _estates(hosts)
        estate = folder / "estate.yaml"
        offered = f"kex: {kex}\n" if kex else ""
        estate.write_text(offered + DEFAULT_ESTATE.read_text())
        with LabProcess(estate, hosts=everyone, port=0, **LATENCY) as lab:
            write_inventory(healthy, folder / "inventory", lab.port)
            return _measure(folder, words, hosts, healthy)


def _estates(hosts: int) -> tuple[Estate, int]:
    """An estate of healthy hosts, and the size to which the lab has to grow to hold them."""
    size = hosts
    while True:
        size += hosts // 10 + 10
        estate = grow(load_estate(None), size)
        healthy = [host for host in estate.hosts if not host.faults]
        if len(healthy) >= hosts:
            return estate.with_hosts(tuple(healthy[:hosts])), size


def _measure(folder: Path, words: list[str], hosts: int, estate: Estate) -> Measured:
    login = estate.credentials
    environment = os.environ | {
        "NETCOVER_USERNAME": login.username,
        "NETCOVER_PASSWORD": login.password,
        "NETCOVER_ENABLE": login.enable_secret,
    }
    command = {
        "script": [sys.executable, str(SCRIPT), words[1], "result.json"],
        "netcover": [sys.executable, "-m", "agent", "sweep", "--quiet", "-o", "sweep.json"],
    }[words[0]]
    others = set(_children(os.getpid()))
    before = os.times()
    begun = time.monotonic()
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    peak = _Peak(process.pid)
    _, errors = process.communicate()
    seconds = time.monotonic() - begun
    _reap(others)
    after = os.times()
    if process.returncode not in {0, 3}:
        raise SystemExit(errors.decode())
    used = after.children_user + after.children_system
    used -= before.children_user + before.children_system
    return Measured(seconds, hosts, 1000 * used / hosts, peak.stop(), _failures(folder))


def _adopt_orphans() -> None:
    """Be the parent of every descendant that outlives its own, so that its time is counted."""
    if ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise SystemExit("this system does not say what processor time orphans took")


def _reap(others: set[int]) -> None:
    """Wait for every child but `others`."""
    while left := set(_children(os.getpid())) - others:
        for pid in left:
            with suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
        time.sleep(0.02)


def _failures(folder: Path) -> int:
    for name in ("sweep.json", "result.json"):
        if (folder / name).exists():
            return len(json.loads((folder / name).read_text())["unreached"])
    return -1


class _Peak:
    """The highest PSS, in MB, of a process and its descendants."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._most = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def stop(self) -> float:
        self._stop.set()
        self._thread.join()
        return self._most

    def _watch(self) -> None:
        while not self._stop.wait(0.5):
            self._most = max(self._most, sum(_pss(pid) for pid in _family(self._pid)))


def _family(pid: int) -> list[int]:
    found = [pid]
    for each in found:
        found += _children(each)
    return found


def _children(pid: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return []


def _pss(pid: int) -> float:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


if __name__ == "__main__":
    sys.exit(main())
