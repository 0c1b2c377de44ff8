"""Sweeps straight from sources of truth, against the lab."""

import json
import re

import pytest

from lab.cmdb import TOKEN, CmdbLab, Fault, entries
from lab.estate import load_estate
from tests.cli.conftest import ESTATE

ADDRESSES = {host.name: str(host.address) for host in load_estate(ESTATE).hosts}


@pytest.fixture
def table(lab, project):
    rows = [
        "name,address,port,platform,model,serial,site,role,status",
        f"stack,{ADDRESSES['stack']},{lab.port},ios-xe,C9300-48P,TST26050001,north,access,active",
        f"fw,{ADDRESSES['fw']},{lab.port},cisco_asa,ASA5516,,north,edge,",
        f"old,{ADDRESSES['gone']},{lab.port},cisco_asa,,TST26059999,south,edge,offline",
        f"pdu,192.0.2.9,{lab.port},raritan-px,,,south,power,active",
    ]
    path = project.folder / "hosts.csv"
    path.write_text("\n".join(rows) + "\n")
    return path


def test_a_sweep_from_a_table_reads_its_hosts_and_says_which_it_cannot(table, project):
    run = project.run("sweep", "-i", table, "-o", "sweep.json")
    assert run.returncode == 3, run.stderr
    assert "table hosts.csv lists 4 hosts, 1 of them not active" in run.stderr
    swept = json.loads((project.folder / "sweep.json").read_text())
    assert {unit["serial"] for unit in swept["observations"]} >= {"TST26050001", "TSF26050001"}
    assert [(u["host"], u["kind"]) for u in swept["unreached"]] == [("pdu", "inventory")]
    assert "3 hosts attempted, 2 reached, 1 failed" in run.stderr.splitlines()[-1]


def test_filters_and_settings_choose_among_what_is_listed(table, project):
    (project.folder / "netcover.toml").write_text(
        '[inventory]\nsource = "table"\npath = "hosts.csv"\nplatforms = {"raritan-px" = "none"}\n'
    )
    run = project.run("sweep", "--filter", "role=access", "-o", "sweep.json")
    assert run.returncode == 0, run.stderr
    swept = json.loads((project.folder / "sweep.json").read_text())
    assert {unit["host"] for unit in swept["observations"]} == {"stack"}
    planned = project.run("sweep", "--dry-run")
    assert (planned.returncode, "2 hosts, at most" in planned.stdout) == (0, True)
    none = project.run("sweep", "--filter", "site=nowhere")
    assert (none.returncode, none.stderr.splitlines()[-1]) == (
        *(2,),
        "netcover: no host of the inventory meets site=nowhere",
    )


@pytest.fixture(params=["netbox", "nautobot"])
def cmdb(request, lab, project):
    """A source of truth that lists the lab's small estate, and the settings to ask it."""
    with CmdbLab(request.param, entries(load_estate(ESTATE))) as running:
        (project.folder / "netcover.toml").write_text(
            f'[inventory]\nsource = "{request.param}"\nurl = "{running.url}"\n'
            f'ca_file = "{running.ca_file}"\npause = 0.01\nport = {lab.port}\n'
            f'[inventory.filters]\nsite = ["north"]\n'
        )
        yield running


def test_a_sweep_from_an_api_reads_its_hosts_and_leaves_no_token(cmdb, project):
    token = {f"NETCOVER_{cmdb.kind.upper()}_TOKEN": TOKEN}
    assert project.run("sweep").stderr == (
        f"netcover: no API token of {cmdb.kind}: set NETCOVER_{cmdb.kind.upper()}_TOKEN, or store"
        f" it with 'keyring set netcover-{cmdb.kind} token'\n"
    )
    planned = project.run("sweep", "--dry-run", **token)
    assert (planned.returncode, "5 hosts, at most" in planned.stdout) == (0, True), planned.stderr
    run = project.run("sweep", "-o", "sweep.json", "--filter", "role=asa", **token)
    swept = json.loads((project.folder / "sweep.json").read_text())
    assert {unit["serial"] for unit in swept["observations"]} >= {"TSF26050001"}, run.stderr
    left = [
        f for f in project.folder.rglob("*") if f.is_file() and TOKEN.encode() in f.read_bytes()
    ]
    assert (left, TOKEN in run.stdout + run.stderr) == ([], False)


def test_waiting_for_an_api_is_told_beside_the_result(cmdb, project):
    cmdb.fault = Fault("status", status=503, times=2)
    token = {f"NETCOVER_{cmdb.kind.upper()}_TOKEN": TOKEN}
    run = project.run("export", "inventory", "-o", "inventory", "--dry-run", **token)
    assert run.stdout.startswith("--- /dev/null\n"), run.stdout
    assert run.stderr.splitlines()[1].endswith("s  HTTP 503 Service Unavailable")


def test_an_api_that_refuses_the_token_is_one_line(cmdb, project):
    run = project.run("sweep", **{f"NETCOVER_{cmdb.kind.upper()}_TOKEN": "canary-token"})
    assert (run.returncode, len(run.stderr.splitlines())) == (2, 1)
    assert "refuses the token (HTTP 403)" in run.stderr
    assert "canary-token" not in run.stderr


def test_a_source_becomes_a_folder_that_can_be_swept(table, project):
    words = "export", "inventory", "-i", table, "-o", "inventory"
    dry = project.run(*words, "--dry-run")
    assert (dry.returncode, "+  hostname: 127.77.0.3" in dry.stdout) == (3, True), dry.stderr
    assert not (project.folder / "inventory").exists()
    run = project.run(*words)
    assert (run.returncode, run.stdout) == (3, "")
    old, pdu, summary = run.stderr.splitlines()[-3:]
    assert old == "left out  old: table: its status is offline"
    assert pdu.startswith("left out  pdu: table: platform 'raritan-px' is not known; say which")
    assert summary == (
        "2 hosts added, 0 filled in, 0 contradictions, 2 left out, 0 not named by any source"
    )
    assert project.run("sweep", "-i", "inventory", "--filter", "site=north").returncode == 0
    again = project.run(*words, "--dry-run", "--filter", "role=edge")
    assert (again.stdout, "not named stack: stays in" in again.stderr) == ("", True)


def test_what_is_listed_counts_in_assessments_and_stories(table, project):
    assert project.run("import", "inventory", "-h").returncode == 2
    early = project.run("import", "inventory", table)
    assert (early.returncode, "not compared: " in early.stderr) == (0, True), early.stderr
    project.run("sweep", "-i", table, "--filter", "site=north")
    compared = project.run("import", "inventory", table)
    swapped, absent = compared.stdout.splitlines()
    assert swapped == (
        "not listed  stack TST26050002 C9300-48P: table lists it as stack (row 2), active, with the"
        " serial number TST26050001, not this one"
    )
    assert absent == "not seen    pdu: table: not among the hosts of the sweep"
    assert compared.stderr.splitlines()[-1].endswith(
        ": 4 units compared, 1 not listed as they are, 1 listed and not seen"
    )
    told = project.run("explain", "TST26050002")
    assert re.search("not_in_source_of_truth +open", told.stdout), told.stdout
    assert "sources of truth\n  table lists it as stack (row 2), active, with" in told.stdout
    assert "table hosts.csv: row 2" in told.stdout
    absent = project.run("explain", "TST26059999")
    assert absent.stderr.endswith("nor on any line; table lists it as old (row 4), offline\n")
