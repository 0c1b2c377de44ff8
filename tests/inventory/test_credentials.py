import sys

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail
from keyring.credentials import SimpleCredential

from agent.errors import UsageError
from agent.inventory.credentials import SnmpCredentials, _snmp, credentials, snmp_credentials


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


SNMP = ("COMMUNITY", "USER", "AUTH_PROTOCOL", "AUTH_KEY", "PRIV_PROTOCOL", "PRIV_KEY", "LIBRARY")


def snmp(monkeypatch, **given):
    for name in SNMP:
        monkeypatch.delenv(f"NETCOVER_SNMP_{name}", raising=False)
    for name, value in given.items():
        monkeypatch.setenv(f"NETCOVER_SNMP_{name.upper()}", value)
    return snmp_credentials()


@pytest.mark.parametrize(
    ("library", "installed", "asks"),
    [
        ("", True, "gufo"),
        ("", False, "pysnmp"),
        ("auto", True, "gufo"),
        ("gufo", True, "gufo"),
        ("pysnmp", True, "pysnmp"),
    ],
)
def test_which_library_asks(monkeypatch, library, installed, asks):
    monkeypatch.setattr(_snmp, "find_spec", lambda _: object() if installed else None)
    assert snmp(monkeypatch, community="public", library=library).library == asks


@pytest.mark.parametrize(
    ("library", "words"), [("gufo", "not installed; pip install"), ("other", "known: auto, gufo")]
)
def test_a_library_that_is_not_there(monkeypatch, library, words):
    monkeypatch.setattr(_snmp, "find_spec", lambda _: None)
    with pytest.raises(UsageError, match=words):
        snmp(monkeypatch, community="public", library=library)


def test_a_community(monkeypatch):
    found = snmp(monkeypatch, community="canary-community", library="pysnmp")
    assert found == SnmpCredentials(community="canary-community")
    assert "canary" not in repr(found)


@pytest.mark.parametrize(
    ("given", "protocols"),
    [
        ({}, (None, None)),
        ({"auth_key": "canary-auth"}, ("SHA", None)),
        ({"auth_key": "canary-auth", "priv_key": "canary-priv"}, ("SHA", "AES-128")),
        (
            {
                "auth_key": "canary-auth",
                "auth_protocol": "sha256",
                "priv_key": "canary-priv",
                "priv_protocol": "aes",
            },
            ("SHA-256", "AES-128"),
        ),
        (
            {
                "auth_key": "canary-auth",
                "auth_protocol": "SHA-512",
                "priv_key": "canary-priv",
                "priv_protocol": "AES256",
            },
            ("SHA-512", "AES-256"),
        ),
    ],
)
def test_a_user_stands_before_a_community(monkeypatch, given, protocols):
    found = snmp(monkeypatch, user="auditor", community="canary-community", **given)
    assert found.user == "auditor"
    assert found.community is None
    assert (found.auth_protocol, found.priv_protocol) == protocols
    assert "canary" not in repr(found)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "NETCOVER_SNMP_COMMUNITY"),
        ({"user": "auditor", "auth_key": "short"}, "AUTH_KEY: shorter than 8"),
        ({"user": "auditor", "priv_key": "long-enough"}, "needs NETCOVER_SNMP_AUTH_KEY"),
        ({"user": "auditor", "auth_protocol": "SHA"}, "NETCOVER_SNMP_AUTH_KEY is not"),
        (
            {"user": "auditor", "auth_key": "long-enough", "auth_protocol": "MD5"},
            "'MD5' is not known; known: SHA, SHA-224",
        ),
    ],
)
def test_snmp_credentials_that_make_no_security_level(monkeypatch, given, words):
    with pytest.raises(UsageError, match=words):
        snmp(monkeypatch, **given)
