"""Hosts from Nautobot 2, asked through pynautobot.

What is read: ``/api/dcim/devices/`` with ``depth=1``, and ``/api/dcim/locations/`` to find the site
above a room.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from agent.inventory._devices import Device, hosts_of, typed
from agent.inventory._source import Asked, Source
from agent.inventory.listed import settle
from agent.model import Listing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

NAME = "nautobot"
_PARAMETERS = {"site": "location", "role": "role", "tenant": "tenant", "tag": "tags"}


class _Reference(BaseModel):
    id: str


class _Named(BaseModel):
    name: str


class _Location(BaseModel):
    id: str
    name: str
    location_type: _Named
    parent: _Reference | None = None


class _Address(BaseModel):
    address: str


class _Type(BaseModel):
    model: str
    part_number: str | None = None


class _Platform(BaseModel):
    name: str
    network_driver: str | None = None


class _Chassis(BaseModel):
    id: str
    master: _Reference | None = None


class _Row(BaseModel):
    """A device as Nautobot writes it at depth 1 (nautobot/dcim/api/serializers.py)."""

    id: str
    name: str | None
    status: _Named
    device_type: _Type
    role: _Named
    location: _Reference
    tenant: _Named | None = None
    platform: _Platform | None = None
    serial: str | None = None
    primary_ip4: _Address | None = None
    primary_ip6: _Address | None = None
    virtual_chassis: _Chassis | None = None
    vc_position: int | None = None
    tags: tuple[_Named, ...] = ()


def read(asked: Asked) -> Listing:
    """Every device that the filters ask for, of any status.

    :raises UsageError: it cannot be asked, or answers what Nautobot does not.
    """
    from pynautobot.core.query import Request  # noqa: PLC0415 - most runs do not need it

    from agent.inventory import _web  # noqa: PLC0415 - nor requests

    session, guard, url = _web.guarded(NAME, asked.settings)
    token = _web.token_of(NAME)

    def listed(of: str, **filters: object) -> list[Any]:
        asks = Request(
            base=f"{url}/api/dcim/{of}",
            filters={"depth": 1, **filters},
            http_session=session,
            token=token,
            limit=_web.PAGE,
        )
        return guard.whole(asks.get())

    with session:
        locations, rows = listed("locations"), listed("devices", **_query(asked))
    sites = _sites(locations, asked.settings.site_type)
    found = list(_devices(rows, sites, asked))
    return Listing(
        source=NAME,
        origin=url,
        taken=asked.taken,
        sha256=hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest(),
        hosts=settle(hosts_of(found, asked), asked),
        filters=asked.words,
    )


def _query(asked: Asked) -> dict[str, list[str]]:
    """The filters as Nautobot has them, by name; of several tags it wants all, so one is sent."""
    found = {key: list(asked.values(key)) for key in _PARAMETERS}
    if len(found["tag"]) > 1:
        found.pop("tag")
    return {_PARAMETERS[key]: values for key, values in found.items() if values}


def _sites(rows: Iterable[Any], site_type: str) -> Mapping[str, str]:
    """The site of each location: the nearest above it of that type, else the location itself."""
    places = {place.id: place for place in typed(_Location, rows, f"{NAME}: location")}
    found = {}
    for place in places.values():
        above, seen = place, {place.id}
        while above.location_type.name != site_type and above.parent:
            if above.parent.id not in places or above.parent.id in seen:
                break
            above = places[above.parent.id]
            seen.add(above.id)
        found[place.id] = (above if above.location_type.name == site_type else place).name
    return found


def _devices(rows: Iterable[Any], sites: Mapping[str, str], asked: Asked) -> Iterator[Device]:
    for row in typed(_Row, rows, f"{NAME}: device"):
        addresses = (getattr(row, name, None) for name in asked.settings.addresses)
        chassis, platform = row.virtual_chassis, row.platform
        yield Device(
            place=f"device {row.id}",
            name=row.name or f"{NAME}-{row.id}",
            status=row.status.name,
            address=next((each.address for each in addresses if each), None),
            platform=(platform.network_driver or platform.name) if platform else None,
            pid=row.device_type.part_number or row.device_type.model,
            serial=row.serial or None,
            site=sites.get(row.location.id),
            role=row.role.name,
            tenant=row.tenant.name if row.tenant else None,
            tags=tuple(tag.name for tag in row.tags),
            chassis=chassis.id if chassis else None,
            position=row.vc_position,
            master=bool(chassis and chassis.master and chassis.master.id == row.id),
        )


SOURCE = Source("Nautobot", read)
