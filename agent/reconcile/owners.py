"""Who answers for a unit's dates: its host, else its site, else whoever answers for the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent.model import HostFacts
    from agent.settings import Site

EVERYWHERE = "*"


def owner_of(
    host: str | None,
    site: str | None,
    hosts: Mapping[str, HostFacts],
    owners: Mapping[str, str],
    sites: Mapping[str, Site],
) -> str | None:
    """The owner the inventory names for the host, else the settings for the site; None: nobody."""
    facts = hosts.get(host or "")
    if facts is not None and facts.owner:
        return facts.owner
    declared = sites.get(site or "")
    if declared is not None and declared.owner:
        return declared.owner
    return owners.get(site or "") or owners.get(EVERYWHERE)
