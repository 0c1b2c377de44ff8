"""The CDP and LLDP tables of an SNMP agent: which columns are asked, and what they say. Pure.

Columns and indices are those of CISCO-CDP-MIB, LLDP-MIB and IF-MIB.
"""

from __future__ import annotations

import re
from collections import defaultdict
from ipaddress import ip_address
from typing import TYPE_CHECKING

from agent.discovery._neighbour import Neighbour, addresses, device_id, mac

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from agent.discovery._neighbour import Capability
    from agent.platforms._walk import Oid

CDP: Oid = (1, 3, 6, 1, 4, 1, 9, 9, 23, 1, 2, 1, 1)
LLDP: Oid = (1, 0, 8802, 1, 1, 2, 1)
REMOTE: Oid = (*LLDP, 4, 1, 1)
REMOTE_ADDRESS: Oid = (*LLDP, 4, 2, 1, 3)
LOCAL_PORT: Oid = (*LLDP, 3, 7, 1, 3)
OWN_CHASSIS: tuple[Oid, ...] = ((*LLDP, 3, 1, 0), (*LLDP, 3, 2, 0))
PORT_NAME: Oid = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 1)

_ADDRESS, _VERSION, _DEVICE, _PORT, _PLATFORM, _CAPABLE, _NAME, _MANAGED = 4, 5, 6, 7, 8, 9, 17, 20
_CHASSIS_KIND, _CHASSIS, _PORT_ID, _SYS_NAME, _SYS_DESCR, _ENABLED = 4, 5, 7, 9, 10, 12
MAC_ADDRESS, NETWORK_ADDRESS = "4", "5"
"""LldpChassisIdSubtype."""
_FAMILIES = {1: 4, 2: 16}
"""Octets of an address by AddressFamilyNumbers."""

TABLES: tuple[tuple[Oid, ...], ...] = (
    tuple(
        (*CDP, column)
        for column in (_ADDRESS, _VERSION, _DEVICE, _PORT, _PLATFORM, _CAPABLE, _NAME, _MANAGED)
    ),
    tuple(
        (*REMOTE, column)
        for column in (_CHASSIS_KIND, _CHASSIS, _PORT_ID, _SYS_NAME, _SYS_DESCR, _ENABLED)
    ),
    (REMOTE_ADDRESS,),
    (LOCAL_PORT,),
    (PORT_NAME,),
)
"""The columns that are asked for together, beside `OWN_CHASSIS`."""

# cdpCacheCapabilities: bit, and what it means here.
_CDP_BITS: tuple[tuple[int, Capability], ...] = (
    (0x01, "router"),
    (0x08, "switch"),
    (0x10, "host"),
    (0x80, "phone"),
)
# LldpSystemCapabilitiesMap, bits from the left.
_LLDP_BITS: tuple[tuple[int, Capability], ...] = (
    (0, "other"),
    (2, "switch"),
    (3, "access_point"),
    (4, "router"),
    (5, "phone"),
    (7, "host"),
)

_QUOTED = re.compile(r'STRING: "(.*)"', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def raw(printed: str) -> bytes:
    """The octets of a value as the client prints it; empty where it is no string."""
    if printed.startswith("Hex-STRING:"):
        digits = re.sub(r"\s", "", printed.partition(":")[2])
        return bytes.fromhex(digits) if re.fullmatch(r"(?:[0-9A-Fa-f]{2})*", digits) else b""
    match = _QUOTED.fullmatch(printed)
    return _ESCAPED.sub(r"\1", match[1]).encode("latin-1", "replace") if match else b""


def _text(printed: str) -> str:
    return raw(printed).rstrip(b"\0").decode("utf-8", "replace").strip()


def _number(printed: str) -> str:
    match = re.search(r"-?\d+", printed.partition(":")[2])
    return match[0] if match else ""


def _address(octets: bytes) -> str:
    return str(ip_address(octets)) if len(octets) in _FAMILIES.values() else ""


Rows = dict[tuple[int, ...], dict[int, str]]


def _rows(found: Mapping[Oid, str], table: Oid, index: int) -> Rows:
    """Cells of each row by column; rows whose index has not `index` parts are none."""
    rows: Rows = defaultdict(dict)
    for oid, value in found.items():
        if oid[: len(table)] == table and len(oid) == len(table) + 1 + index:
            rows[oid[len(table) + 1 :]][oid[len(table)]] = value
    return dict(sorted(rows.items()))


def own_chassis(found: Iterable[tuple[Oid, str]]) -> str | None:
    """The MAC address by which the agent's device is known to its LLDP neighbours."""
    values = dict(found)
    kind, value = (values.get(oid, "") for oid in OWN_CHASSIS)
    return _mac(raw(value)) if _number(kind) == MAC_ADDRESS else None


def _mac(octets: bytes) -> str | None:
    return mac(octets.hex()) if len(octets) == 6 else mac(octets.decode("latin-1"))  # noqa: PLR2004


def read(found: Sequence[tuple[Oid, str]]) -> tuple[Neighbour, ...]:
    """The neighbours in both tables, those of CDP first."""
    values = dict(found)
    return (*_cdp(values), *_lldp(values))


def _cdp(values: Mapping[Oid, str]) -> Iterable[Neighbour]:
    for (interface, _), row in _rows(values, CDP, 2).items():
        name, serial, chassis_id = device_id(_text(row.get(_DEVICE, "")))
        system = _text(row.get(_NAME, ""))
        if not (name or serial or chassis_id):
            continue
        bits = int.from_bytes(raw(row.get(_CAPABLE, ""))[:8], "big")
        yield Neighbour(
            protocol="cdp",
            local_port=_text(values.get((*PORT_NAME, interface), "")) or f"ifIndex {interface}",
            name=system or name,
            serial=serial,
            chassis_id=chassis_id,
            addresses=addresses(
                _address(raw(row.get(_MANAGED, ""))), _address(raw(row.get(_ADDRESS, "")))
            ),
            model=_text(row.get(_PLATFORM, "")),
            description=_text(row.get(_VERSION, "")),
            capabilities=frozenset(word for bit, word in _CDP_BITS if bits & bit),
            remote_port=_text(row.get(_PORT, "")),
        )


def _lldp(values: Mapping[Oid, str]) -> Iterable[Neighbour]:
    managed = _managed(values)
    for index, row in _rows(values, REMOTE, 3).items():
        kind, octets = _number(row.get(_CHASSIS_KIND, "")), raw(row.get(_CHASSIS, ""))
        chassis_id = _mac(octets) if kind == MAC_ADDRESS else None
        name = _text(row.get(_SYS_NAME, "")) or (
            _text(row.get(_CHASSIS, "")) if not chassis_id else ""
        )
        # family 1, then the octets of the address
        network = _address(octets[1:]) if kind == NETWORK_ADDRESS else ""
        if not (chassis_id or name):
            continue
        map_of = raw(row.get(_ENABLED, ""))[:1]
        yield Neighbour(
            protocol="lldp",
            local_port=_text(values.get((*LOCAL_PORT, index[1]), "")) or f"port {index[1]}",
            name=name or None,
            chassis_id=chassis_id,
            addresses=addresses(*managed.get(index, ()), network),
            description=_text(row.get(_SYS_DESCR, "")),
            capabilities=frozenset(
                word for bit, word in _LLDP_BITS if map_of and map_of[0] & 0x80 >> bit
            ),
            remote_port=_text(row.get(_PORT_ID, "")),
        )


def _managed(values: Mapping[Oid, str]) -> dict[tuple[int, ...], list[str]]:
    """Management addresses by row: family, length and octets stand in the index."""
    found: dict[tuple[int, ...], list[str]] = defaultdict(list)
    for oid in sorted(values):
        rest = oid[len(REMOTE_ADDRESS) :]
        if oid[: len(REMOTE_ADDRESS)] != REMOTE_ADDRESS or len(rest) < 5:  # noqa: PLR2004
            continue
        family, length, octets = rest[3], rest[4], rest[5:]
        if _FAMILIES.get(family) == length == len(octets) and max(octets) < 256:  # noqa: PLR2004
            found[rest[:3]].append(_address(bytes(octets)))
    return found
