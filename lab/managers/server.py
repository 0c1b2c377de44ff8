"""HTTPS servers of the estate's managers on their addresses: tokens, limits, faults on demand."""

from __future__ import annotations

import base64
import json
import tempfile
import threading
from collections import deque
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qsl, urlsplit

from lab.cisco import authority
from lab.errors import LabError
from lab.https import HttpsServer
from lab.managers import fdm, fmc

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping, Sequence
    from types import TracebackType

    from lab.cisco.faults import Fault
    from lab.estate import Estate
    from lab.schema import Manager

PORT_TRIES = 50
REFRESHES = 3
_AUTH = "/api/fmc_platform/v1/auth/"
_FDM_TOKEN = "/api/fdm/latest/fdm/token"  # noqa: S105 - a path


@dataclass(slots=True)
class _Token:
    """An access token: until when it is good, its refresh token, and how often it was renewed."""

    until: float
    refresh: str
    refreshed: int = 0


class ManagersLab:
    """All managers of an estate, from the beginning of the ``with`` block to its end.

    :ivar port: the port that all of them listen on, each on its own address.
    :ivar ca_file: the certificate of their authority; gone at the end of the block.
    :ivar asked: manager, method and path of every request, in order.
    """

    port: int
    ca_file: Path

    def __init__(
        self,
        estate: Estate,
        faults: Sequence[Fault] = (),
        *,
        port: int = 0,
        token_life: float = 1800.0,
        per_minute: int = 120,
    ) -> None:
        self.estate = estate
        self.faults = list(faults)
        self.token_life = token_life
        self.per_minute = per_minute
        self.asked: list[tuple[str, str, str]] = []
        self.tokens: dict[str, _Token] = {}
        self._wanted = port
        self._issued = 0
        self._lock = threading.Lock()
        self._times: dict[str, deque[float]] = {}

    def __enter__(self) -> Self:
        """Start to listen.

        :raises LabError: the port is taken.
        """
        if not self.estate.managers:
            raise LabError("managers: the estate declares none; add an fmc or fdm to 'managers'")
        self._folder = tempfile.TemporaryDirectory(prefix="netcover-lab-")
        addresses = [str(manager.address) for manager in self.estate.managers]
        self.ca_file, context = authority.make(Path(self._folder.name), *addresses)
        try:
            self._servers = self._listen(context)
        except LabError:
            self._folder.cleanup()
            raise
        self.port = self._servers[0].server_address[1]
        self._threads = [
            threading.Thread(target=s.serve_forever, args=(0.05,), daemon=True)
            for s in self._servers
        ]
        for thread in self._threads:
            thread.start()
        return self

    def _listen(self, context: ssl.SSLContext) -> list[_Server]:
        reason = ""
        for _ in range(1 if self._wanted else PORT_TRIES):
            with ExitStack() as undo:
                servers: list[_Server] = []
                try:
                    for manager in self.estate.managers:
                        port = servers[0].server_address[1] if servers else self._wanted
                        server = _Server((str(manager.address), port), self, manager, context)
                        undo.callback(server.server_close)
                        servers.append(server)
                except OSError as error:
                    reason = str(error.strerror)
                else:
                    undo.pop_all()
                    return servers
        raise LabError(f"port {self._wanted or 'any'} cannot be used for the managers: {reason}")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop to listen."""
        for server in self._servers:
            server.shutdown()
            server.server_close()
        for thread in self._threads:
            thread.join()
        self._folder.cleanup()

    def fault(self, manager: Manager, method: str, path: str) -> Fault | None:
        """The fault that strikes this request, if any; the request is counted."""
        with self._lock:
            self.asked.append((manager.name, method, path))
            service = "token" if method == "POST" else manager.kind
            return next((fault for fault in self.faults if fault.strikes(service)), None)

    def over_rate(self, manager: Manager) -> bool:
        """Whether the last minute is full."""
        with self._lock:
            times = self._times.setdefault(manager.name, deque())
            now = monotonic()
            while times and times[0] < now - 60:
                times.popleft()
            if len(times) >= self.per_minute:
                return True
            times.append(now)
            return False

    def issue(self, refreshed: int = 0) -> tuple[str, str]:
        """A new access token and its refresh token."""
        with self._lock:
            self._issued += 1
            access, refresh = f"lab-access-{self._issued}", f"lab-refresh-{self._issued}"
            self.tokens[access] = _Token(monotonic() + self.token_life, refresh, refreshed)
            return access, refresh

    def accepts(self, access: str) -> bool:
        """Whether a token is one of ours and not at its end."""
        token = self.tokens.get(access)
        return token is not None and token.until > monotonic()

    def expire(self) -> None:
        """Let every token end now; they can still be refreshed."""
        for token in self.tokens.values():
            token.until = 0.0

    def knows(self, username: str, password: str) -> bool:
        """Whether these open the lab."""
        known = self.estate.credentials
        return (username, password) == (known.username, known.password)


class _Server(HttpsServer):
    def __init__(
        self,
        address: tuple[str, int],
        lab: ManagersLab,
        manager: Manager,
        context: ssl.SSLContext,
    ) -> None:
        super().__init__(address, _Handler, context)
        self.lab = lab
        self.manager = manager


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # headers and body in one segment: the second would wait for an acknowledgement
    server: _Server

    def do_POST(self) -> None:
        """Answer what concerns tokens; a manager takes nothing else."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self._strikes("POST"):
            return
        path = urlsplit(self.path).path
        if self.server.manager.kind == "fdm":
            self._fdm_token(path, body)
        elif path == f"{_AUTH}generatetoken":
            self._generate()
        elif path == f"{_AUTH}refreshtoken":
            self._refresh()
        elif path == f"{_AUTH}revokeaccess":
            self.server.lab.tokens.pop(self.headers.get("X-auth-access-token") or "", None)
            self._write(204, b"", {})
        else:
            self._send(*fmc.error(405, "FRAMEWORK", "Method Not Allowed"))

    def do_GET(self) -> None:
        """Answer a question."""
        lab, manager = self.server.lab, self.server.manager
        fault = self._strikes("GET")
        if fault is True:
            return
        url = urlsplit(self.path)
        if not lab.accepts(self._given()):
            told = (
                fmc.error(401, "FRAMEWORK", "Access token invalid.")
                if manager.kind == "fmc"
                else fdm.error(401, "unauthorized", "Unauthorized")
            )
            self._send(*told)
            return
        if manager.kind == "fmc":
            query = dict(parse_qsl(url.query))
            status, content = fmc.answer(lab.estate, manager, url.path, query)
        else:
            status, content = fdm.answer(lab.estate, manager, url.path)
        kind = fault.kind if fault else ""
        if kind == "lost_record" and isinstance(content.get("items"), list):
            content["items"] = content["items"][:-1]
        text = json.dumps(content).encode()
        if kind == "slow" and fault:
            sleep(fault.seconds)
        self._write(status, text[: len(text) // 2] if kind == "truncated" else text, {})

    def _given(self) -> str:
        if self.server.manager.kind == "fmc":
            return self.headers.get("X-auth-access-token") or ""
        return (self.headers.get("Authorization") or "").removeprefix("Bearer ")

    def _strikes(self, method: str) -> Fault | bool | None:
        """The fault of this request; True where it has been answered already."""
        lab, manager = self.server.lab, self.server.manager
        fault = lab.fault(manager, method, self.path)
        kind = fault.kind if fault else ""
        if kind == "dropped":
            self.close_connection = True
            with suppress(OSError):
                self.connection.close()
        elif kind == "throttled" or lab.over_rate(manager):
            wait = {"Retry-After": f"{fault.seconds:g}"} if fault else {}
            self._send(*fmc.error(429, "OTHER", "Rate limit exceeded"), wait)
        elif kind == "error_500":
            self._send(*fmc.error(500, "OTHER", "Internal Server Error"))
        elif kind == "html":
            self._write(200, b"<html><h1>Service Unavailable</h1></html>", {})
        else:
            if kind == "token_expired":
                lab.expire()
            return fault
        return True

    def _generate(self) -> None:
        given = (self.headers.get("Authorization") or "").removeprefix("Basic ")
        username = password = ""
        with suppress(ValueError):
            username, _, password = base64.b64decode(given, validate=True).decode().partition(":")
        if not self.server.lab.knows(username, password):
            self._send(*fmc.error(401, "FRAMEWORK", "The username or password is incorrect."))
            return
        self._hand_out(0)

    def _refresh(self) -> None:
        lab = self.server.lab
        access = self.headers.get("X-auth-access-token") or ""
        token = lab.tokens.pop(access, None)
        given = self.headers.get("X-auth-refresh-token")
        if token is None or token.refresh != given or token.refreshed >= REFRESHES:
            self._send(*fmc.error(401, "FRAMEWORK", "Invalid refresh token."))
            return
        self._hand_out(token.refreshed + 1)

    def _hand_out(self, refreshed: int) -> None:
        access, refresh = self.server.lab.issue(refreshed)
        known = fmc.domains(self.server.manager)
        named = [{"name": name, "uuid": uuid} for name, uuid in known.items()]
        headers = {
            "X-auth-access-token": access,
            "X-auth-refresh-token": refresh,
            "DOMAIN_UUID": fmc.GLOBAL,
            "DOMAINS": json.dumps(named),
        }
        self._write(204, b"", headers)

    def _fdm_token(self, path: str, body: bytes) -> None:
        lab = self.server.lab
        form: dict[str, Any] = {}
        with suppress(ValueError):
            form = json.loads(body)
        grant = form.get("grant_type")
        by_refresh = {token.refresh: access for access, token in lab.tokens.items()}
        if path != _FDM_TOKEN:
            self._send(*fdm.error(405, "methodNotAllowed", "Method Not Allowed"))
        elif grant == "revoke_token":
            lab.tokens.pop(str(form.get("access_token")), None)
            self._send(200, {"message": "OK"})
        elif grant == "refresh_token" and form.get("refresh_token") in by_refresh:
            lab.tokens.pop(by_refresh[form["refresh_token"]], None)
            self._bearer()
        elif grant == "password" and lab.knows(
            str(form.get("username")), str(form.get("password"))
        ):
            self._bearer()
        else:
            self._send(*fdm.error(400, "invalidGrant", "Invalid username or password"))

    def _bearer(self) -> None:
        lab = self.server.lab
        access, refresh = lab.issue()
        told = {
            "access_token": access,
            "expires_in": lab.token_life,
            "token_type": "Bearer",
            "refresh_token": refresh,
            "refresh_expires_in": 2400,
        }
        self._send(200, told)

    def _send(
        self, status: int, content: dict[str, Any], headers: Mapping[str, str] | None = None
    ) -> None:
        self._write(status, json.dumps(content).encode(), headers or {})

    def _write(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        named = {"Content-Type": "application/json", **headers}
        if status != 204:  # noqa: PLR2004 - it has no body
            named["Content-Length"] = str(len(body))
        with suppress(OSError):
            self.send_response(status)
            for name, value in named.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as inherited
        """Say nothing: what was asked is kept."""
