"""Credentials of SNMP, from the environment alone."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Literal

from agent.errors import UsageError


@dataclass(frozen=True, slots=True)
class SnmpCredentials:
    """A v2c community, or a v3 user with as many secrets as its security level takes.

    `library` is the one that asks, ``pysnmp`` or ``gufo``.
    """

    community: str | None = field(default=None, repr=False)
    user: str | None = None
    auth_protocol: str | None = None
    auth_key: str | None = field(default=None, repr=False)
    priv_protocol: str | None = None
    priv_key: str | None = field(default=None, repr=False)
    library: Literal["pysnmp", "gufo"] = "pysnmp"


AUTH_PROTOCOLS = ("SHA", "SHA-224", "SHA-256", "SHA-384", "SHA-512")
PRIV_PROTOCOLS = ("AES-128", "AES-192", "AES-256")
_SHORTEST_KEY = 8  # RFC 3414: a password shorter than this makes no key


def snmp_credentials() -> SnmpCredentials:
    """Take NETCOVER_SNMP_USER and its keys, or NETCOVER_SNMP_COMMUNITY; the user stands first.

    The keys are NETCOVER_SNMP_AUTH_PROTOCOL, _AUTH_KEY, _PRIV_PROTOCOL and _PRIV_KEY;
    NETCOVER_SNMP_LIBRARY says which library asks, gufo-snmp where it is installed.

    :raises UsageError: neither is set, what is set makes no security level, or the library is not
        there.
    """
    library = _library()
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
        return SnmpCredentials(community=given["community"], library=library)
    for kind, protocols in (("auth", AUTH_PROTOCOLS), ("priv", PRIV_PROTOCOLS)):
        _check_key(given, kind, protocols)
    if given["priv_key"] and not given["auth_key"]:
        raise UsageError("NETCOVER_SNMP_PRIV_KEY: needs NETCOVER_SNMP_AUTH_KEY beside it")
    return SnmpCredentials(**(given | {"community": None}), library=library)


def _library() -> Literal["pysnmp", "gufo"]:
    installed = find_spec("gufo") is not None
    match os.environ.get("NETCOVER_SNMP_LIBRARY") or "auto":
        case "auto":
            return "gufo" if installed else "pysnmp"
        case "pysnmp":
            return "pysnmp"
        case "gufo" if installed:
            return "gufo"
        case "gufo":
            remedy = "pip install 'netcover[fast-snmp]'"
            raise UsageError(f"NETCOVER_SNMP_LIBRARY: gufo-snmp is not installed; {remedy}")
        case other:
            known = "auto, gufo, pysnmp"
            raise UsageError(f"NETCOVER_SNMP_LIBRARY: {other!r} is not known; known: {known}")


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
