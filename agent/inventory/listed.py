"""From what a source of truth lists to a Nornir inventory: names and addresses once, filters met.

A host that cannot be swept stays in, with the reason: nothing that is listed vanishes.
"""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from nornir.core.inventory import (
    Defaults,
    Group,
    Groups,
    Host,
    Hosts,
    Inventory,
    ParentGroups,
)

from agent.errors import UsageError
from agent.inventory._source import FILTERS
from agent.inventory.logins import SSH_PORT, jump_of, set_of
from agent.platforms import platform

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agent.inventory._source import Asked
    from agent.model import ListedHost, Listing

_NAME = re.compile(r"(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_-]+)*\.?")
_LAST_PORT = 65535
UNUSABLE = "unusable"
"""The key of a Nornir host's data that says why it cannot be swept."""


def address_of(text: str | None) -> str | None:
    """The management address in `text`, a prefix length cut off; None where it is none.

    It may be a name, which is resolved when the host is called.
    """
    said = (text or "").strip().strip("[]")
    try:
        return str(ipaddress.ip_interface(said).ip)
    except ValueError:
        return said if _NAME.fullmatch(said) and not said.replace(".", "").isdigit() else None


def port_of(text: str | None) -> int | None:
    """A TCP port.

    :raises ValueError: it is none.
    """
    said = (text or "").strip()
    if not said:
        return None
    if not said.isdigit() or not 0 < int(said) <= _LAST_PORT:
        raise ValueError(f"port {said!r} is none; write a number from 1 to {_LAST_PORT}")
    return int(said)


def plain(text: str) -> str:
    """`text` on one line, without characters that move a cursor."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def settle(hosts: Iterable[ListedHost], asked: Asked) -> tuple[ListedHost, ...]:
    """The hosts that the filters ask for, each name once, each address once, sorted by name.

    Hosts of the same name get their site or their address behind it; of those with the same
    address the first is swept, the others say which it is.
    """
    port = asked.settings.port
    wanted = [replace(_cleaned(host), port=host.port or port) for host in hosts]
    named = sorted(_named([host for host in wanted if _within(host, asked)]), key=_order)
    return tuple(sorted(_addressed(named, asked), key=_order))


def _order(host: ListedHost) -> tuple[str, str]:
    return host.name, host.place


def _cleaned(host: ListedHost) -> ListedHost:
    name = plain(host.name) or host.place
    return replace(host, name=name, site=plain(host.site or "") or None)


def _within(host: ListedHost, asked: Asked) -> bool:
    filters = asked.settings.filters
    settled = all(
        not values or _has(host, key, values)
        for key, values in ((key, getattr(filters, key)) for key in FILTERS)
    )
    return settled and all(_has(host, key, (value,)) for key, value in asked.filters)


def _has(host: ListedHost, key: str, values: tuple[str, ...]) -> bool:
    found = host.tags if key == "tag" else (getattr(host, key),)
    return any(value in values for value in found)


def _named(hosts: list[ListedHost]) -> list[ListedHost]:
    """Make names unique by what tells the hosts apart: site, address, place in the source."""
    for apart in ("site", "address", "place"):
        often = Counter(host.name for host in hosts)
        hosts = [
            replace(host, name=f"{host.name}@{getattr(host, apart)}")
            if often[host.name] > 1 and getattr(host, apart)
            else host
            for host in hosts
        ]
    return hosts


def _addressed(hosts: list[ListedHost], asked: Asked) -> Iterator[ListedHost]:
    first: dict[tuple[str, int], str] = {}
    for host in hosts:
        if host.status not in asked.settings.statuses or host.problem or not host.platform:
            yield host
            continue
        if not host.address:
            yield replace(host, problem="the source states no management address; add it there")
            continue
        key = (host.address, host.port or SSH_PORT)
        if (other := first.setdefault(key, host.name)) != host.name:
            problem = f"same address as {other} ({key[0]} port {key[1]}); a device is swept once"
            yield replace(host, problem=problem)
        else:
            yield replace(host, problem=_problem(host))


def _problem(listed: ListedHost) -> str | None:
    """What keeps a host from being swept, by the same checks as hosts.yaml."""
    host = _host(listed, Groups(), Defaults())
    try:
        device = platform(listed.platform or "")
        set_of(host)
        jump_of(host)
    except UsageError as error:
        return str(error)
    if host.get("transport") not in {None, "snmp", device.transport}:
        return f"transport {host.get('transport')!r} cannot read {listed.platform}; use snmp"
    return None


def is_swept(host: ListedHost, statuses: tuple[str, ...]) -> bool:
    """Whether a sweep has to answer for a host: in service, and not declared to be left alone."""
    return host.status in statuses and bool(host.platform or host.problem)


def inventory_of(listing: Listing, statuses: tuple[str, ...]) -> Inventory:
    """The hosts that a sweep has to answer for; those with a problem say it in their data."""
    swept = [host for host in listing.hosts if is_swept(host, statuses)]
    names = sorted({name for host in swept for name in host.groups})
    # The very same object: who fills in credentials later does so for every host.
    defaults = Defaults()
    groups = Groups({name: Group(name=name, defaults=defaults) for name in names})
    hosts = Hosts({host.name: _host(host, groups, defaults) for host in swept})
    return Inventory(hosts=hosts, groups=groups, defaults=defaults)


def _host(listed: ListedHost, groups: Groups, defaults: Defaults) -> Host:
    data: dict[str, object] = dict(listed.data)
    for key in ("site", "role", "tenant"):
        if value := getattr(listed, key):
            data[key] = value
    if listed.tags:
        data["tags"] = list(listed.tags)
    if listed.problem:
        data[UNUSABLE] = listed.problem
    return Host(
        name=listed.name,
        hostname=listed.address,
        port=listed.port,
        platform=listed.platform,
        groups=ParentGroups(groups[name] for name in listed.groups if name in groups),
        data=data,
        defaults=defaults,
    )
