"""What the compatible lane mends in paramiko's login: answers that come soon, or never."""

import time

import paramiko
import pytest
from paramiko.common import MSG_SERVICE_REQUEST, MSG_USERAUTH_REQUEST

from agent.inventory.credentials import Wanted
from tests.ssh_lab import running
from tests.transports.test_access import LOGIN, WRONG, Site


@pytest.fixture
def site(tmp_path, monkeypatch):
    with running(tmp_path, monkeypatch) as lab:
        yield Site(tmp_path, lab, "threads")


def after_sending(monkeypatch, kind, act):
    """Act in the moment after the client sent a message of this kind."""
    send = paramiko.Transport._send_message

    def sent(self, message):
        send(self, message)
        if message.asbytes()[0] == kind:
            act(self)

    monkeypatch.setattr(paramiko.Transport, "_send_message", sent)


@pytest.mark.parametrize(("login", "kinds"), [(LOGIN, []), (WRONG, ["auth_refused"])])
def test_an_answer_that_comes_before_the_wait_is_not_missed(site, monkeypatch, login, kinds):
    after_sending(monkeypatch, MSG_USERAUTH_REQUEST, lambda _: time.sleep(0.5))
    failed = site.failures("sw1", sets={Wanted(): login})
    assert [kind for kind, _ in failed.values()] == kinds


def test_a_connection_lost_before_the_login_ends_the_wait(site, monkeypatch):
    after_sending(monkeypatch, MSG_SERVICE_REQUEST, lambda transport: transport.sock.close())
    (kind, reason) = site.failures("sw1")["sw1"]
    assert kind == "connection_lost", reason


def test_a_login_that_is_never_offered_ends_in_time(site, monkeypatch):
    monkeypatch.setattr(
        "agent.transports._paramiko._Transport._parse_service_accept", lambda *_: None
    )
    (kind, _) = site.failures("sw1")["sw1"]
    assert kind == "auth_timeout"
