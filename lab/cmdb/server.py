"""The lab's NetBox or Nautobot as an HTTPS server on loopback: tokens, pages, faults on demand."""

from __future__ import annotations

import json
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Any, Literal, Self, TypeAlias
from urllib.parse import parse_qs, urlencode, urlsplit

from lab.cisco import authority
from lab.cmdb import nautobot, netbox
from lab.https import HttpsServer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType, TracebackType

    from lab.cmdb.shelf import Entry

ADDRESS = "127.0.0.1"
TOKEN = "lab0cmdb0token0opens0nothing"  # noqa: S105 - the lab's own
LARGEST_PAGE = 1000
_PREFIX = "/api/dcim/"

Kind: TypeAlias = Literal[
    "status",
    "html",
    "truncated",
    "cut",
    "slow",
    "dropped",
    "redirect",
    "away",
    "loop",
    "short",
    "list",
]


@dataclass(slots=True)
class Fault:
    """One thing to do wrong, `times` times, None for ever.

    `status` is what ``status`` answers with, `wait` its Retry-After, `to` where ``redirect`` and
    the next page of ``away`` lead; `seconds` is how long ``slow`` takes.
    """

    kind: Kind
    times: int | None = None
    status: int = 500
    wait: str | None = None
    to: str = ""
    seconds: float = 5.0
    text: str = "<h1>Something else lives here</h1>"

    def strikes(self) -> bool:
        """Whether this call is hit; counts it."""
        if self.times is None:
            return True
        self.times -= 1
        return self.times >= 0


class CmdbLab:
    """A running source of truth, from the beginning of the ``with`` block to its end.

    :ivar url: where it listens.
    :ivar ca_file: the certificate of its authority; gone at the end of the block.
    :ivar asked: method, path and query of every call, in order.
    :ivar authorised: what each call said of who it is.
    """

    url: str
    ca_file: Path

    def __init__(
        self,
        kind: Literal["netbox", "nautobot"],
        shelf: Sequence[Entry],
        fault: Fault | None = None,
        *,
        largest_page: int = LARGEST_PAGE,
    ) -> None:
        self.kind = kind
        self.shelf = list(shelf)
        self.fault = fault
        self.largest_page = largest_page
        self.asked: list[str] = []
        self.authorised: list[str] = []

    @property
    def answers(self) -> ModuleType:
        """The module that writes the objects."""
        return netbox if self.kind == "netbox" else nautobot

    def __enter__(self) -> Self:
        """Start to listen."""
        self._folder = tempfile.TemporaryDirectory(prefix="netcover-lab-")
        self.ca_file, context = authority.make(Path(self._folder.name), ADDRESS)
        self._server = _Server((ADDRESS, 0), _Handler, context)
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


class _Server(HttpsServer):
    lab: CmdbLab


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        """Answer a list."""
        lab = self.server.lab
        lab.asked.append(f"GET {self.path}")
        lab.authorised.append(self.headers.get("Authorization") or "")
        fault = lab.fault if lab.fault and lab.fault.strikes() else None
        if fault and self._strike(fault):
            return
        if self.headers.get("Authorization") != f"Token {TOKEN}":
            self._send(403, {"detail": "Invalid token"})
            return
        url = urlsplit(self.path)
        endpoint = url.path.removeprefix(_PREFIX).strip("/")
        if not url.path.startswith(_PREFIX) or endpoint not in lab.answers.ENDPOINTS:
            self._send(404, {"detail": "Not found."})
            return
        query = parse_qs(url.query)
        if endpoint == "devices" and (told := lab.answers.refusal(lab.shelf, query)):
            self._send(400, told)
            return
        self._send(200, self._page(endpoint, query, fault), fault=fault)

    def _page(
        self, endpoint: str, query: dict[str, list[str]], fault: Fault | None
    ) -> dict[str, Any]:
        lab = self.server.lab
        found = lab.answers.rows(lab.shelf, endpoint, lab.url)
        if endpoint == "devices":
            kept = (lab.answers.matches(entry, query) for entry in lab.shelf)
            found = [row for row, keep in zip(found, kept, strict=True) if keep]
        limit = min(int(query.get("limit", ["50"])[0]) or lab.largest_page, lab.largest_page)
        offset = int(query.get("offset", ["0"])[0])
        more = {key: values for key, values in query.items() if key not in {"limit", "offset"}}
        following = urlencode({**more, "limit": limit, "offset": offset + limit}, doseq=True)
        base = fault.to if fault and fault.kind == "away" else lab.url
        return {
            "count": len(found) + (fault is not None and fault.kind == "short"),
            "next": f"{base}{_PREFIX}{endpoint}/?{following}"
            if offset + limit < len(found) or (fault and fault.kind == "away")
            else f"{lab.url}{self.path}"
            if fault and fault.kind == "loop"
            else None,
            "previous": None,
            "results": found[offset : offset + limit],
        }

    def _strike(self, fault: Fault) -> bool:
        """Do what makes an answer impossible; whether that was it."""
        if fault.kind == "dropped":
            self.close_connection = True
            with suppress(OSError):
                self.connection.close()
            return True
        if fault.kind == "slow":
            sleep(fault.seconds)
        if fault.kind == "status":
            headers = {"Retry-After": fault.wait} if fault.wait else {}
            self._write(fault.status, fault.text.encode(), "text/html", headers)
        elif fault.kind == "redirect":
            self._write(302, b"", "text/html", {"Location": f"{fault.to}{self.path}"})
        elif fault.kind == "html":
            self._write(200, fault.text.encode(), "text/html", {})
        elif fault.kind == "list":
            self._write(200, fault.text.encode(), "application/json", {})
        else:
            return False
        return True

    def _send(self, status: int, content: dict[str, Any], fault: Fault | None = None) -> None:
        body = json.dumps(content).encode()
        if fault and fault.kind == "truncated":
            body = body[: len(body) // 2]
        length = {"Content-Length": str(len(body) * 2)} if fault and fault.kind == "cut" else {}
        self._write(status, body, "application/json", length)
        if length:
            self.close_connection = True

    def _write(self, status: int, body: bytes, kind: str, headers: dict[str, str]) -> None:
        with suppress(OSError):
            self.send_response(status)
            named = {"Content-Type": kind, "Content-Length": str(len(body)), **headers}
            for name, value in named.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as inherited
        """Say nothing: what was asked is kept."""
