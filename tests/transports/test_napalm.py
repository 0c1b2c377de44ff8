"""NAPALM's drivers against the lab over real SSH: what they state, and what leaves the machine."""

import json
import logging
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from napalm.base.exceptions import ConnectionClosedException, NapalmException
from napalm.pyIOSXR import exceptions as xml
from netmiko.exceptions import ReadException, ReadTimeout

from agent.errors import CommandNotDeclaredError, HostFailureError
from agent.platforms import Command, platform, platforms
from agent.transports import _drivers, napalm
from lab.estate import load_estate
from lab.inventory import write_inventory
from lab.process import LabProcess

FILE = Path(__file__).with_name("estate.yaml")
ESTATE = load_estate(FILE)
LOGIN = ESTATE.credentials
DRIVEN = {"nexus": "nxos", "router": "ios", "edge": "ios_xr", "leaf": "eos"}
ASKED = {
    "nexus": ["show version", "show hosts", "show interface status", "show hostname",
              "show inventory | json"],
    "router": ["show version", "show hosts", "show ip interface brief"],
    "leaf": ["show version | json", "show version | json", "show hostname | json",
             "show interfaces | json"],
}  # fmt: skip


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    log = tmp_path_factory.mktemp("lab") / "commands.jsonl"
    with LabProcess(FILE, port=0, command_log=log) as running:
        yield running


@pytest.fixture(scope="module")
def swept(lab, tmp_path_factory):
    """The estate swept once by the command line, as every other platform; its sweep.json."""
    folder = tmp_path_factory.mktemp("swept")
    write_inventory(ESTATE, folder / "inventory", lab.port)
    with (folder / "inventory" / "hosts.yaml").open("a", encoding="utf-8") as hosts:
        hosts.write("junior: {hostname: 192.0.2.1, platform: junos}\n")
    subprocess.run(
        [sys.executable, "-m", "agent", "sweep", "-o", "sweep.json"],
        cwd=folder,
        env=os.environ
        | {
            "NETCOVER_USERNAME": LOGIN.username,
            "NETCOVER_PASSWORD": LOGIN.password,
            "NETCOVER_SWEEP__TIMEOUT": "5",
            "PYTHONPATH": str(Path(__file__).parents[2]),
        },
        check=False,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=120,
    )
    return json.loads((folder / "sweep.json").read_text(encoding="utf-8"))


@pytest.fixture
def opened(lab):
    """Opens a session on a host of the lab as a platform, and closes it at the end."""
    plugins = []

    def start(host, name, **extras):
        plugin = napalm.NapalmPlugin()
        plugins.append(plugin)
        address = str(ESTATE.by_name[host].address)
        plugin.open(
            address, LOGIN.username, LOGIN.password, lab.port, name, {"timeout": 5} | extras
        )
        return plugin.connection

    yield start
    for plugin in plugins:
        plugin.close()


@pytest.fixture
def declared(monkeypatch):
    """Changes what a platform declares, for the transport alone."""

    def change(name, **changes):
        changed = replace(platform(name), **changes)
        monkeypatch.setattr(napalm, "platform_named", lambda _: changed)
        return changed

    return change


def received(lab, host):
    lines = map(json.loads, lab.command_log.read_text(encoding="utf-8").splitlines())
    return [line["command"] for line in lines if line["host"] == host]


def test_a_sweep_states_every_chassis(swept):
    units = swept["observations"]
    read = {u["host"]: (u["serial"], u["pid"], u["version"]) for u in units}
    truth = {u.host: (u.serial, u.pid, u.version) for u in ESTATE.truth()}
    assert len(read) == len(units)
    assert read == {host: truth[host] for host in ("core", "edge", "leaf", "nexus", "router")}
    assert {(u["kind"], u["lane"]) for u in units} == {("chassis", "napalm")}
    assert {e["command"] for u in units for e in u["evidence"]} == {"get_facts"}
    assert {(gap["host"], gap["kind"]) for gap in swept["incomplete"]} == {
        (host, "members_not_enumerated") for host in read
    }


def test_a_sweep_says_why_a_host_was_not_read(swept):
    assert {failure["host"]: failure["kind"] for failure in swept["unreached"]} == {
        "closed": "auth_refused",
        "gone": "refused",
        "junior": "negotiation",
        "mute": "timeout",
        "old": "wrong_platform",
        "shaky": "connection_lost",
        "stuck": "timeout",
    }


@pytest.mark.parametrize("host", sorted(ASKED))
def test_what_is_typed_is_what_is_declared(lab, opened, host):
    before = len(received(lab, host))
    facts = json.loads(opened(host, DRIVEN[host]).send("get_facts"))
    assert facts["hostname"] == host
    paging = ["terminal width 511", "terminal length 0"]
    assert received(lab, host)[before:] == paging + ASKED[host]


def test_nothing_undeclared_ever_reached_a_device(swept, lab):
    for host in ESTATE.hosts:
        device = platform(host.platform)
        lines = {line for command in device.commands for line in command.lines}
        assert set(received(lab, host.name)) <= lines | set(device.session)


def test_a_refused_request_is_asked_in_the_newer_form(swept, lab):
    requests = [line for line in received(lab, "core") if line.startswith("<")]
    assert ["<PlatformInventory>" in r for r in requests[:2]] == [True, False]
    assert "<Inventory>" in requests[1]


def test_a_line_the_platform_does_not_declare_is_not_typed(lab, opened, declared):
    declared("ios", commands=(Command("get_facts", sends=("show version",)),))
    before = len(received(lab, "router"))
    session = opened("router", "ios")
    with pytest.raises(CommandNotDeclaredError, match="not declared, not sent: 'show hosts'"):
        session.send("get_facts")
    typed = received(lab, "router")[before:]
    # The lab may note the exit of the session before while this one begins.
    assert [line for line in typed if line != "exit"] == [
        "terminal width 511",
        "terminal length 0",
        "show version",
    ]


@pytest.mark.parametrize(("host", "name"), sorted(DRIVEN.items()))
def test_a_driver_that_prepares_itself_undeclared_types_nothing(lab, opened, declared, host, name):
    declared(name, session=())
    before = len(received(lab, host))
    with pytest.raises(CommandNotDeclaredError, match="not sent: 'terminal width 511'"):
        opened(host, name)
    assert received(lab, host)[before:] == []


@pytest.mark.parametrize(("host", "name"), sorted(DRIVEN.items()))
def test_a_driver_cannot_type_anything_else(lab, opened, host, name):
    session = opened(host, name)
    with pytest.raises((CommandNotDeclaredError, NapalmException), match="not declared, not sent"):
        session.driver.cli(["reload"])
    with pytest.raises(CommandNotDeclaredError, match="not called: 'get_config'"):
        session.send("get_config")
    assert not [line for line in received(lab, host) if "reload" in line or "config" in line]


@pytest.mark.parametrize("driver", ["junos", "nxos", "iosxr_netconf", "made_up"])
def test_a_driver_past_the_gate_is_refused_before_any_connection(declared, driver):
    declared("nxos", napalm=driver)
    with pytest.raises(HostFailureError, match=f"NAPALM's {driver} driver") as caught:
        napalm.NapalmPlugin().open("no-such-host.invalid", "me", "canary", 22, "nxos")
    assert caught.value.kind == "negotiation"
    assert "\n" not in caught.value.reason


def test_every_platform_names_a_driver_that_is_gated_or_declares_nothing():
    driven = [p for p in platforms().values() if p.transport == "napalm"]
    assert {p.name for p in driven if p.napalm in _drivers.GATED} == {
        "eos",
        "ios",
        "ios_xr",
        "nxos",
    }
    assert {p.name for p in driven if not p.commands} == {"junos"}


def test_another_device_than_declared_is_said_to_be_one(opened):
    with pytest.raises(HostFailureError, match="'xml' was refused; is it IOS-XR") as caught:
        opened("nexus", "ios_xr")
    assert caught.value.kind == "wrong_platform"


def test_an_old_release_is_named(opened):
    with pytest.raises(HostFailureError, match=r"UnsupportedVersion: 4\.22\.1F"):
        opened("old", "eos")


def test_no_secret_is_logged_or_shown(opened, caplog):
    with caplog.at_level(logging.DEBUG):
        session = opened("router", "ios", secret="canary-of-enable")
        session.send("get_facts")
    shown = caplog.text + repr(session) + repr(vars(session.driver))
    assert LOGIN.password not in shown
    assert "canary-of-enable" not in shown


@pytest.mark.parametrize(
    ("raised", "kind", "reason"),
    [
        (ReadTimeout("no"), "timeout", "no prompt within 3 s after get_facts"),
        (ReadException("closed"), "connection_lost", "connection lost after get_facts: closed"),
        (OSError("reset"), "connection_lost", "connection lost after get_facts: reset"),
        (ConnectionClosedException("gone"), "connection_lost", "gone"),
        (xml.TimeoutError("slow"), "timeout", "slow"),
        (xml.ConnectError("XML agent is not enabled"), "negotiation", "XML agent is not enabled"),
        (NapalmException("odd"), "wrong_platform", "cannot read what the device printed"),
        (KeyError("version"), "wrong_platform", "KeyError: version"),
    ],
)
def test_each_way_to_fail_has_its_kind(raised, kind, reason):
    def driver():
        raise raised

    with pytest.raises(HostFailureError) as caught:
        napalm._asked(platform("ios"), 3, "get_facts", driver)
    assert caught.value.kind == kind
    assert reason in caught.value.reason
