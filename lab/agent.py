"""An SNMP agent without its sockets: variables, and what it answers to GET, GETNEXT and GETBULK."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from lab import ber

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lab.ber import Oid, Value

V2C = b"\1"
GET, GETNEXT, RESPONSE, GETBULK = 0xA0, 0xA1, 0xA2, 0xA5
TOO_BIG, NOT_WRITABLE = 1, 17
BIGGEST = 1472
"""Octets of a datagram that Ethernet does not cut up."""


class Agent:
    """Answers from `variables`. An answer is at most `biggest` octets long."""

    def __init__(self, variables: Mapping[Oid, Value], biggest: int = BIGGEST) -> None:
        self._variables = variables
        self._oids = sorted(variables)
        self._biggest = biggest

    def v2c(self, request: bytes, community: bytes) -> bytes | None:
        """The answer to a message of SNMPv2c; None where the community is another.

        :raises MalformedError: it is no message.
        """
        _, message, _ = ber.untlv(request)
        (_, version), (_, given), (kind, pdu) = ber.parts(message, ber.INTEGER, ber.OCTETS)[:3]
        if version != V2C or given != community:
            return None
        head = ber.tlv(ber.INTEGER, version) + ber.tlv(ber.OCTETS, given)
        answer = self.respond(kind, pdu, self._biggest - len(head) - 8)
        return ber.sequence(head, answer)

    def respond(self, kind: int, pdu: bytes, biggest: int) -> bytes:
        """The response PDU to a request PDU.

        :raises MalformedError: it is no request.
        """
        (_, request_id), (_, first), (_, second), (_, asked) = ber.parts(
            pdu, ber.INTEGER, ber.INTEGER, ber.INTEGER, ber.SEQUENCE
        )[:4]
        names = [
            ber.oid(ber.parts(binding, ber.OBJECT_ID)[0][1]) for _, binding in ber.parts(asked)
        ]
        if kind == GETBULK:
            bindings = self._bulk(names, ber.number(first), ber.number(second), biggest)
        elif kind == GETNEXT:
            bindings = [self._after(name)[0] for name in names]
        elif kind == GET:
            bindings = [self._exactly(name) for name in names]
        else:
            return _pdu(request_id, NOT_WRITABLE, [])
        answer = _pdu(request_id, 0, bindings)
        while kind == GETBULK and len(answer) > biggest and bindings:
            bindings.pop()
            answer = _pdu(request_id, 0, bindings)
        return answer if len(answer) <= biggest and bindings else _pdu(request_id, TOO_BIG, [])

    def _exactly(self, oid: Oid) -> bytes:
        return _binding(oid, self._variables.get(oid, (ber.NO_SUCH_INSTANCE, b"")))

    def _after(self, oid: Oid) -> tuple[bytes, Oid]:
        place = bisect_right(self._oids, oid)
        if place == len(self._oids):
            return _binding(oid, (ber.END_OF_MIB, b"")), oid
        following = self._oids[place]
        return _binding(following, self._variables[following]), following

    def _bulk(
        self, names: Sequence[Oid], single: int, repetitions: int, biggest: int
    ) -> list[bytes]:
        bindings = [self._after(name)[0] for name in names[:single]]
        current = list(names[single:])
        for _ in range(repetitions):
            if sum(map(len, bindings)) > biggest:
                break
            answers = [self._after(name) for name in current]
            bindings += [binding for binding, _ in answers]
            current = [oid for _, oid in answers]
        return bindings


def _binding(oid: Oid, value: Value) -> bytes:
    return ber.sequence(ber.tlv(ber.OBJECT_ID, ber.oid_content(oid)), ber.tlv(*value))


def _pdu(request_id: bytes, error: int, bindings: Sequence[bytes]) -> bytes:
    return ber.tlv(
        RESPONSE,
        ber.tlv(ber.INTEGER, request_id)
        + ber.integer(error)
        + ber.integer(0)
        + ber.sequence(*bindings),
    )
