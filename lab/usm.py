"""SNMPv3 with authentication and privacy (RFC 3414, 3826, 7860): one user, SHA-256 and AES-128."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from lab import ber

if TYPE_CHECKING:
    from lab.agent import Agent

V3 = 3
REPORT = 0xA8
AUTHENTIC, PRIVATE, REPORTABLE = 1, 2, 4
_STATISTICS = (1, 3, 6, 1, 6, 3, 15, 1, 1)
LEVEL, WINDOW, USER, ENGINE, DIGEST, DECRYPTION = range(1, 7)
"""What usmStats counts, by the last number but one of its OID."""

_DIGEST_SIZE = 24  # usmHMAC192SHA256AuthProtocol
_EXPANDED = 1 << 20
_WINDOW_SECONDS = 150
_BLOCK = 16


@cache
def _key(password: str) -> bytes:
    """The key of a password, the same for every engine."""
    text = password.encode()
    repeated = text * (_EXPANDED // len(text) + 1)
    return hashlib.sha256(repeated[:_EXPANDED]).digest()


def localized(password: str, engine: bytes) -> bytes:
    """The key of a password at one engine."""
    key = _key(password)
    return hashlib.sha256(key + engine + key).digest()


def cfb(key: bytes, start: bytes, data: bytes, *, decrypt: bool) -> bytes:
    """AES-128 in cipher feedback mode."""
    block = Cipher(algorithms.AES(key[:_BLOCK]), modes.ECB()).encryptor()  # noqa: S305  # of CFB
    feedback, out = start, bytearray()
    for at in range(0, len(data), _BLOCK):
        piece = data[at : at + _BLOCK]
        stream = block.update(feedback)
        made = bytes(a ^ b for a, b in zip(piece, stream, strict=False))
        out += made
        feedback = piece if decrypt else made
    return bytes(out)


@dataclass(frozen=True, slots=True)
class User:
    """The one user of an engine, with the keys of that engine."""

    name: bytes
    auth: bytes
    priv: bytes

    @classmethod
    def at(cls, engine: bytes, name: str, auth: str, priv: str) -> User:
        """The user with these passwords."""
        return cls(name.encode(), localized(auth, engine), localized(priv, engine))


@dataclass(frozen=True, slots=True)
class Header:
    """What a message says of itself outside its PDU."""

    message_id: bytes
    flags: int
    engine: bytes
    boots: int
    time: int
    user: bytes
    digest: bytes
    salt: bytes


def _read(request: bytes) -> tuple[Header, int, bytes]:
    _, message, _ = ber.untlv(request)
    _, head, security, (tag, data) = ber.parts(message, ber.INTEGER, ber.SEQUENCE, ber.OCTETS)[:4]
    message_id, _, flags, _ = ber.parts(head[1], *(ber.INTEGER, ber.INTEGER, ber.OCTETS))[:4]
    _, inner, _ = ber.untlv(security[1])
    engine, boots, time, user, digest, salt = (value for _, value in ber.parts(inner)[:6])
    header = Header(
        message_id[1],
        flags[1][0] if flags[1] else 0,
        engine,
        ber.number(boots),
        ber.number(time),
        user,
        digest,
        salt,
    )
    return header, tag, data


@dataclass(frozen=True, slots=True)
class Engine:
    """An authoritative engine in front of an agent. Its clock stands still, which is no replay."""

    identity: bytes
    user: User
    agent: Agent
    boots: int = 1
    time: int = 1

    def answer(self, request: bytes, biggest: int) -> bytes | None:
        """The answer, a report of what is wrong, or None where a message is only to be dropped.

        :raises MalformedError: it is no message.
        """
        header, tag, data = _read(request)
        wrong = self._wrong(header, request)
        if wrong:
            return self._report(header, wrong) if header.flags & REPORTABLE else None
        start = header.boots.to_bytes(4, "big") + header.time.to_bytes(4, "big") + header.salt
        if tag != ber.OCTETS:
            raise ber.MalformedError("says that it is private, and is not")
        scoped = cfb(self.user.priv, start, data, decrypt=True)
        try:
            _, content, _ = ber.untlv(scoped)
            _, _, (kind, pdu) = ber.parts(content, ber.OCTETS, ber.OCTETS)[:3]
        except (ber.MalformedError, ValueError):
            return self._report(header, DECRYPTION)
        answer = self.agent.respond(kind, pdu, biggest - 150)
        return self._message(header, AUTHENTIC | PRIVATE, answer)

    def _wrong(self, header: Header, request: bytes) -> int:
        """Which statistic a message counts for; 0 where nothing is wrong."""
        if header.engine != self.identity:
            return ENGINE
        if header.user != self.user.name:
            return USER
        if header.flags & (AUTHENTIC | PRIVATE) != AUTHENTIC | PRIVATE:
            return LEVEL
        if len(header.digest) != _DIGEST_SIZE or not hmac.compare_digest(
            header.digest, self._digest(request.replace(header.digest, bytes(_DIGEST_SIZE), 1))
        ):
            return DIGEST
        late = abs(header.time - self.time) > _WINDOW_SECONDS
        return WINDOW if header.boots != self.boots or late else 0

    def _digest(self, message: bytes) -> bytes:
        return hmac.new(self.user.auth, message, hashlib.sha256).digest()[:_DIGEST_SIZE]

    def _report(self, header: Header, what: int) -> bytes:
        oid = ber.tlv(ber.OBJECT_ID, ber.oid_content((*_STATISTICS, what, 0)))
        body = ber.integer(0) + ber.integer(0) + ber.integer(0)
        bindings = ber.sequence(ber.sequence(oid, ber.integer(1, ber.COUNTER32)))
        flags = AUTHENTIC if what == WINDOW else 0
        return self._message(header, flags, ber.tlv(REPORT, body + bindings))

    def _message(self, header: Header, flags: int, pdu: bytes) -> bytes:
        salt = header.message_id.rjust(8, b"\0")[-8:] if flags & PRIVATE else b""
        scoped = ber.sequence(ber.tlv(ber.OCTETS, self.identity), ber.tlv(ber.OCTETS, b""), pdu)
        if flags & PRIVATE:
            start = self.boots.to_bytes(4, "big") + self.time.to_bytes(4, "big") + salt
            scoped = ber.tlv(ber.OCTETS, cfb(self.user.priv, start, scoped, decrypt=False))
        empty = bytes(_DIGEST_SIZE) if flags & AUTHENTIC else b""
        message = self._wrapped(header, flags, empty, salt, scoped)
        if not flags & AUTHENTIC:
            return message
        return self._wrapped(header, flags, self._digest(message), salt, scoped)

    def _wrapped(
        self, header: Header, flags: int, digest: bytes, salt: bytes, data: bytes
    ) -> bytes:
        head = ber.sequence(
            ber.tlv(ber.INTEGER, header.message_id),
            ber.integer(65507),
            ber.tlv(ber.OCTETS, bytes([flags])),
            ber.integer(V3),
        )
        security = ber.sequence(
            ber.tlv(ber.OCTETS, self.identity),
            ber.integer(self.boots),
            ber.integer(self.time),
            ber.tlv(ber.OCTETS, header.user),
            ber.tlv(ber.OCTETS, digest),
            ber.tlv(ber.OCTETS, salt),
        )
        return ber.sequence(ber.integer(V3), head, ber.tlv(ber.OCTETS, security), data)
