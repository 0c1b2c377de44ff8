"""The hosts that a command is about: from the inventory pointed at, or the settings' own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli._app import say, settings
from agent.wording import count

if TYPE_CHECKING:
    from collections.abc import Callable

    from nornir.core import Nornir
    from nornir.core.inventory import Host
    from stamina.instrumentation import RetryDetails

    from agent.model import HostResult, Listing
    from agent.reconcile.truth import Comparison
    from agent.settings import InventorySettings, Settings

Inventory = Annotated[
    str | None,
    typer.Option(
        "-i",
        "--inventory",
        metavar="PATH|SOURCE",
        help="A folder, a table, Ansible's inventory, netbox, nautobot.",
    ),
]
"""The option that points at an inventory."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """Hosts to be swept, results of those that cannot be, and what the source listed, if asked."""

    nornir: Nornir
    unusable: tuple[HostResult, ...] = ()
    listing: Listing | None = None


def settings_of(config: Path | None, pointed: str | None) -> Settings:
    """The settings: the file given, else ./netcover.toml, else that of the inventory folder."""
    return settings(config, Path(pointed or "inventory"))


def load(pointed: str | None, chosen: InventorySettings, filters: tuple[str, ...]) -> Loaded:
    """Read the inventory and keep the hosts that meet every filter.

    :raises UsageError: it cannot be read, or no host meets them.
    """
    from agent.inventory.chosen import SIMPLE, USUAL, choose
    from agent.inventory.listed import UNUSABLE, inventory_of
    from agent.inventory.simple import load_inventory, nornir_of, select, within

    found = choose(pointed, chosen)
    if found.name == SIMPLE:
        nornir = within(load_inventory(found.path or USUAL), chosen.filters)
        return Loaded(select(nornir, filters))
    listed = listing_of(pointed, chosen, filters)
    nornir = select(nornir_of(inventory_of(listed, chosen.statuses)), filters)
    unusable = tuple(
        _result(host, f"{listed.source}: {host[UNUSABLE]}")
        for host in nornir.inventory.hosts.values()
        if UNUSABLE in host.data
    )
    usable = nornir.filter(filter_func=lambda host: UNUSABLE not in host.data)
    return Loaded(usable, unusable, listed)


def listing_of(
    pointed: str | None, chosen: InventorySettings, filters: tuple[str, ...] = ()
) -> Listing:
    """What the inventory lists, of any status; what is not taken of it is said.

    :raises UsageError: it cannot be read.
    """
    from stamina.instrumentation import set_on_retry_hooks

    from agent.inventory.chosen import choose, listing

    set_on_retry_hooks([_waits])
    listed = listing(choose(pointed, chosen), chosen, datetime.now(UTC), filters)
    for note in listed.notes:
        say(f"not taken  {listed.origin}: {note}")
    others = sum(host.status not in chosen.statuses for host in listed.hosts)
    say(
        f"{listed.source} {listed.origin} lists {count(len(listed.hosts), 'host')}, {others} of"
        f" them not {' or '.join(chosen.statuses)}"
    )
    return listed


def _waits(details: RetryDetails) -> None:
    say(f"waits {details.wait_for:.1f} s  {details.caused_by}")


def _result(host: Host, reason: str) -> HostResult:
    from agent.inventory.simple import site_of
    from agent.model import HostResult, HostVisit, Unreached

    visit = HostVisit(host.name, site_of(host), host.platform or "unknown", reached=False)
    return HostResult(visit, unreached=Unreached(host.name, "inventory", reason))


def tell_comparison(comparison: Comparison, tell: Callable[[str], None]) -> None:
    """Tell what was seen and is not listed as it is, then what is listed and was not seen."""
    for unit in comparison.unlisted:
        what = " ".join(word for word in (unit.host, unit.serial, unit.pid) if word)
        tell(f"not listed  {what}: {unit.answer.reason}")
    for unseen in comparison.unseen:
        said = unseen.said
        serial = f" {said.unit.serial}" if said.unit else ""
        tell(f"not seen    {said.host.name}{serial}: {said.listing.source}: {unseen.reason}")
