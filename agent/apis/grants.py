"""How a token is had: client credentials for the Support APIs, a personal token for Cisco IQ.

Secrets come from the environment or the keyring, never from a file, and never show in a ``repr``.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import httpx2

from agent.apis.problems import Problem, on_the_wire
from agent.apis.shapes import examine_token
from agent.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from agent.settings import Cisco

SERVICE = "netcover-cisco"
"""The keyring's service name: the user name is the client id, the password its secret."""

Token: TypeAlias = tuple[str, float]
"""The bearer and its life in seconds."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A way to a token, and the headers that every call needs beside it."""

    ask: Callable[[httpx2.Client, Cisco], Token | Problem] = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


def client_credentials() -> Grant:
    """From NETCOVER_CISCO_CLIENT_ID and NETCOVER_CISCO_CLIENT_SECRET, else the keyring.

    :raises UsageError: neither has them.
    """
    client_id = os.environ.get("NETCOVER_CISCO_CLIENT_ID")
    secret = os.environ.get("NETCOVER_CISCO_CLIENT_SECRET")
    if not (client_id and secret):
        client_id, secret = _from_keyring(SERVICE, client_id)
    form = {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "client_secret": secret,
    }
    return Grant(lambda http, cisco: _token(lambda: http.post(cisco.url("token"), data=form)))


def iq_token(cisco: Cisco) -> Grant:
    """From NETCOVER_CISCO_IQ_TOKEN, else the keyring; the region goes with every call.

    :raises UsageError: neither has it.
    """
    secret = os.environ.get("NETCOVER_CISCO_IQ_TOKEN")
    if not secret:
        _, secret = _from_keyring(f"{SERVICE}-iq", None)
    region = {"Cookie": f"account_region={cisco.iq_region}"}
    body = {"accountId": cisco.iq_account} if cisco.iq_account else {}
    # The token stands as it is behind "Basic": it is no user name and password.
    headers = {"Authorization": f"Basic {secret}"}

    def ask(http: httpx2.Client, settings: Cisco) -> Token | Problem:
        return _token(lambda: http.post(settings.url("iq_token"), json=body, headers=headers))

    return Grant(ask, region)


def _token(post: Callable[[], httpx2.Response]) -> Token | Problem:
    try:
        answer = post()
        body = answer.text
    except httpx2.HTTPError as error:
        return on_the_wire("token", error)
    found = examine_token(answer.status_code, answer.headers, body)
    if isinstance(found, Problem):
        return found
    token = found.get("access_token") or found.get("accessToken")
    life = found.get("expires_in") or found.get("expiresInSeconds") or 0
    return str(token), float(life)


def _from_keyring(service: str, name: str | None) -> tuple[str, str]:
    import keyring  # noqa: PLC0415 - slow to import, and most runs do not need it
    from keyring.errors import KeyringError  # noqa: PLC0415

    try:
        found = keyring.get_credential(service, name)
    except KeyringError:
        found = None
    if found is None:
        variables = (
            "NETCOVER_CISCO_IQ_TOKEN"
            if service.endswith("-iq")
            else "NETCOVER_CISCO_CLIENT_ID and NETCOVER_CISCO_CLIENT_SECRET"
        )
        raise UsageError(
            f"no API credentials: set {variables}, or store them with 'keyring set {service} ID'"
        )
    return found.username, found.password
