"""``netcover import decisions`` and ``waivers``: what people decided and accepted, kept."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from agent.cli._app import ConfigFile, columns, say, settings, store, tell
from agent.cli.imports import imports
from agent.wording import count

if TYPE_CHECKING:
    from agent.model import Decision, Waiver
    from agent.store import Store

File = Annotated[Path, typer.Argument(metavar="FILE", help="The TOML file to read.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show what would be new or changed; keep nothing.")
]


@imports.command("decisions")
def decisions(file: File, dry_run: DryRun = False, config: ConfigFile = None) -> None:
    """Keep decisions on drops, spares, refreshes and swaps, with their history.

    Each about a single unit rests on what is known of it now: where that changes, the plan asks
    again. One that is in the store already, as it is, keeps what it rested on.
    """
    from agent.pipeline import units
    from agent.plan.decisions import same, with_facts
    from agent.sources.decisions import read_decisions

    given = read_decisions(file)
    with store(settings(config)) as keeper:
        kept = {one.id: one for one in keeper.decisions()}
        assets = units(keeper, keeper.sweep()) if any(s.ended for s in keeper.sweeps()) else ()
        if not assets:
            say("note      no sweep is in the store: the decisions rest on nothing that can change")
        found = with_facts(given, kept.values(), assets)
        changes = [
            (
                one.id,
                _change(one.id in kept, one.id in kept and same(one, kept[one.id])),
                one.kind,
                one.serial or one.contract or one.host or one.pid or "",
                one.approver,
                _day(one.decided),
                one.facts or "",
            )
            for one in found
        ]
        heading = ("id", "", "kind", "about", "approver", "decided", "facts")
        tell(columns([heading, *changes]))
        _keep(keeper, "decisions", found, [change[1] for change in changes], dry_run)


@imports.command("waivers")
def waivers(file: File, dry_run: DryRun = False, config: ConfigFile = None) -> None:
    """Keep accepted risks, with their history."""
    from agent.sources.waivers import read_waivers

    given = read_waivers(file)
    with store(settings(config)) as keeper:
        kept = {one.approval: one for one in keeper.waivers()}
        changes = [
            (
                one.approval,
                _change(
                    one.approval in kept,
                    one.approval in kept
                    and replace(one, evidence=kept[one.approval].evidence) == kept[one.approval],
                ),
                ", ".join(one.rules),
                one.approver,
                _day(one.expires),
            )
            for one in given
        ]
        tell(columns([("approval", "", "rules", "approver", "expires"), *changes]))
        _keep(keeper, "waivers", given, [change[1] for change in changes], dry_run)


def _change(known: bool, same: bool) -> str:  # noqa: FBT001 - two facts about one entry
    return "as before" if same else "changed" if known else "new"


def _day(day: date | None) -> str:
    return day.isoformat() if day else "-"


def _keep(
    keeper: "Store",
    kind: Literal["decisions", "waivers"],
    found: "tuple[Decision, ...] | tuple[Waiver, ...]",
    changes: list[str],
    dry_run: bool,  # noqa: FBT001 - handed on from the option
) -> None:
    """Import what a file says, where any of it is new; what it no longer names still stands."""
    from agent.store import ImportFile

    new = sum(change != "as before" for change in changes)
    if new and not dry_run:
        moment = datetime.now(UTC).replace(microsecond=0)
        place = found[0].evidence
        # The moment makes a file that goes back to an earlier content an import of its own.
        keeper.import_decided(
            ImportFile(
                place.source, place.sha256, moment, moment.date(), kind, options=f"at {moment}"
            ),
            found,
        )
    verb = "would be kept" if dry_run else "kept"
    say(f"{count(len(found), kind[:-1])}: {new} {verb}, {len(found) - new} as before")
