"""A sweep with firewall managers in the inventory, as a user runs it."""

import json

import pytest
import yaml

from lab.cisco.faults import Fault
from lab.estate import load_estate
from lab.inventory import write_inventory
from lab.managers import ManagersLab
from lab.process import LabProcess

ESTATE = {
    "schema": "netcover/estate/1",
    "network": "127.21.0.0/24",
    "sites": ["hq"],
    "hosts": [
        {"name": "fw1", "site": "hq", "platform": "ftd", "version": "7.2.5",
         "pid": "FPR-2130", "serial": "TSD26010001"},
        {"name": "fw2", "site": "hq", "platform": "ftd", "version": "7.4.2",
         "pid": "FPR-1010", "serial": "TSD26010002"},
    ],
    "managers": [
        {"name": "fmc1", "kind": "fmc", "site": "hq", "address": "127.21.0.200",
         "version": "7.4.2", "domains": {"Global": ["fw1", "fw2"]},
         "only_here": [{"name": "lost1", "pid": "FPR-1120", "serial": "TSD26010003",
                        "version": "7.0.6"}]},
        {"name": "fdm2", "kind": "fdm", "site": "hq", "address": "127.21.0.201", "device": "fw2"},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def estate(tmp_path_factory):
    path = tmp_path_factory.mktemp("estate") / "estate.yaml"
    path.write_text(yaml.safe_dump(ESTATE))
    with LabProcess(path, port=0) as lab:
        yield load_estate(path), lab


def sweep(project, estate, *faults, told=None):
    """The outcome of a sweep with its document; `told` is what the managers believe."""
    model, lab = estate
    with ManagersLab(told or model, faults) as managers:
        write_inventory(model, project.folder / "inventory", lab.port, None, managers.port)
        result = project.run(
            "sweep", "-o", "sweep.json", NETCOVER_REST__CA_FILE=str(managers.ca_file),
            NETCOVER_REST__PAUSE="0.01",
        )  # fmt: skip
    return result, json.loads((project.folder / "sweep.json").read_text())


def opinions(project):
    project.run("assess", "-o", "findings.json")
    found = json.loads((project.folder / "findings.json").read_text())["findings"]
    return {
        f["serial"]: (f["host"], f["status"], f["reason"])
        for f in found
        if f["rule"] == "second_opinion" and f["serial"]
    }


def test_a_firewall_that_its_manager_alone_knows_is_found(project, estate):
    result, document = sweep(project, estate)
    assert result.returncode == 3, result.stderr
    (lost,) = [o for o in document["observations"] if o["serial"] == "TSD26010003"]
    assert (lost["host"], lost["managed_by"], lost["pid"]) == ("fmc1", "fmc1", "FPR-1120")
    (piece,) = lost["evidence"]
    assert piece["source"] == "rest"
    assert piece["command"].startswith("GET /api/fmc_config/v1/domain/{domain}/devices/")
    assert len(piece["sha256"]) == 64
    assert [i["reason"] for i in document["incomplete"]] == [
        "serial not printed: the API does not state the manager's own"
    ]
    assert opinions(project) == {
        "TSD26010001": ("fw1", "not_a_finding", "the unit and its manager agree"),
        "TSD26010002": ("fdm2", "not_a_finding", "the unit and its manager agree"),
        "TSD26010003": ("fmc1", "not_applicable", "read in one way only"),
    }


def test_a_manager_that_contradicts_its_device_is_a_finding(project, estate):
    model, _ = estate
    first = model.hosts[0]
    other = first.model_copy(
        update={
            "version": "7.0.1",
            "members": (first.members[0].model_copy(update={"pid": "FPR-2140"}),),
        }
    )
    sweep(project, estate, told=model.with_hosts((other, *model.hosts[1:])))
    host, status, reason = opinions(project)["TSD26010001"]
    assert (host, status) == ("fw1", "open")
    assert reason == (
        "PID: the unit itself states FPR-2130, its manager fmc1 FPR-2140;"
        " release: the unit itself states 7.2.5, its manager fmc1 7.0.1"
    )


def test_a_manager_that_answers_garbage_is_not_read_and_loses_no_other(project, estate):
    result, document = sweep(project, estate, Fault("html", "token", times=None))
    assert {u["host"]: u["kind"] for u in document["unreached"]} == {
        "fdm2": "not_a_device",
        "fmc1": "not_a_device",
    }
    assert {o["serial"] for o in document["observations"]} == {"TSD26010001", "TSD26010002"}
    assert result.returncode == 3
    known = estate[0].credentials
    assert known.password not in result.stdout + result.stderr


@pytest.mark.parametrize("command", [("sweep",), ("discover", "--from", "fmc1")])
def test_a_file_without_certificates_is_one_clear_error_before_anybody_is_called(
    project, estate, command
):
    model, lab = estate
    write_inventory(model, project.folder / "inventory", lab.port, None, lab.port)
    (project.folder / "ca.pem").write_text("no certificate\n")
    (project.folder / "netcover.toml").write_text('[rest]\nca_file = "ca.pem"\n')
    result = project.run(*command)
    assert result.returncode == 2
    assert result.stderr.startswith("netcover: rest.ca_file: ca.pem: no certificate that can be")
    assert result.stderr.count("\n") == 1


def test_a_certificate_that_is_not_believed_is_looked_at_once_and_quietly(project, estate):
    model, lab = estate
    with ManagersLab(model) as managers:
        write_inventory(model, project.folder / "inventory", lab.port, None, managers.port)
        result = project.run("sweep", "--filter", "name=fmc1")
    assert result.returncode == 3
    lines = result.stderr.splitlines()
    assert [line.partition(":")[0] for line in lines if "certificate" in line] == ["not read  fmc1"]
    assert managers.asked == []
