"""What a source of truth calls a platform, and which of ours that is: by data, no guess."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from agent.errors import SettingsError
from agent.platforms import platforms

if TYPE_CHECKING:
    from collections.abc import Mapping

NOT_READ = "none"
"""What a site's own setting says of a platform that is not to be read."""


def platform_of(
    said: str | None, pid: str | None, own: Mapping[str, str]
) -> tuple[str | None, str | None]:
    """Our platform for what the source says, or None and the problem in words.

    `pid` is the host's product id, `own` the site's setting ``[inventory.platforms]``.
    """
    if not said:
        return None, "the source states no platform; add it there, or filter such hosts out"
    name = _plain(said)
    mine = {_plain(key): value for key, value in own.items()}
    if name in mine:
        return (None, None) if mine[name] == NOT_READ else (mine[name], None)
    if ours := _names().get(name):
        return ours, None
    open_names, products, otherwise = _by_product()
    if name not in open_names:
        return None, (
            f"platform {said!r} is not known; say which of ours it is under [inventory.platforms]"
            f" in netcover.toml, or {NOT_READ!r}"
        )
    if not pid:
        return None, (
            f"platform {said!r} leaves open which of ours it is, and no product id settles it;"
            " add the device type there, or say it under [inventory.platforms] in netcover.toml"
        )
    begins = (ours for start, ours in products.items() if pid.upper().startswith(start))
    return next(begins, otherwise), None


def check_own(own: Mapping[str, str]) -> None:
    """Make sure that a site's setting names platforms that are there.

    :raises SettingsError: naming the key.
    """
    for key, value in sorted(own.items()):
        if value != NOT_READ and value not in platforms():
            raise SettingsError(
                f"inventory.platforms: {key}: {value!r} is not known; known: {NOT_READ},"
                f" {', '.join(platforms())}"
            )


def _plain(name: str) -> str:
    return "-".join(name.strip().lower().replace("_", " ").split())


@cache
def _table() -> Any:  # noqa: ANN401 - a data file of ours
    return yaml.safe_load(Path(__file__).with_name("platforms.yaml").read_text(encoding="utf-8"))


@cache
def _names() -> dict[str, str]:
    """Every name that settles the platform by itself."""
    found = {_plain(ours): ours for ours in platforms()}
    for name in _table()["by_product"]["names"]:
        found.pop(_plain(name), None)
    return found | {
        _plain(name): ours for ours, names in _table()["names"].items() for name in names
    }


@cache
def _by_product() -> tuple[frozenset[str], dict[str, str], str]:
    table = _table()["by_product"]
    return frozenset(map(_plain, table["names"])), table["products"], table["otherwise"]
