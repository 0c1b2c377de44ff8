"""Credentials from the environment, the keyring or a prompt; never from a file of the inventory."""

from __future__ import annotations

import getpass
import os
import sys
from dataclasses import dataclass, field

from agent.errors import UsageError

SERVICE = "netcover"
"""The keyring's service name; the enable secret is the password of ``netcover-enable``."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a login needs. The secrets never show in a ``repr``."""

    username: str
    password: str = field(repr=False)
    enable: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class SnmpCredentials:
    """A v2c community, or a v3 user with as many secrets as its security level takes."""

    community: str | None = field(default=None, repr=False)
    user: str | None = None
    auth_protocol: str | None = None
    auth_key: str | None = field(default=None, repr=False)
    priv_protocol: str | None = None
    priv_key: str | None = field(default=None, repr=False)


AUTH_PROTOCOLS = ("SHA", "SHA-224", "SHA-256", "SHA-384", "SHA-512")
PRIV_PROTOCOLS = ("AES-128", "AES-192", "AES-256")
_SHORTEST_KEY = 8  # RFC 3414: a password shorter than this makes no key


def snmp_credentials() -> SnmpCredentials:
    """Take NETCOVER_SNMP_USER and its keys, or NETCOVER_SNMP_COMMUNITY; the user stands first.

    The keys are NETCOVER_SNMP_AUTH_PROTOCOL, _AUTH_KEY, _PRIV_PROTOCOL and _PRIV_KEY.

    :raises UsageError: neither is set, or what is set makes no security level.
    """
    given = {
        name: os.environ.get(f"NETCOVER_SNMP_{name.upper()}") or None
        for name in (
            "community",
            "user",
            "auth_protocol",
            "auth_key",
            "priv_protocol",
            "priv_key",
        )
    }
    if not given["user"] and not given["community"]:
        raise UsageError(
            "no SNMP credentials: set NETCOVER_SNMP_USER with NETCOVER_SNMP_AUTH_KEY and"
            " NETCOVER_SNMP_PRIV_KEY, or NETCOVER_SNMP_COMMUNITY"
        )
    if not given["user"]:
        return SnmpCredentials(community=given["community"])
    for kind, protocols in (("auth", AUTH_PROTOCOLS), ("priv", PRIV_PROTOCOLS)):
        _check_key(given, kind, protocols)
    if given["priv_key"] and not given["auth_key"]:
        raise UsageError("NETCOVER_SNMP_PRIV_KEY: needs NETCOVER_SNMP_AUTH_KEY beside it")
    return SnmpCredentials(**(given | {"community": None}))


def _check_key(given: dict[str, str | None], kind: str, protocols: tuple[str, ...]) -> None:
    """Complete the protocol of a key with the usual one, and check both."""
    variable = f"NETCOVER_SNMP_{kind.upper()}"
    key, protocol = given[f"{kind}_key"], given[f"{kind}_protocol"]
    if protocol and not key:
        raise UsageError(f"{variable}_PROTOCOL is set, {variable}_KEY is not; set both or neither")
    if key and len(key) < _SHORTEST_KEY:
        raise UsageError(f"{variable}_KEY: shorter than {_SHORTEST_KEY} characters")
    if key:
        spelled = {p.replace("-", ""): p for p in protocols} | {"AES": "AES-128"}
        known = spelled.get((protocol or protocols[0]).upper().replace("-", ""))
        if known not in protocols:
            raise UsageError(
                f"{variable}_PROTOCOL: {protocol!r} is not known; known: {', '.join(protocols)}"
            )
        given[f"{kind}_protocol"] = known


def credentials() -> Credentials:
    """Take NETCOVER_USERNAME, NETCOVER_PASSWORD and NETCOVER_ENABLE; else keyring; else ask.

    :raises UsageError: nothing is set and there is no terminal to ask on.
    """
    username, password = os.environ.get("NETCOVER_USERNAME"), os.environ.get("NETCOVER_PASSWORD")
    enable = os.environ.get("NETCOVER_ENABLE") or None
    if username and password:
        return Credentials(username, password, enable)
    stored = _from_keyring(username)
    if stored:
        return Credentials(stored.username, stored.password, enable or stored.enable)
    if not sys.stdin.isatty():
        raise UsageError(
            "no credentials: set NETCOVER_USERNAME, NETCOVER_PASSWORD and, where the devices have"
            " one, NETCOVER_ENABLE; or store them with 'keyring set netcover USERNAME'"
        )
    username = username or _ask("Username: ")
    password = password or getpass.getpass(f"Password of {username}: ", stream=sys.stderr)
    enable = enable or getpass.getpass("Enable secret (empty for none): ", stream=sys.stderr)
    return Credentials(username, password, enable or None)


def _ask(question: str) -> str:
    sys.stderr.write(question)
    sys.stderr.flush()
    return sys.stdin.readline().strip()


def _from_keyring(username: str | None) -> Credentials | None:
    import keyring  # noqa: PLC0415 - slow to import, and most runs do not need it
    from keyring.errors import KeyringError  # noqa: PLC0415

    try:
        found = keyring.get_credential(SERVICE, username)
        enable = keyring.get_credential(f"{SERVICE}-enable", username)
    except KeyringError:
        return None
    if found is None:
        return None
    return Credentials(found.username, found.password, enable.password if enable else None)
