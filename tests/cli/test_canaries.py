"""Secrets are nowhere: planted in every form, searched in everything that a sweep leaves behind."""

import os
import subprocess
import sys
import traceback

import asyncssh
import pytest

from agent.inventory.credentials import ClientKeys, Credentials, SnmpCredentials, Wanted
from agent.inventory.credentials._record import Part
from agent.transports import gate, host_keys
from agent.transports.access import Access
from agent.transports.targets import Target
from agent.transports.tunnels import Jump
from tests.cli.conftest import HERE
from tests.ssh_lab import running

CANARY = "canary"
PASSPHRASE = "canary-passphrase"
SITE = """
import logging, os
logging.basicConfig(level=logging.DEBUG, filename=f"debug-{os.getpid()}.log")
import asyncssh
asyncssh.set_debug_level(2)
"""
"""Run by Python before anything else, in workers too."""
RUN = """
import sys
from agent.cli import main
from agent.runners import processes
processes.FEW = 0
main()
"""
HOSTS = """
sw1: {hostname: 127.61.0.1, platform: catalyst_9300, data: {snmp: true}}
sw2: {hostname: 127.61.0.2, platform: catalyst_9300, data: {jump: "auditor@127.61.0.3:%d"}}
fw1: {hostname: 127.61.0.3, platform: asa, data: {credentials: edge}}
lost: {hostname: 127.61.0.9, platform: asa, data: {jump: "other@127.61.0.1:%d"}}
gone: {hostname: 127.61.0.8, platform: asa}
"""
SECRETS = {
    "NETCOVER_USERNAME": "auditor",
    "NETCOVER_PASSWORD": "canary-password",
    "NETCOVER_ENABLE": "canary-enable",
    "NETCOVER_EDGE_USERNAME": "auditor",
    "NETCOVER_EDGE_PASSWORD": "canary-edge",
    "NETCOVER_EDGE_ENABLE": "canary-edge-enable",
    "NETCOVER_JUMP_PASSWORD": "canary-password",
    "NETCOVER_SNMP_USER": "reader",
    "NETCOVER_SNMP_AUTH_KEY": "canary-snmp-auth",
    "NETCOVER_SNMP_PRIV_KEY": "canary-snmp-priv",
    "NETCOVER_SSH_KEY_PASSPHRASE": PASSPHRASE,
    "VAULT_TOKEN": "canary-token",
}


@pytest.fixture
def lab(tmp_path, monkeypatch):
    with running(tmp_path, monkeypatch) as started:
        yield started


def folder(tmp_path, lab, key):
    made = tmp_path / "site"
    (made / "inventory").mkdir(parents=True)
    (made / "inventory" / "hosts.yaml").write_text(HOSTS % (lab.port, lab.port))
    (made / "inventory" / "defaults.yaml").write_text(f"port: {lab.port}\n")
    (made / "inventory" / "groups.yaml").write_text("")
    (tmp_path / "start").mkdir()
    (tmp_path / "start" / "sitecustomize.py").write_text(SITE)
    (tmp_path / "id").write_bytes(key.export_private_key("openssh", passphrase=PASSPHRASE))
    return made


def netcover(site, *words, **environment):
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("NETCOVER_", "VAULT_"))}
    return subprocess.run(
        [sys.executable, "-c", RUN, *words],
        cwd=site,
        env=kept
        | SECRETS
        | {
            "PYTHONPATH": f"{site.parent / 'start'}:{HERE.parent.parent}",
            "NETCOVER_SSH_KEY": str(site.parent / "id"),
            "NETCOVER_SWEEP__TIMEOUT": "4",
            "NETCOVER_SWEEP__REFUSALS_PER_SITE": "0",
        }
        | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        stdin=subprocess.DEVNULL,
    )


@pytest.mark.parametrize("runner", ["asyncio", "threads"])
def test_a_sweep_with_failures_and_debug_logging_shows_no_secret(tmp_path, lab, runner):
    key = asyncssh.generate_private_key("ssh-ed25519")
    private = key.export_private_key("openssh").decode().splitlines()[1:-1]
    site = folder(tmp_path, lab, key)
    said = [
        netcover(site, "sweep", "-o", "sweep.json", NETCOVER_SWEEP__RUNNER=runner),
        netcover(site, "sweep", "--json-log", NETCOVER_ENABLE="canary-wrong"),
        netcover(site, "assess", "-o", "findings.json"),
        netcover(site, "report", "coverage", "--out", "reports"),
        netcover(site, "sweep", NETCOVER_VAULT__PATH="secret/netcover", NETCOVER_PASSWORD=""),
    ]
    first, second, *_, last = said
    assert (first.returncode, second.returncode, last.returncode) == (3, 3, 2), first.stderr
    assert "fw1: auth_refused" in first.stderr
    assert "lost: auth_refused: jump host other@" in first.stderr
    assert "enable secret was refused" in second.stderr
    logs = list(site.glob("debug-*.log"))
    assert any("auditor" in log.read_text() for log in logs)
    files = {p: p.read_bytes() for p in site.rglob("*") if p.is_file()}
    assert {"sweep.json", "findings.json", "netcover.db", "known_hosts"} <= {p.name for p in files}
    texts = {**files, **{f"run {n}": (r.stdout + r.stderr).encode() for n, r in enumerate(said)}}
    for where, text in texts.items():
        for secret in (CANARY, private[1], "PRIVATE KEY"):
            assert secret.encode() not in text, (where, secret)


TRUST = host_keys.UNCHECKED
KNOWN = {Wanted(): Credentials("u", CANARY, CANARY)}


@pytest.mark.parametrize(
    "value",
    [
        Credentials("u", CANARY, CANARY),
        Part("u", CANARY, CANARY),
        ClientKeys(CANARY.encode()),
        SnmpCredentials(CANARY, "u", "SHA", CANARY, "AES-128", CANARY),
        Target("h", None, "asa", "192.0.2.1", 22, "u", CANARY, CANARY, 1.0),
        Jump("192.0.2.1", 22, "u", CANARY, 1.0, TRUST),
        Access(KNOWN, None, 1.0, ClientKeys(CANARY.encode())),
    ],
    ids=lambda value: type(value).__name__,
)
def test_no_value_shows_its_secrets(value):
    assert CANARY not in repr(value)
    assert CANARY not in f"{value}"
    told = traceback.format_exception(RuntimeError(value))
    assert not any(CANARY in line for line in told)


def test_a_secret_that_a_device_prints_is_not_told():
    assert gate.hidden("last line 'canary\\\\1'", "canary\\1", None, "") == "last line '***'"
    assert gate.hidden("a b", None) == "a b"
