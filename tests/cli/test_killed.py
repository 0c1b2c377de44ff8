"""kill -9 at twenty random moments: nothing acknowledged is lost, and no process is left behind."""

import json
import os
import random
import signal
import sqlite3
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

import pytest

from lab.estate import grow, load_estate
from lab.inventory import write_inventory
from lab.process import LabProcess
from tests.cli.conftest import ESTATE, Project

HOSTS = 40
KILLS = 20
SEED = 20261124
MARK = "SWEEP_UNDER_TEST"
"""A variable that every process of these sweeps has in its environment."""


@pytest.fixture(scope="module")
def lab():
    with LabProcess(ESTATE, hosts=60, port=0, login_delay=0.05) as running:
        yield running


@pytest.fixture
def project(lab, tmp_path):
    """A folder with an inventory of forty healthy hosts."""
    estate = grow(load_estate(ESTATE), 60)
    healthy = tuple(host for host in estate.hosts if not host.faults)
    made = Project(tmp_path)
    write_inventory(estate.with_hosts(healthy[:HOSTS]), made.folder / "inventory", lab.port)
    return made


def settings(processes=0):
    """Those of a sweep that takes a while; `processes` beside the command's own."""
    few = {"NETCOVER_SWEEP__WORKERS": "4", "NETCOVER_SWEEP__REFUSALS_PER_SITE": "0"}
    return few | ({"NETCOVER_SWEEP__PROCESSES": str(processes)} if processes else {})


def marked(mark):
    """The ids of running processes that carry `mark`."""
    wanted, found = f"{MARK}={mark}".encode(), []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if wanted in (process / "environ").read_bytes().split(b"\0"):
                found.append(int(process.name))
    return found


def none_is_left(mark, seconds=10.0):
    end = time.monotonic() + seconds
    while left := marked(mark):
        assert time.monotonic() < end, f"still running: {left}"
        time.sleep(0.02)


def saved(project):
    """The hosts that each sweep in the store has."""
    store = project.folder / "netcover.db"
    if not store.exists():
        return set()
    with closing(sqlite3.connect(store)) as reader:
        assert reader.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        tables = "SELECT 1 FROM sqlite_master WHERE name = 'visit'"
        if not reader.execute(tables).fetchone():
            return set()
        query = "SELECT id, host FROM visit JOIN sweep ON sweep.number = visit.sweep"
        return set(reader.execute(query))


def acknowledged(errors):
    """The hosts that a sweep said it has; the last line may be cut off."""
    lines = [line for line in errors.splitlines() if line.startswith("{") and line.endswith("}")]
    return {json.loads(line)["host"] for line in lines}


def content(document):
    """What a sweep found, without when and in which order."""
    units = [
        {k: v for k, v in unit.items() if k != "evidence"} for unit in document["observations"]
    ]
    hashes = sorted(
        {
            (o["host"], e["command"], e["sha256"])
            for o in document["observations"]
            for e in o["evidence"]
        }
    )
    return document["hosts"], units, document["unreached"], document["incomplete"], hashes


def test_twenty_kills_lose_nothing(project, tmp_path_factory):
    """Two stores side by side, ten kills in each."""
    folders = [Project(tmp_path_factory.mktemp(name)) for name in ("whole", "one", "other")]
    for each in folders:
        (each.folder / "inventory").symlink_to(project.folder / "inventory")
    whole, *killed = folders
    begun = time.monotonic()
    assert whole.run("sweep", "--json-log", "-o", "sweep.json", **settings()).returncode == 0
    takes = time.monotonic() - begun
    with ThreadPoolExecutor(len(killed)) as pool:
        for gains in pool.map(lambda n: kill(killed[n], random.Random(SEED + n), takes), (0, 1)):
            assert sum(gain > 0 for gain in gains) > 1
        documents = list(pool.map(finished, killed))
    assert documents == [content(read(whole))] * 2


def kill(project, chance, takes):
    """Begin, kill, resume and kill again; how many hosts each of those brought."""
    mark = uuid.uuid4().hex
    before, cut_off, gains = set(), 0, []
    while cut_off < KILLS // 2:
        words = ["--resume"] if unfinished(project) else []
        workers = 2 if cut_off % 5 == 4 else 0
        process = project.start("sweep", "--json-log", *words, **settings(workers), **{MARK: mark})
        errors, moment = "", chance.uniform(0.05, 0.95) * takes
        if cut_off % 2:  # in its midst, however slow the machine is
            errors, moment = process.stderr.readline(), moment / 4
        time.sleep(moment)
        process.send_signal(signal.SIGKILL)
        errors += process.stderr.read()
        process.communicate(timeout=30)
        if process.returncode != -signal.SIGKILL:
            assert process.returncode == 0, errors  # it was faster
        cut_off += process.returncode == -signal.SIGKILL
        none_is_left(mark)
        after = saved(project)
        assert before <= after
        assert acknowledged(errors) <= {host for _, host in after - before}
        gains.append(len(after - before))
        before = after
    return gains


def finished(project):
    """What the sweep holds once nobody kills it."""
    words = ["--resume"] if unfinished(project) else []
    result = project.run("sweep", *words, "-o", "sweep.json", **settings())
    assert result.returncode == 0, result.stderr
    return content(read(project))


def read(project):
    return json.loads((project.folder / "sweep.json").read_text())


def unfinished(project):
    store = project.folder / "netcover.db"
    if not store.exists():
        return False
    with closing(sqlite3.connect(store)) as reader, suppress(sqlite3.OperationalError):
        last = reader.execute("SELECT ended FROM sweep ORDER BY number DESC LIMIT 1").fetchone()
        return last is not None and last[0] is None
    return False


def test_ctrl_c_ends_soon_and_leaves_no_process(project):
    mark = uuid.uuid4().hex
    process = project.start("sweep", "--json-log", **settings(2), **{MARK: mark})
    first = process.stderr.readline()  # the first host is in the store
    for pid in marked(mark):  # as a terminal sends it: to every process of the group
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)
    pressed = time.monotonic()
    rest = process.stderr.read()
    process.communicate(timeout=30)
    took = time.monotonic() - pressed
    assert took < 5, f"{took:.1f} s; alone on a machine it takes less than one"
    assert process.returncode != 0
    assert "'netcover sweep --resume' reads the others" in rest
    assert acknowledged(first + rest) <= {host for _, host in saved(project)}
    none_is_left(mark)
