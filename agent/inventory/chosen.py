"""Which source of truth a command reads: what ``-i`` points at, else what the settings name."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import agent.inventory
from agent import plugins
from agent.errors import InventoryError, SettingsError
from agent.inventory._platforms import check_own
from agent.inventory._source import FILTERS, Asked, Source, pairs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from agent.model import Listing
    from agent.settings import InventorySettings

USUAL = Path("inventory")
SIMPLE = "simple"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A source by its name, and the file or folder it reads; None where it is asked over HTTPS."""

    name: str
    path: Path | None


def sources() -> Mapping[str, Source]:
    """Every source of truth by the name of its file."""
    package = sys.modules[agent.inventory.__name__]
    return {
        module.__name__.rpartition(".")[2]: module.SOURCE
        for module in plugins.modules(package)
        if hasattr(module, "SOURCE")
    }


def choose(pointed: str | None, settings: InventorySettings) -> Chosen:
    """What `pointed` (a path, or a source's name) means, else what the settings say.

    :raises UsageError: there is no such source, or it lacks its path or address.
    """
    if pointed is not None and Path(pointed).exists():
        return Chosen(_by_content(Path(pointed)), Path(pointed))
    if pointed is not None and pointed not in sources():
        # A folder that is not there: the reader of hosts.yaml says so.
        return Chosen(SIMPLE, Path(pointed))
    name, path = pointed or settings.source, settings.path
    if name is None:
        path = path or USUAL
        return Chosen(_by_content(path), path)
    if name not in sources():
        raise SettingsError(
            f"inventory.source: {name!r} is not known; known: {', '.join(sources())}"
        )
    if sources()[name].recognises is None:
        if settings.url is None:
            raise SettingsError(
                f"{name}: no address; set inventory.url in netcover.toml to that of its web pages,"
                " such as https://netbox.example.net"
            )
        return Chosen(name, None)
    return Chosen(name, path or USUAL)


def _by_content(path: Path) -> str:
    found = [
        name for name, source in sources().items() if source.recognises and source.recognises(path)
    ]
    if found or path.is_dir() or not path.exists():
        return found[0] if found else SIMPLE
    raise InventoryError(
        f"{path}: is no inventory that is known; give a folder with hosts.yaml, a table (CSV,"
        " XLSX), or an Ansible inventory"
    )


def listing(
    chosen: Chosen,
    settings: InventorySettings,
    taken: datetime,
    filters: Iterable[str] = (),
) -> Listing:
    """What the source lists. `filters` are texts ``KEY=VALUE``; those of a source are met here.

    :raises UsageError: a filter is malformed, a setting is wrong, or the source cannot be read.
    """
    check_own(settings.platforms)
    asked = Asked(settings, taken, chosen.path, tuple(_asked(filters)))
    return sources()[chosen.name].read(asked)


def _asked(filters: Iterable[str]) -> Iterable[tuple[str, str]]:
    """The filters that a source can meet; the others are met among what it lists."""
    for key, value in pairs(filters):
        key_of_source = "tag" if key == "tags" else key
        if key_of_source in FILTERS:
            yield key_of_source, value
