"""``netcover import inventory``: what a source of truth lists, to compare sweeps with."""

from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli._app import ConfigFile, SweepChoice, chosen_sweep, say, store, tell
from agent.cli._inventory import listing_of, settings_of, tell_comparison
from agent.cli.imports import imports
from agent.errors import StoreError
from agent.wording import count

if TYPE_CHECKING:
    from agent.model import Listing, Sweep


@imports.command("inventory")
def inventory(
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="[PATH|SOURCE]",
            help="A folder, a table, Ansible's inventory, netbox or nautobot.",
            show_default=False,
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the comparison; keep nothing.")
    ] = False,
    sweep: SweepChoice = None,
    config: ConfigFile = None,
) -> None:
    """Keep what a source of truth lists, and compare it with a sweep.

    What was seen and is not listed, and what is listed and was not seen, is printed, and counts in
    every assessment from now on. What the same source said before is replaced.
    """
    chosen = settings_of(config, source)
    listed = listing_of(source, chosen.inventory)
    with store(chosen) as opened:
        if not dry_run:
            opened.save_listing(listed)
        try:
            swept = chosen_sweep(opened, sweep)
        except StoreError as error:
            if sweep is not None:
                raise
            say(f"not compared: {error}")
            return
    _told(listed, swept)


def _told(listed: "Listing", swept: "Sweep") -> None:
    from agent.reconcile.truth import compare, truth

    known = truth([listed])
    if known is None:
        return
    comparison = compare(known, swept)
    tell_comparison(comparison, tell)
    say(
        f"sweep {swept.id}: {count(comparison.compared, 'unit')} compared,"
        f" {len(comparison.unlisted)} not listed as they are,"
        f" {len(comparison.unseen)} listed and not seen"
    )
