"""The last resort: netmiko's SSHDetect behind the gate, on the lab."""

import json
import os
import threading

import pytest

from agent.discovery import Errand, detection
from agent.discovery.detection import Login, detect_all, needs_login, platform_of
from agent.discovery.journal import Journal
from agent.discovery.scope import Scope, prefix
from agent.errors import CommandNotDeclaredError, ScopeError
from agent.inventory.credentials import Credentials, Wanted
from agent.model import Clue, Discovered
from agent.runners.gates import Limits
from agent.transports.access import Access
from agent.transports.gate import Gate
from agent.transports.host_keys import KnownHosts
from lab.estate import load_estate
from lab.process import LabProcess

NET = f"127.{192 + os.getpid() % 60}.{os.getpid() // 60 % 256}"
ESTATE = f"""
schema: netcover/estate/1
network: {NET}.0/24
sites: [lab]
hosts:
  - {{name: sw1, site: lab, platform: catalyst_9300, version: 17.9.4a, pid: C9300-24T, serial: TST2601L001}}
  - {{name: wlc1, site: lab, platform: catalyst_9800, version: 17.9.5, pid: C9800-40-K9, serial: TST2601L002}}
  - {{name: asa1, site: lab, platform: asa, version: 9.16(4)57, pid: ASA5525, serial: TST2601L003}}
  - {{name: ftd1, site: lab, platform: ftd, version: 7.2.5, pid: FPR-1010, serial: TST2601L004}}
  - {{name: fx1, site: lab, platform: fxos, version: 2.12(0.498), pid: FPR-4110-K9, serial: TST2601L005,
      security_modules: [{{slot: 1, pid: FPR4K-SM-12, serial: TST2601L006}}]}}
  - {{name: rtr1, site: lab, platform: ios, version: 15.2(4)M7, pid: CISCO2911/K9, serial: TST2601L007}}
  - {{name: nx1, site: lab, platform: nxos, version: 9.3(8), pid: N9K-C93180YC-EX, serial: TST2601L008}}
"""  # noqa: E501 - one host, one line
CISCO = Clue("ssh_banner", "22/tcp", "SSH-2.0-Cisco-1.25")


@pytest.fixture(scope="module")
def estate(tmp_path_factory):
    path = tmp_path_factory.mktemp("lab") / "estate.yaml"
    path.write_text(ESTATE)
    return path


@pytest.fixture(scope="module")
def lab(estate):
    log = estate.with_name("commands.jsonl")
    with LabProcess(estate, port=0, command_log=log) as running:
        yield running


def candidates(estate, lab):
    return [
        Discovered(
            str(host.address), port=lab.port, confidence="low", candidate=True, evidence=(CISCO,)
        )
        for host in load_estate(estate).hosts
    ]


def login(tmp_path, password, *, ceiling=3, timeout=20.0):
    who = Credentials("netcover", password, None)
    known_hosts = KnownHosts(tmp_path / "known_hosts", "accept-new")
    access = Access({Wanted(): who}, known_hosts, timeout)
    return Login(who, access, Limits(refusals_per_site=ceiling))


def errand():
    return Errand(Scope.of([prefix(f"{NET}.0/24")]), Journal())


def test_each_platform_is_told_and_one_command_is_sent(estate, lab, tmp_path):
    hosts = candidates(estate, lab)
    password = load_estate(estate).credentials.password
    going = errand()
    found = detect_all(hosts, going, login(tmp_path, password))
    assert [(host.name, host.platform, host.confidence) for host in found] == [
        ("sw1", "catalyst_9300", "high"),
        ("wlc1", "catalyst_9800", "high"),
        ("asa1", "asa", "high"),
        (None, "ftd", "high"),
        ("fx1", "fxos", "high"),
        ("rtr1", "ios", "high"),
        ("nx1", "nxos", "high"),
    ]
    assert going.journal.counts == {"login": 7}
    sent = [json.loads(line) for line in lab.command_log.read_text().splitlines()]
    assert {entry["command"] for entry in sent} == {"show version"}


def test_a_wrong_password_is_offered_to_no_more_hosts_than_the_ceiling(estate, lab, tmp_path):
    going = errand()
    found = detect_all(candidates(estate, lab), going, login(tmp_path, "wrong", ceiling=2))
    assert going.journal.counts == {"login": 2}
    assert [host.platform for host in found] == [None] * 7
    reasons = [host.reason for host in found]
    assert sum("auth_refused: the device refused the login" in reason for reason in reasons) == 2
    assert sum("not tried" in reason and "refused" in reason for reason in reasons) == 5


@pytest.mark.parametrize(
    ("host", "needed"),
    [
        (Discovered("192.0.2.1", port=22, candidate=True), True),
        (Discovered("192.0.2.1", port=22), False),
        (Discovered("192.0.2.1", candidate=True), False),
        (Discovered(None, port=22, candidate=True), False),
        (Discovered("192.0.2.1", port=22, candidate=True, platform="asa"), False),
    ],
)
def test_who_is_logged_in_to(host, needed):
    assert needs_login(host) is needed


def test_nobody_outside_the_scope_is_logged_in_to(tmp_path):
    host = Discovered("192.0.2.1", port=22, candidate=True)
    with pytest.raises(ScopeError, match="outside the allow-list"):
        detect_all([host], errand(), login(tmp_path, "x"))


def test_the_gate_admits_the_one_command():
    gate = Gate(detection.UNKNOWN, None)
    gate.admit("show version\n")
    for line in ("enable", "uname -a", "show system", "terminal length 0", "configure terminal"):
        with pytest.raises(CommandNotDeclaredError):
            gate.admit(line)


@pytest.mark.parametrize(
    ("best", "printed", "platform"),
    [
        ("cisco_xe", "Cisco IOS XE Software, Version 17.09.04a\ncisco ISR4331/K9 (1RU)", "ios"),
        ("arista_eos", "Arista vEOS\nSoftware image version: 4.27.2F", "eos"),
        ("linux", "Linux box 6.1.0 version 5", None),
        (None, "% Invalid input", None),
        (None, "", None),
    ],
)
def test_what_other_families_print(best, printed, platform):
    assert platform_of(best, printed)[0] == platform


def test_a_login_that_hangs_does_not_hold_up_the_end(tmp_path, monkeypatch):
    release = threading.Event()
    monkeypatch.setattr(detection, "detect", lambda host, login: release.wait(20))
    monkeypatch.setattr(detection.asyncio, "sleep", interrupted_after(5))
    host = Discovered(f"{NET}.1", port=22, candidate=True)
    going = errand()
    with pytest.raises(KeyboardInterrupt):
        detect_all([host], going, login(tmp_path, "x"))
    release.set()
    assert going.journal.counts == {"login": 1}


def interrupted_after(calls, sleep=detection.asyncio.sleep):
    """A sleep that is interrupted at its n-th call, as Ctrl-C would."""
    left = iter(range(calls))

    async def short(seconds):
        if next(left, None) is None:
            raise KeyboardInterrupt
        await sleep(seconds)

    return short
