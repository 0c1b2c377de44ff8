"""The scan, over real sockets on loopback."""

import asyncio
import os
import random
import signal
import socket
import threading
import time
from contextlib import contextmanager
from ipaddress import ip_network
from pathlib import Path

import pytest

from agent.discovery import Errand, connections, greeting, scalars, web
from agent.discovery.journal import Journal
from agent.discovery.ports import ports
from agent.discovery.scan import Plan, scan
from agent.discovery.tally import Tally
from agent.discovery.targets import plan
from agent.errors import OutputError
from agent.inventory.credentials import SnmpCredentials
from lab import server
from lab.estate import load_estate

ESTATE = """
schema: netcover/estate/1
network: {net}.0/24
port: 2222
sites: [lab]
hosts:
  - name: sw1
    <<: &switch {{site: lab, platform: catalyst_9300, version: 17.9.4a, pid: C9300-24T}}
    address: {net}.17
    serial: TST2601D001
  - {{name: sw2, <<: *switch, address: {net}.18, serial: TST2601D002, snmp: false}}
  - {{name: sw3, <<: *switch, address: {net}.200, serial: TST2601D003, ssh_port: 2022}}
  - {{name: ftd1, site: lab, platform: ftd, version: 7.2.5, pid: FPR-1010, serial: TST2601D004,
      address: {net}.30, ssh_version: OpenSSH_7.4}}
strangers:
  - {{name: linux, address: {net}.40, says: SSH-2.0-OpenSSH_9.2p1 Debian, enterprise: 8072}}
  - {{name: honeypot, address: {net}.41, ports: [2222, 2022, 8443]}}
  - {{name: chatty, address: {net}.42, says: "220 mail", endless: true}}
  - {{name: printer, address: {net}.43, says: SSH-2.0-dropbear,
      web: {{port: 8443, certificate: printer, server: embedded, title: "Paper &amp; ink"}}}}
"""


@pytest.fixture(scope="module", autouse=True)
def impatient():
    """Wait for those who say nothing less long than in the field."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(greeting, "SECONDS", 0.4)
        patch.setattr(web, "SECONDS", 0.6)
        patch.setattr(scalars, "SECONDS", 1.0)
        yield


@pytest.fixture(scope="module")
def net():
    """A /24 of loopback that no other test uses at the same time."""
    return f"127.{64 + os.getpid() % 128}.{random.randrange(256)}"


@pytest.fixture(scope="module")
def estate(net, tmp_path_factory):
    path = tmp_path_factory.mktemp("lab") / "estate.yaml"
    path.write_text(ESTATE.format(net=net))
    return load_estate(path)


@contextmanager
def in_thread(estate, log):
    started, box = threading.Event(), []

    async def serve():
        lab = await server.start(estate, snmp_port=0, command_log=log)
        end = asyncio.Event()
        box.extend((lab, asyncio.get_running_loop(), end))
        started.set()
        await end.wait()
        await lab.close()
        await asyncio.sleep(0.05)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert started.wait(20)
    try:
        yield box[0]
    finally:
        box[1].call_soon_threadsafe(box[2].set)
        thread.join(20)


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    return tmp_path_factory.mktemp("log") / "commands.jsonl"


@pytest.fixture(scope="module")
def lab(estate, log):
    with log.open("w") as file, in_thread(estate, file) as running:
        yield running


def run(words, *, known=None, journal=None, timeout=0.6, **options):
    scope, targets = plan(words)
    journal = journal or Journal(Tally(targets.spans))
    chosen = {
        "ports": ports("2222,2022,8443/https"),
        "rate": 5000.0,
        "per_prefix": 0.0,
        "seed": 1,
    } | options
    found = scan(Errand(scope, journal, timeout), Plan(targets, **chosen), known)
    return {host.address: host for host in found}, journal


@pytest.fixture(scope="module")
def whole(lab, net, estate):
    """One scan of the whole range."""
    community = SnmpCredentials(community=estate.credentials.snmp_community)
    return run([f"{net}.0/24"], snmp=community, snmp_port=lab.snmp_port)


def test_all_are_found_and_none_is_invented(whole, estate):
    found, _ = whole
    assert set(found) == {str(each.address) for each in estate.everybody}


@pytest.mark.parametrize(
    ("last", "said"),
    [
        (17, ("catalyst_9300", "high", 2222, "sw1")),
        (18, (None, "low", 2222, None)),
        (200, ("catalyst_9300", "high", 2022, "sw3")),
        (30, ("ftd", "high", 2222, "ftd1")),
        (40, (None, "none", 2222, None)),
        (41, (None, "none", None, None)),
        (42, (None, "none", None, None)),
        (43, (None, "none", 2222, None)),
    ],
)
def test_each_is_judged(whole, net, last, said):
    host = whole[0][f"{net}.{last}"]
    assert (host.platform, host.confidence, host.port, host.name) == said
    assert host.candidate is (host.confidence != "none")


def test_what_was_said_is_kept(whole, net):
    said = {(c.kind, c.origin, c.text) for c in whole[0][f"{net}.43"].evidence}
    assert said == {
        ("ssh_banner", "2222/tcp", "SSH-2.0-dropbear"),
        ("certificate", "8443/tcp", "CN=printer"),
        ("http_server", "8443/tcp", "embedded"),
        ("http_title", "8443/tcp", "Paper & ink"),
    }
    assert "says '220 mail'" in {c.text for c in whole[0][f"{net}.42"].evidence}


def test_everything_that_was_tried_is_told(whole, net):
    found, journal = whole
    told = {}
    for tried in journal.tally.tried():
        told.setdefault((tried.kind, tried.port), []).append(tried)
    for port in (2222, 2022, 8443):
        assert sum(t.count for t in told["tcp", port]) == 254
    assert journal.counts["tcp"] == 3 * 254
    assert sum(t.count for (kind, _), ts in told.items() for t in ts if kind == "snmp_engine") == 8
    asked = [t for (kind, _), ts in told.items() for t in ts if kind == "snmp"]
    assert sum(t.count for t in asked) == sum(host.candidate for host in found.values()) == 4


def test_no_credential_reaches_a_stranger(whole, log, estate):
    assert whole
    sent = log.read_text()
    assert "community" not in sent
    assert estate.credentials.snmp_community not in sent
    assert '"host": "sw' not in sent  # nobody was logged in to


def test_network_and_broadcast_addresses_are_left_alone(whole, net):
    _, journal = whole
    addresses = {a for tried in journal.tally.tried() for a in tried.addresses}
    assert not {f"{net}.0", f"{net}.255"} & addresses
    assert journal.tally.untried("tcp", 2222) == 0


def test_without_credentials_only_what_stands_in_the_open_is_known(lab, net):
    found, journal = run([f"{net}.17", f"{net}.30"], snmp_port=lab.snmp_port)
    assert {h.confidence for h in found.values()} == {"low"}
    assert found[f"{net}.30"].reason.startswith("Cisco by its SNMPv3 engine id 'enterprise 9,")
    assert "snmp" not in journal.counts


def test_snmpv3_tells_the_same(lab, net, estate):
    known = estate.credentials
    user = SnmpCredentials(
        user=known.snmp_user,
        auth_protocol="SHA-256",
        auth_key=known.snmp_auth_key,
        priv_protocol="AES-128",
        priv_key=known.snmp_priv_key,
    )
    found, _ = run([f"{net}.17", f"{net}.40"], snmp=user, snmp_port=lab.snmp_port)
    assert found[f"{net}.17"].platform == "catalyst_9300"
    assert found[f"{net}.40"].platform is None


def test_a_wrong_community_leaves_what_stands_in_the_open(lab, net):
    wrong = SnmpCredentials(community="another")
    found, journal = run([f"{net}.17"], snmp=wrong, snmp_port=lab.snmp_port)
    assert (found[f"{net}.17"].platform, found[f"{net}.17"].confidence) == (None, "low")
    assert [t.result for t in journal.tally.tried() if t.kind == "snmp"] == ["timeout"]


def test_an_engine_is_found_where_no_port_is_open(lab, net):
    found, journal = run(
        [f"{net}.16/29"], ports=ports(f"1,{lab.snmp_port}/snmp"), snmp_port=lab.snmp_port
    )
    assert set(found) == {f"{net}.17"}
    assert found[f"{net}.17"].candidate
    assert journal.counts == {"tcp": 6, "snmp_engine": 6}


def test_an_order_follows_from_its_seed(lab, net):
    orders = []
    for seed in (5, 5, 6):
        order = []
        scope, targets = plan([f"{net}.0/26"])
        journal = Journal(Tally(targets.spans), tell=lambda a, order=order: order.append(a.address))
        chosen = Plan(targets, ports("9"), 5000.0, 0.0, seed)
        scan(Errand(scope, journal), chosen)
        orders.append(order)
    assert sorted(orders[0]) == sorted(orders[2]) != orders[2]
    assert orders[0] == orders[1] != orders[2]


def test_a_scan_goes_on_where_it_stopped(lab, net):
    _, targets = plan([f"{net}.0/24"])
    journal = Journal(Tally(targets.spans))
    first, _ = run([f"{net}.16/28"], journal=journal)
    for address in ip_network(f"{net}.16/28"):
        if str(address) not in first:
            for port in (2022, 8443):  # as if they had been asked before
                journal.tried(str(address), port, "tcp", "refused")
    before = dict(journal.counts)
    found, _ = run([f"{net}.0/24"], journal=journal, known=first)
    assert len(found) == 8
    asked = journal.counts["tcp"] - before["tcp"]
    assert asked == 3 * (254 - 14)
    assert journal.tally.untried("tcp", 2222) == 0


def test_no_more_than_so_many_connections_at_once_and_none_is_lost(lab, net):
    found, journal = run([f"{net}.0/24"], most_open=3)
    assert len(found) == 8
    assert journal.counts["tcp"] == 3 * 254


def test_fewer_connections_than_ports_are_no_standstill(lab, net):
    found, journal = run([f"{net}.16/30"], most_open=1)
    assert len(found) == 2
    assert journal.counts["tcp"] == 3 * 2


def test_a_journal_that_cannot_be_written_ends_the_run(net):
    file = Path("/dev/full").open("w", buffering=1)  # noqa: SIM115 - the journal closes it
    with pytest.raises(OutputError, match="No space left"):
        run([f"{net}.0/24"], journal=Journal(file=file))


def test_a_probe_that_finds_no_socket_is_sent_later(lab, net, monkeypatch):
    real, calls = socket.socket, []

    def scarce(*args, **kwargs):
        if args[1:2] == (socket.SOCK_STREAM,):
            calls.append(args)
            if len(calls) % 3 == 0:
                raise OSError(24, "Too many open files")
        return real(*args, **kwargs)

    monkeypatch.setattr(connections.socket, "socket", scarce)
    found, journal = run([f"{net}.0/26"])
    assert len(found) == 7
    assert journal.counts["tcp"] == 3 * 62
    assert {t.result for t in journal.tally.tried() if t.kind == "tcp"} == {"open", "refused"}


def test_a_host_that_is_silent_gets_a_second_syn_which_is_counted():
    address = f"127.{64 + os.getpid() % 128}.255.9"
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind((address, 0))
        full.listen(0)
        for waiting in (first, second):  # nobody accepts them, and there is no room for more
            waiting.settimeout(0.0)
            waiting.connect_ex(full.getsockname())
        port = full.getsockname()[1]
        _, patient = run([address], ports=ports(str(port)), timeout=1.3)
        _, hasty = run([address], ports=ports(str(port)), timeout=0.3)
    assert {(t.kind, t.result) for t in patient.tally.tried()} == {
        ("tcp", "silent"),
        ("tcp_repeat", "sent"),
    }
    assert patient.counts == {"tcp": 1, "tcp_repeat": 1}
    assert hasty.counts == {"tcp": 1}


def test_ctrl_c_ends_a_scan_at_once(lab, net):
    scope, targets = plan([f"{net}.0/24"])
    journal = Journal(Tally(targets.spans))
    chosen = Plan(targets, ports("2222"), 50.0, 0.0, 1, lab.snmp_port)
    began = time.monotonic()
    timer = threading.Timer(0.6, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        scan(Errand(scope, journal), chosen)
    assert time.monotonic() - began < 2.6
    assert 10 <= journal.counts["tcp"] <= 60
