import sys

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail
from keyring.credentials import SimpleCredential

from agent.errors import UsageError
from agent.inventory.credentials import credentials


class OneUser(KeyringBackend):
    priority = 1

    def get_password(self, service, username):
        return self.get_credential(service, username).password

    def set_password(self, service, username, password):
        raise NotImplementedError

    def get_credential(self, service, username):
        return SimpleCredential("auditor", f"canary-{service}")


@pytest.fixture(autouse=True)
def no_environment(monkeypatch):
    for name in ("USERNAME", "PASSWORD", "ENABLE"):
        monkeypatch.delenv(f"NETCOVER_{name}", raising=False)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)


@pytest.fixture
def ring():
    before = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(before)


def test_the_environment_comes_first(monkeypatch, ring):
    ring(OneUser())
    monkeypatch.setenv("NETCOVER_USERNAME", "reader")
    monkeypatch.setenv("NETCOVER_PASSWORD", "canary-1")
    monkeypatch.setenv("NETCOVER_ENABLE", "canary-2")
    found = credentials()
    assert (found.username, found.password, found.enable) == ("reader", "canary-1", "canary-2")
    assert "canary" not in repr(found)


def test_then_the_keyring(ring):
    ring(OneUser())
    found = credentials()
    assert (found.username, found.password) == ("auditor", "canary-netcover")
    assert found.enable == "canary-netcover-enable"


def test_nothing_to_ask_on(ring):
    ring(fail.Keyring())
    with pytest.raises(UsageError, match="set NETCOVER_USERNAME, NETCOVER_PASSWORD"):
        credentials()
