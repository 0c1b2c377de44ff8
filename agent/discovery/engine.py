"""SNMPv3 engine discovery (RFC 3414, section 4): who made an agent, asked without a credential.

A request of no user to no engine is answered with a report, which carries the engine's id. The id
begins with the number that IANA gave its maker (RFC 3411, SnmpEngineID).
"""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

from pyasn1.codec.ber import decoder
from pyasn1.error import PyAsn1Error
from pysnmp.proto.mpmod.rfc3412 import SNMPv3Message
from pysnmp.proto.secmod.rfc3414.service import UsmSecurityParameters

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST_NUMBER = 1 << 24
NUMBERS = (1 << 31) - FIRST_NUMBER
"""Numbers of messages have four octets without a sign."""

_HEAD = bytes.fromhex("303e 020103 3011 0204")
_REST = bytes.fromhex(
    "020300ffe3 040104 020103"  # largest message 65,507; reportable; user-based security
    "0410 300e 0400 020100 020100 0400 0400 0400"  # no engine, boots, time, user, digest, salt
    "3014 0400 0400 a00e 0204 00000000 020100 020100 3000"  # GET of nothing
)


def request(number: int) -> bytes:
    """The question, 64 octets; `number` comes back in the answer."""
    return _HEAD + number.to_bytes(4, "big") + _REST


def answer(datagram: bytes) -> tuple[int, bytes] | None:
    """The number and the engine id of an answer; None where it is none."""
    try:
        message, _ = decoder.decode(datagram, asn1Spec=SNMPv3Message())
        number = int(message["msgGlobalData"]["msgID"])
        security = bytes(message["msgSecurityParameters"])
        parameters, _ = decoder.decode(security, asn1Spec=UsmSecurityParameters())
        return number, bytes(parameters["msgAuthoritativeEngineId"])
    except (PyAsn1Error, ValueError, IndexError, KeyError, TypeError, RecursionError):
        return None


def words(engine: bytes) -> str:
    """An engine id as ``enterprise 9, engine 800000090300...``."""
    enterprise = int.from_bytes(engine[:4], "big") & 0x7FFFFFFF
    return f"enterprise {enterprise}, engine {engine[:32].hex()}"


class Engines(asyncio.DatagramProtocol):
    """Asks engines over one socket for each family; an answer counts from where it was asked."""

    def __init__(self) -> None:
        self._asked: dict[int, tuple[tuple[str, int], Callable[[bytes], None]]] = {}
        self._sockets: dict[int, asyncio.DatagramTransport] = {}
        self._number = FIRST_NUMBER

    async def open(self) -> None:
        """Open what sockets the system has.

        :raises OSError: not even one of IPv4.
        """
        loop = asyncio.get_running_loop()
        for version, family in ((4, socket.AF_INET), (6, socket.AF_INET6)):
            try:
                transport, _ = await loop.create_datagram_endpoint(lambda: self, family=family)
            except OSError:
                if version == 4:  # noqa: PLR2004
                    raise
                continue
            self._sockets[version] = transport

    def ask(self, address: tuple[str, int], version: int, heard: Callable[[bytes], None]) -> int:
        """Send one question; `heard` is called with the engine id. The result is its number."""
        self._number = FIRST_NUMBER + (self._number + 1) % NUMBERS
        self._asked[self._number] = address, heard
        transport = self._sockets.get(version)
        if transport is not None:
            transport.sendto(request(self._number), address)
        return self._number

    def forget(self, number: int) -> None:
        """Wait for an answer no longer."""
        self._asked.pop(number, None)

    def close(self) -> None:
        """Close the sockets."""
        for transport in self._sockets.values():
            transport.abort()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Hand on an answer that was asked for, from where it was asked."""
        found = answer(data)
        if found is None:
            return
        number, engine = found
        asked = self._asked.get(number)
        if asked is not None and asked[0] == (addr[0], addr[1]) and engine:
            del self._asked[number]
            asked[1](engine)
