"""Recorded agents: ``.snmprec`` files read, printed as ``snmpwalk -On`` does, served over UDP."""

from __future__ import annotations

import socket
import threading
from bisect import bisect_right
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from pathlib import Path

Oid = tuple[int, ...]
Records = dict[Oid, tuple[int, bytes]]
"""By OID: the BER tag of the value and its content octets, as they travel."""

OCTETS, INTEGER, OBJECT_ID, NULL = 0x04, 0x02, 0x06, 0x05
_NAMES = {0x41: "Counter32", 0x42: "Gauge32", 0x43: "Timeticks", 0x46: "Counter64"}


def records(file: Path) -> Records:
    """Every ``oid|tag|value`` line; a tag with an ``x`` has its value in hex."""
    found: Records = {}
    for line in file.read_text(encoding="utf-8", errors="surrogateescape").splitlines():
        if line.count("|") < 2:
            continue
        oid, tag, value = line.split("|", 2)
        number = int(tag.rstrip("x"))
        raw = bytes.fromhex(value) if tag.endswith("x") else value.encode(errors="surrogateescape")
        found[tuple(map(int, oid.split(".")))] = (number, _content(number, raw))
    return dict(sorted(found.items()))


def _content(tag: int, raw: bytes) -> bytes:
    if tag in {INTEGER, *_NAMES}:
        number = int(raw or b"0")
        return number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True)
    if tag == OBJECT_ID:
        return oid_content(tuple(map(int, raw.decode().strip(".").split("."))))
    return raw


def printed(found: Records) -> str:
    """What ``snmpwalk -On`` prints of `found`."""
    return "".join(
        f".{'.'.join(map(str, oid))} = {_printed(tag, raw)}\n" for oid, (tag, raw) in found.items()
    )


def _printed(tag: int, raw: bytes) -> str:
    if tag == OCTETS:
        if all(32 <= byte < 127 or byte in b"\t\n\r\v\f" for byte in raw):
            text = raw.decode("ascii").replace("\\", "\\\\").replace('"', '\\"')
            return f'STRING: "{text}"' if text else '""'
        return "Hex-STRING: " + raw.hex(" ").upper() + " "
    if tag == OBJECT_ID:
        return "OID: ." + ".".join(map(str, oid_of(raw)))
    number = int.from_bytes(raw, "big", signed=True)
    return f"{_NAMES.get(tag, 'INTEGER')}: {number}"


# -------------------------------------------------------------------------------- BER


def tlv(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def untlv(data: bytes, at: int = 0) -> tuple[int, bytes, int]:
    """Tag, content and end of the value at `at`."""
    tag, size = data[at], data[at + 1]
    at += 2
    if size & 0x80:
        count = size & 0x7F
        size = int.from_bytes(data[at : at + count], "big")
        at += count
    return tag, data[at : at + size], at + size


def parts(content: bytes) -> list[tuple[int, bytes]]:
    found, at = [], 0
    while at < len(content):
        tag, value, at = untlv(content, at)
        found.append((tag, value))
    return found


def oid_content(oid: Oid) -> bytes:
    numbers = [oid[0] * 40 + oid[1], *oid[2:]]
    out = bytearray()
    for number in numbers:
        septets = [number & 0x7F]
        while number := number >> 7:
            septets.append(0x80 | (number & 0x7F))
        out += bytes(reversed(septets))
    return bytes(out)


def oid_of(content: bytes) -> Oid:
    numbers, number = [], 0
    for byte in content:
        number = number << 7 | byte & 0x7F
        if not byte & 0x80:
            numbers.append(number)
            number = 0
    first = min(numbers[0] // 40, 2) if numbers else 0
    return (first, numbers[0] - first * 40, *numbers[1:]) if numbers else ()


# ------------------------------------------------------------------------------ agent

GET, GETNEXT, RESPONSE, GETBULK = 0xA0, 0xA1, 0xA2, 0xA5
NO_SUCH_INSTANCE, END_OF_MIB = 0x81, 0x82


class Agent:
    """A v2c agent that answers from records, on an address of its own, until it is closed.

    `biggest`: the most octets of an answer; a GETBULK is shortened, anything else is too big.
    """

    def __init__(
        self,
        found: Records,
        address: str = "127.0.0.1",
        port: int = 0,
        *,
        community: str = "public",
        biggest: int = 1472,
    ) -> None:
        self._records = found
        self._oids = sorted(found)
        self._community = community.encode()
        self._biggest = biggest
        self.asked = 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, port))
        self.address: tuple[str, int] = self.socket.getsockname()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.sendto(b"", self.address)
        self._thread.join()
        self.socket.close()

    def _serve(self) -> None:
        while True:
            request, sender = self.socket.recvfrom(65535)
            if not request:
                return
            self.asked += 1
            self.answer(request, sender)

    def answer(self, request: bytes, sender: tuple[str, int]) -> None:
        """Send what the agent says to `request`; nothing where the community is wrong."""
        response = self.response(request)
        if response is not None:
            self.socket.sendto(response, sender)

    def response(self, request: bytes) -> bytes | None:
        (_, version), (_, community), (kind, pdu) = parts(untlv(request)[1])
        if community != self._community:
            return None
        (_, request_id), (_, first), (_, second), (_, asked) = parts(pdu)
        names = [oid_of(parts(binding)[0][1]) for _, binding in parts(asked)]
        if kind == GETBULK:
            bindings = self._bulk(
                names, int.from_bytes(first, "big"), int.from_bytes(second, "big")
            )
        elif kind == GETNEXT:
            bindings = [self._next(name) for name in names]
        else:
            bindings = [self._exactly(name) for name in names]

        def message(error: int, varbinds: list[bytes]) -> bytes:
            body = tlv(INTEGER, request_id) + tlv(INTEGER, bytes([error])) + tlv(INTEGER, b"\0")
            body += tlv(0x30, b"".join(varbinds))
            head = tlv(INTEGER, version) + tlv(OCTETS, community)
            return tlv(0x30, head + tlv(RESPONSE, body))

        if kind == GETBULK:
            while len(message(0, bindings)) > self._biggest and bindings:
                bindings.pop()
        if len(message(0, bindings)) > self._biggest or not bindings:
            return message(1, [])
        return message(0, bindings)

    def _binding(self, oid: Oid, tag: int, raw: bytes) -> bytes:
        return tlv(0x30, tlv(OBJECT_ID, oid_content(oid)) + tlv(tag, raw))

    def _exactly(self, oid: Oid) -> bytes:
        tag, raw = self._records.get(oid, (NO_SUCH_INSTANCE, b""))
        return self._binding(oid, tag, raw)

    def _next(self, oid: Oid) -> bytes:
        return self._after(oid)[0]

    def _after(self, oid: Oid) -> tuple[bytes, Oid]:
        place = bisect_right(self._oids, oid)
        if place == len(self._oids):
            return self._binding(oid, END_OF_MIB, b""), oid
        following = self._oids[place]
        return self._binding(following, *self._records[following]), following

    def _bulk(self, names: list[Oid], single: int, repetitions: int) -> list[bytes]:
        bindings = [self._next(name) for name in names[:single]]
        current = names[single:]
        for _ in range(repetitions):
            if sum(map(len, bindings)) > self._biggest:
                break
            answers = [self._after(name) for name in current]
            bindings += [binding for binding, _ in answers]
            current = [oid for _, oid in answers]
        return bindings
