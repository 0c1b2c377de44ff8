"""The lab's Cisco as one HTTPS server on loopback: tokens, the services, and faults on demand."""

from __future__ import annotations

import base64
import json
import tempfile
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from lab.cisco import authority
from lab.cisco.cxcloud import cxcloud
from lab.cisco.eox import eox
from lab.cisco.faults import Fault, refusal, spoil
from lab.cisco.openvuln import openvuln
from lab.cisco.serials import product, sn2info, suggestion
from lab.errors import LabError
from lab.https import HttpsServer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType

    from lab.cisco.knowledge import Knowledge
    from lab.cisco.reply import Reply

ADDRESS = "127.0.0.1"
CLIENT_ID = "lab-client"
CLIENT_SECRET = "lab-secret"  # noqa: S105 - the lab's own, printed where it is started
TOKEN = "/oauth2/default/v1/token"  # noqa: S105 - a path

_SERVICES: dict[str, tuple[str, Callable[..., Reply]]] = {
    "/supporttools/eox/rest/5/": ("eox", eox),
    "/sn2info/v2/": ("sn2info", sn2info),
    "/product/v1/information/": ("product", product),
    "/software/suggestion/v2/suggestions/": ("suggestion", suggestion),
    "/security/advisories/v2/": ("openvuln", openvuln),
    "/cs/api/v2/": ("cxcloud", cxcloud),
}


class CiscoLab:
    """A running server, from the beginning of the ``with`` block to its end.

    :ivar url: where it listens.
    :ivar ca_file: the certificate of its authority; gone at the end of the block.
    :ivar asked: service and path of every call, tokens included, in order.
    """

    url: str
    ca_file: Path

    def __init__(
        self,
        knowledge: Knowledge,
        faults: Sequence[Fault] = (),
        *,
        port: int = 0,
        token_life: int = 3600,
    ) -> None:
        self.knowledge = knowledge
        self.faults = list(faults)
        self.token_life = token_life
        self.asked: list[tuple[str, str]] = []
        self.tokens: dict[str, float] = {}
        self._port = port
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        """Start to listen.

        :raises LabError: the port is taken.
        """
        self._folder = tempfile.TemporaryDirectory(prefix="netcover-lab-")
        self.ca_file, context = authority.make(Path(self._folder.name), ADDRESS)
        try:
            self._server = _Server((ADDRESS, self._port), _Handler, context)
        except OSError as error:
            self._folder.cleanup()
            raise LabError(f"port {self._port} of {ADDRESS}: {error.strerror or error}") from None
        self._server.lab = self
        self.url = f"https://{ADDRESS}:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.daemon = True
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop to listen."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self._folder.cleanup()

    def fault(self, service: str, path: str) -> Fault | None:
        """The fault that strikes this call, if any; the call is counted."""
        with self._lock:
            self.asked.append((service, path))
            return next((fault for fault in self.faults if fault.strikes(service)), None)

    def issue(self) -> str:
        """A new token."""
        with self._lock:
            token = f"lab-token-{len(self.asked)}"
            self.tokens[token] = monotonic() + self.token_life
            return token

    def accepts(self, authorization: str | None) -> bool:
        """Whether a bearer is one of ours and not at its end."""
        token = (authorization or "").removeprefix("Bearer ")
        return self.tokens.get(token, 0.0) > monotonic()


class _Server(HttpsServer):
    lab: CiscoLab


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        """Answer the token call."""
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        url = urlsplit(self.path)
        if url.path != TOKEN:
            self._send(404, {"errorCode": "E0000022", "errorSummary": "No such path"})
            return
        fault = self.server.lab.fault("token", url.path)
        if fault and self._strike(fault):
            return
        form = dict(parse_qsl(url.query)) | dict(parse_qsl(raw)) | self._basic()
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            error = {
                "errorCode": "invalid_client",
                "errorSummary": "Invalid value for 'client_id' parameter.",
                "errorLink": "invalid_client",
                "errorId": "oaelab",
                "errorCauses": [],
            }
            self._send(401, error, {"WWW-Authenticate": "Basic"})
            return
        lab = self.server.lab
        token = {
            "token_type": "Bearer",
            "expires_in": lab.token_life,
            "access_token": lab.issue(),
            "scope": "customscope",
        }
        self._send(200, token, {"Cache-Control": "max-age=0, no-cache, no-store"})

    def do_GET(self) -> None:
        """Answer a service's call."""
        url = urlsplit(self.path)
        found = next((p for p in _SERVICES if url.path.startswith(p)), None)
        if found is None:
            self._text(596, "<h1>Service Not Found</h1>", {})
            return
        service, answer = _SERVICES[found]
        lab = self.server.lab
        fault = lab.fault(service, self.path)
        if fault and fault.kind == "token_expired":
            lab.tokens.clear()
        if not lab.accepts(self.headers.get("Authorization")):
            code = {"X-Mashery-Error-Code": "ERR_403_NOT_AUTHORIZED"}
            self._text(403, "<h1>Not Authorized</h1>", code)
            return
        if fault and self._strike(fault):
            return
        # Split first: a PID may hold a quoted slash.
        parts = [unquote(part) for part in url.path.removeprefix(found).split("/")]
        try:
            status, content = answer(lab.knowledge, parts, dict(parse_qsl(url.query)))
        except (IndexError, ValueError):
            status, content = 400, {"errorCode": "API_INVALID_INPUT", "errorMessage": self.path}
        self._send(status, spoil(fault.kind, content) if fault else content, {}, fault)

    def _basic(self) -> dict[str, str]:
        given = (self.headers.get("Authorization") or "").removeprefix("Basic ")
        with suppress(ValueError):
            name, _, secret = base64.b64decode(given, validate=True).decode().partition(":")
            return {"client_id": name, "client_secret": secret} if secret else {}
        return {}

    def _strike(self, fault: Fault) -> bool:
        """Do what makes an answer impossible; whether that was it."""
        if fault.kind == "dropped":
            self.close_connection = True
            with suppress(OSError):
                self.connection.close()
            return True
        told = refusal(fault)
        if told is None:
            return False
        self._text(told.status, told.body, told.headers)
        return True

    def _send(
        self,
        status: int,
        content: dict[str, Any],
        headers: Mapping[str, str] | None = None,
        fault: Fault | None = None,
    ) -> None:
        body = json.dumps(content).encode()
        if fault and fault.kind == "truncated":
            body = body[: len(body) // 2]
        if fault and fault.kind == "slow":
            sleep(fault.seconds)
        named = {"Content-Type": "application/json", "x-ratelimit-limit": "2000", **(headers or {})}
        self._write(status, body, named)

    def _text(self, status: int, text: str, headers: Mapping[str, str]) -> None:
        self._write(status, text.encode(), {"Content-Type": "text/xml", **headers})

    def _write(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        with suppress(OSError):
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as inherited
        """Say nothing: what was asked is kept."""
