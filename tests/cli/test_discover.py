"""``netcover discover``, as a user runs it, on devices hidden in a /20."""

import contextlib
import csv
import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from ipaddress import ip_address, ip_network

import pytest

from agent.cli import main
from agent.inventory.simple import load_inventory
from lab.estate import DEFAULT_ESTATE, load_estate
from lab.inventory import write_inventory
from lab.managers import ManagersLab
from lab.process import LabProcess
from tests.cli.conftest import Project

HIDDEN = DEFAULT_ESTATE.with_name("hidden.yaml")
NET = f"127.{64 + os.getpid() % 128}"
RANGE = f"{NET}.0.0/20"
PORTS = "2222,2022,8443/https"
FAST = ("--rate", "20000", "--timeout", "1", "--quiet")


def rows(journal):
    return list(csv.DictReader(journal.read_text().splitlines()))


@pytest.fixture(scope="module")
def hidden(tmp_path_factory):
    """The estate, on addresses of its own."""
    path = tmp_path_factory.mktemp("hidden") / "estate.yaml"
    path.write_text(HIDDEN.read_text().replace("127.28.", f"{NET}."))
    return path


@pytest.fixture(scope="module")
def estate(hidden):
    return load_estate(hidden)


@pytest.fixture(scope="module")
def found(hidden, estate, tmp_path_factory):
    """A folder in which all was discovered: by range, logins, neighbours and a manager."""
    made = Project(tmp_path_factory.mktemp("found"))
    log = hidden.with_name("commands.jsonl")
    with (
        LabProcess(hidden, snmp_port=0, command_log=log) as lab,
        ManagersLab(estate) as managers,
    ):
        write_inventory(estate, made.folder / "known", estate.port, lab.snmp_port, managers.port)
        made.result = made.run(
            *("discover", RANGE, "--allow", f"{NET}.32.0/24", "--login"),
            *("--from", f"{NET}.0.1", "--from", "fmc1", "-i", "known"),
            *("--ports", PORTS, "--snmp-port", lab.snmp_port, *FAST),
            NETCOVER_SNMP_COMMUNITY=estate.credentials.snmp_community,
            NETCOVER_REST__CA_FILE=str(managers.ca_file),
        )
    made.document = json.loads((made.folder / "discovery.json").read_text())
    made.journal = rows(made.folder / "discovery.journal.csv")
    made.log = [json.loads(line) for line in log.read_text().splitlines()]
    return made


def test_all_devices_are_found_and_none_is_invented(found, estate):
    assert found.result.returncode == 0, found.result.stderr
    said = {host["address"]: host for host in found.document["hosts"]}
    managers = {str(manager.address): manager.kind for manager in estate.managers}
    lost = {str(d.address): "ftd" for manager in estate.managers for d in manager.only_here}
    devices = {str(host.address): host.platform for host in estate.hosts}
    assert len(devices | lost) == 60
    assert set(said) == {str(each.address) for each in estate.everybody} | set(lost)
    assert {a: h["platform"] for a, h in said.items() if h["platform"]} == (
        devices | managers | lost
    )
    assert {a for a, h in said.items() if h["candidate"]} == {*devices, *managers, *lost}
    for host in estate.hosts:
        assert said[str(host.address)]["port"] == host.ssh_port or estate.port


def test_how_each_was_found(found, estate):
    said = {host["address"]: host for host in found.document["hosts"]}
    assert said[f"{NET}.32.11"]["found_by"] == ["lldp"]
    assert said[f"{NET}.32.12"]["found_by"] == ["cdp"]
    lost = said[f"{NET}.48.9"]
    assert (lost["found_by"], lost["managed_by"]) == (["controller"], "fmc1")
    assert (lost["serial"], said[f"{NET}.32.11"]["serial"]) == ("TST28F0003", "TST28F0001")


def test_each_has_its_confidence_and_evidence(found, estate):
    said = {host["address"]: host for host in found.document["hosts"]}
    for host in estate.hosts:
        told = said[str(host.address)]
        if "scan" not in told["found_by"]:
            continue
        kinds = {clue["kind"] for clue in told["evidence"]}
        assert told["reason"]
        if host.snmp:
            assert (told["confidence"], told["name"]) == ("high", host.name)
            assert kinds >= {"sys_descr", "snmp_engine", "ssh_banner"}
        elif host.web and host.platform in {"asa", "ftd"}:
            assert told["confidence"] == "medium"
            assert kinds >= {"certificate"}
        else:
            assert told["confidence"] == "high"
            assert "login" in kinds


def expanded(ranges):
    for words in ranges:
        first, _, last = words.partition("-")
        yield from range(int(ip_address(first)), int(ip_address(last or first)) + 1)


def test_what_was_tried_is_complete(found):
    wanted = [int(address) for address in ip_network(RANGE).hosts()]
    for port in (2222, 2022, 8443):
        tried = [t for t in found.document["tried"] if (t["kind"], t["port"]) == ("tcp", port)]
        assert sorted(a for t in tried for a in expanded(t["addresses"])) == wanted
    probes = Counter(row["kind"] for row in found.journal)
    assert {k: v for k, v in probes.items() if k not in {"plan", "found", "end"}} == (
        found.document["sent"]
    )
    journalled = {(r["address"], r["port"]) for r in found.journal if r["kind"] == "tcp"}
    assert len(journalled) == 3 * len(wanted)
    assert found.journal[-1]["kind"] == "end"


def test_no_credential_was_shown_to_a_stranger(found, estate):
    strangers = {stranger.name for stranger in estate.strangers}
    credentials = estate.credentials
    for entry in found.log:
        if entry["host"] in strangers:
            assert entry["state"] == "tcp"
            assert entry["command"].startswith("\x16\x03")  # the honeypot was greeted by TLS
            assert credentials.snmp_community not in entry["command"]
        else:
            assert entry["command"].split()[0] in {"show", "terminal", "enable", "exit", "***"}
    addresses = {str(stranger.address) for stranger in estate.strangers}
    kinds = {"snmp", "login", "neighbours", "rest"}
    asked = {row["address"] for row in found.journal if row["kind"] in kinds}
    assert len(asked) == 60
    assert not asked & addresses


def test_the_summary_counts_what_was_sent(found):
    lines = found.result.stderr.splitlines()
    assert lines[-1] == (
        "discovery: 4094 addresses probed; 67 hosts found, 61 of them candidates, 61 of a known"
        " platform"
    )
    assert re.match(r"sent +\d+ https, \d+ login, .*\d+ snmp_engine, 12282 tcp; each is", lines[-3])
    table = found.result.stdout.splitlines()
    assert table[0].split() == [
        *("address", "port", "name", "platform", "confidence", "found", "by", "why")
    ]
    assert len(table) == 68


def test_what_was_found_becomes_an_inventory(found, estate, tmp_path):
    words = ("export", "inventory", "--discovery", found.folder / "discovery.json", "-o", "made")
    project = Project(tmp_path)
    shown = project.run(*words, "--dry-run")
    assert not (tmp_path / "made").exists()
    assert "+  hostname: " in shown.stdout
    written = project.run(*words)
    assert written.returncode == 0, written.stderr
    made = load_inventory(tmp_path / "made").inventory.hosts
    wanted = {(str(host.address), host.platform) for host in estate.hosts}
    assert {(host.hostname, host.platform) for host in made.values()} >= wanted
    assert len(made) == len(wanted) + 2  # the manager, and the firewall that it knows


def test_no_secret_is_left_behind(found, estate):
    credentials = estate.credentials
    texts = [path.read_text() for path in found.folder.iterdir() if path.is_file()]
    texts += [found.result.stdout, found.result.stderr]
    for secret in (credentials.password, credentials.enable_secret, credentials.snmp_community):
        assert not any(secret in text for text in texts)


# ------------------------------------------------------------ without anybody to find


EMPTY = "127.250.0.0/24"


def test_a_range_in_which_nobody_is(project):
    result = project.run("discover", EMPTY, *FAST)
    assert (result.returncode, result.stdout) == (0, "")
    assert "254 addresses probed; 0 hosts found" in result.stderr
    document = json.loads((project.folder / "discovery.json").read_text())
    assert document["tried"] == [
        {
            "kind": "tcp",
            "port": 22,
            "result": "refused",
            "count": 254,
            "addresses": ["127.250.0.1-127.250.0.254"],
        }
    ]
    assert document["targets"]["network_and_broadcast"] == ["127.250.0.0", "127.250.0.255"]


def test_progress_is_ten_lines_where_there_is_no_terminal(project):
    result = project.run("discover", EMPTY, *FAST[:-1])
    lines = [line for line in result.stderr.splitlines() if " of 254 addresses, 0 answered" in line]
    assert 1 <= len(lines) <= 10
    assert lines[-1].startswith("254 of 254")


def test_progress_is_a_bar_on_a_terminal(project):
    ours, theirs = pty.openpty()
    words = [sys.executable, "-m", "agent", "discover", EMPTY, "--rate", "300"]
    environment = project.environment({"TERM": "xterm"})
    process = subprocess.Popen(words, cwd=project.folder, env=environment, stderr=theirs)
    os.close(theirs)
    shown = b""
    with contextlib.suppress(OSError):  # the end of a terminal
        while piece := os.read(ours, 4096):
            shown += piece
    os.close(ours)
    assert process.wait(20) == 0
    assert re.search(rb"addresses .*\d+/254.* 0 answered", shown)
    assert shown.rstrip().endswith(b"of a known platform")


def test_verbose_prints_every_probe(project):
    result = project.run("discover", "127.250.0.0/29", "-v", *FAST)
    probes = [line for line in result.stderr.splitlines() if line.endswith(" 22 tcp refused")]
    assert sorted(line.split()[0] for line in probes) == [f"127.250.0.{n}" for n in range(1, 7)]


def test_a_dry_run_sends_nothing(project):
    result = project.run("discover", EMPTY, "--exclude", "127.250.0.10", "--dry-run")
    assert result.returncode == 0
    assert "253 addresses, 253 probes at 500 a second: 1 s and more; nothing was sent" in (
        result.stdout
    )
    assert list(project.folder.iterdir()) == []


def test_a_name_that_does_not_resolve_is_told_and_leaves_the_run_incomplete(project):
    (project.folder / "hosts.txt").write_text("no-such-host.invalid\n127.250.0.1\n")
    result = project.run("discover", "hosts.txt", "--allow", EMPTY, *FAST)
    assert result.returncode == 3
    assert "not probed  no-such-host.invalid: does not resolve" in result.stderr
    document = json.loads((project.folder / "discovery.json").read_text())
    assert document["targets"]["unresolved"][0]["name"] == "no-such-host.invalid"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_run_that_was_cut_off_is_finished_by_resume(project, number):
    process = project.start("discover", EMPTY, "--rate", "50", "--quiet", "--seed", "7")
    journal = project.folder / "discovery.journal.csv"
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if journal.exists() and journal.read_text().count("refused") > 20:
            break
        time.sleep(0.05)
    process.send_signal(number)
    began = time.monotonic()
    _, errors = process.communicate(timeout=10)
    assert time.monotonic() - began < 2
    if number == signal.SIGINT:
        assert process.returncode == 130
        assert "'netcover discover --resume -o discovery.json' finishes it" in errors
    before = journal.read_text().count("refused")
    assert 20 < before < 250

    refused = project.run("discover", EMPTY, *FAST)
    assert refused.returncode == 2
    assert "is of a run that was interrupted; --resume finishes it" in refused.stderr

    result = project.run("discover", "--resume", *FAST)
    assert result.returncode == 0, result.stderr
    document = json.loads((project.folder / "discovery.json").read_text())
    assert sum(t["count"] for t in document["tried"]) == 254
    assert document["probing"]["seed"] == 7
    tried = Counter(row["address"] for row in rows(journal) if row["kind"] == "tcp")
    assert len(tried) == 254
    assert max(tried.values()) == 1  # nobody was asked twice

    again = project.run("discover", "--resume", *FAST)
    assert again.returncode == 2
    assert "came to its end; leave out --resume" in again.stderr


def test_a_journal_that_is_cut_in_a_line_goes_on(project):
    project.run("discover", EMPTY, *FAST)
    journal = project.folder / "discovery.journal.csv"
    lines = journal.read_text().splitlines(keepends=True)
    journal.write_text("".join(lines[:100]) + lines[100][:25])
    result = project.run("discover", "--resume", *FAST)
    assert result.returncode == 0, result.stderr
    tried = [row["address"] for row in rows(journal) if row["kind"] == "tcp"]
    assert len(tried) == len(set(tried)) == 254


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("", "no allow-list: name the prefixes"),
        ("hosts.txt", "hosts.txt: no such file"),
        ("127.0.0.0/24 --rate 0", "--rate 0.0: input should be greater than or equal to 1"),
        ("127.0.0.0/24 --timeout 0", "--timeout 0.0: "),
        ("127.0.0.0/24 --per-prefix -1", "--per-prefix -1.0: "),
        ("127.0.0.0/24 --snmp-port 70000", "--snmp-port 70000: "),
        ("127.0.0.0/24 --ports 22/x", "--ports 22/x: '22/x': what it speaks is one of"),
        ("127.0.0.1/24", "127.0.0.1/24 has bits right of its prefix; write 127.0.0.0/24"),
        ("2001:db8::/64", "2001:db8::/64: an IPv6 range above a /112"),
        ("127.0.0.0/24 127.0.0.0/24 --exclude 127.0.0.0/24", "nothing to probe"),
        ("no-such-host.invalid --allow 127.0.0.0/8", "nothing to probe: no-such-host.invalid"),
        ("--resume", "discovery.journal.csv: no journal there; nothing was interrupted"),
        ("--resume 127.0.0.0/24", "leave them out"),
        ("127.0.0.0/24 -o .", ".: is a folder; name a file with -o"),
        ("127.0.0.0/24 -o /dev/null/x.json", "/dev/null: "),
    ],
)
def test_bad_input_is_one_clear_line(tmp_path, monkeypatch, capsys, words, message):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["netcover", "discover", *words.split(), "--quiet"])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    assert (ended.value.code, said.out) == (2, "")
    assert message in said.err
    assert said.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_what_is_outside_the_list_of_the_site_is_refused(project):
    (project.folder / "netcover.toml").write_text('[discovery]\nallow = ["127.250.0.0/24"]\n')
    result = project.run("discover", "127.250.0.0/23", *FAST)
    assert result.returncode == 2
    assert "127.250.1.0-127.250.1.255: outside [discovery] allow" in result.stderr
    assert not (project.folder / "discovery.journal.csv").exists()


def test_a_file_that_is_no_journal_is_not_written_over(project):
    (project.folder / "discovery.journal.csv").write_text("my notes\n")
    result = project.run("discover", EMPTY, *FAST)
    assert result.returncode == 2
    assert "is no journal of a discovery" in result.stderr
    assert (project.folder / "discovery.journal.csv").read_text() == "my notes\n"
