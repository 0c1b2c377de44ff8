"""Recorded agents: ``.snmprec`` files read, printed as ``snmpwalk -On`` does, served over UDP."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, Self

from lab import ber
from lab.agent import BIGGEST, Agent

if TYPE_CHECKING:
    from pathlib import Path

Records = dict[ber.Oid, ber.Value]

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
    if tag in {ber.INTEGER, *_NAMES}:
        return ber.untlv(ber.integer(int(raw or b"0")))[1]
    if tag == ber.OBJECT_ID:
        return ber.oid_content(tuple(map(int, raw.decode().strip(".").split("."))))
    return raw


def printed(found: Records) -> str:
    """What ``snmpwalk -On`` prints of `found`."""
    return "".join(
        f".{'.'.join(map(str, oid))} = {_printed(tag, raw)}\n" for oid, (tag, raw) in found.items()
    )


def _printed(tag: int, raw: bytes) -> str:
    if tag == ber.OCTETS:
        if all(32 <= byte < 127 or byte in b"\t\n\r\v\f" for byte in raw):
            text = raw.decode("ascii").replace("\\", "\\\\").replace('"', '\\"')
            return f'STRING: "{text}"' if text else '""'
        return "Hex-STRING: " + raw.hex(" ").upper() + " "
    if tag == ber.OBJECT_ID:
        return "OID: ." + ".".join(map(str, ber.oid(raw)))
    number = int.from_bytes(raw, "big", signed=True)
    return f"{_NAMES.get(tag, 'INTEGER')}: {number}"


# ------------------------------------------------------------------------------ agent


class Served:
    """Records served by SNMPv2c over UDP on an address of their own, until it is closed.

    :ivar address: the address and port it listens on.
    :ivar asked: how many questions came.
    """

    def __init__(
        self,
        found: Records,
        address: str = "127.0.0.1",
        port: int = 0,
        *,
        community: str = "public",
        biggest: int = BIGGEST,
    ) -> None:
        self._agent = Agent(found, biggest)
        self._community = community.encode()
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
        """Send what the agent says; nothing where the community is another."""
        response = self.response(request)
        if response is not None:
            self.socket.sendto(response, sender)

    def response(self, request: bytes) -> bytes | None:
        return self._agent.v2c(request, self._community)
