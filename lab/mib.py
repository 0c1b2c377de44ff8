"""What a host's SNMP agent shows: the estate's truth in the shapes that real agents give it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab import ber, neighbours
from lab.answers import column, number, train
from lab.hardware import inventory

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lab.ber import Oid, Value
    from lab.hardware import Row
    from lab.links import Heard
    from lab.schema import Host, Member

SYSTEM: Oid = (1, 3, 6, 1, 2, 1, 1)
ENTITY: Oid = (1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1)
STACK: Oid = (1, 3, 6, 1, 4, 1, 9, 9, 500, 1, 2, 1, 1)
FAILOVER: Oid = (1, 3, 6, 1, 4, 1, 9, 9, 147, 1, 2, 1, 1, 1)
ACCESS_POINTS: Oid = (1, 3, 6, 1, 4, 1, 14179, 2, 2, 1, 1)
PRODUCTS: Oid = (1, 3, 6, 1, 4, 1, 9, 1)

CHASSIS, CONTAINER, POWER_SUPPLY, FAN, MODULE, PORT, STACK_ROW = 3, 5, 6, 7, 9, 10, 11
_CLASSES = {"power_supply": POWER_SUPPLY, "fan": FAN, "transceiver": PORT, "chassis": CHASSIS}
_ROLES = {"active": 1, "member": 2, "standby": 4}
_PRODUCTS = {"catalyst_9300": 2494, "C9800-40-K9": 2530, "C9800-80-K9": 2669, "C9800-L-F-K9": 2861}
_READY, _PROVISIONED = 4, 9


def variables(host: Host, heard: Iterable[Heard] = ()) -> dict[Oid, Value]:
    """Every variable of the host's agent; `heard` are its neighbours."""
    found: dict[Oid, Value] = {}
    for oid, value in (
        *_system(host),
        *_entities(host),
        *_stack(host),
        *_failover(host),
        *_access_points(host),
        *neighbours.tables(host, heard),
    ):
        if isinstance(value, int):
            found[oid] = (ber.INTEGER, ber.untlv(ber.integer(value))[1])
        elif isinstance(value, tuple):
            found[oid] = (ber.OBJECT_ID, ber.oid_content(value))
        else:
            found[oid] = (ber.OCTETS, value if isinstance(value, bytes) else value.encode())
    return found


def _system(host: Host) -> Iterator[tuple[Oid, str | Oid | int]]:
    product = _PRODUCTS.get(host.active.pid) or _PRODUCTS.get(host.platform)
    yield (*SYSTEM, 1, 0), description(host)
    yield (*SYSTEM, 2, 0), (*PRODUCTS, product) if product else PRODUCTS
    yield (*SYSTEM, 5, 0), host.prompt_name


def description(host: Host) -> str:
    """What the host calls its software, to SNMP and to its neighbours."""
    version = host.running(host.active)
    words = {
        "asa": f"Cisco Adaptive Security Appliance Version {version}",
        "ftd": f"Cisco Firepower Threat Defense, Version {version} (Build {host.build}), ASA"
        f" Version 9.{number(12, 20, version)}({number(1, 4, version)})",
        "fxos": "Cisco FX-OS",
        "catalyst_9300": _ios_xe("Catalyst L3 Switch Software (CAT9K_IOSXE)", version),
        "catalyst_9800": _ios_xe("C9800 Software (C9800_IOSXE-K9)", version),
        "ios": f"Cisco IOS Software, Lab Software, Version {version}, RELEASE SOFTWARE (fc1)",
        "nxos": f"Cisco NX-OS(tm) n9000, Software (n9000-dk9), Version {version}, RELEASE SOFTWARE",
    }
    return words.get(host.platform, f"{host.platform} {version}")


def _ios_xe(image: str, version: str) -> str:
    return (
        f"Cisco IOS Software [{train(version)}], {image}, Version {version}, RELEASE SOFTWARE"
        f" (fc{number(1, 6, version)})\r\nCompiled by lab"
    )


# ----------------------------------------------------------------------- entPhysicalTable


def _entities(host: Host) -> Iterator[tuple[Oid, str | int]]:
    for index, inside, kind, row, software in _placed(host):
        cells: dict[int, str | int] = {
            2: row.description,
            4: inside,
            5: kind,
            6: -1 if not inside else index % 1000,
            7: row.name,
            8: row.vid,
            9: "",
            10: software,
            11: row.serial,
            13: row.pid,
            16: 1 if row.serial else 2,
        }
        for cell, value in cells.items():
            yield (*ENTITY, cell, index), value


def _placed(host: Host) -> Iterator[tuple[int, int, int, Row, str]]:
    """Index, container, class, row and release of each entity."""
    if host.platform in {"ftd", "fxos"}:
        # Their agents show no serial of a unit: sysDescr is all there is.
        return
    rows = inventory(host)
    whole = next((1 for row in rows if _class(row) == STACK_ROW), 0)
    index = inside = 0
    for row in rows:
        kind = _class(row)
        software = ""
        if kind == STACK_ROW:
            yield 1, 0, kind, row, ""
            continue
        if kind == CHASSIS:
            index = inside = _chassis_index(host, row, after=inside)
            version = row.version or ""
            yield index, whole, kind, row, _chassis_release(host, version)
            continue
        index += 1
        if row.name.endswith(("module R0", "module F0")):
            software = column(_version_above(rows, row))
        shown = row
        if host.platform == "asa":
            if kind not in {POWER_SUPPLY, FAN}:
                continue
            shown = _without_pid(row)
        yield index, inside, kind, shown, software


def _without_pid(row: Row) -> Row:
    """An ASA's agent states no model of a power supply."""
    return type(row)(row.name, row.description, "", row.vid, row.serial, row.kind, row.position)


def _chassis_release(host: Host, version: str) -> str:
    """Wireless controllers state theirs on the route processor alone."""
    if host.platform == "catalyst_9800":
        return ""
    return column(version) if version and host.platform == "catalyst_9300" else version


def _version_above(rows: Iterable[Row], part: Row) -> str:
    """The release of the chassis that `part` is listed under."""
    version = ""
    for row in rows:
        if row.kind == "chassis":
            version = row.version or ""
        if row is part:
            break
    return version


def _chassis_index(host: Host, row: Row, after: int) -> int:
    number_of = int(row.name.rpartition(" ")[2]) if row.name[-1:].isdigit() else 1
    if host.platform == "catalyst_9300":
        return 1000 * number_of
    if host.platform == "catalyst_9800":
        return 2 if not after else after + 498
    return 1


def _class(row: Row) -> int:
    if row.name.endswith(" Stack") or row.name == "Multi Chassis System":
        return STACK_ROW
    if row.kind == "stack_member" or row.description.endswith(" - Provisioned"):
        return CHASSIS
    if row.name.startswith("StackPort"):
        return PORT
    if row.kind in _CLASSES:
        return _CLASSES[row.kind]
    if row.name.endswith("Container"):
        return CONTAINER
    return FAN if row.name.endswith("Fan Tray") else MODULE


# ------------------------------------------------------------------- stack, failover, APs


def _stack(host: Host) -> Iterator[tuple[Oid, int]]:
    if host.platform != "catalyst_9300":
        return
    for member in host.slots:
        index = 1000 * (member.number or 1)
        yield (*STACK, 1, index), member.number or 1
        yield (*STACK, 3, index), _role(member)
        yield (*STACK, 6, index), _PROVISIONED if member.provisioned else _READY


def _role(member: Member) -> int:
    return 3 if member.provisioned else _ROLES[member.role or "member"]


def _failover(host: Host) -> Iterator[tuple[Oid, str | int]]:
    pair = host.failover
    if pair is None or host.platform not in {"asa", "ftd"}:
        return
    other = "standby" if pair.state == "active" else "active"
    for last, unit in ((6, "primary"), (7, "secondary")):
        own = unit == pair.unit
        state = pair.state if own else other
        yield (*FAILOVER, 2, 3, last), f"{unit.title()} unit{' (this device)' if own else ''}"
        yield (*FAILOVER, 3, 3, last), 9 if state == "active" else 10
        yield (*FAILOVER, 4, 3, last), f"{state.title()} unit"


def _access_points(host: Host) -> Iterator[tuple[Oid, str | bytes]]:
    for place, point in enumerate(host.access_points):
        address = (2, 0, *(number(0, 255, host.name, n) for n in range(2)), *divmod(place, 256))
        cells: dict[int, str | bytes] = {
            3: point.name,
            8: point.version,
            16: point.pid,
            17: point.serial,
            31: point.version,
            33: bytes(address),
        }
        for cell, value in cells.items():
            yield (*ACCESS_POINTS, cell, *address), value
