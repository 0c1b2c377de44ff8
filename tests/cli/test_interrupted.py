"""Sweeps that are cut off: nothing acknowledged is lost, and --resume reads only the rest."""

import json
import random
import signal
import sqlite3
import time
from contextlib import closing

import pytest

from agent.documents import read_sweep
from agent.store import open_store
from lab.estate import grow, load_estate
from lab.inventory import write_inventory
from lab.process import LabProcess
from tests.cli.conftest import ESTATE, Project

HOSTS = 40


@pytest.fixture(scope="module")
def slow(tmp_path_factory):
    """A lab of forty hosts whose commands take a while, and its command log."""
    log = tmp_path_factory.mktemp("slow") / "commands.jsonl"
    with LabProcess(ESTATE, hosts=HOSTS, port=0, command_delay=0.05, command_log=log) as lab:
        lab.estate = load_estate(ESTATE)
        yield lab


@pytest.fixture
def begun(slow, tmp_path):
    """A folder with an inventory of the slow lab."""
    made = Project(tmp_path)
    write_inventory(grow(slow.estate, HOSTS), made.folder / "inventory", slow.port)
    return made


SETTINGS = {"NETCOVER_SWEEP__WORKERS": "6", "NETCOVER_SWEEP__REFUSALS_PER_SITE": "0"}


def saved(project):
    with closing(sqlite3.connect(project.folder / "netcover.db")) as store:
        return {row[0] for row in store.execute("SELECT host FROM visit")}


@pytest.mark.parametrize("signal_number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_sweep_that_was_cut_off_is_finished_by_resume(begun, slow, signal_number):
    process = begun.start("sweep", **SETTINGS)
    time.sleep(2.5 + random.Random(signal_number).random())
    process.send_signal(signal_number)
    begun_at = time.monotonic()
    _, errors = process.communicate(timeout=30)
    if signal_number == signal.SIGINT:
        assert time.monotonic() - begun_at < 5
        assert "'netcover sweep --resume' reads the others" in errors
    before = saved(begun)
    assert 0 < len(before) < HOSTS
    asked = len(slow.command_log.read_text().splitlines())
    result = begun.run("sweep", "--resume", "-o", "sweep.json", **SETTINGS)
    assert result.returncode == 3, result.stderr
    document = json.loads((begun.folder / "sweep.json").read_text())
    assert len(document["hosts"]) == HOSTS
    again = {json.loads(line)["host"] for line in slow.command_log.read_text().splitlines()[asked:]}
    assert not again & before


def test_there_must_be_something_to_resume(begun):
    result = begun.run("sweep", "--resume", **SETTINGS)
    assert (result.returncode, "no sweep was interrupted" in result.stderr) == (2, True)


def test_two_sweeps_at_once_both_end(begun):
    one = begun.start("sweep", "-o", "one.json", **SETTINGS)
    two = begun.start("sweep", "-o", "two.json", **SETTINGS)
    for process in (one, two):
        _, errors = process.communicate(timeout=90)
        assert process.returncode == 3, errors
    first, second = (json.loads((begun.folder / n).read_text()) for n in ("one.json", "two.json"))
    assert first["id"] != second["id"]
    with open_store(f"sqlite:///{begun.folder / 'netcover.db'}") as store:
        for name in ("one.json", "two.json"):
            written = read_sweep(begun.folder / name)
            assert written == store.sweep(written.id)

    def serials(document):
        return sorted(o["serial"] or "" for o in document["observations"])

    assert serials(first) == serials(second)


def test_a_plan_contacts_nobody(begun, slow):
    asked = len(slow.command_log.read_text().splitlines())
    result = begun.run("sweep", "--dry-run", NETCOVER_SWEEP__LOGINS_PER_SECOND="4")
    assert result.returncode == 0, result.stderr
    assert f"{HOSTS} hosts, at most {HOSTS} at once on asyncio" in result.stdout
    assert "logins_per_second 4; logins alone take 10 s" in result.stdout
    assert len(slow.command_log.read_text().splitlines()) == asked
    assert not (begun.folder / "netcover.db").exists()


def test_the_log_for_schedulers_is_json(begun):
    result = begun.run("sweep", "--json-log", **SETTINGS)
    lines = [json.loads(x) for x in result.stderr.splitlines() if x.startswith("{")]
    assert len(lines) == HOSTS
    assert {"host", "site", "lane", "units", "unreached", "done", "hosts"} <= set(lines[0])
    assert lines[-1]["done"] == HOSTS


def test_refused_logins_stop_a_site(begun):
    result = begun.run(
        "sweep", "-o", "sweep.json", NETCOVER_PASSWORD="canary-wrong", NETCOVER_SWEEP__WORKERS="50"
    )
    assert result.returncode == 3
    document = json.loads((begun.folder / "sweep.json").read_text())
    refused = [u for u in document["unreached"] if u["reason"] == "the device refused the login"]
    not_tried = [u for u in document["unreached"] if u["reason"].startswith("not tried: ")]
    sites = {h["host"]: h["site"] for h in document["hosts"]}
    for site in ("north", "south"):
        assert sum(sites[u["host"]] == site for u in refused) <= 3
    assert len(not_tried) > HOSTS / 2
    assert "canary" not in result.stdout + result.stderr
