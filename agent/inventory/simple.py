"""Nornir's SimpleInventory trio, checked line by line before Nornir reads it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from nornir.core import Nornir
from nornir.core.configuration import Config
from nornir.core.inventory import (
    ConnectionOptions,
    Defaults,
    Group,
    Groups,
    Host,
    Hosts,
    Inventory,
    ParentGroups,
)
from nornir.core.state import GlobalState
from nornir.plugins.runners import SerialRunner
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from agent.errors import InventoryError, UsageError
from agent.inventory._ansible_files import is_yaml_inventory
from agent.inventory._source import FILTERS, Asked, Source, pairs
from agent.inventory.listed import settle
from agent.inventory.logins import jump_of, set_of
from agent.model import ListedHost, ListedUnit, Listing
from agent.platforms import platform

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent.settings import Filters

Element = TypeVar("Element", Host, Group)
SECRET_KEYS = ("password", "secret", "enable", "token")
_KEYS = {"tag": "tags"}
HOST_KEYS = ("hostname", "port", "username", "platform", "groups", "data", "connection_options")


def load_inventory(directory: Path) -> Nornir:
    """Read ``hosts.yaml``, ``groups.yaml`` and ``defaults.yaml`` of `directory`.

    Every host of the result has a known platform and an address of its own.

    :raises InventoryError: naming the file, the host and the key.
    """
    nornir = nornir_of(CheckedInventory(directory).load())
    _check_hosts(directory / "hosts.yaml", nornir)
    return nornir


def nornir_of(inventory: Inventory) -> Nornir:
    """Nornir over an inventory; who runs it says with which runner."""
    return Nornir(inventory=inventory, runner=SerialRunner(), config=Config(), data=GlobalState())


class CheckedInventory:
    """A Nornir inventory plugin: the same files as SimpleInventory, each read once and checked."""

    def __init__(self, directory: Path) -> None:
        self._files = {name: directory / f"{name}.yaml" for name in ("hosts", "groups", "defaults")}

    def load(self) -> Inventory:
        """Read the files.

        :raises InventoryError: naming the file, the host and the key.
        """
        files = self._files
        hosts = _mapping(files["hosts"], required=True)
        groups = _mapping(files["groups"])
        common = _mapping(files["defaults"])
        if not hosts:
            raise InventoryError(f"{files['hosts']}: no host; add at least one")
        for path, entries in ((files["hosts"], hosts), (files["groups"], groups)):
            for name, entry in entries.items():
                _check_entry(path, str(name), entry, groups)
        _check_secrets(files["defaults"], "defaults", common)
        defaults = Defaults(
            hostname=common.get("hostname"),
            port=common.get("port"),
            username=common.get("username"),
            platform=common.get("platform"),
            data=common.get("data"),
            connection_options=_options(common),
        )
        found = Groups({str(n): _element(Group, str(n), e, defaults) for n, e in groups.items()})
        for name, group in found.items():
            group.groups = ParentGroups(found[str(g)] for g in groups[name].get("groups") or [])
        made = Hosts({str(n): _element(Host, str(n), e, defaults) for n, e in hosts.items()})
        for name, entry in hosts.items():
            made[str(name)].groups = ParentGroups(found[str(g)] for g in entry.get("groups") or [])
        return Inventory(hosts=made, groups=found, defaults=defaults)


def _element(
    kind: type[Element], name: str, entry: Mapping[str, Any], defaults: Defaults
) -> Element:
    return kind(
        name=name,
        hostname=entry.get("hostname"),
        port=entry.get("port"),
        username=entry.get("username"),
        platform=entry.get("platform"),
        data=entry.get("data"),
        defaults=defaults,
        connection_options=_options(entry),
    )


def _options(entry: Mapping[str, Any]) -> dict[str, ConnectionOptions]:
    return {
        name: ConnectionOptions(
            hostname=given.get("hostname"),
            port=given.get("port"),
            username=given.get("username"),
            platform=given.get("platform"),
            extras=given.get("extras"),
        )
        for name, given in (entry.get("connection_options") or {}).items()
    }


def site_of(host: Host) -> str | None:
    """The site a host or its groups declare under ``data: site``."""
    site = host.get("site")
    return None if site is None else str(site)


def select(nornir: Nornir, filters: tuple[str, ...]) -> Nornir:
    """Keep the hosts that meet every ``KEY=VALUE``: name, platform, group or a key of ``data``.

    No filter keeps all.

    :raises UsageError: a filter has no ``=``, or no host meets them all.
    """
    asked = list(pairs(filters))
    chosen = nornir.filter(filter_func=lambda h: all(_meets(h, k, v) for k, v in asked))
    if not chosen.inventory.hosts:
        raise UsageError(f"no host of the inventory meets {' and '.join(filters)}")
    return chosen


def within(nornir: Nornir, filters: Filters) -> Nornir:
    """Keep the hosts that the settings ask for: of each key any value, and all keys."""
    asked = {key: getattr(filters, key) for key in FILTERS}
    return nornir.filter(
        filter_func=lambda host: all(
            not values or any(_meets(host, key, value) for value in values)
            for key, values in asked.items()
        )
    )


def _meets(host: Host, key: str, value: str) -> bool:
    if key == "group":
        return host.has_parent_group(value) if value in _group_names(host) else False
    if key in ("name", "platform"):
        return str(getattr(host, key)) == value
    found = host.get(key)
    if found is None:
        found = host.get(_KEYS.get(key, key))
    return value in map(str, found) if isinstance(found, list) else str(found) == value


def _group_names(host: Host) -> set[str]:
    names: set[str] = set()
    todo = list(host.groups)
    while todo:
        group = todo.pop()
        if group.name not in names:
            names.add(group.name)
            todo.extend(group.groups)
    return names


def _mapping(path: Path, *, required: bool = False) -> Mapping[str, Any]:
    if not path.is_file():
        if required:
            raise InventoryError(
                f"{path}: no such file; -i names the folder that holds it,"
                " a table, an Ansible inventory, netbox or nautobot"
            )
        return {}
    try:
        content = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        problem = (error.problem or "malformed YAML").splitlines()[0]
        raise InventoryError(f"{path}: line {line}: {problem}") from None
    except (YAMLError, UnicodeDecodeError, OSError) as error:
        raise InventoryError(f"{path}: not readable as YAML: {error}") from None
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise InventoryError(f"{path}: must be a mapping of names, not {type(content).__name__}")
    return content


def _check_entry(path: Path, name: str, entry: object, groups: Mapping[str, Any]) -> None:
    if not isinstance(entry, dict):
        raise InventoryError(f"{path}: {name}: must be a mapping such as 'hostname: 192.0.2.1'")
    _check_secrets(path, name, entry)
    for key in entry:
        if key not in HOST_KEYS:
            raise InventoryError(
                f"{path}: {name}: key {key!r} is not known; known: {', '.join(HOST_KEYS)}"
                " (facts of your own go under data)"
            )
    for group in entry.get("groups") or []:
        if group not in groups:
            raise InventoryError(f"{path}: {name}: group {group!r} is not in groups.yaml")
    if not isinstance(entry.get("data") or {}, dict):
        raise InventoryError(f"{path}: {name}: data must be a mapping")


def _check_secrets(path: Path, name: str, entry: Mapping[str, Any]) -> None:
    """Refuse credentials in the files: they end up in backups and version control."""
    for key, value in entry.items():
        if str(key) in SECRET_KEYS:
            raise InventoryError(
                f"{path}: {name}: {key} does not belong in the inventory; set NETCOVER_PASSWORD"
                " and NETCOVER_ENABLE, or use the keyring"
            )
        if isinstance(value, dict):
            _check_secrets(path, name, value)


def _check_hosts(path: Path, nornir: Nornir) -> None:
    addresses: dict[tuple[str, int], str] = {}
    for name, host in nornir.inventory.hosts.items():
        if not host.platform:
            raise InventoryError(f"{path}: {name}: no platform; say it here or in a group")
        try:
            platform(host.platform)
            set_of(host)
            jump_of(host)
        except UsageError as error:
            raise InventoryError(f"{path}: {name}: {error}") from None
        if not isinstance(host.port or 22, int):
            raise InventoryError(f"{path}: {name}: port must be a number, got {host.port!r}")
        if host.get("transport") not in {None, "snmp", platform(host.platform).transport}:
            raise InventoryError(
                f"{path}: {name}: transport {host.get('transport')!r} cannot read"
                f" {host.platform}; use snmp, or leave it out"
            )
        address = (host.hostname or name, host.port or 22)
        if address in addresses:
            raise InventoryError(
                f"{path}: {name}: same address as {addresses[address]}"
                f" ({address[0]} port {address[1]}); a device is swept once"
            )
        addresses[address] = name


def read(asked: Asked) -> Listing:
    """The hosts of the folder as a source of truth lists them.

    A host may name the serial numbers of its units: ``data: {serials: [TST2605X001]}``.

    :raises InventoryError: as :func:`load_inventory`.
    """
    path = (asked.path or Path()) / "hosts.yaml"
    hosts = load_inventory(path.parent).inventory.hosts
    return Listing(
        source="simple",
        origin=str(path),
        taken=asked.taken,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        hosts=settle((_listed(host) for host in hosts.values()), asked),
        filters=asked.words,
    )


def _listed(host: Host) -> ListedHost:
    status, pid = (_text(host, "status") or "active").lower(), _text(host, "pid")
    return ListedHost(
        name=host.name,
        address=host.hostname or host.name,
        platform=host.platform,
        place=host.name,
        port=host.port,
        site=site_of(host),
        role=_text(host, "role"),
        tenant=_text(host, "tenant"),
        tags=tuple(sorted(_texts(host, "tags"))),
        status=status,
        units=tuple(ListedUnit(serial, pid, status=status) for serial in serials_of(host)),
    )


def serials_of(host: Host) -> tuple[str, ...]:
    """The serial numbers that ``data: serials`` declares, or ``serial``."""
    return tuple(_texts(host, "serials", "serial"))


def _text(host: Host, key: str) -> str | None:
    value = host.get(key)
    return None if value is None else str(value)


def _texts(host: Host, *keys: str) -> list[str]:
    """The values under the first of `keys` that is there: a list, or one alone."""
    found: Any = next((host.get(key) for key in keys if host.get(key) is not None), [])
    return [str(value) for value in found] if isinstance(found, list) else [str(found)]


def recognises(path: Path) -> bool:
    """Whether a path is a folder with Nornir's ``hosts.yaml``; Ansible's may have that name too."""
    file = path / "hosts.yaml"
    return file.is_file() and not is_yaml_inventory(file)


SOURCE = Source("Nornir SimpleInventory", read, recognises)
