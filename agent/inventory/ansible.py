"""Hosts from an Ansible inventory: INI or YAML with group_vars and host_vars, read as text.

Scripts and plugins are never run, templates never evaluated, vaults never opened. Of a host's
variables only those are taken that say how to reach it and what it is; credentials stay there.
"""

from __future__ import annotations

import hashlib
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent.errors import InventoryError
from agent.inventory._ansible_files import (
    Encrypted,
    Tree,
    Variables,
    is_yaml_inventory,
    read_inventory,
    read_variables,
)
from agent.inventory._platforms import platform_of
from agent.inventory._source import Asked, Source
from agent.inventory.listed import address_of, port_of, settle
from agent.model import ListedHost, ListedUnit, Listing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_IGNORED = (".pyc", ".pyo", ".swp", ".bak", "~", ".rpm", ".md", ".txt", ".rst", ".orig", ".retry")
"""What Ansible passes over in a folder (INVENTORY_IGNORE_EXTS), ``.cfg`` beside them."""
_VARIABLES = ("group_vars", "host_vars")
_INVENTORIES = (".ini", ".yml", ".yaml", ".json", "")
_FACTS = (
    *("owner", "exposed", "spare", "refresh", "replacement"),
    *("credentials", "jump", "transport", "snmp", "aaa_group"),
)
_ADDRESS = ("ansible_host", "ansible_ssh_host")
_PORT = ("ansible_port", "ansible_ssh_port")
_PLATFORM = ("netcover_platform", "ansible_network_os", "platform")
_PID = ("pid", "model", "device_type")
_SERIAL = ("serials", "serial", "serial_number")


def read(asked: Asked) -> Listing:
    """Every host of the inventory.

    :raises InventoryError: a file is a program, encrypted, or malformed; naming it and the line.
    """
    path = asked.path or Path()
    files = _files(path)
    if not files:
        raise InventoryError(f"{path}: holds no inventory file")
    tree, digest = Tree(), hashlib.sha256()
    for file in files:
        read_inventory(file, tree)
        digest.update(file.read_bytes())
    folder = path if path.is_dir() else path.parent
    variables = _Variables(tree, folder)
    notes: list[str] = []
    hosts = [_listed(name, variables.of(name), tree, asked, notes) for name in sorted(tree.hosts)]
    for file in variables.read:
        digest.update(file.read_bytes())
    notes += [
        f"{file.relative_to(folder)}: encrypted by Ansible Vault, not opened"
        for file in variables.encrypted
    ]
    if not hosts:
        raise InventoryError(f"{path}: no host; add at least one")
    return Listing(
        source="ansible",
        origin=path.name,
        taken=asked.taken,
        sha256=digest.hexdigest(),
        hosts=settle(hosts, asked),
        filters=asked.words,
        notes=tuple(sorted(notes)),
    )


def _files(path: Path) -> list[Path]:
    """The inventory files at `path`, in the order in which Ansible reads them."""
    if not path.is_dir():
        return [path]
    return [
        file
        for file in sorted(path.iterdir())
        if file.is_file()
        and not file.name.startswith(".")
        and not file.name.endswith((*_IGNORED, ".cfg"))
    ]


class _Variables:
    """The variables of hosts, from all places in Ansible's order, read as they are needed.

    :ivar read: the files that were, `encrypted` those that Ansible Vault locked.
    """

    def __init__(self, tree: Tree, folder: Path) -> None:
        self.read: list[Path] = []
        self.encrypted: list[Path] = []
        self._tree = tree
        self._files = {
            (kind, name): values
            for kind in _VARIABLES
            for name, values in self._folder(folder / kind)
        }
        self._parents: dict[str, list[str]] = {}
        for name, group in tree.groups.items():
            for child in group.children:
                self._parents.setdefault(child, []).append(name)
        self._members: dict[str, list[str]] = {}
        for name, group in tree.groups.items():
            for host in group.hosts:
                self._members.setdefault(host, []).append(name)
        self._depths = _depths(tree)

    def _folder(self, folder: Path) -> Iterator[tuple[str, Variables]]:
        """Variables by group or host: of a file of that name, or of all files in such a folder."""
        for entry in sorted(folder.iterdir()) if folder.is_dir() else ():
            if entry.name.startswith(".") or entry.name.endswith(_IGNORED):
                continue
            if entry.is_dir():
                files = sorted(file for file in entry.rglob("*") if file.is_file())
                yield entry.name, self._merged(files)
            elif entry.suffix.lower() in {".yml", ".yaml", ".json", ""}:
                yield entry.name.removesuffix(entry.suffix), self._merged([entry])

    def _merged(self, files: Iterable[Path]) -> Variables:
        merged: Variables = {}
        for file in files:
            if file.name.startswith(".") or file.name.endswith(_IGNORED):
                continue
            found = read_variables(file)
            if found is None:
                self.encrypted.append(file)
            else:
                self.read.append(file)
                merged |= found
        return merged

    def groups(self, host: str) -> list[str]:
        """The groups of a host and theirs, from the outermost to the nearest."""
        found: set[str] = set()
        todo = list(self._members.get(host, ()))
        while todo:
            name = todo.pop()
            if name not in found:
                found.add(name)
                todo += self._parents.get(name, ())
        return sorted(found - {"all", "ungrouped"}, key=lambda name: (self._depths[name], name))

    def of(self, host: str) -> Variables:
        """All variables of a host; what is nearer to it stands before what is farther."""
        order = ["all", *self.groups(host)]
        found: Variables = {}
        for name in order:
            if name in self._tree.groups:
                found |= self._tree.groups[name].variables
        for name in order:
            found |= self._files.get(("group_vars", name), {})
        found |= self._tree.hosts[host]
        found |= self._files.get(("host_vars", host), {})
        return found | {"groups": self.groups(host)}


def _depths(tree: Tree) -> dict[str, int]:
    """How far each group is from an outermost one; groups in a loop are as far as its beginning."""
    depths = dict.fromkeys(tree.groups, 0)
    parents = dict.fromkeys(tree.groups, 0)
    for group in tree.groups.values():
        for child in group.children:
            parents[child] += 1
    ready = [name for name, number in parents.items() if number == 0]
    for name in ready:
        for child in tree.groups[name].children:
            depths[child] = max(depths[child], depths[name] + 1)
            parents[child] -= 1
            if parents[child] == 0:
                ready.append(child)
    return depths


def _listed(
    name: str, variables: Variables, tree: Tree, asked: Asked, notes: list[str]
) -> ListedHost:
    problem, known = None, {}
    for keys in (_ADDRESS, _PORT, _PLATFORM, _PID):
        known[keys], refused = _text(variables, keys)
        problem = problem or refused
    said = known[_ADDRESS] or name
    address, port = address_of(said), None
    if address is None and not problem:
        problem = f"{said!r} is no address; set ansible_host"
    try:
        port = port_of(known[_PORT])
    except ValueError as error:
        problem = problem or f"ansible_port: {error}"
    ours, unknown = platform_of(known[_PLATFORM], known[_PID], asked.settings.platforms)
    facts = {key: _fact(name, key, variables, notes) for key in _FACTS if key in variables}
    texts = {key: _text(variables, (key,))[0] for key in ("site", "role", "tenant", "status")}
    status = (texts["status"] or "active").lower()
    serials = _list(next((variables[key] for key in _SERIAL if key in variables), None))
    return ListedHost(
        name=name,
        address=address,
        platform=ours,
        place=tree.places[name],
        port=port,
        site=texts["site"],
        role=texts["role"],
        tenant=texts["tenant"],
        tags=tuple(sorted(set(_list(variables.get("tags"))))),
        groups=tuple(variables["groups"]),
        status=status,
        units=tuple(ListedUnit(serial, known[_PID], status=status) for serial in serials),
        data=tuple((key, value) for key, value in facts.items() if value is not None),
        problem=problem or unknown,
    )


def _text(variables: Variables, keys: tuple[str, ...]) -> tuple[str | None, str | None]:
    """The first of `keys` that is set, or why it cannot be used."""
    for key in keys:
        value = variables.get(key)
        if isinstance(value, Encrypted):
            return None, (
                f"{key} is encrypted by Ansible Vault, which netcover never opens; state it in the"
                " clear"
            )
        if isinstance(value, str) and "{{" in value:
            return None, f"{key} is a template, which netcover does not evaluate; state the value"
        if isinstance(value, (str, int, float)) and str(value).strip():
            return str(value).strip(), None
    return None, None


def _fact(
    host: str, key: str, variables: Variables, notes: list[str]
) -> str | int | float | bool | date | None:
    value: Any = variables[key]
    if isinstance(value, Encrypted) or (isinstance(value, str) and "{{" in value):
        kind = "encrypted" if isinstance(value, Encrypted) else "a template"
        notes.append(f"{host}: {key} is {kind}, not taken")
        return None
    flags = {"yes": True, "true": True, "no": False, "false": False}
    if isinstance(value, str) and key in {"exposed", "spare", "snmp"}:
        return flags.get(value.strip().lower(), value)
    return value if isinstance(value, (str, int, float, bool, date)) else None


def _list(value: object) -> list[str]:
    """Names in a list, or in a text with commas; the list of an INI file is such a text."""
    if isinstance(value, str):
        return [word for word in re.split(r"[\[\],;'\"\s]+", value) if word]
    if isinstance(value, list):
        return [str(item) for item in value if isinstance(item, (str, int))]
    return []


def recognises(path: Path) -> bool:
    """Whether a path is an Ansible inventory: a file of one, or a folder that holds such files."""
    if path.is_file():
        return path.suffix.lower() in _INVENTORIES
    if (path / "hosts.yaml").is_file():
        return is_yaml_inventory(path / "hosts.yaml")
    if not path.is_dir():
        return False
    if any((path / name).is_dir() for name in _VARIABLES):
        return True
    return any(
        file.suffix.lower() == ".ini" or file.name in {"hosts", "inventory", "hosts.yml"}
        for file in _files(path)
    )


SOURCE = Source("Ansible inventory", read, recognises)
