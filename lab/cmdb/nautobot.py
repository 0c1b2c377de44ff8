"""Nautobot 2: devices and locations as its API writes them at depth 1.

Related objects are whole, and what they relate to in turn is a reference (id, object type, url),
as docs/user-guide/platform-functionality/rest-api of Nautobot 2 has it.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lab.cmdb.shelf import Entry

ENDPOINTS = ("devices", "locations")
DRIVERS = {
    "cisco-ios-xe": "cisco_xe",
    "cisco-ios": "cisco_ios",
    "cisco-nxos": "cisco_nxos",
    "cisco-ios-xr": "cisco_xr",
    "arista-eos": "arista_eos",
    "cisco-asa": "cisco_asa",
    "cisco-ftd": "cisco_ftd",
}


def rows(shelf: Sequence[Entry], endpoint: str, url: str) -> list[dict[str, Any]]:
    """Every object of an endpoint."""
    if endpoint == "locations":
        return _locations(shelf, url)
    masters = {e.chassis: _id("device", str(n)) for n, e in enumerate(shelf) if e.master}
    return [_device(number, entry, masters, url) for number, entry in enumerate(shelf)]


def matches(entry: Entry, query: Mapping[str, Sequence[str]]) -> bool:
    """Whether a device meets every filter, by name; a location stands for all below it."""
    wanted = {key: set(query.get(key, ())) for key in ("location", "role", "tenant", "tags")}
    return (
        (not wanted["location"] or bool({entry.site, entry.room} & wanted["location"]))
        and (not wanted["role"] or entry.role in wanted["role"])
        and (not wanted["tenant"] or entry.tenant in wanted["tenant"])
        and wanted["tags"] <= set(entry.tags)
    )


def refusal(shelf: Sequence[Entry], query: Mapping[str, Sequence[str]]) -> dict[str, Any] | None:
    """What Nautobot says of a filter that it does not have, or of a value that is no object."""
    known = {"location", "role", "tenant", "tags", "status", "depth", "limit", "offset"}
    if strange := sorted(set(query) - known):
        return {strange[0]: ["Unknown filter field"]}
    places = {entry.site for entry in shelf} | {entry.room for entry in shelf}
    for value in query.get("location", ()):
        if value not in places:
            text = f"Select a valid choice. {value} is not one of the available choices."
            return {"location": [text]}
    return None


def _locations(shelf: Sequence[Entry], url: str) -> list[dict[str, Any]]:
    region = _location("world", None, "Region", url)
    sites = [_location(s, "world", "Site", url) for s in sorted({e.site for e in shelf})]
    rooms = sorted({(e.room, e.site) for e in shelf if e.room})
    return [region, *sites, *(_location(r, site, "Room", url) for r, site in rooms if r)]


def _location(name: str, parent: str | None, kind: str, url: str) -> dict[str, Any]:
    return {
        **_whole("location", "dcim", name, url),
        "parent": _whole("location", "dcim", parent, url) if parent else None,
        "location_type": _whole("locationtype", "dcim", kind, url),
        "status": _whole("status", "extras", "Active", url),
        "tenant": None,
        "tags": [],
    }


def _device(
    number: int, entry: Entry, masters: Mapping[str | None, str], url: str
) -> dict[str, Any]:
    place = _whole("location", "dcim", entry.room or entry.site, url)
    chassis = None
    if entry.chassis:
        master = masters.get(entry.chassis)
        chassis = _whole("virtualchassis", "dcim", entry.chassis, url) | {
            "master": _reference("device", "dcim", master, url) if master else None
        }
    driver = DRIVERS.get(entry.platform or "", "")
    return {
        **_reference("device", "dcim", _id("device", str(number)), url),
        "display": entry.name or f"Catalyst {entry.pid}",
        "natural_slug": f"{entry.name}_{number:04}",
        "name": entry.name,
        "serial": entry.serial,
        "asset_tag": None,
        "status": _whole("status", "extras", entry.status.capitalize(), url),
        "device_type": _whole("devicetype", "dcim", f"Catalyst {entry.pid}", url)
        | {"model": f"Catalyst {entry.pid}", "part_number": entry.pid},
        "role": _whole("role", "extras", entry.role, url),
        "tenant": _whole("tenant", "tenancy", entry.tenant, url) if entry.tenant else None,
        "platform": _whole("platform", "dcim", entry.platform, url) | {"network_driver": driver}
        if entry.platform
        else None,
        "location": place
        | {"parent": _reference("location", "dcim", _id("location", entry.site), url)},
        "rack": None,
        "position": None,
        "face": None,
        "primary_ip4": _address(entry.address, 4, url),
        "primary_ip6": _address(entry.address6, 6, url),
        "virtual_chassis": chassis,
        "vc_position": entry.position,
        "vc_priority": None,
        "software_version": None,
        "local_config_context_data": None,
        "tags": [_whole("tag", "extras", tag, url) for tag in entry.tags],
        "custom_fields": {},
        "created": "2026-01-05T08:00:00Z",
        "last_updated": "2026-11-20T08:00:00Z",
        **entry.more,
    }


def _id(kind: str, name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{kind}/{name}"))


def _reference(kind: str, part: str, identity: str, url: str) -> dict[str, Any]:
    return {
        "id": identity,
        "object_type": f"{part}.{kind}",
        "url": f"{url}/api/{part}/{kind}s/{identity}/",
    }


def _whole(kind: str, part: str, name: str, url: str) -> dict[str, Any]:
    return {
        **_reference(kind, part, _id(kind, name), url),
        "display": name,
        "natural_slug": name.lower(),
        "name": name,
        "description": "",
    }


def _address(address: str | None, version: int, url: str) -> dict[str, Any] | None:
    if address is None:
        return None
    length = 64 if version == 6 else 24  # noqa: PLR2004 - of IPv6
    return {
        **_whole("ipaddress", "ipam", f"{address}/{length}", url),
        "address": f"{address}/{length}",
        "host": address,
        "mask_length": length,
        "ip_version": version,
        "dns_name": "",
    }
