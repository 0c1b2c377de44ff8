"""The encoding of SNMP messages (BER), as far as an agent needs it."""

from __future__ import annotations

from typing import TypeAlias

Oid: TypeAlias = tuple[int, ...]
Value: TypeAlias = tuple[int, bytes]
"""The tag of a value and its content."""

INTEGER, OCTETS, NULL, OBJECT_ID, SEQUENCE = 0x02, 0x04, 0x05, 0x06, 0x30
TIMETICKS, COUNTER32 = 0x43, 0x41
NO_SUCH_INSTANCE, END_OF_MIB = 0x81, 0x82
_LONG = 0x80


class MalformedError(Exception):
    """A datagram that is no SNMP message."""


def tlv(tag: int, content: bytes) -> bytes:
    """A value with its tag and length."""
    size = len(content)
    if size < _LONG:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, _LONG | len(length)]) + length + content


def sequence(*parts: bytes) -> bytes:
    """Values in a SEQUENCE."""
    return tlv(SEQUENCE, b"".join(parts))


def untlv(data: bytes, at: int = 0) -> tuple[int, bytes, int]:
    """Tag and content of the value at `at`, and where it ends.

    :raises MalformedError: the data ends before it does.
    """
    try:
        tag, size = data[at], data[at + 1]
    except IndexError:
        raise MalformedError("ends too early") from None
    at += 2
    if size & _LONG:
        count = size & ~_LONG
        size = int.from_bytes(data[at : at + count], "big")
        at += count
    if at + size > len(data):
        raise MalformedError("ends too early")
    return tag, data[at : at + size], at + size


def parts(content: bytes, *tags: int) -> list[Value]:
    """The values in `content`, which has to begin with those of `tags`.

    :raises MalformedError: it does not.
    """
    found: list[Value] = []
    at = 0
    while at < len(content):
        tag, value, at = untlv(content, at)
        found.append((tag, value))
    if tuple(tag for tag, _ in found[: len(tags)]) != tags:
        raise MalformedError("not of the form expected")
    return found


def integer(number: int, tag: int = INTEGER) -> bytes:
    """A whole number."""
    return tlv(tag, number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True))


def number(content: bytes) -> int:
    """The whole number in `content`."""
    return int.from_bytes(content, "big", signed=True)


def oid_content(oid: Oid) -> bytes:
    """The content of an OBJECT IDENTIFIER."""
    out = bytearray()
    for part in (oid[0] * 40 + oid[1], *oid[2:]):
        septets = [part & 0x7F]
        rest = part >> 7
        while rest:
            septets.append(_LONG | (rest & 0x7F))
            rest >>= 7
        out += bytes(reversed(septets))
    return bytes(out)


def oid(content: bytes) -> Oid:
    """The OBJECT IDENTIFIER in `content`."""
    numbers: list[int] = []
    part = 0
    for byte in content:
        part = part << 7 | byte & 0x7F
        if not byte & _LONG:
            numbers.append(part)
            part = 0
    if not numbers:
        return ()
    first = min(numbers[0] // 40, 2)
    return (first, numbers[0] - first * 40, *numbers[1:])
