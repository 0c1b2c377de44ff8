"""Sending to a real mail server and real webhooks on loopback."""

import base64
import hashlib
import hmac
import json
import socket
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from agent.errors import UsageError
from agent.notify.channels import DeliveryError
from agent.notify.deliver import Post
from agent.settings import Notify
from lab.cisco.authority import make
from tests.notify.test_channels import OCCASION, notice

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
RULE = {"name": "r", "facts": ["finding"], "to": ["a@example.net"]}


class Box:
    """What a mail server was given; `refuse` answers RCPT with an error."""

    def __init__(self, *, refuse=False):
        self.messages, self.refuse, self.logins = [], refuse, []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if self.refuse:
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.messages.append(envelope.content.decode())
        return "250 OK"

    def authenticate(self, server, session, envelope, mechanism, data):
        self.logins.append((data.login, data.password))
        return AuthResult(success=data.password == b"canary-mail", handled=False)


def _free():
    """A port that nobody listens on: the library's controller wants to know it before."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


@contextmanager
def mail_server(box, context=None, *, login=False):
    options = {"authenticator": box.authenticate, "auth_required": True} if login else {}
    server = Controller(
        box, hostname="127.0.0.1", port=_free(), tls_context=context,
        require_starttls=bool(context), **options,
    )  # fmt: skip
    server.start()
    try:
        yield server.server.sockets[0].getsockname()[1]
    finally:
        server.stop()


@contextmanager
def hook(*statuses, headers=None):
    """A webhook that answers with each status in turn, the last one for ever."""
    taken = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            taken.append((dict(self.headers), body))
            self.send_response(statuses[min(len(taken), len(statuses)) - 1])
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *words):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/canary-path", taken
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def post(mail=None, drafts=None, channel=None, **environment):
    channels = {"noc": {"pause": 0.01, "longest_wait": 1, "attempts": 3} | (channel or {})}
    chosen = Notify(rules=[RULE], mail=mail or {}, channels=channels)
    return Post(chosen, OCCASION, drafts, environment)


TO = notice("TST2605X001: uncovered", recipient="a@example.net")
HOOK = notice("TST2605X001: uncovered")


def test_mail_in_the_clear_where_that_is_wanted():
    box = Box()
    with mail_server(box) as port:
        how = post({"host": "127.0.0.1", "port": port, "tls": "none"}).send(TO, NOW)
    assert how == "mail by 127.0.0.1"
    (message,) = box.messages
    assert "To: a@example.net" in message
    assert "TST2605X001: uncovered" in message


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """The file that vouches for the server's certificate, and the server's TLS settings."""
    return make(tmp_path_factory.mktemp("tls"), "127.0.0.1")


def test_mail_with_starttls_and_a_login(authority):
    box = Box()
    ca_file, context = authority
    login = {"NETCOVER_SMTP_USERNAME": "netcover", "NETCOVER_SMTP_PASSWORD": "canary-mail"}
    with mail_server(box, context, login=True) as port:
        mail = {"host": "127.0.0.1", "port": port, "ca_file": ca_file}
        post(mail, **login).send(TO, NOW)
        assert (len(box.messages), box.logins) == (1, [(b"netcover", b"canary-mail")])
        with pytest.raises(DeliveryError, match="535") as refused:
            post(mail, **login | {"NETCOVER_SMTP_PASSWORD": "canary-wrong"}).send(TO, NOW)
        assert "canary" not in str(refused.value)
        with pytest.raises(DeliveryError, match=r"(?i)certificate"):
            post({"host": "127.0.0.1", "port": port}, **login).send(TO, NOW)
    assert len(box.messages) == 1


def test_a_login_is_not_sent_in_the_clear():
    box = Box()
    login = {"NETCOVER_SMTP_USERNAME": "u", "NETCOVER_SMTP_PASSWORD": "canary-mail"}
    with mail_server(box) as port, pytest.raises(UsageError, match="in clear text"):
        post({"host": "127.0.0.1", "port": port, "tls": "none"}, **login).send(TO, NOW)
    assert (box.messages, box.logins) == ([], [])


def test_mail_that_is_not_taken():
    box = Box(refuse=True)
    with mail_server(box) as port, pytest.raises(DeliveryError, match=r"mail to a@example\.net"):
        post({"host": "127.0.0.1", "port": port, "tls": "none"}).send(TO, NOW)
    with pytest.raises(DeliveryError, match=r"127\.0\.0\.1"):
        post({"host": "127.0.0.1", "port": port, "tls": "none", "timeout": 2}).send(TO, NOW)


def test_drafts_take_the_place_of_mail(tmp_path):
    how = post(drafts=tmp_path / "out").send(TO, NOW)
    (path,) = (tmp_path / "out").iterdir()
    assert how == f"draft {path}"
    assert path.suffix == ".eml"
    assert b"TST2605X001" in path.read_bytes()
    post(drafts=tmp_path / "out").send(TO, NOW)
    assert len(list((tmp_path / "out").iterdir())) == 1
    odd = notice("x", recipient="../../a/b@example.net")
    post(drafts=tmp_path / "out").send(odd, NOW)
    assert len(list((tmp_path / "out").iterdir())) == 2


def test_a_webhook_is_signed_as_standard_webhooks_want_it():
    with hook(204) as (url, taken):
        post(NETCOVER_WEBHOOK_NOC=url, NETCOVER_WEBHOOK_NOC_SECRET="canary-secret").send(HOOK, NOW)
    ((headers, body),) = taken
    headers = {name.lower(): value for name, value in headers.items()}
    assert json.loads(body)["facts"][0]["text"] == "TST2605X001: uncovered"
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    digest = hmac.new(b"canary-secret", content, hashlib.sha256).digest()
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"
    assert int(headers["webhook-timestamp"]) == NOW.timestamp()


def test_without_a_secret_there_is_no_signature():
    with hook(200) as (url, taken):
        post(NETCOVER_WEBHOOK_NOC=url).send(HOOK, NOW)
    assert "webhook-signature" not in {name.lower() for name in taken[0][0]}


def test_what_may_pass_is_tried_again_with_the_same_id():
    with hook(503, 429, 200) as (url, taken):
        post(NETCOVER_WEBHOOK_NOC=url).send(HOOK, NOW)
    assert len(taken) == 3
    assert len({headers["webhook-id"] for headers, _ in taken}) == 1


@pytest.mark.parametrize(
    ("statuses", "headers", "tries", "words"),
    [
        ((500,), {}, 3, r"noc: server \(500\)"),
        ((404,), {}, 1, r"noc: not authorised \(404\)"),
        ((400,), {}, 1, r"noc: unexpected \(400\)"),
        ((302,), {"Location": "http://127.0.0.1:1/"}, 1, r"noc: unexpected \(302\)"),
        ((429,), {"Retry-After": "3600"}, 1, r"noc: over rate \(429\)"),
    ],
)
def test_what_does_not_pass_is_told_without_the_address(statuses, headers, tries, words):
    with hook(*statuses, headers=headers) as (url, taken):
        with pytest.raises(DeliveryError, match=words) as refused:
            post(NETCOVER_WEBHOOK_NOC=url).send(HOOK, NOW)
        assert len(taken) == tries
    assert "canary-path" not in str(refused.value)


def test_nobody_listens():
    with hook(200) as (url, _):
        pass
    with pytest.raises(DeliveryError, match="noc: network") as refused:
        post(NETCOVER_WEBHOOK_NOC=url).send(HOOK, NOW)
    assert "canary-path" not in str(refused.value)


@pytest.mark.parametrize(
    ("given", "environment", "words"),
    [
        (HOOK, {}, "NETCOVER_WEBHOOK_NOC holds no URL"),
        (HOOK, {"NETCOVER_WEBHOOK_NOC": "nonsense"}, "NETCOVER_WEBHOOK_NOC holds no URL"),
        (HOOK, {"NETCOVER_WEBHOOK_NOC": "http://hooks.example.net/x"}, "is not https"),
        (HOOK, {"NETCOVER_WEBHOOK_NOC": "http://127.0.0.1.example.net/x"}, "is not https"),
        (TO, {}, "names no host"),
    ],
)
def test_a_run_that_lacks_a_setting_is_refused_before_anything_leaves(given, environment, words):
    with pytest.raises(UsageError, match=words):
        post(**environment).check([given])
