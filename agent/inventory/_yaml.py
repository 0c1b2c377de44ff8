"""Changing a YAML file of the inventory so that what a person wrote stays as it was written.

New entries are put below; only where a value is missing inside an entry is the file written anew,
with its comments, order and quotes. The result is read again before it is handed out.
"""

from __future__ import annotations

import copy
import io
import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from agent.errors import InventoryError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_INDENTS = ((2, 2, 0), (2, 4, 2), (4, 4, 0), (4, 4, 2), (4, 6, 4))
"""How files are indented: mappings, sequences, and the hyphen within. The first is our own."""
_WIDTH = 4096
_ENTRY = re.compile(r"^[^\s#].*", re.MULTILINE)
_SAMPLE = 50
"""Entries by which the way of indenting is told."""
_START = "---\n"
_BEFORE = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*---[ \t]*(?:#[^\n]*)?\n")


@dataclass(frozen=True, slots=True)
class Text:
    """A file as it stands, and the mapping that it holds; both empty where there is none."""

    path: Path
    text: str
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Changes:
    """New entries, and values that are missing in entries that are there; by name."""

    added: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    filled: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


def text_of(path: Path) -> Text:
    """A file of the inventory.

    :raises InventoryError: it is there and no mapping in YAML.
    """
    if not path.exists():
        return Text(path, "", {})
    try:
        # Line ends as they are, so that they can be written so again.
        text = path.read_bytes().decode("utf-8")
        content = YAML(typ="safe").load(text)
    except (YAMLError, UnicodeDecodeError, OSError) as error:
        raise InventoryError(
            f"{path}: not readable as YAML: {str(error).splitlines()[0]}"
        ) from None
    if content is not None and not isinstance(content, dict):
        raise InventoryError(f"{path}: must be a mapping of names, not {type(content).__name__}")
    return Text(path, text, {str(key): value for key, value in (content or {}).items()})


def changed(before: Text, changes: Changes) -> str:
    """The file with the changes.

    :raises InventoryError: it cannot be changed without loss.
    """
    if not changes.added and not changes.filled:
        return before.text
    wanted = copy.deepcopy(dict(before.content)) | copy.deepcopy(dict(changes.added))
    for name, values in changes.filled.items():
        wanted[name] = _filled(wanted[name] or {}, values)
    ways: tuple[Callable[[Text, Changes], str | None], ...] = () if changes.filled else (_below,)
    for way in (*ways, _anew):
        after: str | None = way(before, changes)
        if after is not None and _read(after) == wanted:
            return after
    raise InventoryError(
        f"{before.path}: cannot be changed without loss (anchors, or several documents); write it"
        " plainly, or choose another folder"
    )


def _filled(entry: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(entry)
    for key, value in values.items():
        if key == "data":
            result[key] = {**(result.get(key) or {}), **value}
        else:
            result[key] = value
    return result


def _below(before: Text, changes: Changes) -> str:
    """New entries below the text, which is not touched."""
    text = before.text or _START
    end = "\r\n" if "\r\n" in text else "\n"
    more = _plainly(changes.added).replace("\n", end)
    return f"{text}{'' if text.endswith(end) else end}{more}"


def _plainly(entries: Mapping[str, Any]) -> str:
    """Entries without comments, by the fast writer."""
    stream = io.StringIO()
    yaml: Any = YAML(typ="safe")  # its attributes are typed by their first values
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False
    yaml.width = _WIDTH
    yaml.allow_unicode = True
    yaml.dump(dict(entries), stream)
    return stream.getvalue()


def _anew(before: Text, changes: Changes) -> str | None:
    """The whole file, written in the way of indenting that changes fewest of its lines."""
    text = before.text.replace("\r\n", "\n")
    # The library loses what stands before the marker at which a document starts.
    start = found[0] if (found := _BEFORE.match(text)) else ""
    plain = text[len(start) :]
    try:
        indent = _indent_of(plain)
        content = _rich(plain)
    except YAMLError:
        return None
    for name, values in changes.filled.items():
        key = next(key for key in content if str(key) == name)
        if content[key] is None:
            content[key] = {}
        for field_name, value in values.items():
            if field_name == "data" and content[key].get("data"):
                content[key]["data"].update(value)
            else:
                content[key][field_name] = value
    content.update(changes.added)
    after = start + _dumped(content, indent)
    return after.replace("\n", "\r\n") if "\r\n" in before.text else after


def _rich(text: str) -> Any:  # noqa: ANN401 - ruamel.yaml's own mappings
    return _yaml(_INDENTS[0]).load(text)


def _dumped(content: object, indent: tuple[int, int, int]) -> str:
    stream = io.StringIO()
    _yaml(indent).dump(content, stream)
    return stream.getvalue()


def _yaml(indent: tuple[int, int, int]) -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = _WIDTH
    mapping, sequence, offset = indent
    yaml.indent(mapping=mapping, sequence=sequence, offset=offset)
    return yaml


def _indent_of(text: str) -> tuple[int, int, int]:
    """The way of indenting under which fewest lines of the first entries would change."""
    entries = [place.start() for place in islice(_ENTRY.finditer(text), _SAMPLE + 1)]
    sample = text[: entries[_SAMPLE]] if len(entries) > _SAMPLE else text
    content = _rich(sample)
    lines = Counter(sample.splitlines())
    return min(
        _INDENTS, key=lambda way: (lines - Counter(_dumped(content, way).splitlines())).total()
    )


def _read(text: str) -> dict[str, Any] | None:
    try:
        content = YAML(typ="safe").load(text)
    except YAMLError:
        return None
    return {str(key): value for key, value in content.items()}
