"""pysnmp on an event loop of its own: GET and GETBULK, answers from the asked address alone.

One engine serves all hosts of a set of credentials, over one socket. pysnmp finds the request of
an answer by a number that another agent can guess or repeat, so `_Guard` drops every datagram
whose number was not asked of the address that it comes from.
"""

from __future__ import annotations

import asyncio
import atexit
import ipaddress
import re
import threading
from collections import OrderedDict
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from pyasn1.type import univ
from pysnmp.carrier.asyncio.dgram import udp, udp6
from pysnmp.entity import config
from pysnmp.error import PySnmpError
from pysnmp.hlapi.v3arch.asyncio import (
    CommunityData,
    ContextData,
    ObjectIdentity,
    ObjectType,
    SnmpEngine,
    Udp6TransportTarget,
    UdpTransportTarget,
    UsmUserData,
    bulk_cmd,
    get_cmd,
)
from pysnmp.proto import rfc1902, rfc1905

from agent.errors import HostFailureError
from agent.platforms._snmp import dotted
from agent.transports._columns import table

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

    from agent.inventory.credentials import SnmpCredentials
    from agent.platforms._walk import Oid
    from agent.transports.snmp import Address

T = TypeVar("T")

TRIES = 3
OUTSTANDING = 64
"""Requests under way at once; more would wait in queues and be taken for lost."""
REMEMBERED = 4096

_AUTH = {
    None: config.USM_AUTH_NONE,
    "SHA": config.USM_AUTH_HMAC96_SHA,
    "SHA-224": config.USM_AUTH_HMAC128_SHA224,
    "SHA-256": config.USM_AUTH_HMAC192_SHA256,
    "SHA-384": config.USM_AUTH_HMAC256_SHA384,
    "SHA-512": config.USM_AUTH_HMAC384_SHA512,
}
# Cisco lengthens a short key for AES-192 and -256 as Reeder's draft does, and so do these.
_PRIV = {
    None: config.USM_PRIV_NONE,
    "AES-128": config.USM_PRIV_CFB128_AES,
    "AES-192": config.USM_PRIV_CFB192_AES,
    "AES-256": config.USM_PRIV_CFB256_AES,
}
_REFUSED = {
    "UnknownUserName": "the agent does not know the user",
    "UnknownSecurityName": "the agent does not know the user",
    "WrongDigest": "the agent refused the authentication key or protocol",
    "AuthenticationFailure": "the agent refused the authentication key or protocol",
    "AuthenticationError": "the agent refused the authentication key or protocol",
    "DecryptionError": "the agent refused the privacy key or protocol",
    "UnsupportedSecurityLevel": "the agent does not allow the user this security level",
    "NoAccessEntry": "the agent does not let the user read",
    "NoGroupName": "the agent does not let the user read",
    "UnknownCommunityName": "the agent refused the community",
}
_TOO_BIG, _NO_ACCESS = 1, frozenset({6, 16})


# ------------------------------------------------------------------ the number of a message


def _content(data: bytes, at: int) -> tuple[int, int, int]:
    """Tag, start and end of the value at `at`.

    :raises IndexError: the data ends before it does.
    """
    tag, size = data[at], data[at + 1]
    at += 2
    if size & 0x80:
        count = size & 0x7F
        size = int.from_bytes(data[at : at + count], "big")
        at += count
    return tag, at, at + size


def message_number(data: bytes) -> bytes | None:
    """The octets by which a message is known: msgID of v3, the request-id of v1 and v2c."""
    try:
        _, at, _ = _content(data, 0)
        _, start, end = _content(data, at)
        version = data[start:end]
        _, start, end = _content(data, end)
        if version != b"\3":
            _, start, _ = _content(data, end)
        _, start, end = _content(data, start)
    except IndexError:
        return None
    return version + data[start:end]


class _Guard:
    """Mixed in before a datagram transport of pysnmp: it remembers whom it asked what."""

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - pysnmp's own
        super().__init__(*args, **options)
        self.asked: OrderedDict[bytes, tuple[str, int]] = OrderedDict()
        self.heard: OrderedDict[tuple[str, int], bool] = OrderedDict()
        self.strays: OrderedDict[tuple[str, int], str] = OrderedDict()

    def send_message(self, outgoing: bytes, address: tuple[str, int]) -> None:
        """Note the number, then send."""
        number = message_number(outgoing)
        if number is not None:
            self.asked[number] = _plain(address)
            _shorten(self.asked)
        super().send_message(outgoing, address)  # type: ignore[misc]

    def datagram_received(self, datagram: bytes, address: tuple[str, int]) -> None:
        """Hand on what was asked of `address`; drop what was asked of another, or of nobody."""
        number = message_number(datagram)
        asked = self.asked.get(number) if number is not None else None
        if asked == _plain(address):
            self.heard[asked] = True
            _shorten(self.heard)
            super().datagram_received(datagram, address)  # type: ignore[misc]
        elif asked is not None:
            self.strays[asked] = str(address[0])
            _shorten(self.strays)


def _plain(address: tuple[Any, ...]) -> tuple[str, int]:
    return str(address[0]), int(address[1])


def _shorten(known: OrderedDict[Any, Any]) -> None:
    if len(known) > REMEMBERED:
        known.popitem(last=False)


class _Udp(_Guard, udp.UdpAsyncioTransport):  # type: ignore[misc]
    pass


class _Udp6(_Guard, udp6.Udp6AsyncioTransport):  # type: ignore[misc]
    pass


# ------------------------------------------------------------------------- loop and engine


class _Loop:
    """An event loop in a thread, for as long as the program runs."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="snmp", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run `work` there and wait for it here."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(timeout=1)


@cache
def _loop() -> _Loop:
    return _Loop()


class _Engine:
    """An engine with its sockets. Made and used on the loop only."""

    def __init__(self) -> None:
        self.engine = SnmpEngine()
        self.gate = asyncio.Semaphore(OUTSTANDING)
        self.guards: dict[int, Any] = {}

    def guard(self, family: int) -> _Guard:
        """The socket of an address family, opened at its first use."""
        if family not in self.guards:
            transport, domain = (
                (_Udp6(), udp6.DOMAIN_NAME) if family == 6 else (_Udp(), udp.DOMAIN_NAME)  # noqa: PLR2004
            )
            config.add_transport(self.engine, domain, transport.open_client_mode())
            self.guards[family] = transport
        guard: _Guard = self.guards[family]
        return guard


_engines: dict[SnmpCredentials, _Engine] = {}
_making = threading.Lock()


def _engine(credentials: SnmpCredentials) -> _Engine:
    """One engine for each set of credentials: an engine keeps the keys it has once learned."""

    async def make() -> _Engine:
        return _Engine()

    with _making:
        if credentials not in _engines:
            _engines[credentials] = _loop().run(make())
        return _engines[credentials]


# --------------------------------------------------------------------------------- client


class Client:
    """Asks one agent. `timeout` in seconds is that of a request with its repetitions."""

    def __init__(self, address: Address, credentials: SnmpCredentials, timeout: float) -> None:
        self._address = address
        self._timeout = timeout
        self._engine = _engine(credentials)
        self._auth = _auth(credentials)
        self._v3 = credentials.user is not None
        self._private = credentials.priv_key is not None
        self._answered = False

    def get(self, oids: Sequence[Oid]) -> list[tuple[Oid, str]]:
        """The values of instances that are there, as ``snmpwalk`` prints them.

        :raises HostFailureError: no answer, or a refusal.
        """
        status, found = self._ask(lambda *a: get_cmd(*a, lookupMib=False), oids)
        if status:
            raise HostFailureError("connection_lost", f"the agent answered with error {status}")
        return [(oid, text) for oid, text in found if text is not None]

    def bulk(self, oids: Sequence[Oid], repetitions: int) -> list[tuple[Oid, str | None]] | None:
        """What follows each of `oids`, row by row, None for the end of the MIB.

        None as a whole where the answer is too big for the agent.

        :raises HostFailureError: no answer, or a refusal.
        """
        status, found = self._ask(
            lambda engine, auth, target, context, *names: bulk_cmd(
                engine, auth, target, context, 0, repetitions, *names, lookupMib=False
            ),
            oids,
        )
        if status == _TOO_BIG:
            return None
        if status:
            raise HostFailureError("connection_lost", f"the agent answered with error {status}")
        return found

    def table(self, columns: Sequence[Oid]) -> list[tuple[Oid, str]]:
        """Every value below `columns`.

        :raises HostFailureError: no answer, or a refusal.
        """
        return table(self, columns)

    def _ask(self, command: Any, oids: Sequence[Oid]) -> tuple[int, list[tuple[Oid, str | None]]]:  # noqa: ANN401
        try:
            return _loop().run(self._send(command, oids))
        except PySnmpError as error:
            words = " ".join(str(error).split())[:120]
            raise HostFailureError("unreachable", f"{self._where()}: {words}") from None

    async def _send(
        self,
        command: Any,  # noqa: ANN401 - a function of pysnmp
        oids: Sequence[Oid],
    ) -> tuple[int, list[tuple[Oid, str | None]]]:
        guard = self._engine.guard(self._address.family)
        # asked without leading zeros, as the sender of an answer is spelled
        asked = (str(ipaddress.ip_address(self._address.ip)), self._address.port)
        kind = Udp6TransportTarget if self._address.family == 6 else UdpTransportTarget  # noqa: PLR2004
        async with self._engine.gate:
            target = await kind.create(asked, timeout=self._timeout / TRIES, retries=TRIES - 1)
            failure, status, _, bindings = await command(
                self._engine.engine,
                self._auth,
                target,
                ContextData(),
                *(ObjectType(ObjectIdentity(oid)) for oid in oids),
            )
        if failure:
            raise self._failure(failure, guard.strays.get(asked), heard=asked in guard.heard)
        self._answered = True
        if int(status) in _NO_ACCESS:
            raise HostFailureError("auth_refused", "the agent does not let the user read")
        return int(status), [(tuple(map(int, oid)), printed(value)) for oid, value in bindings]

    def _where(self) -> str:
        return f"{self._address.ip} port {self._address.port}/udp"

    def _failure(self, failure: Exception, stray: str | None, *, heard: bool) -> HostFailureError:
        name = type(failure).__name__
        if name in _REFUSED:
            return HostFailureError("auth_refused", _REFUSED[name])
        if name == "RequestTimedOut" and self._private and heard and not self._answered:
            reason = f"{self._where()} answers in clear only: wrong privacy key or protocol"
            return HostFailureError("auth_refused", reason)
        if name == "RequestTimedOut":
            perhaps = "" if self._v3 else "; an agent is silent too where the community is wrong"
            strange = f"; an answer from {stray} was not accepted" if stray else ""
            reason = f"{self._where()} did not answer within {self._timeout:g} s{perhaps}{strange}"
            return HostFailureError("timeout", reason)
        return HostFailureError("connection_lost", f"{self._where()}: {failure}")


def _auth(credentials: SnmpCredentials) -> Any:  # noqa: ANN401
    if credentials.user is None:
        return CommunityData(credentials.community, mpModel=1)  # noqa: S508 - many estates have nothing newer
    return UsmUserData(
        credentials.user,
        credentials.auth_key,
        credentials.priv_key,
        authProtocol=_AUTH[credentials.auth_protocol],
        privProtocol=_PRIV[credentials.priv_protocol],
    )


_NUMBERS = (
    (rfc1902.TimeTicks, "Timeticks"),
    (rfc1902.Counter32, "Counter32"),
    (rfc1902.Gauge32, "Gauge32"),
    (rfc1902.Counter64, "Counter64"),
)


def printed(value: Any) -> str | None:  # noqa: ANN401
    """A value as ``snmpwalk`` prints it; None where there is none."""
    if isinstance(value, (rfc1905.NoSuchObject, rfc1905.NoSuchInstance, rfc1905.EndOfMibView)):
        return None
    if isinstance(value, rfc1902.IpAddress):
        return f"IpAddress: {value.prettyPrint()}"
    if isinstance(value, rfc1902.OctetString):
        return octets(bytes(value))
    if isinstance(value, univ.ObjectIdentifier):
        return f"OID: {dotted(tuple(map(int, value)))}"
    kind = next((name for each, name in _NUMBERS if isinstance(value, each)), "INTEGER")
    return f"{kind}: {int(value)}" if hasattr(value, "__int__") else "NULL"


_TEXT = re.compile(rb"[ -~\t\n\v\f\r]+")


def octets(raw: bytes) -> str:
    """An OCTET STRING as ``snmpwalk`` prints it."""
    if not raw:
        return '""'
    if _TEXT.fullmatch(raw):
        text = raw.decode("ascii").replace("\\", "\\\\").replace('"', '\\"')
        return f'STRING: "{text}"'
    return f"Hex-STRING: {raw.hex(' ').upper()} "
