"""``netcover discover --from``, as a user runs it: a range, what stands behind it, a manager."""

import csv
import json
from pathlib import Path

import pytest

from lab.cisco.faults import Fault
from lab.estate import load_estate
from lab.inventory import write_inventory
from lab.managers import ManagersLab
from lab.process import LabProcess

LINKS = Path(__file__).parents[1] / "discovery" / "links.yaml"
ESTATE = load_estate(LINKS)
RANGE, BEHIND = "127.22.0.0/25", "127.22.0.128/26"
NOBODY = {"NETCOVER_USERNAME": None, "NETCOVER_PASSWORD": None, "NETCOVER_ENABLE": None}
COMMUNITY = {"NETCOVER_SNMP_COMMUNITY": ESTATE.credentials.snmp_community}


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    log = tmp_path_factory.mktemp("lab") / "commands.jsonl"
    with LabProcess(LINKS, port=0, snmp_port=0, command_log=log) as running:
        yield running


def discover(project, lab, *words, **environment):
    result = project.run(
        *("discover", "--ports", lab.port, "--snmp-port", lab.snmp_port),
        *("--timeout", "0.5", "--quiet", *words),
        **{"NETCOVER_SWEEP__TIMEOUT": "1.5"} | environment,
    )
    path = project.folder / "discovery.json"
    return result, json.loads(path.read_text())["hosts"] if path.exists() else []


def serials(hosts):
    return {host["serial"] for host in hosts if host["confidence"] == "high"}


def test_a_range_its_neighbours_and_a_manager_tell_of_every_device(project, lab):
    with ManagersLab(ESTATE) as managers:
        write_inventory(ESTATE, project.folder / "inventory", lab.port, None, managers.port)
        result, hosts = discover(
            project, lab, RANGE, "--allow", RANGE, "--allow", BEHIND,
            "--from", "core1", "--from", "fmc1", "--rate", "20000",
            NETCOVER_REST__CA_FILE=str(managers.ca_file), **COMMUNITY,
        )  # fmt: skip
    assert result.returncode == 3, result.stderr
    assert "not read    quiet" in result.stderr
    every = {str(h.active.serial) for h in ESTATE.hosts if h.name not in {"quiet", "beyond"}}
    points = {point.serial for h in ESTATE.hosts for point in h.access_points}
    assert serials(hosts) - {None} == every | points | {"TST26220011"}
    lost = next(h for h in hosts if h["name"] == "lost1")
    assert (lost["address"], lost["managed_by"]) == ("127.22.0.140", "fmc1")
    found = {h["address"]: h["found_by"] for h in hosts}
    assert found["127.22.0.130"] == ["lldp"]
    assert found["127.22.0.1"] == ["cdp", "lldp", "scan"]
    journal = csv.DictReader((project.folder / "discovery.journal.csv").read_text().splitlines())
    journal = list(journal)
    sent = [r for r in journal if r["kind"] in {"login", "neighbours", "rest", "snmp"}]
    assert {r["address"] for r in sent} <= {str(e.address) for e in ESTATE.everybody} - {
        "127.22.0.250"
    }
    assert [r["address"] for r in journal if r["kind"] == "rest"] == ["127.22.0.9"]


def test_an_address_alone_is_identified_and_its_neighbours_are_listed(project, lab):
    result, hosts = discover(project, lab, "--from", "127.22.0.1")
    assert result.returncode == 0, result.stderr
    asked = [h["name"] for h in hosts if h["reason"].startswith("asked by ")]
    assert asked == ["core1"]
    assert {h["name"].partition(".")[0] for h in hosts} == {
        "core1", "core2", "acc1", "nexus1", "wlc1",
    }  # fmt: skip
    assert all("outside the allow-list" in h["reason"] for h in hosts if h["name"] != "core1")


def test_snmp_alone_is_enough_where_there_is_no_login(project, lab):
    few = ("--allow", "127.22.0.0/30")
    result, hosts = discover(project, lab, "--from", "127.22.0.1", *few, **NOBODY, **COMMUNITY)
    assert "no credentials for SSH: devices are asked by SNMP alone" in result.stderr
    assert serials(hosts) == {"TST26220001", "TST26220002", "TST26220004"}
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("words", "environment", "said"),
    [
        (["--from", "nowhere.invalid"], {}, "'nowhere.invalid' is no address, no host of the inv"),
        (["--from", "127.22.0.1"], NOBODY, "no credentials: set NETCOVER_USERNAME"),
        (
            ["--from", "127.22.0.1"],
            {"NETCOVER_DISCOVERY__ALLOW": '["192.0.2.0/24"]'},
            "outside",
        ),
        (["--from", "127.22.0.1", "--exclude", "127.22.0.1"], {}, "127.22.0.1 is excluded"),
        (["--from", "127.22.0.1", "--depth", "-1"], {}, "--depth"),
    ],
)
def test_bad_input_is_one_clear_error(project, lab, words, environment, said):
    result, hosts = discover(project, lab, *words, **environment)
    assert (result.returncode, hosts) == (2, [])
    assert said in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr


def test_a_manager_that_answers_garbage_is_named(project, lab):
    with ManagersLab(ESTATE, [Fault("html", "token", times=None)]) as managers:
        write_inventory(ESTATE, project.folder / "inventory", lab.port, None, managers.port)
        result, hosts = discover(
            project, lab, "--from", "fmc1",
            NETCOVER_REST__CA_FILE=str(managers.ca_file), NETCOVER_REST__PAUSE="0.01",
        )  # fmt: skip
    assert result.returncode == 3
    assert "not read    fmc1: not_a_device: no token in the answer to the login" in result.stderr
    assert [h["name"] for h in hosts] == ["fmc1"]
