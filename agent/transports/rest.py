"""FMC and FDM over HTTPS as a Nornir connection plugin; every request passes the gate.

A ``send`` is one declared request of the platform file. Its text holds every exchange that it took,
over all domains and pages: the path, the status, and the body as it came.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from stamina.instrumentation import set_on_retry_hooks

from agent.apis.problems import Problem
from agent.apis.repeat import trust
from agent.apis.shapes import json_object
from agent.errors import CommandNotDeclaredError, HostFailureError
from agent.platforms import _rest_exchanges as exchanges
from agent.platforms import platform as platform_named
from agent.settings import Rest
from agent.transports._rest import UNTRUSTED, RestClient
from agent.transports._rest_tokens import LOGINS, NO_TOKEN, UUID

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nornir.core.configuration import Config

    from agent.apis.problems import ProblemKind
    from agent.model import UnreachedKind
    from agent.platforms import Platform

NAME = "rest"
"""The plugin's name in Nornir's register, and the lane's in ``sweep.json``."""

PORT = 443
PAGE = 200
"""Entries asked for at once: FMC allows 1,000, and 2 MB of them; an expanded device takes 3 kB."""
PAGES = 1000

_FAILURES: dict[ProblemKind, UnreachedKind] = {
    "not_authorised": "auth_refused",
    "bad_credentials": "auth_refused",
    "over_rate": "overloaded",
    "server": "connection_lost",
    "not_json": "not_a_device",
    "unexpected": "not_a_device",
    "no_data": "not_a_device",
    "network": "unreachable",
}
_LOST: frozenset[ProblemKind] = frozenset({"network", "over_rate"})
"""Kinds after which no further question of the session would be answered."""


@dataclass(slots=True)
class RestSession:
    """An open session with one manager. `domains` are those it has listed so far.

    Where it lists none, those count that its login named.
    """

    client: RestClient
    device: Platform
    domains: list[str] = field(default_factory=list)

    def send(self, command: str) -> str:
        """Send one declared request to each domain, page by page; all exchanges as text.

        A refusal or a broken answer stands in the text, in place of a status.

        :raises CommandNotDeclaredError: no platform file declares it; nothing was sent.
        :raises HostFailureError: ``connection_lost`` or ``overloaded``.
        """
        if command not in {known.text for known in self.device.commands}:
            raise CommandNotDeclaredError(
                f"{self.device.name}: not declared, not sent: {command!r}"
            )
        template = command.removeprefix("GET ")
        known = self.domains or list(self.client.domains())
        domains = known if "{domain}" in template else [""]
        return "".join(
            text for domain in domains for text in self._pages(template.replace("{domain}", domain))
        )

    def _pages(self, template: str) -> Iterator[str]:
        """The exchanges of one list, until it has been told whole or goes wrong."""
        offset = seen = 0
        for _ in range(PAGES):
            path = template.replace("{offset}", str(offset)).replace("{limit}", str(PAGE))
            answer = self.client.get(path)
            if isinstance(answer, Problem):
                if answer.kind in _LOST:
                    raise failure(answer)
                yield exchanges.failed(path, answer.code, f"{answer.kind}: {answer.text}")
                return
            yield exchanges.answered(path, answer.status, answer.body)
            content = json_object(answer.body) or {}
            self._note_domains(path, content)
            count, items = exchanges.count(content), len(exchanges.items(content))
            seen += items
            offset += PAGE
            if "{offset}" not in template or not items or count is None or seen >= count:
                return

    def _note_domains(self, path: str, content: dict[str, Any]) -> None:
        if not path.startswith("/api/fmc_platform/v1/info/domain"):
            return
        told = (str(item.get("uuid") or "") for item in exchanges.items(content))
        self.domains += [u for u in told if UUID.fullmatch(u) and u not in self.domains]


def prepare(rest: Rest) -> None:
    """Look at the settings before a manager is called; what is asked again is not logged.

    :raises SettingsError: ``rest.ca_file`` holds no certificate.
    """
    trust(rest.ca_file, "rest.ca_file")
    set_on_retry_hooks(())


_REMEDY = "name a file with the certificate of its authority as rest.ca_file in netcover.toml"


def failure(problem: Problem) -> HostFailureError:
    """Why a manager could not be read, in the terms of a sweep."""
    text = problem.text
    if problem.code == UNTRUSTED:
        return HostFailureError("hostkey", f"its certificate is not trusted: {text}; {_REMEDY}")
    if problem.kind == "network":
        return HostFailureError(*_network(problem))
    if problem.text == NO_TOKEN:
        return HostFailureError("not_a_device", f"{text}: another kind of server")
    kind = _FAILURES.get(problem.kind, "connection_lost")
    return HostFailureError(kind, f"{problem.code}: {text}" if problem.code else text)


def _network(problem: Problem) -> tuple[UnreachedKind, str]:
    """Kind and words of a failure below HTTP, by the name of the library's exception."""
    text = problem.text
    if "Timeout" in problem.code:
        return "timeout", f"no answer in time: {problem.code}"
    if "refused" in text.lower():
        return "refused", text
    if problem.code == "ConnectError":
        return ("negotiation", f"no TLS: {text}") if "SSL" in text else ("unreachable", text)
    return "connection_lost", f"{problem.code}: {text}"


class RestPlugin:
    """Nornir's connection plugin: ``host.get_connection("rest", config)`` is a `RestSession`."""

    def __init__(self) -> None:
        self.connection: RestSession | None = None

    def open(  # noqa: PLR0917 - the protocol's signature
        self,
        hostname: str | None,
        username: str | None,
        password: str | None,
        port: int | None,
        platform: str | None,
        extras: dict[str, Any] | None = None,
        configuration: Config | None = None,  # noqa: ARG002 - the protocol's signature
    ) -> None:
        """Log in. `extras`: ``timeout`` in seconds, and ``access``, which holds the settings.

        :raises HostFailureError: with the typed reason.
        """
        options = extras or {}
        access = options.get("access")
        rest: Rest = access.rest if access else Rest()
        device = platform_named(platform or "")
        host = hostname or ""
        _resolve(host)
        if not password:
            raise HostFailureError("auth_refused", "a manager needs a password; a key is none")
        client = RestClient(
            device,
            f"https://{f'[{host}]' if ':' in host else host}:{port or PORT}",
            LOGINS[device.name](username or "", password),
            rest,
            float(options.get("timeout", 30.0)),
        )
        problem = client.log_in()
        if problem is not None:
            client.close()
            raise failure(problem)
        self.connection = RestSession(client, device)

    def close(self) -> None:
        """Log out."""
        if self.connection is not None:
            self.connection.client.close()
            self.connection = None


PLUGIN = RestPlugin


def _resolve(host: str) -> None:
    """Look the name up, so that a name that does not resolve is told apart.

    :raises HostFailureError: ``dns``.
    """
    try:
        socket.getaddrinfo(host, None)
    except (socket.gaierror, UnicodeError) as error:
        raise HostFailureError("dns", f"{host} does not resolve: {error}") from None
