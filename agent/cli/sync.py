"""``netcover sync``: the same as ``import``, from Cisco's APIs."""

from calendar import monthrange
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from agent.cli._app import INCOMPLETE, ConfigFile, app, columns, say, settings, store, tell
from agent.errors import UsageError
from agent.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stamina.instrumentation import RetryDetails

    from agent.apis.grants import Grant
    from agent.model import Sweep
    from agent.store import Store
    from agent.sync import Run, Synced

sync = typer.Typer(
    help="Ask Cisco's APIs for EoX dates, cover and advisories.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(sync, name="sync")

Items = Annotated[
    list[str] | None,
    typer.Option("--item", metavar="ITEM", help="Ask for this only; may be given several times."),
]
Again = Annotated[
    bool, typer.Option("--again", help="Ask even where a fresh answer is in the store.")
]


@sync.command("eox")
def eox(
    by: Annotated[
        Literal["pid", "serial", "software"],
        typer.Option("--by", help="What to ask by."),
    ] = "pid",
    year: Annotated[
        int | None,
        typer.Option("--year", min=1998, max=2100, help="Mirror all that changed in a year."),
    ] = None,
    item: Items = None,
    again: Again = False,
    config: ConfigFile = None,
) -> None:
    """Ask for milestones of what was seen and what is under contract."""
    from agent import sync as work

    with _run(config, again=again) as run:
        if year is not None:
            done = work.eox_by_dates(run, _months(year))
        elif by == "software":
            done = work.eox_by_software(run, _releases(run.store, item))
        elif by == "serial":
            done = work.eox_by_serial(run, item or _serials(run.store))
        else:
            done = work.eox_by_pid(run, item or _pids(run.store))
    _tell([done])


@sync.command("coverage")
def coverage(item: Items = None, again: Again = False, config: ConfigFile = None) -> None:
    """Ask SN2INFO, and CX Cloud and Cisco IQ where the settings turn them on, for cover."""
    from agent import sync as work
    from agent.apis.grants import iq_token

    done = []
    with _run(config, again=again) as run:
        done.append(work.coverage(run, item or _serials(run.store)))
        if run.session.settings.cx_cloud:
            done.append(work.cx_cloud(run))
    if (chosen := settings(config).cisco).iq:
        with _run(config, again=again, grant=iq_token(chosen)) as run:
            done.append(work.cisco_iq(run))
    _tell(done)


@sync.command("advisories")
def advisories(
    item: Annotated[
        list[str] | None,
        typer.Option("--item", metavar="OS:RELEASE", help="Ask for this release only."),
    ] = None,
    again: Again = False,
    config: ConfigFile = None,
) -> None:
    """Ask openVuln for the advisories of every release that was seen running."""
    from agent import sync as work

    with _run(config, again=again) as run:
        done = work.advisories(run, _releases(run.store, item))
    _tell([done])


@sync.command("suggestions")
def suggestions(item: Items = None, config: ConfigFile = None) -> None:
    """Print the releases that Cisco suggests for what was seen; nothing is kept."""
    import json

    from agent.apis import suggestion
    from agent.apis.problems import Problem

    problems, rows = [], [("PID", "software", "suggested")]
    with _run(config, again=True) as run:
        for found in suggestion.by_pid(run.session, item or _pids(run.store)):
            if isinstance(found, Problem):
                problems.append(found)
                continue
            suggested = suggestion.suggestions(json.loads(found.body))
            rows += [(each.pid, each.software, each.release) for each in suggested]
    tell(columns(rows))
    for problem in problems:
        say(f"gap       {problem}: {', '.join(problem.items)}")
    if any(problem.is_gap for problem in problems):
        raise typer.Exit(INCOMPLETE)


@contextmanager
def _run(config: "ConfigFile", *, again: bool, grant: "Grant | None" = None) -> "Iterator[Run]":
    from stamina.instrumentation import set_on_retry_hooks

    from agent.apis.grants import client_credentials
    from agent.apis.session import Session
    from agent.sync import Run

    set_on_retry_hooks([_waits])
    chosen = settings(config)
    fresh = timedelta(0) if again else timedelta(hours=chosen.cisco.fresh_hours)
    moment = datetime.now(UTC).replace(microsecond=0)
    with (
        Session(chosen.cisco, grant or client_credentials()) as session,
        store(chosen) as keeper,
    ):
        yield Run(session, keeper, moment, fresh)


def _waits(details: "RetryDetails") -> None:
    say(f"waits {details.wait_for:.1f} s  {details.caused_by}")


def _months(year: int) -> list[tuple[date, date]]:
    return [
        (date(year, month, 1), date(year, month, monthrange(year, month)[1]))
        for month in range(1, 13)
    ]


def _latest(keeper: "Store") -> "Sweep | None":
    return keeper.sweep() if any(head.ended for head in keeper.sweeps()) else None


def _pids(keeper: "Store") -> list[str]:
    sweep = _latest(keeper)
    seen = {unit.pid for unit in sweep.observations} if sweep else set()
    bought = {line.pid for line in keeper.lines()}
    return _some(seen | bought, "PID")


def _serials(keeper: "Store") -> list[str]:
    from agent.model import IN_SERVICE_KINDS

    sweep = _latest(keeper)
    units = sweep.observations if sweep else ()
    seen = {unit.serial for unit in units if unit.kind in IN_SERVICE_KINDS and not unit.virtual}
    bought = {line.serial for line in keeper.lines()}
    return _some(seen | bought, "serial number")


def _releases(keeper: "Store", item: list[str] | None) -> list[tuple[str, str]]:
    if item:
        pairs = [one.partition(":") for one in item]
        if wrong := [f"{os}{sep}{release}" for os, sep, release in pairs if not (sep and release)]:
            raise UsageError(f"--item {wrong[0]}: write it as ios-xe:17.9.4a")
        return [(os, release) for os, _, release in pairs]
    sweep = _latest(keeper)
    units = sweep.observations if sweep else ()
    seen = {(unit.software, unit.version) for unit in units if unit.software != "other"}
    found: list[tuple[str, str]] = sorted((os, version) for os, version in seen if version)
    _some({version for _, version in found}, "release")
    return found


def _some(found: "set[str | None]", what: str) -> list[str]:
    items = sorted(one for one in found if one)
    if not items:
        raise UsageError(
            f"no {what} is known yet: sweep first, import contracts, or name some with --item"
        )
    return items


def _tell(done: "list[Synced]") -> None:
    rows: list[tuple[str, ...]] = [
        ("source", "asked", "fresh before", "records", "new or changed", "gaps")
    ]
    for each in done:
        numbers = (each.items, each.known, each.taken, each.summary.added, _missing(each))
        rows.append((each.service, *map(str, numbers)))
    tell(columns(rows))
    for each in done:
        for note in each.notes:
            say(f"note      {note}")
        for doubt in each.doubts:
            say(f"look at   {doubt.file} record {doubt.row}: {doubt.reason}")
        for reject in each.rejected:
            say(f"rejected  {reject.file} record {reject.row}: {reject.reason}")
        for problem in each.problems:
            word = "gap     " if problem.is_gap else "no data "
            say(f"{word}  {problem}: {_listed(problem.items)}")
    gaps = sum(_missing(each) for each in done)
    rejected = sum(len(each.rejected) for each in done)
    taken = sum(each.taken for each in done)
    say(
        f"{count(taken, 'record')} taken, {rejected} rejected,"
        f" {count(gaps, 'item')} without an answer"
    )
    if gaps or rejected:
        raise typer.Exit(INCOMPLETE)


def _missing(each: "Synced") -> int:
    return sum(len(problem.items) or 1 for problem in each.gaps)


def _listed(items: tuple[str, ...]) -> str:
    shown = ", ".join(items[:10])
    return f"{shown} and {len(items) - 10} more" if len(items) > 10 else shown  # noqa: PLR2004
