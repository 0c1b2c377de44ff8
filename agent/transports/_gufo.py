"""gufo-snmp, the extra ``fast-snmp``: the same as pysnmp for a fraction of the processor time.

Its socket is connected, so that the kernel hands over answers of the asked address alone. It does
not tell an agent's error from the end of a table: what it reads, pysnmp confirms by asking what
follows, in one request a table. Without an answer, or refused, pysnmp asks again, and says why.
"""

from __future__ import annotations

from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from gufo.snmp import (
    Aes128Key,
    Aes192Key,
    Aes256Key,
    KeyExpansion,
    Sha1Key,
    Sha224Key,
    Sha256Key,
    Sha384Key,
    Sha512Key,
    SnmpError,
    User,
)
from gufo.snmp.sync import SnmpSession

from agent.platforms._snmp import dotted
from agent.transports._columns import ROWS, beyond
from agent.transports._pysnmp import TRIES, octets
from agent.transports._pysnmp import Client as PysnmpClient

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gufo.snmp import ValueType

    from agent.inventory.credentials import SnmpCredentials
    from agent.platforms._walk import Oid
    from agent.transports.snmp import Address

AT_ONCE = 50
"""Rows of one GETBULK; an agent sends as many as its datagram holds."""

_AUTH = {
    "SHA": Sha1Key,
    "SHA-224": Sha224Key,
    "SHA-256": Sha256Key,
    "SHA-384": Sha384Key,
    "SHA-512": Sha512Key,
}
_WITHOUT_ANSWER = (SnmpError, OSError)  # silence is a TimeoutError, which is an OSError
_PRIV = {"AES-128": Aes128Key, "AES-192": Aes192Key, "AES-256": Aes256Key}


class Client:
    """Asks one agent. `timeout` in seconds is that of a request with its repetitions."""

    def __init__(self, address: Address, credentials: SnmpCredentials, timeout: float) -> None:
        self._address = address
        self._credentials = credentials
        self._timeout = timeout

    def get(self, oids: Sequence[Oid]) -> list[tuple[Oid, str]]:
        """The values of instances that are there, as ``snmpwalk`` prints them.

        :raises HostFailureError: no answer, or a refusal.
        """
        spelled = {_spelled(oid): oid for oid in oids}
        try:
            answer = self._session.get_many(spelled)
        except _WITHOUT_ANSWER:
            return self._confirming.get(oids)
        found = [(spelled[name], printed(value)) for name, value in answer.items()]
        missing = [oid for name, oid in spelled.items() if name not in answer]
        return found + (self._confirming.get(missing) if missing else [])

    def table(self, columns: Sequence[Oid]) -> list[tuple[Oid, str]]:
        """Every value below `columns`.

        :raises HostFailureError: no answer, or a refusal.
        """
        found: dict[Oid, str] = {}
        last = {column: column for column in columns}
        try:
            for column in columns:
                below = self._session.getbulk(_spelled(column), AT_ONCE)
                for name, value in islice(below, ROWS):
                    oid = tuple(map(int, name.split(".")))
                    if oid in found:
                        break  # the agent runs in a circle
                    found[oid] = printed(value)
                    last[column] = oid
        except _WITHOUT_ANSWER:
            return self._confirming.table(columns)
        return beyond(self._confirming, last, found)

    @cached_property
    def _session(self) -> SnmpSession:
        known = self._credentials
        session = SnmpSession(
            self._address.ip,
            self._address.port,
            community=known.community or "",
            user=_user(known) if known.user is not None else None,
            timeout=self._timeout / TRIES,
        )
        session.refresh()
        return session

    @cached_property
    def _confirming(self) -> PysnmpClient:
        return PysnmpClient(self._address, self._credentials, self._timeout)


def _user(known: SnmpCredentials) -> User:
    auth, priv = known.auth_key, known.priv_key
    return User(
        known.user or "",
        auth_key=_AUTH[known.auth_protocol or "SHA"](auth.encode()) if auth else None,
        priv_key=_PRIV[known.priv_protocol or "AES-128"](priv.encode()) if priv else None,
        # Cisco lengthens a short key for AES-192 and -256 as Reeder's draft does.
        key_expansion=KeyExpansion.Cisco,
    )


def _spelled(oid: Oid) -> str:
    return dotted(oid)[1:]


def printed(value: ValueType) -> str:
    """A value as ``snmpwalk`` prints it, as far as its type is known: all numbers are INTEGERs."""
    if isinstance(value, bytes):
        return octets(value)
    if isinstance(value, str):
        return f"OID: .{value}"
    return "NULL" if value is None else f"INTEGER: {value}"
