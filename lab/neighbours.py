"""CISCO-CDP-MIB, LLDP-MIB and the port names of IF-MIB: what a host's agent tells of its cables."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from lab.answers import mac, number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lab.ber import Oid
    from lab.links import Heard
    from lab.schema import Host

CDP: Oid = (1, 3, 6, 1, 4, 1, 9, 9, 23, 1, 2, 1, 1)
LLDP: Oid = (1, 0, 8802, 1, 1, 2, 1)
PORT_NAME: Oid = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 1)

_BITS = {"Router": 0x01, "Switch": 0x08, "Host": 0x10, "IGMP": 0x20, "Phone": 0x80}
_LETTERS = {"B": 0x20, "W": 0x10, "R": 0x08, "T": 0x04, "S": 0x01}
_SECONDS = 4242
"""The age of every LLDP row, which stands first in its index."""

Cell = tuple["Oid", "str | bytes | int | Oid"]


def tables(host: Host, heard: Iterable[Heard]) -> Iterator[Cell]:
    """The variables of all that `host` hears; nothing where it hears nobody."""
    told = list(heard)
    if not told:
        return
    yield (*LLDP, 3, 1, 0), 4
    yield (*LLDP, 3, 2, 0), _octets(mac(host.name))
    for place, each in enumerate(told, 1):
        interface = number(1, 60_000, host.name, each.port)
        yield (*PORT_NAME, interface), each.port
        if "cdp" in each.protocols:
            yield from _cdp(each, (interface, place))
        if "lldp" in each.protocols:
            yield (*LLDP, 3, 7, 1, 3, interface), each.port
            yield from _lldp(each, (_SECONDS, interface, place))


def _cdp(each: Heard, index: Oid) -> Iterator[Cell]:
    bits = sum(bit for word, bit in _BITS.items() if word in each.words.split())
    cells: dict[int, str | bytes | int] = {
        3: 1,
        5: each.description,
        6: each.device_id,
        7: each.long_remote_port,
        8: each.model,
        9: bits.to_bytes(4, "big"),
        17: each.name.partition(".")[0],
    }
    if each.address:
        packed = IPv4Address(each.address).packed
        cells |= {4: packed, 19: 1, 20: packed}
    for column, value in cells.items():
        yield (*CDP, column, *index), value


def _lldp(each: Heard, index: Oid) -> Iterator[Cell]:
    bits = sum(bit for letter, bit in _LETTERS.items() if letter in each.letters.split(","))
    cells: dict[int, str | bytes | int] = {
        4: 4,
        5: _octets(each.mac),
        6: 5,
        7: each.remote_port,
        8: each.long_remote_port,
        9: each.name,
        10: each.description,
        11: bytes([bits, 0]),
        12: bytes([bits, 0]),
    }
    for column, value in cells.items():
        yield (*LLDP, 4, 1, 1, column, *index), value
    if each.address:
        packed = IPv4Address(each.address).packed
        yield (*LLDP, 4, 2, 1, 3, *index, 1, 4, *packed), 2


def _octets(address: str) -> bytes:
    return bytes.fromhex(address.replace(".", ""))
