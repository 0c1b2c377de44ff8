"""Questions to Cisco's services: one token, a rate each, retries, and answers examined.

A token is renewed at nine tenths of its life, and once where a service refuses it. What may pass by
itself is asked again, after the time the service states or with growing pauses.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Self

import httpx2
from pyrate_limiter import Duration, Limiter, Rate

from agent import __version__
from agent.apis.problems import RETRIED, Problem, ProblemError, on_the_wire
from agent.apis.repeat import repeated, trust
from agent.apis.shapes import examine

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from agent.apis.grants import Grant
    from agent.apis.shapes import Content
    from agent.settings import Cisco

_RENEWED_AT = 0.9
_SHORTEST_LIFE = 1.0


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: the body as it came, what it says, and the link to the next page, if any."""

    service: str
    body: str
    content: Content
    following: str | None = None


class Session:
    """A connection to the services that the settings name; to be closed."""

    def __init__(
        self,
        settings: Cisco,
        grant: Grant,
        transport: httpx2.BaseTransport | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.settings = settings
        self._grant = grant
        self._clock = clock
        self._token: str | None = None
        self._renew_at = 0.0
        self._limiters: dict[str, Limiter] = {}
        self._http = httpx2.Client(
            verify=trust(settings.ca_file, "cisco.ca_file"),
            timeout=settings.timeout,
            transport=transport,
            headers={
                "Accept": "application/json",
                "User-Agent": f"netcover/{__version__}",
                **grant.headers,
            },
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._http.close()

    def get(
        self, service: str, path: str, params: Mapping[str, str | int] | None = None
    ) -> Reply | Problem:
        """Ask a service. `path` is appended to its address as it stands: quote it before."""
        url = f"{self.settings.url(service)}/{path}".rstrip("/")
        return repeated(
            lambda: self._asked(service, url, params),
            attempts=self.settings.attempts,
            pause=self.settings.pause,
            longest_wait=self.settings.longest_wait,
        )

    def _asked(
        self, service: str, url: str, params: Mapping[str, str | int] | None
    ) -> Reply | Problem:
        renewed = False
        while True:
            token = self._bearer()
            answer = self._once(service, url, params, token)
            refused = isinstance(answer, Problem) and answer.kind == "not_authorised"
            if not refused or renewed:
                break
            self._token, renewed = None, True
        if isinstance(answer, Problem) and answer.kind in RETRIED:
            raise ProblemError(answer)
        return answer

    def _once(
        self, service: str, url: str, params: Mapping[str, str | int] | None, token: str
    ) -> Reply | Problem:
        self._limiter(service).try_acquire(service)
        headers = {"Authorization": f"Bearer {token}"}
        try:
            answer = self._http.get(url, params=params, headers=headers)
            body = answer.text
        except httpx2.HTTPError as error:
            return on_the_wire(service, error)
        found = examine(service, answer.status_code, answer.headers, body)
        if isinstance(found, Problem):
            return found
        following = answer.links.get("next", {}).get("url")
        return Reply(service, body, found, following)

    def _bearer(self) -> str:
        """The token, renewed before it ends."""
        if self._token is None or self._clock() >= self._renew_at:
            found = self._grant.ask(self._http, self.settings)
            if isinstance(found, Problem):
                raise ProblemError(found)
            self._token, stated = found
            life = max(stated, _SHORTEST_LIFE)
            self._renew_at = self._clock() + life * _RENEWED_AT
        return self._token

    def _limiter(self, service: str) -> Limiter:
        if service not in self._limiters:
            self._limiters[service] = Limiter(_rates(self.settings, service))
        return self._limiters[service]


def _rates(settings: Cisco, service: str) -> list[Rate]:
    """What limits a service; a limit that the other one implies is left out."""
    second = Rate(settings.per_second, Duration.SECOND)
    minute = Rate(settings.openvuln_per_minute, Duration.MINUTE)
    if service != "openvuln" or minute.limit >= 60 * second.limit:
        return [second]
    return [minute] if minute.limit <= second.limit else [second, minute]


def batches(items: Sequence[str], size: int) -> list[tuple[str, ...]]:
    """Items in order, `size` at a time."""
    return [tuple(items[start : start + size]) for start in range(0, len(items), size)]
