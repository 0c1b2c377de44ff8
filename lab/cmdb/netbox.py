"""NetBox 4: devices and device types as its serializers write them.

Fields and nesting follow netbox/dcim/api/serializers_ of NetBox 4; what a client reads no further
(counts, custom fields, racks) is there and empty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lab.cmdb.shelf import Entry

ENDPOINTS = ("devices", "device-types")
_FILTERS = {"site": "site", "role": "role", "tenant": "tenant", "tag": "tags", "status": "status"}


def rows(shelf: Sequence[Entry], endpoint: str, url: str) -> list[dict[str, Any]]:
    """Every object of an endpoint."""
    types = {pid: number for number, pid in enumerate(dict.fromkeys(e.pid for e in shelf), 1)}
    if endpoint == "device-types":
        return [_type(number, pid, url) | {"part_number": pid} for pid, number in types.items()]
    masters = {entry.chassis: n for n, entry in enumerate(shelf, 1) if entry.master}
    return [
        _device(number, entry, types[entry.pid], masters, url)
        for number, entry in enumerate(shelf, 1)
    ]


def matches(entry: Entry, query: Mapping[str, Sequence[str]]) -> bool:
    """Whether a device meets every filter, by slug; several tags have to be there all."""
    for key, field in _FILTERS.items():
        wanted = query.get(key, ())
        found = getattr(entry, field)
        if key == "tag":
            if not set(wanted) <= set(found):
                return False
        elif wanted and found not in wanted:
            return False
    return True


def refusal(shelf: Sequence[Entry], query: Mapping[str, Sequence[str]]) -> dict[str, Any] | None:
    """What NetBox says of a filter value that is none of its objects."""
    for key in ("site", "role", "tenant"):
        known = {getattr(entry, key) for entry in shelf}
        for value in query.get(key, ()):
            if value not in known:
                text = f"Select a valid choice. {value} is not one of the available choices."
                return {key: [text]}
    return None


def _device(
    number: int, entry: Entry, type_of: int, masters: Mapping[str | None, int], url: str
) -> dict[str, Any]:
    name = entry.name
    display = name or f"Catalyst {entry.pid} ({number})"
    chassis = None
    if entry.chassis:
        master = masters.get(entry.chassis)
        chassis = _named("virtual-chassis", entry.chassis, url) | {
            "master": _brief("devices", master, entry.chassis, url) if master else None,
            "member_count": 2,
        }
        chassis.pop("slug")
    return {
        "id": number,
        "url": f"{url}/api/dcim/devices/{number}/",
        "display_url": f"{url}/dcim/devices/{number}/",
        "display": display,
        "name": name,
        "device_type": _type(type_of, entry.pid, url),
        "role": _named("device-roles", entry.role, url),
        "tenant": _named("tenants", entry.tenant, url) if entry.tenant else None,
        "platform": _named("platforms", entry.platform, url) if entry.platform else None,
        "serial": entry.serial,
        "asset_tag": None,
        "site": _named("sites", entry.site, url),
        "location": None,
        "rack": None,
        "position": None,
        "face": None,
        "parent_device": None,
        "status": {"value": entry.status, "label": entry.status.capitalize()},
        "airflow": None,
        "primary_ip": _address(entry.address or entry.address6, url),
        "primary_ip4": _address(entry.address, url),
        "primary_ip6": _address(entry.address6, url),
        "oob_ip": _address(entry.oob, url),
        "cluster": None,
        "virtual_chassis": chassis,
        "vc_position": entry.position,
        "vc_priority": None,
        "description": "",
        "comments": "",
        "config_template": None,
        "local_context_data": None,
        "tags": [_named("tags", tag, url) | {"color": "9e9e9e"} for tag in entry.tags],
        "custom_fields": {},
        "created": "2026-01-05T08:00:00Z",
        "last_updated": "2026-11-20T08:00:00Z",
        **entry.more,
    }


def _type(number: int, pid: str, url: str) -> dict[str, Any]:
    return {
        **_brief("device-types", number, f"Catalyst {pid}", url),
        "manufacturer": _named("manufacturers", "cisco", url),
        "model": f"Catalyst {pid}",
        "slug": f"cisco-{pid.lower()}",
        "description": "",
    }


def _named(endpoint: str, slug: str, url: str) -> dict[str, Any]:
    number = 1 + sum(slug.encode())
    named = _brief(endpoint, number, slug.replace("-", " ").title(), url)
    return named | {"slug": slug, "description": ""}


def _brief(endpoint: str, number: int | None, name: str, url: str) -> dict[str, Any]:
    return {
        "id": number,
        "url": f"{url}/api/dcim/{endpoint}/{number}/",
        "display": name,
        "name": name,
    }


def _address(address: str | None, url: str) -> dict[str, Any] | None:
    if address is None:
        return None
    version = 6 if ":" in address else 4
    return {
        "id": 1 + sum(address.encode()),
        "url": f"{url}/api/ipam/ip-addresses/1/",
        "display": f"{address}/24",
        "family": {"value": version, "label": f"IPv{version}"},
        "address": f"{address}/{64 if version == 6 else 24}",  # noqa: PLR2004 - of IPv6
        "dns_name": "",
        "nat_inside": None,
        "nat_outside": [],
    }
