"""Devices of a source of truth to hosts: the members of a virtual chassis are one host.

A stack has one management address. Its members' serial numbers are kept as the source's word.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from agent.errors import InventoryError
from agent.inventory._platforms import platform_of
from agent.inventory.listed import address_of
from agent.model import ListedHost, ListedUnit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agent.inventory._source import Asked

Row = TypeVar("Row", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Device:
    """One device as the source has it. `chassis` is the virtual chassis it is a member of."""

    place: str
    name: str
    status: str
    address: str | None = None
    platform: str | None = None
    pid: str | None = None
    serial: str | None = None
    site: str | None = None
    role: str | None = None
    tenant: str | None = None
    tags: tuple[str, ...] = ()
    chassis: str | None = None
    position: int | None = None
    master: bool = False


def typed(model: type[Row], rows: Iterable[Any], what: str) -> Iterator[Row]:
    """Rows of an answer, checked.

    :raises InventoryError: one is not what the source gives; naming the row and the key.
    """
    for row in rows:
        try:
            yield model.model_validate(row)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise InventoryError(f"{what} {row.get('id')}: {where}: {first['msg']}") from None


def hosts_of(devices: Iterable[Device], asked: Asked) -> Iterator[ListedHost]:
    """Every device as a host, the members of a virtual chassis as one."""
    stacks: dict[str, list[Device]] = {}
    for device in devices:
        if device.chassis is None:
            yield _host(device, [device], asked)
        else:
            stacks.setdefault(device.chassis, []).append(device)
    for members in stacks.values():
        members.sort(key=_position)
        speaks = min(members, key=lambda member: (not member.address, not member.master))
        apart = [m for m in members if m.address and m.address != speaks.address]
        yield _host(speaks, [m for m in members if m not in apart], asked)
        yield from (_host(member, [member], asked) for member in apart)


def _position(device: Device) -> tuple[bool, int, str]:
    return (device.position is None, device.position or 0, device.place)


def _host(device: Device, members: list[Device], asked: Asked) -> ListedHost:
    ours, problem = platform_of(device.platform, device.pid, asked.settings.platforms)
    address = address_of(device.address)
    if device.address and address is None:
        problem = problem or f"{device.address!r} is no address"
    return ListedHost(
        name=device.name,
        address=address,
        platform=ours,
        place=device.place,
        site=device.site,
        role=device.role,
        tenant=device.tenant,
        tags=tuple(sorted(set(device.tags))),
        status=device.status.lower(),
        units=tuple(
            ListedUnit(
                member.serial.strip(),
                member.pid,
                None if member.position is None else str(member.position),
                member.status.lower(),
            )
            for member in members
            if member.serial and member.serial.strip()
        ),
        problem=problem,
    )
