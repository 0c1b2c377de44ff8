"""How a manager is logged in to: tokens in headers (FMC), OAuth (FDM), renewed before they end."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Protocol

from agent.apis.problems import Problem, ProblemError
from agent.apis.shapes import json_object

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of a manager: its status, headers and body."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: str = field(repr=False)


class Post(Protocol):
    """Sends one token request."""

    def __call__(
        self, path: str, headers: Mapping[str, str], content: Mapping[str, str] | None = None
    ) -> Reply:
        """The answer.

        :raises ProblemError: the manager refused, failed, or did not answer.
        """


class Tokens(Protocol):
    """The login of one session. Its secrets show nowhere."""

    def headers(self, post: Post) -> dict[str, str]:
        """What a request must carry; logs in, or renews, where that is due.

        :raises ProblemError: the manager gives no token.
        """

    def refused(self) -> None:
        """The token was refused: the next one is to be a new one."""

    def end(self, post: Post) -> None:
        """Give the token back."""

    def secrets(self) -> tuple[str, ...]:
        """All that must not be told, should an answer repeat it; the password first."""

    def domains(self) -> tuple[str, ...]:
        """The UUIDs of the domains that the login named."""


UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_RENEWED_AT = 0.9
_UNAUTHORISED = "HTTP 401"
NO_TOKEN = "no token in the answer to the login"  # noqa: S105 - words


class FmcTokens:
    """An access token of half an hour that can be refreshed three times.

    Cisco's guide to the REST API of the Firewall Management Center states both figures.
    """

    LIFE = 1800.0
    REFRESHES = 3
    LOGIN = "/api/fmc_platform/v1/auth/generatetoken"
    REFRESH = "/api/fmc_platform/v1/auth/refreshtoken"
    REVOKE = "/api/fmc_platform/v1/auth/revokeaccess"

    def __init__(
        self, username: str, password: str, clock: Callable[[], float] = monotonic
    ) -> None:
        self._basic = base64.b64encode(f"{username}:{password}".encode()).decode()
        self._password = password
        self._clock = clock
        self._access = self._refresh = ""
        self._refreshes = 0
        self._renew_at = 0.0
        self._domains: tuple[str, ...] = ()

    def headers(self, post: Post) -> dict[str, str]:
        """The access token."""
        if not self._access or self._clock() >= self._renew_at:
            self._renew(post)
        return {"X-auth-access-token": self._access}

    def _renew(self, post: Post) -> None:
        if self._refresh and self._refreshes < self.REFRESHES:
            pair = {
                "X-auth-access-token": self._access,
                "X-auth-refresh-token": self._refresh,
            }
            self._refreshes += 1
            try:
                self._take(post(self.REFRESH, pair))
            except ProblemError as error:
                if error.problem.code != _UNAUTHORISED:
                    raise
            else:
                return
        self._access = self._refresh = ""
        self._take(post(self.LOGIN, {"Authorization": f"Basic {self._basic}"}))
        self._refreshes = 0

    def _take(self, reply: Reply) -> None:
        self._access = reply.headers.get("x-auth-access-token", "")
        self._refresh = reply.headers.get("x-auth-refresh-token", "")
        if not self._access:
            raise ProblemError(Problem("token", "unexpected", f"HTTP {reply.status}", NO_TOKEN))
        self._renew_at = self._clock() + self.LIFE * _RENEWED_AT
        self._domains = _domains(reply.headers)

    def refused(self) -> None:
        """Refresh; if that does not help either, the next refusal leads to a new login."""
        if self._renew_at == 0.0:
            self._refresh = ""
        self._renew_at = 0.0

    def end(self, post: Post) -> None:
        """Revoke the token."""
        if self._access:
            post(self.REVOKE, {"X-auth-access-token": self._access})

    def secrets(self) -> tuple[str, ...]:
        """The password, as it travels too, and the tokens."""
        return (self._password, self._basic, self._access, self._refresh)

    def domains(self) -> tuple[str, ...]:
        """What stood in the headers of the token."""
        return self._domains


def _domains(headers: Mapping[str, str]) -> tuple[str, ...]:
    """UUIDs in ``DOMAINS: [{"name": "Global", "uuid": "..."}]``, else in ``DOMAIN_UUID``."""
    listed = (json_object(headers.get("domains", "")) or {}).get("items")
    named = [i.get("uuid") for i in listed if isinstance(i, dict)] if listed else []
    found = [*named, headers.get("domain_uuid")]
    return tuple(dict.fromkeys(u for u in found if isinstance(u, str) and UUID.fullmatch(u)))


class FdmTokens:
    """OAuth 2: a bearer that states its life, and a refresh token."""

    TOKEN = "/api/fdm/latest/fdm/token"  # noqa: S105 - a path
    LIFE = 1800.0
    _SHORTEST = 1.0

    def __init__(
        self, username: str, password: str, clock: Callable[[], float] = monotonic
    ) -> None:
        self._username, self._password = username, password
        self._clock = clock
        self._access = self._refresh = ""
        self._renew_at = 0.0

    def headers(self, post: Post) -> dict[str, str]:
        """The bearer."""
        if not self._access or self._clock() >= self._renew_at:
            self._renew(post)
        return {"Authorization": f"Bearer {self._access}"}

    def _renew(self, post: Post) -> None:
        if self._refresh:
            given, self._refresh = self._refresh, ""
            try:
                self._take(
                    post(self.TOKEN, {}, {"grant_type": "refresh_token", "refresh_token": given})
                )
            except ProblemError as error:
                if error.problem.code not in {_UNAUTHORISED, "HTTP 400"}:
                    raise
            else:
                return
        self._access = ""
        form = {
            "grant_type": "password",
            "username": self._username,
            "password": self._password,
        }
        self._take(post(self.TOKEN, {}, form))

    def _take(self, reply: Reply) -> None:
        content = json_object(reply.body) or {}
        access, life = content.get("access_token"), content.get("expires_in")
        if not isinstance(access, str) or not access:
            raise ProblemError(Problem("token", "unexpected", f"HTTP {reply.status}", NO_TOKEN))
        self._access, self._refresh = access, str(content.get("refresh_token") or "")
        stated = float(life) if isinstance(life, int | float) else self.LIFE
        self._renew_at = self._clock() + max(stated, self._SHORTEST) * _RENEWED_AT

    def refused(self) -> None:
        """Take the next token by the refresh token, or by a login."""
        self._renew_at = 0.0

    def end(self, post: Post) -> None:
        """Revoke the token: a device keeps a limited number of them."""
        if self._access:
            form = {
                "grant_type": "revoke_token",
                "access_token": self._access,
                "token_to_revoke": self._refresh or self._access,
            }
            post(self.TOKEN, {}, form)

    def secrets(self) -> tuple[str, ...]:
        """The password and the tokens."""
        return (self._password, self._access, self._refresh)

    def domains(self) -> tuple[str, ...]:
        """None: a device manager has no domains."""
        return ()


LOGINS: dict[str, type[FmcTokens | FdmTokens]] = {"fmc": FmcTokens, "fdm": FdmTokens}
"""How each platform that is read over REST is logged in to."""
