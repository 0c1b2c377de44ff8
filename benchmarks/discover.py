"""A /16 of which 1 % is alive and the rest drops what it gets, scanned beside a threaded script.

    sudo python benchmarks/discover.py            about ten minutes: 65,534 addresses
    sudo python benchmarks/discover.py --quick    one minute: a /20

Two network namespaces are joined by a veth pair. The far one holds every hundredth address, in a
random choice that a seed decides, and does not forward: packets to all others vanish, as behind a
firewall. Each alive address has an SSH banner and no SNMP. Packets are counted where they leave.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Network
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

IP = shutil.which("ip") or "ip"
NEAR, FAR = "netcover-near", "netcover-far"
ROOT = Path(__file__).resolve().parent.parent
SCRIPT = Path(__file__).with_name("threaded_scan.py")
LISTENER = """
import asyncio
async def greet(reader, writer):
    writer.write(b"SSH-2.0-Cisco-1.25\\r\\n")
    try:
        await reader.read(255)
    except OSError:
        pass
    writer.close()
async def main():
    server = await asyncio.start_server(greet, "0.0.0.0", 22, backlog=4096)
    print("ready", flush=True)
    await server.serve_forever()
asyncio.run(main())
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """One run. `peak` is the largest number of packets that left in one second."""

    name: str
    seconds: float
    found: int
    cpu: float
    memory: float
    packets: int
    peak: int


def main() -> int:
    """Run every contestant and print the table; the exit code."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--quick", action="store_true", help="a /20 instead of a /16")
    prefix = IPv4Network("10.77.0.0/20" if arguments.parse_args().quick else "10.77.0.0/16")
    if os.geteuid():
        sys.exit("network namespaces need root: sudo python benchmarks/discover.py")
    hosts = [str(host) for host in prefix.hosts()]
    alive = random.Random(1).sample(hosts, len(hosts) // 100)  # noqa: S311 - no secret
    with _namespaces(prefix, alive):
        runs = [_netcover(prefix, rate) for rate in (500, 1000, 2000)]
        runs.append(_threaded(prefix, 256, 1.0))
    print(f"| {len(hosts)} addresses, {len(alive)} alive | s | found | CPU s | MB |", end="")
    print(" packets | most in a second |\n|---|---|---|---|---|---|---|")
    for run in runs:
        print(
            f"| {run.name} | {run.seconds:.0f} | {run.found} | {run.cpu:.1f} | {run.memory:.0f}"
            f" | {run.packets} | {run.peak} |"
        )
    return 0


@contextmanager
def _namespaces(prefix: IPv4Network, alive: Sequence[str]) -> Iterator[None]:
    """The two namespaces, with somebody who greets in the far one."""
    made = [f"netns add {NEAR}", f"netns add {FAR}"]
    made += [f"link add v-near netns {NEAR} type veth peer name v-far netns {FAR}"]
    near = ["link set lo up", "addr add 10.76.0.1/30 dev v-near", "link set v-near up"]
    far = ["link set lo up", "addr add 10.76.0.2/30 dev v-far", "link set v-far up"]
    far += [f"addr add {address}/32 dev lo" for address in alive]
    try:
        _ip(made)
        _ip(near, NEAR)
        _ip(far, FAR)
        _ip([f"route add {prefix} via 10.76.0.2"], NEAR)
        listener = subprocess.Popen(
            [IP, "netns", "exec", FAR, sys.executable, "-c", LISTENER], stdout=subprocess.PIPE
        )
        try:
            assert listener.stdout  # noqa: S101 - a pipe was asked for
            listener.stdout.readline()
            yield
        finally:
            listener.kill()
            listener.wait()
    finally:
        for name in (NEAR, FAR):
            subprocess.run([IP, "netns", "del", name], check=False)


def _ip(commands: Sequence[str], namespace: str | None = None) -> None:
    inside = ["-n", namespace] if namespace else []
    words = [IP, *inside, "-batch", "-"]
    subprocess.run(words, input="\n".join(commands) + "\n", text=True, check=True)


def _netcover(prefix: IPv4Network, rate: int) -> Measured:
    with tempfile.TemporaryDirectory() as folder:
        words = ["-m", "agent", "discover", str(prefix), "--rate", str(rate), "--quiet"]
        run = _measured(f"netcover, --rate {rate}", words, Path(folder))
        found = json.loads((Path(folder) / "discovery.json").read_text(encoding="utf-8"))
    return _with(run, len(found["hosts"]))


def _threaded(prefix: IPv4Network, threads: int, timeout: float) -> Measured:
    with tempfile.TemporaryDirectory() as folder:
        words = [str(SCRIPT), str(prefix), str(threads), str(timeout)]
        name = f"{threads} threads, {timeout:g} s time-out"
        run = _measured(name, words, Path(folder))
        told = json.loads((Path(folder) / "stdout").read_text(encoding="utf-8"))
    return _with(run, told["found"])


def _with(run: Measured, found: int) -> Measured:
    return Measured(run.name, run.seconds, found, run.cpu, run.memory, run.packets, run.peak)


def _measured(name: str, words: list[str], folder: Path) -> Measured:
    """Run Python with `words` in the near namespace."""
    before, counts, ended = _sent(), [_sent()], threading.Event()

    def count() -> None:
        while not ended.wait(1.0):
            counts.append(_sent())

    counter = threading.Thread(target=count)
    counter.start()
    began = time.monotonic()
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with (folder / "stdout").open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            [IP, "netns", "exec", NEAR, sys.executable, *words],
            cwd=folder,
            env=environment,
            stdout=output,
        )
        _, _, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - began
    ended.set()
    counter.join()
    peak = max((b - a for a, b in pairwise(counts)), default=0)
    cpu = usage.ru_utime + usage.ru_stime
    return Measured(name, seconds, 0, cpu, usage.ru_maxrss / 1024, _sent() - before, peak)


def _sent() -> int:
    """Packets that left the near namespace."""
    words = [IP, "-n", NEAR, "-s", "-j", "link", "show", "v-near"]
    told = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    return int(json.loads(told)[0]["stats64"]["tx"]["packets"])


if __name__ == "__main__":
    sys.exit(main())
