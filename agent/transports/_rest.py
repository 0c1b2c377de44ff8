"""Questions to one manager over HTTPS: behind the gate, within its rate, with answers examined."""

from __future__ import annotations

import json
from functools import cache
from http import HTTPStatus
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

import httpx2
from pyrate_limiter import Duration, Limiter, Rate

from agent import __version__
from agent.apis.problems import RETRIED, Problem, ProblemError, on_the_wire
from agent.apis.repeat import repeated, trust
from agent.apis.shapes import json_object, kind_of_status, retry_after
from agent.transports._rest_tokens import Reply
from agent.transports.gate import RestGate, hidden

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from agent.platforms import Platform
    from agent.settings import Rest
    from agent.transports._rest_tokens import Tokens

T = TypeVar("T")

BIGGEST = 32_000_000
"""Octets of a body; FMC limits its own to 2 MB."""
_LONGEST = 4
"""Time-outs that a whole answer may take: a body that drips has no end."""
_SHOWN = 120
UNTRUSTED = "certificate"
"""The code of the problem that a certificate is not believed."""
_TRIES = 3


class RestClient:
    """A session with one manager; to be closed.

    `timeout` in seconds is that of a connection and of silence.
    """

    def __init__(  # noqa: PLR0917 - one call, each argument a fact of the session
        self,
        device: Platform,
        url: str,
        tokens: Tokens,
        rest: Rest,
        timeout: float,
        transport: httpx2.BaseTransport | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._gate = RestGate(device)
        self._name = device.name
        self._url = url
        self._tokens = tokens
        self._rest = rest
        self._timeout = timeout
        self._clock = clock
        self._http = httpx2.Client(
            base_url=url,
            verify=trust(rest.ca_file, "rest.ca_file"),
            timeout=timeout,
            transport=transport,
            trust_env=False,
            headers={"Accept": "application/json", "User-Agent": f"netcover/{__version__}"},
        )

    def log_in(self) -> Problem | None:
        """Have a token; the problem where there is none to be had."""
        found = self._repeated(lambda: self._tokens.headers(self._post))
        return found if isinstance(found, Problem) else None

    def get(self, path: str) -> Reply | Problem:
        """What the manager answers to a declared path, which is JSON; or why it does not.

        :raises CommandNotDeclaredError: the path is not declared; nothing was sent.
        """
        self._gate.admit("GET", path)
        return self._repeated(lambda: self._asked(path))

    def domains(self) -> tuple[str, ...]:
        """The UUIDs of the domains that the login named."""
        return self._tokens.domains()

    def close(self) -> None:
        """Give the token back, where the rate allows it at once, and hang up."""
        try:
            if _limiter(self._url, self._rest.per_minute).try_acquire(self._url, blocking=False):
                self._tokens.end(self._post_now)
        except ProblemError:
            pass
        finally:
            self._http.close()

    def _repeated(self, ask: Callable[[], T]) -> T | Problem:
        rest = self._rest
        return repeated(
            ask, attempts=rest.attempts, pause=rest.pause, longest_wait=rest.longest_wait
        )

    def _asked(self, path: str) -> Reply | Problem:
        answer: Reply | Problem | None = None
        for _ in range(_TRIES):
            carried = self._tokens.headers(self._post)
            _limiter(self._url, self._rest.per_minute).try_acquire(self._url)
            answer = self._once("GET", path, carried)
            if not isinstance(answer, Problem) or answer.code != "HTTP 401":
                break
            self._tokens.refused()
        assert answer is not None  # noqa: S101 - there is at least one try
        if isinstance(answer, Problem) and answer.kind in RETRIED:
            raise ProblemError(answer)
        return answer

    def _post(
        self, path: str, headers: Mapping[str, str], content: Mapping[str, str] | None = None
    ) -> Reply:
        _limiter(self._url, self._rest.per_minute).try_acquire(self._url)
        return self._post_now(path, headers, content)

    def _post_now(
        self, path: str, headers: Mapping[str, str], content: Mapping[str, str] | None = None
    ) -> Reply:
        answer = self._once("POST", path, headers, content)
        if isinstance(answer, Problem):
            raise ProblemError(answer)
        return answer

    def _once(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        content: Mapping[str, str] | None = None,
    ) -> Reply | Problem:
        self._gate.admit(method, path)
        try:
            answer = self._sent(method, path, headers, content)
        except httpx2.HTTPError as error:
            return self._told(_untrusted(self._name, error) or on_the_wire(self._name, error))
        if answer is None:
            return Problem(self._name, "network", "", "the answer has no end, or is too long")
        return self._examined(method, answer)

    def _sent(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        content: Mapping[str, str] | None,
    ) -> Reply | None:
        """The answer as a whole; None where it takes too long or is too big.

        :raises httpx2.HTTPError: there is none.
        """
        until = self._clock() + _LONGEST * self._timeout
        body = bytearray()
        with self._http.stream(method, path, headers=dict(headers), json=content) as answer:
            for chunk in answer.iter_bytes():
                body += chunk
                if len(body) > BIGGEST or self._clock() > until:
                    return None
            text = body.decode("utf-8", errors="replace")
            return Reply(answer.status_code, answer.headers, text)

    def _examined(self, method: str, answer: Reply) -> Reply | Problem:
        """The answer without secrets; a problem where it is a refusal or no JSON."""
        password, *tokens = self._tokens.secrets()
        # A password may be a word that stands there for another reason; what is kept stays true.
        body = hidden(answer.body, *tokens)
        content = json_object(body)
        kind = kind_of_status(answer.status)
        if kind is not None:
            said = _words(content) or " ".join(body.split()) or _phrase(answer.status)
            said = hidden(said, password)
            wait = retry_after(kind, answer.headers)
            code = f"HTTP {answer.status}"
            return Problem(self._name, kind, code, said[:_SHOWN], retry_after=wait)
        if method == "GET" and content is None:
            said = hidden(" ".join(body.split()), password)[:_SHOWN] or "an empty body"
            return Problem(self._name, "not_json", f"HTTP {answer.status}", said)
        return Reply(answer.status, answer.headers, body if method == "GET" else answer.body)

    def _told(self, problem: Problem) -> Problem:
        words = hidden(problem.text, *self._tokens.secrets())
        return Problem(problem.service, problem.kind, problem.code, words)


def _untrusted(service: str, error: httpx2.HTTPError) -> Problem | None:
    """A certificate that is not believed: to ask again would change nothing."""
    words = str(error)
    if "CERTIFICATE_VERIFY_FAILED" not in words:
        return None
    why = words.partition("certificate verify failed: ")[2].partition(" (_ssl")[0] or words
    return Problem(service, "unexpected", UNTRUSTED, why)


@cache
def _limiter(url: str, per_minute: int) -> Limiter:  # noqa: ARG001 - the key of the cache
    """One for each manager, however many sessions there are."""
    return Limiter([Rate(per_minute, Duration.MINUTE)])


def _words(content: Mapping[str, object] | None) -> str:
    """What an error of FMC or FDM says: ``{"error": {"messages": [{"description": ...}]}}``."""
    error = (content or {}).get("error")
    messages = error.get("messages") if isinstance(error, dict) else None
    told = [
        m["description"] for m in _list(messages) if isinstance(m, dict) and m.get("description")
    ]
    return "; ".join(map(str, told)) or (json.dumps(error) if error else "")


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "an unknown status"
