"""Ansible's files as they stand: inventories in INI and YAML, variables; nothing is run or opened.

Values that Ansible Vault encrypted and templates stay what they are: marked, never opened.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from string import ascii_lowercase
from typing import TYPE_CHECKING, Any, TypeAlias

import yaml

from agent.errors import InventoryError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Variables: TypeAlias = dict[str, Any]

_SECTION = re.compile(r"\[([^\]:]+)(?::(children|vars|hosts))?\]\s*(?:[#;].*)?")
_RANGE = re.compile(r"\[([^:\[\]]+):([^:\[\]]+)(?::(\d+))?\]")
_PASSED_OVER = re.compile(r"\s*(#.*)?$|---")
_GROUP = re.compile(r"[^\s:]+:\s*(#.*)?\n\s+(hosts|children|vars)\s*:")
_START = 1 << 16
_MOST_HOSTS = 65_536
_ENCRYPTED = b"$ANSIBLE_VAULT"
_GROUP_KEYS = {"hosts", "children", "vars"}
_REMEDY = "write what it lists into a file: ansible-inventory -i {} --list --yaml > hosts.yml"


class Encrypted:
    """A value that Ansible Vault encrypted. Its text is not kept."""

    def __repr__(self) -> str:
        return "(encrypted by Ansible Vault)"


@dataclass(slots=True)
class Entry:
    """A group: its own variables, its hosts, its children."""

    variables: Variables = field(default_factory=dict)
    hosts: dict[str, None] = field(default_factory=dict)
    children: dict[str, None] = field(default_factory=dict)


@dataclass(slots=True)
class Tree:
    """Everything that inventory files state, by name; `places` say where a host stands first."""

    groups: dict[str, Entry] = field(default_factory=dict)
    hosts: dict[str, Variables] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)

    def group(self, name: str) -> Entry:
        """The group `name`, made where it is new."""
        return self.groups.setdefault(name, Entry())

    def add(self, group: str, host: str, variables: Variables, place: str) -> None:
        """A host in a group, with variables of its own."""
        self.group(group).hosts[host] = None
        self.hosts.setdefault(host, {}).update(variables)
        self.places.setdefault(host, place)


# ------------------------------------------------------------------------- files


def content(path: Path) -> bytes | None:
    """What a file holds; None where Ansible Vault encrypted all of it.

    :raises InventoryError: it cannot be read, or is a program.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InventoryError(f"{path}: cannot be read: {error.strerror or error}") from None
    if data.startswith((b"#!", b"\x7fELF", b"MZ")):
        raise InventoryError(
            f"{path}: is a program, which netcover never runs; {_REMEDY.format(path.name)}"
        )
    return None if data.startswith(_ENCRYPTED) else data


def is_yaml_inventory(path: Path) -> bool:
    """Whether a YAML file begins as an inventory of Ansible's: a group, then what a group holds."""
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            start = file.read(_START)
    except OSError:
        return False
    lines = [line for line in start.splitlines() if not _PASSED_OVER.match(line)]
    return bool(_GROUP.match("\n".join(lines[:2])))


def read_inventory(path: Path, tree: Tree) -> None:
    """Add what one inventory file states.

    :raises InventoryError: it is a program, encrypted, a plugin's configuration, or malformed.
    """
    data = content(path)
    if data is None:
        raise InventoryError(
            f"{path}: is encrypted by Ansible Vault, which netcover never opens; keep hosts in a"
            " file in the clear, and secrets apart"
        )
    if path.suffix.lower() in {".yml", ".yaml", ".json"}:
        _read_yaml(path, _parsed(path, data), tree)
    else:
        _read_ini(path, _decoded(path, data), tree)


def read_variables(path: Path) -> Variables | None:
    """The variables in a file; None where it is encrypted as a whole.

    :raises InventoryError: it is no mapping, or cannot be read.
    """
    data = content(path)
    if data is None:
        return None
    found = _parsed(path, data)
    if not isinstance(found, dict):
        raise InventoryError(f"{path}: must be a mapping of variables")
    return {str(key): value for key, value in found.items()}


def _decoded(path: Path, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InventoryError(f"{path}: is no text in UTF-8; save it so") from None


# -------------------------------------------------------------------------- YAML


class _Loader(yaml.SafeLoader):
    """Ansible's YAML: two tags of its own, and no key twice."""

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Called for every mapping, before it is made."""
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen and key.tag != "tag:yaml.org,2002:merge":
                raise yaml.constructor.ConstructorError(
                    problem=f"duplicate key {key.value!r}", problem_mark=key.start_mark
                )
            if isinstance(key.value, str):
                seen.add(key.value)
        super().flatten_mapping(node)


def _unsafe(loader: _Loader, node: yaml.ScalarNode) -> object:
    return loader.construct_scalar(node)


_Loader.add_constructor("!vault", lambda _loader, _node: Encrypted())
_Loader.add_constructor("!unsafe", _unsafe)


def _parsed(path: Path, data: bytes) -> Any:  # noqa: ANN401 - what a user wrote
    try:
        found = yaml.load(_decoded(path, data), Loader=_Loader)  # noqa: S506 - derived from the safe one
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"line {mark.line + 1}: " if mark else ""
        raise InventoryError(f"{path}: {where}{error.problem or 'malformed YAML'}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise InventoryError(
            f"{path}: not readable as YAML: {str(error).splitlines()[0]}"
        ) from None
    return {} if found is None else found


def _read_yaml(path: Path, found: object, tree: Tree) -> None:
    if isinstance(found, dict) and isinstance(found.get("plugin"), str):
        raise InventoryError(
            f"{path}: is the configuration of the plugin {found['plugin']}, which netcover does not"
            f" run; {_REMEDY.format(path.name)}, or ask NetBox and Nautobot with -i netbox"
        )
    if not isinstance(found, dict):
        raise InventoryError(f"{path}: must be a mapping of groups")
    waiting = [(str(name), body) for name, body in found.items()]
    seen: set[tuple[str, int]] = set()
    while waiting:
        name, body = waiting.pop(0)
        if (name, id(body)) in seen:  # an alias that leads back
            continue
        seen.add((name, id(body)))
        waiting += _group(path, name, body, tree)


def _group(path: Path, name: str, body: object, tree: Tree) -> Iterator[tuple[str, object]]:
    """Take one group; its children are still to be taken."""
    group, where = tree.group(name), f"{path}: group {name}"
    if body is None:
        return
    if not isinstance(body, dict) or not body.keys() <= _GROUP_KEYS:
        raise InventoryError(f"{where}: must hold hosts, children and vars, nothing else")
    group.variables |= _mapping(f"{where}: vars", body.get("vars"))
    for pattern, variables in _mapping(f"{where}: hosts", body.get("hosts")).items():
        for host in expanded(where, pattern):
            own = _mapping(f"{where}: {host}", variables)
            tree.add(name, host, own, f"{path.name} {host}")
    for child, content_of in _mapping(f"{where}: children", body.get("children")).items():
        group.children[child] = None
        yield child, content_of


def _mapping(where: str, found: object) -> Variables:
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise InventoryError(f"{where}: must be a mapping")
    return {str(key): value for key, value in found.items()}


# --------------------------------------------------------------------------- INI


def _read_ini(path: Path, text: str, tree: Tree) -> None:
    group, part = "ungrouped", "hosts"
    for number, raw in enumerate(text.splitlines(), start=1):
        line, where = raw.strip(), f"{path}: line {number}"
        if not line or line.startswith(("#", ";")):
            continue
        section = _SECTION.fullmatch(line)
        if section is None and line.startswith("[") and not _RANGE.match(line):
            raise InventoryError(f"{where}: no heading; write [group], or [group:vars]")
        if section:
            group, part = section[1].strip(), section[2] or "hosts"
            tree.group(group)
        elif part == "vars":
            key, equals, value = line.partition("=")
            if not equals:
                raise InventoryError(f"{where}: no variable; write key=value")
            tree.group(group).variables[key.strip()] = _unquoted(value)
        elif part == "children":
            child = line.split("#", 1)[0].strip()
            tree.group(group).children[child] = None
            tree.group(child)
        else:
            _host_line(where, line, group, tree)


def _host_line(where: str, line: str, group: str, tree: Tree) -> None:
    try:
        pattern, *words = shlex.split(line, comments=True)
    except ValueError as error:
        raise InventoryError(f"{where}: {error}") from None
    variables: Variables = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals:
            raise InventoryError(f"{where}: {word!r} is no variable; write key=value")
        variables[key] = value
    name, colon, port = pattern.rpartition(":")
    if colon and port.isdigit() and "[" not in port and ":" not in name.rpartition("]")[2]:
        pattern, variables = name, {"ansible_port": port, **variables}
    place = " ".join(where.rsplit("/", 1)[-1].split())
    for host in expanded(where, pattern):
        tree.add(group, host, variables, place)


def _unquoted(value: str) -> str:
    text = value.strip()
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "'\""
    return text[1:-1] if quoted else text


def expanded(where: str, pattern: str) -> list[str]:
    """The hosts that a pattern such as ``sw[01:20]`` names.

    :raises InventoryError: its range is none, or too long.
    """
    names = [pattern]
    while any(_RANGE.search(name) for name in names):
        made: list[str] = []
        for name in names:
            made += _first_range(where, name)
            if len(made) > _MOST_HOSTS:
                raise InventoryError(f"{where}: {pattern} names more than {_MOST_HOSTS} hosts")
        names = made
    return names


def _first_range(where: str, name: str) -> list[str]:
    found = _RANGE.search(name)
    if found is None:
        return [name]
    start, end, step = found[1], found[2], int(found[3] or 1)
    values: list[str] = []
    if start.isdecimal() and end.isdecimal() and step and int(start) <= int(end):
        if (int(end) - int(start)) // step >= _MOST_HOSTS:
            raise InventoryError(f"{where}: {name} names more than {_MOST_HOSTS} hosts")
        width = len(start) if start.startswith("0") else 0
        values = [str(n).zfill(width) for n in range(int(start), int(end) + 1, step)]
    elif start in ascii_lowercase and end in ascii_lowercase and step and start <= end:
        letters = ascii_lowercase[ascii_lowercase.index(start) : ascii_lowercase.index(end) + 1]
        values = list(letters[::step])
    if not values:
        raise InventoryError(f"{where}: {found[0]} is no range; write it as [01:20] or [a:f]")
    return [f"{name[: found.start()]}{value}{name[found.end() :]}" for value in values]
