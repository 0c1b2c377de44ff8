"""``netcover sweep``: log in and collect."""

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli._app import (
    INCOMPLETE,
    ConfigFile,
    app,
    columns,
    denominator,
    is_incomplete,
    say,
    settings,
    store,
)

if TYPE_CHECKING:
    from nornir.core import Nornir

    from agent.model import HostResult, Sweep
    from agent.settings import SweepSettings
    from agent.store import Store


@app.command("sweep")
def command(
    inventory: Annotated[
        Path, typer.Option("-i", "--inventory", metavar="DIR", help="Nornir inventory folder.")
    ] = Path("inventory"),
    filters: Annotated[
        list[str] | None,
        typer.Option("--filter", metavar="K=V", help="Only hosts with this name, group or data."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write sweep.json here.")
    ] = None,
    config: ConfigFile = None,
) -> None:
    """Log in to every host and collect.

    Serials, PIDs and versions of every unit go to the store as they arrive.
    """
    from agent.inventory.credentials import credentials, snmp_credentials
    from agent.inventory.simple import load_inventory, select
    from agent.sweep import SNMP, authorise, ways_of

    chosen = settings(config, inventory)
    nornir = load_inventory(inventory)
    if filters:
        nornir = select(nornir, tuple(filters))
    ways = [ways_of(h, snmp=chosen.sweep.snmp) for h in nornir.inventory.hosts.values()]
    login = credentials() if any(way != (SNMP,) for way in ways) else None
    snmp = snmp_credentials() if any(SNMP in way for way in ways) else None
    authorise(nornir, login, chosen.sweep.timeout, snmp)
    with store(chosen) as opened:
        swept = run(nornir, opened, " ".join(filters or ()) or None, chosen.sweep)
    finish(swept, output)


def run(
    nornir: "Nornir", opened: "Store", selection: str | None, chosen: "SweepSettings"
) -> "Sweep":
    """Sweep, committing each host's result to the store as it arrives."""
    from agent.cli._progress import progress
    from agent.runners.threads import ThreadRunner
    from agent.sweep import fast_runner, sweep
    from agent.transports.fast_ssh import now

    started = now()
    sweep_id = f"{started:%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"
    opened.begin_sweep(sweep_id, started, selection)
    hosts = len(nornir.inventory.hosts)
    kept = 0
    with progress(hosts) as tell:

        def save(result: "HostResult") -> None:
            nonlocal kept
            opened.save_host(sweep_id, result)
            kept += 1
            tell(result)

        runner = (
            ThreadRunner(chosen.at_once)
            if chosen.runner == "threads"
            else fast_runner(chosen, _go_on)
        )
        try:
            sweep(nornir.with_runner(runner), save, snmp=chosen.snmp)
        except BaseException:
            say(f"sweep {sweep_id} was not finished: {kept} of {hosts} hosts are in the store")
            raise
    opened.end_sweep(sweep_id, now())
    return opened.sweep(sweep_id)


def _go_on(site: str | None, hosts: tuple[str, ...]) -> bool:
    """Ask whether to go on with a site that refuses logins; without a terminal, stop it."""
    where = f"site {site}" if site else "the hosts without a site"
    say(f"{', '.join(hosts)} of {where} refused the login: no further host there is tried")
    return False


def finish(swept: "Sweep", output: Path | None) -> None:
    """Write and summarise a sweep; exit 3 where it is incomplete."""
    from agent.documents import dump, sweep_document
    from agent.files import write

    if output is not None:
        write(output, dump(sweep_document(swept)))
    typer.echo(summary_table(swept))
    for failure in swept.unreached:
        say(f"not read  {failure.host}: {failure.kind}: {failure.reason}")
    for gap in swept.incomplete:
        say(f"in part   {gap.host}: {gap.kind}: {gap.reason}")
    say(f"sweep {swept.id}: {len(swept.observations)} units on {denominator(swept)}")
    if is_incomplete(swept):
        raise typer.Exit(INCOMPLETE)


def summary_table(swept: "Sweep") -> str:
    """Count units by platform and kind."""
    counts: dict[tuple[str, str], int] = {}
    for unit in swept.observations:
        counts[unit.platform, unit.kind] = counts.get((unit.platform, unit.kind), 0) + 1
    rows = [("platform", "kind", "units")]
    rows += [(platform, kind, str(n)) for (platform, kind), n in sorted(counts.items())]
    return columns(rows)
