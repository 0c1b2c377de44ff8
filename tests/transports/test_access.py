"""Logins over real SSH in both lanes: host keys, client keys, agents, sets, jump hosts."""

import shutil
import subprocess

import asyncssh
import keyring
import pytest

from agent.errors import UsageError
from agent.inventory.credentials import ClientKeys, Credentials, Wanted
from agent.inventory.credentials.ssh_key import client_keys
from agent.inventory.simple import load_inventory
from agent.settings import SweepSettings
from agent.sweep import authorise, fast_runner, sweep
from agent.transports import host_keys
from agent.transports.access import Access, wanted
from agent.transports.host_keys import KnownHosts
from lab import keys as lab_keys
from tests.ssh_lab import running

LOGIN = Credentials("auditor", "canary-password", "canary-enable")
WRONG = Credentials("auditor", "canary-wrong", "canary-enable")
ADDRESSES = {"sw1": "127.61.0.1", "sw2": "127.61.0.2", "fw1": "127.61.0.3"}
PLATFORMS = {"fw1": "asa"}
NO_KEYS = ClientKeys()
TIMEOUT = 6.0


@pytest.fixture
def lab(tmp_path, monkeypatch):
    monkeypatch.setattr(host_keys, "_noted", {})
    with running(tmp_path, monkeypatch) as started:
        yield started


@pytest.fixture(params=["asyncio", "threads"])
def lane(request):
    return request.param


class Site:
    """An inventory of the lab, and sweeps of it."""

    def __init__(self, folder, lab, lane):
        self.folder, self.lab, self.lane = folder, lab, lane
        self.known_hosts = folder / "known_hosts"
        self.groups, self.data = "", {}

    def sweep(self, *names, policy="accept-new", keys=NO_KEYS, sets=None, **settings):
        lines = [
            f"{name}: {{hostname: {address}, platform: {PLATFORMS.get(name, 'catalyst_9300')},"
            f" port: {self.lab.port}, data: {self.data.get(name, '{site: north}')}}}"
            for name, address in ADDRESSES.items()
        ]
        (self.folder / "hosts.yaml").write_text("\n".join(lines))
        nornir = load_inventory(self.folder)
        if names:
            nornir = nornir.filter(filter_func=lambda host: host.name in names)
        hosts = nornir.inventory.hosts.values()
        found = dict.fromkeys(wanted(hosts), LOGIN) | (sets or {})
        known = KnownHosts(self.known_hosts, policy)
        access = Access(found, known, TIMEOUT, keys)
        authorise(nornir, found.get(Wanted()), TIMEOUT, access=access)
        ceiling = settings.pop("refusals", 0)
        chosen = SweepSettings(runner=self.lane, refusals_per_site=ceiling, **settings)
        runner = fast_runner(chosen, lambda site, hosts: False, access)
        results = []
        sweep(nornir.with_runner(runner), results.append)
        return {result.visit.host: result for result in results}

    def failures(self, *names, **options):
        failed = {n: r.unreached for n, r in self.sweep(*names, **options).items() if r.unreached}
        return {name: (failure.kind, failure.reason) for name, failure in failed.items()}

    def known(self):
        return self.known_hosts.read_text().splitlines() if self.known_hosts.exists() else []

    def line(self, name, key):
        algorithm, data = key.export_public_key().decode().split()[:2]
        return f"[{ADDRESSES[name]}]:{self.lab.port} {algorithm} {data}\n"


@pytest.fixture
def site(tmp_path, lab, lane):
    return Site(tmp_path, lab, lane)


def fingerprint(key):
    return key.get_fingerprint()


# ------------------------------------------------------------------------- host keys


def test_a_new_key_is_noted_once_and_then_known(site):
    assert site.failures() == {}
    lines = site.known()
    assert sorted(line.split()[0] for line in lines) == [
        f"[{address}]:{site.lab.port}" for address in ADDRESSES.values()
    ]
    assert site.failures(policy="strict") == {}
    assert site.failures() == {}
    assert site.known() == lines


def test_a_changed_key_refuses_the_login_and_says_where(site):
    new, old = lab_keys.host_keys()[0], lab_keys.host_keys("replaced")[0]
    site.known_hosts.write_text("# a remark\n" + site.line("sw1", old))
    (kind, reason) = site.failures("sw1")["sw1"]
    assert kind == "hostkey"
    assert fingerprint(new) in reason
    assert f"known_hosts line 2 has ssh-ed25519 {fingerprint(old)}" in reason
    assert "remove that line" in reason
    assert site.lab.doors.users == []
    assert len(site.known()) == 2


def test_strict_takes_no_key_that_is_not_known(site):
    (kind, reason) = site.failures("sw1", policy="strict")["sw1"]
    assert (kind, site.known(), site.lab.doors.users) == ("hostkey", [], [])
    assert fingerprint(lab_keys.host_keys()[0]) in reason


def test_ignoring_looks_at_nothing(site):
    site.known_hosts.write_text(site.line("sw1", lab_keys.host_keys("replaced")[0]))
    assert site.failures("sw1", "sw2", policy="ignore") == {}
    assert len(site.known()) == 1


def test_a_host_is_asked_for_the_kind_of_key_that_is_known(site):
    rsa = lab_keys.host_keys()[1]
    site.known_hosts.write_text(site.line("sw1", rsa))
    assert site.failures("sw1", policy="strict") == {}


def test_hashed_lines_are_understood(site):
    if not shutil.which("ssh-keygen"):
        pytest.skip("needs ssh-keygen")
    site.known_hosts.write_text(site.line("sw1", lab_keys.host_keys()[0]))
    subprocess.run(
        [shutil.which("ssh-keygen"), "-q", "-H", "-f", site.known_hosts],
        check=True,
        capture_output=True,
    )
    assert site.known()[0].startswith("|1|")
    assert site.failures("sw1", policy="strict") == {}


def test_a_key_that_changes_during_the_sweep_is_refused(site, monkeypatch):
    """A host that is called a second time must show what it showed first."""
    assert site.failures("sw1") == {}
    other = lab_keys.host_keys("replaced")
    monkeypatch.setattr(
        host_keys,
        "_noted",
        {k: host_keys.HostKey.of("ssh-ed25519", other[0].public_data) for k in host_keys._noted},
    )
    site.known_hosts.unlink()
    (kind, reason) = site.failures("sw1")["sw1"]
    assert kind == "hostkey"
    assert "noted in this sweep" in reason


# ----------------------------------------------------------------------- client keys


@pytest.fixture
def key(tmp_path, lab):
    made = asyncssh.generate_private_key("ssh-ed25519")
    (tmp_path / "id").write_bytes(made.export_private_key("openssh"))
    lab.doors.keys.add(made.public_data)
    return tmp_path / "id"


@pytest.mark.parametrize("kind", ["ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa"])
def test_a_key_is_enough(site, tmp_path, kind):
    made = asyncssh.generate_private_key(kind, **({"key_size": 2048} if "rsa" in kind else {}))
    form = "pkcs1-pem" if "rsa" in kind else "openssh"
    (tmp_path / "id").write_bytes(made.export_private_key(form))
    site.lab.doors.keys.add(made.public_data)
    login = {Wanted(): Credentials("auditor", None, "canary-enable")}
    assert site.failures("sw1", keys=client_keys(tmp_path / "id"), sets=login) == {}
    assert "password" not in site.lab.doors.methods


def test_a_refused_key_is_followed_by_the_password_once(site, key):
    site.lab.doors.keys.clear()
    assert site.failures("sw1", keys=client_keys(key)) == {}
    assert site.lab.doors.methods == ["publickey", "password"]
    failed = site.failures("sw2", keys=client_keys(key), sets={Wanted(): WRONG})
    assert failed["sw2"][0] == "auth_refused"
    assert site.lab.doors.methods.count("password") == 2


@pytest.fixture
def agent(key, tmp_path, monkeypatch):
    if not shutil.which("ssh-agent"):
        pytest.skip("needs ssh-agent")
    socket = tmp_path / "agent"
    monkeypatch.setenv("SSH_AUTH_SOCK", str(socket))
    process = subprocess.Popen([shutil.which("ssh-agent"), "-D", "-a", socket])
    key.chmod(0o600)
    add = [shutil.which("ssh-add"), "-q", key]
    while subprocess.run(add, check=False, capture_output=True).returncode:
        assert process.poll() is None
    yield socket
    process.terminate()
    process.wait()


def test_an_agent_has_the_key(site, agent):
    login = {Wanted(): Credentials("auditor", None, "canary-enable")}
    assert site.failures("sw1", "fw1", keys=client_keys(agent=True), sets=login) == {}
    assert "password" not in site.lab.doors.methods


# ------------------------------------------------------------------------------ sets


def test_a_group_has_credentials_of_its_own(site):
    site.data = {"sw1": "{credentials: edge}"}
    failed = site.failures(sets={Wanted(): WRONG, Wanted("edge"): LOGIN})
    assert {name: kind for name, (kind, _) in failed.items()} == {
        "sw2": "auth_refused",
        "fw1": "auth_refused",
    }


# --------------------------------------------------------------------------- jumping


def behind(site, user="auditor", host="sw2", port=None):
    site.data = {"sw1": f'{{jump: "{user}@{ADDRESSES[host]}:{port or site.lab.port}"}}'}
    site.data["fw1"] = site.data["sw1"]


def test_hosts_behind_a_jump_host_share_one_connection(site):
    behind(site)
    assert site.failures("sw1", "fw1") == {}
    assert sorted(site.lab.doors.forwarded) == [("sw2", "127.61.0.1"), ("sw2", "127.61.0.3")]
    assert len(site.lab.doors.users) == 3
    assert len(site.known()) == 3


def test_a_jump_host_that_refuses_is_named_and_asked_once(site):
    behind(site)
    jump = Wanted("jump", "auditor")
    failed = site.failures("sw1", "fw1", sets={jump: WRONG})
    assert {kind for kind, _ in failed.values()} == {"auth_refused"}
    assert all(r.startswith("jump host auditor@127.61.0.2:") for _, r in failed.values())
    assert site.lab.doors.methods == ["password"]


def test_the_host_key_of_a_jump_host_is_looked_at(site):
    behind(site)
    site.known_hosts.write_text(site.line("sw2", lab_keys.host_keys("replaced")[0]))
    kind, reason = site.failures("sw1")["sw1"]
    assert kind == "hostkey"
    assert reason.startswith("jump host auditor@127.61.0.2:")
    assert "line 1" in reason
    assert site.lab.doors.users == []


def test_a_jump_host_that_does_not_forward(site):
    behind(site)
    site.lab.doors.forwards = False
    kind, reason = site.failures("sw1")["sw1"]
    assert (kind, "jump host" in reason) == ("unreachable", True)


def test_a_jump_host_that_does_not_answer(site):
    behind(site, port=1)
    kind, reason = site.failures("sw1")["sw1"]
    assert kind == "refused"
    assert "jump host auditor@127.61.0.2:1: " in reason


def test_a_device_that_the_jump_host_cannot_reach(site, monkeypatch):
    behind(site)
    monkeypatch.setitem(ADDRESSES, "sw1", "127.61.0.9")
    kind, reason = site.failures("sw1")["sw1"]
    assert kind in {"refused", "unreachable"}
    assert "cannot connect to 127.61.0.9" in reason


def test_a_lost_jump_host_is_called_again(site):
    behind(site)
    assert site.failures("sw1") == {}
    site.lab.doors.hang_up()
    assert site.failures("sw1", "fw1") == {}


# ------------------------------------------------------------------------ key files


def test_a_protected_key_needs_its_passphrase(tmp_path, monkeypatch):
    monkeypatch.setattr(keyring, "get_credential", lambda service, username: None)
    made = asyncssh.generate_private_key("ssh-ed25519")
    path = tmp_path / "id"
    path.write_bytes(made.export_private_key("openssh", passphrase="canary-phrase"))
    monkeypatch.delenv("NETCOVER_SSH_KEY_PASSPHRASE", raising=False)
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    with pytest.raises(UsageError, match="set NETCOVER_SSH_KEY_PASSPHRASE"):
        client_keys(path)
    monkeypatch.setenv("NETCOVER_SSH_KEY_PASSPHRASE", "canary-wrong")
    with pytest.raises(UsageError, match="passphrase is wrong") as failed:
        client_keys(path)
    assert "canary" not in str(failed.value)
    monkeypatch.setenv("NETCOVER_SSH_KEY_PASSPHRASE", "canary-phrase")
    keys = client_keys(path)
    assert asyncssh.import_private_key(keys.private).public_data == made.public_data
    assert "PRIVATE" not in repr(keys)


@pytest.mark.parametrize("content", [None, b"no key\n"])
def test_a_file_that_is_no_key(tmp_path, monkeypatch, content):
    path = tmp_path / "id"
    if content:
        path.write_bytes(content)
    monkeypatch.setenv("NETCOVER_SSH_KEY", str(path))
    with pytest.raises(UsageError, match="id: "):
        client_keys()


def test_an_agent_that_is_not_there(monkeypatch):
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    with pytest.raises(UsageError, match="SSH_AUTH_SOCK is not set"):
        client_keys(agent=True)
