"""A sweep by SNMP, beside SSH and alone, as a user runs it."""

import json

import pytest
import yaml

from lab.estate import load_estate
from lab.inventory import write_inventory
from lab.process import LabProcess
from tests.cli.conftest import ESTATE

KNOWN = load_estate(ESTATE).credentials
COMMUNITY = {"NETCOVER_SNMP_COMMUNITY": KNOWN.snmp_community}
USER = {
    "NETCOVER_SNMP_USER": KNOWN.snmp_user,
    "NETCOVER_SNMP_AUTH_PROTOCOL": "SHA-256",
    "NETCOVER_SNMP_AUTH_KEY": KNOWN.snmp_auth_key,
    "NETCOVER_SNMP_PRIV_PROTOCOL": "AES-128",
    "NETCOVER_SNMP_PRIV_KEY": KNOWN.snmp_priv_key,
}
NO_LOGIN = {"NETCOVER_USERNAME": None, "NETCOVER_PASSWORD": None, "NETCOVER_ENABLE": None}


@pytest.fixture(scope="module")
def agents():
    with LabProcess(ESTATE, port=0, snmp_port=0) as running:
        yield running


def sweep(project, agents, *words, changes=None, **environment):
    """The outcome of a sweep and its document; `changes` go into the hosts of the inventory."""
    folder = project.folder / "inventory"
    write_inventory(load_estate(ESTATE), folder, agents.port, agents.snmp_port)
    hosts = yaml.safe_load((folder / "hosts.yaml").read_text())
    for name, change in (changes or {}).items():
        data = hosts[name]["data"] | change.pop("data", {})
        hosts[name] |= change | {"data": data}
    (folder / "hosts.yaml").write_text(yaml.safe_dump(hosts))
    result = project.run("sweep", "-o", "sweep.json", *words, **environment)
    document = project.folder / "sweep.json"
    return result, json.loads(document.read_text()) if document.exists() else {}


def sources(document):
    """By serial, the transports its evidence comes from."""
    return {o["serial"]: {e["source"] for e in o["evidence"]} for o in document["observations"]}


@pytest.mark.parametrize("login", [COMMUNITY, USER], ids=["v2c", "v3"])
def test_every_host_read_both_ways(project, agents, login):
    result, document = sweep(
        project, agents, "--filter", "site=north", NETCOVER_SWEEP__SNMP="true", **login
    )
    assert result.returncode == 0, result.stderr
    truth = {u.serial for u in load_estate(ESTATE).truth() if u.reachable and u.site == "north"}
    found = sources(document)
    assert set(found) - {None} == truth
    units = [(o["host"], o["serial"]) for o in document["observations"] if o["serial"]]
    assert len(units) == len(set(units))
    for serial in ("TST26050001", "TST26050004", "TA926050002", "TSF26050001"):
        assert found[serial] == {"asyncssh", "snmp"}, serial
    assert not any(o["disagreements"] for o in document["observations"])
    project.run("assess", "-o", "findings.json")
    findings = json.loads((project.folder / "findings.json").read_text())["findings"]
    opinions = {f["serial"]: f["status"] for f in findings if f["rule"] == "second_opinion"}
    assert opinions["TST26050001"] == "not_a_finding"
    assert "open" not in opinions.values()


def test_a_host_read_by_snmp_alone_needs_no_login(project, agents):
    result, document = sweep(
        project,
        agents,
        "--filter",
        "name=stack",
        changes={"stack": {"data": {"transport": "snmp"}}},
        **(COMMUNITY | NO_LOGIN),
    )
    assert result.returncode == 0, result.stderr
    assert sources(document) == {"TST26050001": {"snmp"}, "TST26050002": {"snmp"}}
    assert {o["version"] for o in document["observations"]} == {"17.9.4a"}


def test_a_second_opinion_that_is_not_given_is_a_gap(project, agents):
    result, document = sweep(
        project,
        agents,
        "--filter",
        "name=stack",
        changes={"stack": {"data": {"snmp": True}}},
        NETCOVER_SNMP_COMMUNITY="another",
        NETCOVER_SWEEP__TIMEOUT="2",
    )
    assert result.returncode == 3
    assert {"TST26050001", "TST26050002"} == set(sources(document))
    ((kind, reason),) = [(g["kind"], g["reason"]) for g in document["incomplete"]]
    assert kind == "command_refused"
    assert reason.startswith("snmp: timeout: ")


def test_a_host_that_refuses_ssh_is_read_by_snmp(project, agents):
    result, document = sweep(
        project,
        agents,
        "--filter",
        "name=stack",
        changes={"stack": {"port": 1, "data": {"snmp": True}}},
        **COMMUNITY,
    )
    assert result.returncode == 3
    assert document["unreached"] == []
    assert sources(document) == {"TST26050001": {"snmp"}, "TST26050002": {"snmp"}}
    assert {o["lane"] for o in document["observations"]} == {"snmp"}
    assert [g["reason"].split(":")[:2] for g in document["incomplete"]] == [["ssh", " refused"]]


def test_without_snmp_credentials(project, agents):
    result, _ = sweep(project, agents, NETCOVER_SWEEP__SNMP="true")
    assert result.returncode == 2
    assert "NETCOVER_SNMP_COMMUNITY" in result.stderr


def test_a_transport_that_cannot_read_the_platform(project, agents):
    result, _ = sweep(project, agents, changes={"stack": {"data": {"transport": "telnet"}}})
    assert result.returncode == 2
    assert "stack: transport 'telnet' cannot read catalyst_9300; use snmp" in result.stderr


def test_ingest_joins_a_walk_with_the_outputs_beside_it(project):
    host = project.folder / "captures" / "sw1"
    host.mkdir(parents=True)
    (host / "show_inventory.txt").write_text(
        'NAME: "Switch 1", DESCR: "C9300-48P"\n'
        "PID: C9300-48P         , VID: V02  , SN: ZZT26010001\n"
    )
    (host / "snmpwalk.txt").write_text(
        '.1.3.6.1.2.1.1.1.0 = STRING: "Cisco IOS Software, CAT9K Software, Version 17.9.4"'
        "\n"
        ".1.3.6.1.2.1.47.1.1.1.1.5.1000 = INTEGER: chassis(3)\n"
        '.1.3.6.1.2.1.47.1.1.1.1.7.1000 = STRING: "Switch 1"\n'
        '.1.3.6.1.2.1.47.1.1.1.1.11.1000 = STRING: "ZZT26010001"\n'
        '.1.3.6.1.2.1.47.1.1.1.1.13.1000 = STRING: "C9300-24T"\n'
    )
    result = project.run("ingest", "captures", "-o", "sweep.json", "--collected", "2026-01-01")
    (unit,) = json.loads((project.folder / "sweep.json").read_text())["observations"]
    assert result.returncode == 0, result.stderr
    assert (unit["serial"], unit["pid"], unit["version"]) == ("ZZT26010001", "C9300-48P", "17.9.4")
    assert {e["command"] for e in unit["evidence"]} == {"show inventory", "snmpwalk"}
    assert unit["disagreements"] == ["PID: the command line states C9300-48P, SNMP C9300-24T"]
    project.run("assess", "-o", "findings.json")
    findings = json.loads((project.folder / "findings.json").read_text())["findings"]
    (opinion,) = [f for f in findings if f["rule"] == "second_opinion"]
    assert (opinion["status"], opinion["severity"]) == ("open", "medium")
