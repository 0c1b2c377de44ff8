"""The Typer application, and what every command has in common."""

import sys
from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.errors import UsageError
from agent.terminal import visible
from agent.wording import count

if TYPE_CHECKING:
    from agent.model import Report, Sweep
    from agent.pipeline import Asked
    from agent.plan import Parameters
    from agent.posture import Declared
    from agent.reports import ReportKind
    from agent.settings import Settings
    from agent.store import Store

app = typer.Typer(
    name="netcover",
    help="Find network gear that is uncovered, unpatchable or near its last date of support.",
    epilog=(
        "Exit codes: 0 clean, 1 internal error, 2 usage or configuration, 3 incomplete (a host or"
        " a row could not be read), 4 findings at or above --fail-on."
    ),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

INCOMPLETE = 3
FINDINGS = 4

AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="Judge as of this day (ISO); default: today."),
]
ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Settings file; default: ./netcover.toml."),
]
SweepChoice = Annotated[
    str | None,
    typer.Option("--sweep", metavar="ID|FILE", help="A sweep's id or sweep.json; default: latest."),
]


def tell(text: str) -> None:
    """Print a part of the result. No value of the estate can steer the terminal."""
    typer.echo(_safe(text))


def say(text: str) -> None:
    """Tell the user something that is not the result."""
    sys.stderr.write(_safe(text) + "\n")


def _safe(text: str) -> str:
    return visible(text).replace("\r", "\u240d")


def today() -> date:
    """Return the day of this run, in UTC."""
    return datetime.now(UTC).date()


def day(text: str | None, option: str = "--as-of") -> date:
    """Read a date given on the command line; today where none was given.

    :raises UsageError: it is no ISO date.
    """
    if text is None:
        return today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option} {text}: not a date; write it as 2026-11-24") from None


def settings(config: Path | None, *folders: Path) -> "Settings":
    """Read the settings: the file given, else ./netcover.toml, else that of `folders`."""
    from agent.settings import load_settings

    return load_settings(config, Path(), *folders)


def store(chosen: "Settings") -> AbstractContextManager["Store"]:
    """Open the store that the settings name."""
    from agent.store import open_store

    return open_store(chosen.store.url)


def chosen_sweep(opened: "Store", choice: str | None) -> "Sweep":
    """Find the sweep asked for: a file that exists, else an id in the store, else the latest."""
    from agent.documents import read_sweep

    if choice is not None and (choice.endswith(".json") or Path(choice).is_file()):
        return read_sweep(Path(choice))
    return opened.sweep(choice)


def report_of(
    chosen: "Settings",
    choice: str | None,
    as_of: date,
    run_day: date | None = None,
    parameters: "Parameters | None" = None,
) -> "Report":
    """Build the report from the store."""
    from agent.pipeline import build_report

    with store(chosen) as opened:
        sweep = chosen_sweep(opened, choice)
        return build_report(opened, sweep, asked_of(chosen, as_of, run_day, parameters))


def asked_of(
    chosen: "Settings",
    as_of: date,
    run_day: date | None = None,
    parameters: "Parameters | None" = None,
) -> "Asked":
    """Put together what an assessment is asked for, the files of the site included."""
    from agent.pipeline import Asked

    given = parameters or parameters_of(chosen)
    return Asked(chosen.policy, as_of, run_day or today(), given, declared_of(chosen))


def declared_of(chosen: "Settings") -> "Declared":
    """Read what the site says about patching: trains that products can run, accepted risks.

    :raises UsageError: one of the files is wrong.
    """
    from agent.posture import Declared
    from agent.sources.reachable import read_reachable
    from agent.sources.waivers import read_waivers

    folder = chosen.inputs.inventory
    reachable, waivers = chosen.inputs.reachable_trains, chosen.inputs.waivers
    usual = folder / "reachable_trains.csv", folder / "waivers.toml"
    reachable = reachable or (usual[0] if usual[0].is_file() else None)
    waivers = waivers or (usual[1] if usual[1].is_file() else None)
    return Declared(
        reachable=read_reachable(reachable) if reachable else (),
        waivers=read_waivers(waivers) if waivers else (),
        max_age=chosen.max_age_days,
    )


def parameters_of(chosen: "Settings") -> "Parameters":
    """Read what the site says about its renewal: settings, decisions, prices, its inventory.

    :raises UsageError: one of the files is wrong.
    """
    from agent.inventory.declared import declared
    from agent.plan import Parameters
    from agent.sources.decisions import read_decisions
    from agent.sources.prices import read_prices
    from agent.sources.vehicles import read_vehicles

    folder = chosen.inputs.inventory
    decisions = _given(chosen.inputs.decisions, folder / "decisions.toml")
    prices = _given(chosen.inputs.prices, folder / "prices.csv")
    return Parameters(
        settings=chosen.renewal,
        decisions=read_decisions(decisions) if decisions else (),
        prices=read_prices(prices) if prices else (),
        hosts=declared(folder),
        owners=chosen.owners,
        sites=chosen.sites,
        vehicles=read_vehicles(_given(chosen.inputs.vehicles, folder / "vehicles.yaml")),
    )


def _given(named: Path | None, usual: Path) -> Path | None:
    """The file that a setting names, else the one of the usual name where it is there."""
    return named or (usual if usual.is_file() else None)


def denominator(sweep: "Sweep") -> str:
    """Say what the numbers of a sweep rest on."""
    attempted, reached = len(sweep.hosts), len(sweep.reached())
    gaps = len({gap.host for gap in sweep.incomplete if gap.kind != "absent_slot"})
    return (
        f"{count(attempted, 'host')} attempted, {reached} reached, {attempted - reached} failed,"
        f" {gaps} read in part"
    )


def is_incomplete(sweep: "Sweep") -> bool:
    """Whether a host was not read, or not wholly. An absent slot hides no unit."""
    return bool(sweep.unreached) or any(g.kind != "absent_slot" for g in sweep.incomplete)


def say_missing(kinds: "Iterable[ReportKind]") -> None:
    """Name the formats that are not written, and what would have to be installed for them."""
    for kind in kinds:
        for ending, extra in kind.missing:
            say(f"not written: {kind.name}.{ending}; for it, pip install 'netcover[{extra}]'")


def columns(rows: Iterable[tuple[str, ...]]) -> str:
    """Lay rows out in columns of equal width, each on one line."""
    table = [tuple(visible(cell).replace("\n", "\u240a") for cell in row) for row in rows]
    widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))] if table else []
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    )
