import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail
from keyring.credentials import SimpleCredential

from agent.errors import InventoryError, UsageError
from agent.inventory.credentials import Credentials, Wanted, credential_sets, vault
from agent.inventory.logins import JumpHost, jump_of
from agent.inventory.simple import load_inventory
from agent.transports.access import wanted

USUAL, EDGE, JUMP = Wanted(), Wanted("edge"), Wanted("jump", "ops")


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch):
    for of in ("", "EDGE_", "JUMP_"):
        for name in ("USERNAME", "PASSWORD", "ENABLE"):
            monkeypatch.delenv(f"NETCOVER_{of}{name}", raising=False)
    for name in ("ADDR", "TOKEN", "ROLE_ID", "SECRET_ID", "NAMESPACE"):
        monkeypatch.delenv(f"VAULT_{name}", raising=False)
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    vault._client.cache_clear()
    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())
    yield
    keyring.set_keyring(before)


def set_of(monkeypatch, prefix, **values):
    for name, value in values.items():
        monkeypatch.setenv(f"{prefix}_{name.upper()}", value)


# ------------------------------------------------------------------ what sources say


def test_each_set_has_variables_of_its_own(monkeypatch):
    set_of(monkeypatch, "NETCOVER", username="reader", password="canary-1")
    set_of(monkeypatch, "NETCOVER_EDGE", username="edge", password="canary-2", enable="canary-3")
    set_of(monkeypatch, "NETCOVER_JUMP", username="other", password="canary-4")
    found = credential_sets([USUAL, EDGE, JUMP])
    assert found == {
        USUAL: Credentials("reader", "canary-1"),
        EDGE: Credentials("edge", "canary-2", "canary-3"),
        JUMP: Credentials("ops", "canary-4"),
    }
    assert "canary" not in repr(found)


def test_a_set_with_a_dash_in_its_name(monkeypatch):
    set_of(monkeypatch, "NETCOVER_DC_EDGE", username="edge", password="canary")
    assert credential_sets([Wanted("dc-edge")])[Wanted("dc-edge")].username == "edge"


def test_all_missing_sets_stand_in_one_error():
    with pytest.raises(UsageError) as failed:
        credential_sets([USUAL, EDGE, JUMP])
    lines = str(failed.value).splitlines()
    assert [line.split(":")[0] for line in lines] == [
        "no credentials",
        "no credentials of the set edge",
        "no credentials of the set jump",
    ]
    assert "NETCOVER_EDGE_USERNAME" in lines[1]
    assert "'keyring set netcover-edge USERNAME'" in lines[1]


def test_where_a_key_logs_in_a_user_is_enough(monkeypatch):
    set_of(monkeypatch, "NETCOVER", username="reader")
    with pytest.raises(UsageError):
        credential_sets([USUAL])
    assert credential_sets([USUAL], keyed=True) == {USUAL: Credentials("reader", None)}


class Ring(KeyringBackend):
    priority = 1

    def get_password(self, service, username):
        raise NotImplementedError

    def set_password(self, service, username, password):
        raise NotImplementedError

    def get_credential(self, service, username):
        return SimpleCredential(username or "auditor", f"canary-{service}")


def test_the_keyring_has_a_service_for_each_set(monkeypatch):
    keyring.set_keyring(Ring())
    set_of(monkeypatch, "NETCOVER_EDGE", enable="canary-own")
    assert credential_sets([EDGE, JUMP]) == {
        EDGE: Credentials("auditor", "canary-netcover-edge", "canary-own"),
        JUMP: Credentials("ops", "canary-netcover-jump", "canary-netcover-jump-enable"),
    }


def test_each_set_is_asked_for_on_a_terminal(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdin.readline", lambda: "typed\n", raising=False)
    asked = []
    monkeypatch.setattr(
        "getpass.getpass", lambda question, stream: asked.append(question) or "canary-typed"
    )
    found = credential_sets([EDGE])
    assert found[EDGE] == Credentials("typed", "canary-typed", "canary-typed")
    assert asked == ["Password of typed (edge): ", "Enable secret (edge) (empty for none): "]
    assert capsys.readouterr().err == "Username (edge): "


# ----------------------------------------------------------------------------- Vault


class Vault(BaseHTTPRequestHandler):
    """As much of Vault's HTTP interface as is asked."""

    def do_GET(self):
        self.server.asked.append(self.path)
        if self.headers["X-Vault-Token"] != "canary-token":
            return self.answer(403, {"errors": ["permission denied"]})
        path = self.path.removeprefix("/v1/")
        if path.startswith("sys/internal/ui/mounts/"):
            mount = {"path": "secret/", "options": {"version": self.server.version}}
            return self.answer(200, {"data": mount})
        secret = self.server.secrets.get(path)
        return self.answer(200, {"data": secret}) if secret else self.answer(404, {"errors": []})

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(self.path)
        if asked != {"role_id": "role", "secret_id": "canary-secret-id"}:
            return self.answer(400, {"errors": ["invalid role or secret ID"]})
        return self.answer(200, {"auth": {"client_token": "canary-token"}})

    def answer(self, status, content):
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        """Nothing."""


@pytest.fixture
def server(monkeypatch):
    made = ThreadingHTTPServer(("127.0.0.1", 0), Vault)
    made.version, made.asked, made.secrets = "2", [], {}
    monkeypatch.setenv("VAULT_ADDR", f"http://127.0.0.1:{made.server_port}")
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


USUAL_SECRET = {"username": "reader", "password": "canary-1"}
EDGE_SECRET = {"username": "edge", "password": "canary-2", "enable": "canary-3"}


@pytest.mark.parametrize("version", ["1", "2"])
def test_vault_has_a_secret_for_each_set(monkeypatch, server, version):
    monkeypatch.setenv("VAULT_TOKEN", "canary-token")
    server.version = version
    newer = version == "2"
    at = "secret/data/netcover" if newer else "secret/netcover"
    for path, secret in ((at, USUAL_SECRET), (f"{at}/edge", EDGE_SECRET)):
        server.secrets[path] = {"data": secret, "metadata": {}} if newer else secret
    assert credential_sets([USUAL, EDGE], vault="secret/netcover") == {
        USUAL: Credentials("reader", "canary-1"),
        EDGE: Credentials("edge", "canary-2", "canary-3"),
    }


def test_an_approle_logs_in_once(monkeypatch, server):
    set_of(monkeypatch, "VAULT", role_id="role", secret_id="canary-secret-id")
    for path, secret in (("", USUAL_SECRET), ("/edge", EDGE_SECRET)):
        server.secrets[f"secret/data/netcover{path}"] = {"data": secret}
    assert len(credential_sets([USUAL, EDGE], vault="secret/netcover/")) == 2
    assert server.asked.count("/v1/auth/approle/login") == 1


def test_the_environment_stands_before_vault_and_vault_before_the_keyring(monkeypatch, server):
    keyring.set_keyring(Ring())
    monkeypatch.setenv("VAULT_TOKEN", "canary-token")
    monkeypatch.setenv("NETCOVER_USERNAME", "mine")
    server.secrets["secret/data/netcover"] = {"data": USUAL_SECRET}
    found = credential_sets([USUAL], vault="secret/netcover")[USUAL]
    assert (found.username, found.password) == ("mine", "canary-1")


def test_what_is_in_no_place_is_missing_in_all(monkeypatch, server):
    monkeypatch.setenv("VAULT_TOKEN", "canary-token")
    with pytest.raises(UsageError, match="put username and password into Vault at secret/x/edge"):
        credential_sets([EDGE], vault="secret/x")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"token": "canary-other"}, "lets this token not read secret/netcover"),
        ({"role_id": "role", "secret_id": "canary-wrong"}, "cannot be asked .* InvalidRequest"),
        ({"addr": "", "token": "canary-token"}, "set VAULT_ADDR too"),
        ({}, "VAULT_TOKEN, or VAULT_ROLE_ID"),
        ({"addr": "http://127.0.0.1:1", "token": "canary-token"}, "cannot be asked"),
    ],
)
def test_a_vault_that_does_not_answer(monkeypatch, server, given, words):
    set_of(monkeypatch, "VAULT", **given)
    with pytest.raises(UsageError, match=words) as failed:
        credential_sets([USUAL], vault="secret/netcover")
    assert "canary" not in str(failed.value)


def test_the_extra_that_is_missing_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "hvac", None)
    with pytest.raises(UsageError, match="pip install 'netcover"):
        credential_sets([USUAL], vault="secret/netcover")


# ------------------------------------------------------------------------- inventory


def inventory(folder, hosts, groups="edge: {data: {credentials: edge}}\n"):
    (folder / "groups.yaml").write_text(groups)
    (folder / "hosts.yaml").write_text(hosts)
    return load_inventory(folder)


def test_sets_and_jump_hosts_of_groups_and_hosts(tmp_path):
    nornir = inventory(
        tmp_path,
        "a: {platform: asa, groups: [edge]}\nc: {platform: asa}\n"
        'b: {platform: asa, data: {jump: "ops@192.0.2.9:2200"}}\n',
    )
    assert wanted(nornir.inventory.hosts.values()) == {USUAL, EDGE, JUMP}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("192.0.2.9", JumpHost(None, "192.0.2.9", 22)),
        ("ops@jump.example.net", JumpHost("ops", "jump.example.net", 22)),
        ("ops@[2001:db8::9]:2200", JumpHost("ops", "2001:db8::9", 2200)),
    ],
)
def test_a_jump_host_is_written_as_for_ssh(tmp_path, written, read):
    nornir = inventory(tmp_path, f'a: {{platform: asa, data: {{jump: "{written}"}}}}\n')
    assert jump_of(nornir.inventory.hosts["a"]) == read


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ('{jump: "ops:canary@192.0.2.9"}', "a password does not belong there"),
        ('{jump: "192.0.2.9:99999"}', "user@host:port"),
        ('{jump: ""}', "user@host:port"),
        ("{credentials: enable}", "must name a set"),
        ('{credentials: "a b"}', "must name a set"),
        ("{credentials: 7}", "must name a set"),
        ("{credentials: {username: reader}}", "must name a set"),
    ],
)
def test_what_an_inventory_may_not_say(tmp_path, data, words):
    with pytest.raises(InventoryError, match=words) as failed:
        inventory(tmp_path, f"a: {{platform: asa, data: {data}}}\n")
    assert "hosts.yaml: a: data: " in str(failed.value)
    assert "canary" not in str(failed.value)
