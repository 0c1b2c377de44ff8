"""Hosts from NetBox 4, asked through pynetbox.

What is read: ``/api/dcim/devices/`` and, for product ids, ``/api/dcim/device-types/``.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from agent.inventory._devices import Device, hosts_of, typed
from agent.inventory._source import FILTERS, Asked, Source
from agent.inventory.listed import settle
from agent.model import Listing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NAME = "netbox"


class _Slug(BaseModel):
    slug: str


class _Choice(BaseModel):
    value: str


class _Address(BaseModel):
    address: str


class _Type(BaseModel):
    id: int
    model: str
    part_number: str | None = None


class _Reference(BaseModel):
    id: int


class _Chassis(BaseModel):
    id: int
    master: _Reference | None = None


class _Row(BaseModel):
    """A device as NetBox's serializer writes it (netbox/dcim/api/serializers_/devices.py)."""

    id: int
    name: str | None
    status: _Choice
    device_type: _Type
    role: _Slug
    site: _Slug
    tenant: _Slug | None = None
    platform: _Slug | None = None
    serial: str | None = None
    primary_ip4: _Address | None = None
    primary_ip6: _Address | None = None
    oob_ip: _Address | None = None
    virtual_chassis: _Chassis | None = None
    vc_position: int | None = None
    tags: tuple[_Slug, ...] = ()


def read(asked: Asked) -> Listing:
    """Every device that the filters ask for, of any status.

    :raises UsageError: it cannot be asked, or answers what NetBox does not.
    """
    import pynetbox  # noqa: PLC0415 - slow to import, and most runs do not need it

    from agent.inventory import _web  # noqa: PLC0415 - so is requests

    session, guard, url = _web.guarded(NAME, asked.settings)
    api = pynetbox.api(url, token=_web.token_of(NAME))
    with session:
        api.http_session = session
        types = guard.whole(list(api.dcim.device_types.filter(limit=_web.PAGE).response))
        query = {"limit": _web.PAGE, "exclude": "config_context", **_query(asked)}
        rows = guard.whole(list(api.dcim.devices.filter(**query).response))
    found = list(_devices(rows, types, asked))
    return Listing(
        source=NAME,
        origin=url,
        taken=asked.taken,
        sha256=hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest(),
        hosts=settle(hosts_of(found, asked), asked),
        filters=asked.words,
    )


def _query(asked: Asked) -> dict[str, list[str]]:
    """The filters as NetBox has them, by slug; of several tags it wants all, so one is sent."""
    found = {key: list(asked.values(key)) for key in FILTERS}
    if len(found["tag"]) > 1:
        found.pop("tag")
    return {key: values for key, values in found.items() if values}


def _devices(rows: Iterable[Any], types: Iterable[Any], asked: Asked) -> Iterator[Device]:
    pids = {
        row.id: row.part_number or row.model for row in typed(_Type, types, f"{NAME}: device type")
    }
    for row in typed(_Row, rows, f"{NAME}: device"):
        addresses = (getattr(row, name) for name in asked.settings.addresses)
        chassis = row.virtual_chassis
        yield Device(
            place=f"device {row.id}",
            name=row.name or f"{NAME}-{row.id}",
            status=row.status.value,
            address=next((each.address for each in addresses if each), None),
            platform=row.platform.slug if row.platform else None,
            pid=pids.get(row.device_type.id) or row.device_type.model,
            serial=row.serial or None,
            site=row.site.slug,
            role=row.role.slug,
            tenant=row.tenant.slug if row.tenant else None,
            tags=tuple(tag.slug for tag in row.tags),
            chassis=str(chassis.id) if chassis else None,
            position=row.vc_position,
            master=bool(chassis and chassis.master and chassis.master.id == row.id),
        )


SOURCE = Source("NetBox", read)
