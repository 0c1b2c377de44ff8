"""``netcover sweep``: log in and collect."""

import secrets
import shlex
import sys
from contextlib import suppress
from dataclasses import replace
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
    store,
    tell,
)
from agent.cli._inventory import Inventory, load, settings_of
from agent.errors import NetcoverError, UsageError
from agent.wording import count

if TYPE_CHECKING:
    from nornir.core import Nornir
    from nornir.core.inventory import Host

    from agent.model import HostResult, Sweep
    from agent.settings import Settings, SweepSettings
    from agent.store import Store, SweepHead
    from agent.transports.access import Access

LAST_WRITE = 1.5
"""Seconds that a sweep which is stopped waits for the store; what is not in it is read again."""


@app.command("sweep")
def command(
    inventory: Inventory = None,
    filters: Annotated[
        list[str] | None,
        typer.Option("--filter", metavar="K=V", help="Only hosts of this site, role, tag, ..."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write sweep.json here.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Finish the sweep that was interrupted last.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the plan; contact nobody.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress; the summary only.")] = False,
    json_log: Annotated[
        bool, typer.Option("--json-log", help="Progress as one JSON object a line.")
    ] = False,
    config: ConfigFile = None,
) -> None:
    """Log in to every host and collect.

    Serials, PIDs and versions of every unit go to the store as they arrive.
    """
    from agent.inventory.credentials import Wanted, snmp_credentials
    from agent.sweep import authorise, prepare, ways_of
    from agent.transports import SNMP

    chosen = settings_of(config, inventory)
    if dry_run:
        loaded = load(inventory, chosen.inventory, tuple(filters or ()))
        tell(plan(loaded.nornir, chosen.sweep))
        _say_unusable(loaded.unusable)
        return
    words = tuple(filters or ())
    begun = None if resume else load(inventory, chosen.inventory, words)
    if begun:
        prepare(chosen.sweep, begun.nornir)
    with store(chosen) as opened:
        start = _resumed(opened, words) if resume else None
        if start:
            words = tuple(shlex.split(start.selection or ""))
        loaded = begun or load(inventory, chosen.inventory, words)
        nornir = loaded.nornir
        if loaded.listing and not words:  # all it has: what it does not list is missing there
            opened.save_listing(loaded.listing)
        ways = [(h, ways_of(h, snmp=chosen.sweep.snmp)) for h in nornir.inventory.hosts.values()]
        access = _access(ways, chosen)
        login = access.sets.get(Wanted()) if access else None
        snmp = snmp_credentials() if any(SNMP in its_ways for _, its_ways in ways) else None
        authorise(nornir, login, chosen.sweep.timeout, snmp, access)
        show = "quiet" if quiet else "json" if json_log else "auto"
        words_told = shlex.join(words) or None
        swept = run(nornir, opened, words_told, chosen.sweep, start, show, access, loaded.unusable)
    finish(swept, output)


def _say_unusable(unusable: "tuple[HostResult, ...]") -> None:
    """Say which hosts the inventory does not say how to reach."""
    for failure in (result.unreached for result in unusable):
        if failure:
            say(f"not swept  {failure.host}: {failure.reason}")


def _access(ways: "list[tuple[Host, tuple[str, ...]]]", chosen: "Settings") -> "Access | None":
    """Look up all that logins need, before the first one; None where SNMP alone is spoken.

    `ways` are the hosts and the transports they are read by.
    """
    from agent.inventory.credentials import credential_sets
    from agent.inventory.credentials.ssh_key import client_keys
    from agent.transports import REST, SNMP
    from agent.transports.access import Access, wanted
    from agent.transports.host_keys import KnownHosts

    asked = chosen.sweep
    by_login = [host for host, its_ways in ways if its_ways != (SNMP,)]
    if not by_login:
        return None
    if any(REST in its_ways for _, its_ways in ways):
        from agent.transports.rest import prepare

        prepare(chosen.rest)
    keys = client_keys(asked.ssh_key, agent=asked.ssh_agent)
    sets = credential_sets(wanted(by_login), vault=chosen.vault.path, keyed=bool(keys))
    known_hosts = KnownHosts(asked.known_hosts, asked.host_keys)
    return Access(sets, known_hosts, asked.timeout, keys, chosen.rest)


def _resumed(opened: "Store", filters: tuple[str, ...]) -> "SweepHead":
    """The sweep to go on with."""
    last = opened.unfinished()
    if last is None:
        raise UsageError("no sweep was interrupted; leave out --resume to begin one")
    if filters:
        raise UsageError(
            f"--resume goes on with the hosts of sweep {last.id}"
            f" ({last.selection or 'all of the inventory'}); leave out --filter"
        )
    return last


def run(
    nornir: "Nornir",
    opened: "Store",
    selection: str | None,
    chosen: "SweepSettings",
    resumed: "SweepHead | None" = None,
    show: str = "auto",
    access: "Access | None" = None,
    unusable: "tuple[HostResult, ...]" = (),
) -> "Sweep":
    """Sweep, committing each host's result to the store as it arrives.

    The sweep is made of what was committed; only a resumed one is read back from the store.
    `unusable` are results of hosts that the inventory does not say how to reach.
    """
    from agent.cli._progress import progress
    from agent.model import Sweep
    from agent.store import Writer
    from agent.sweep import fast_runner, sweep
    from agent.transports import now

    started = now()
    sweep_id = resumed.id if resumed else f"{started:%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"
    kept = opened.visited(sweep_id) if resumed else frozenset()
    if not resumed:
        opened.begin_sweep(sweep_id, started, selection)
    left = [result for result in unusable if result.visit.host not in kept]
    opened.save_hosts(sweep_id, left)
    kept |= {result.visit.host for result in left}
    missing = nornir.filter(filter_func=lambda host: host.name not in kept)
    hosts = list(missing.inventory.hosts.values())
    found: list[HostResult] = []
    with progress(hosts, show) as tell:

        def told(result: "HostResult") -> None:
            found.append(replace(result, outputs=()))
            tell(result)

        writer = Writer(opened, sweep_id, told)
        try:
            if hosts:
                runner = fast_runner(chosen, _go_on, access)
                sweep(missing.with_runner(runner), writer.put, snmp=chosen.snmp)
            writer.close()
        except BaseException:
            with suppress(NetcoverError):
                writer.close(within=LAST_WRITE)
            state = f"{len(kept) + len(found)} of {len(kept) + len(hosts)} hosts are in the store"
            remedy = "'netcover sweep --resume' reads the others"
            say(f"sweep {sweep_id} is not finished: {state}; {remedy}")
            raise
    ended = now()
    opened.end_sweep(sweep_id, ended)
    if resumed:
        return opened.sweep(sweep_id)
    return Sweep.of(sweep_id, started, ended, (*left, *found))


def _go_on(site: str | None, hosts: tuple[str, ...]) -> bool:
    """Ask whether to go on with a site that refuses logins; without a terminal, stop it."""
    where = f"site {site}" if site else "the hosts without a site"
    refused = f"{', '.join(hosts)} of {where} refused the login"
    if sys.stdin.isatty() and sys.stderr.isatty():
        return typer.confirm(f"{refused}. Try the other hosts there?", default=False, err=True)
    say(f"{refused}: no further host there is tried")
    return False


def plan(nornir: "Nornir", chosen: "SweepSettings") -> str:
    """What a sweep would do: hosts by site and platform, lanes, commands, rates."""
    from agent.inventory.simple import site_of
    from agent.platforms import platform
    from agent.sweep import ways_of

    counts: dict[tuple[str, ...], int] = {}
    for host in nornir.inventory.hosts.values():
        ways = ways_of(host, snmp=chosen.snmp)
        device = platform(host.platform or "")
        commands = str(len(device.commands) if ways[0] == device.transport else 1)
        key = (site_of(host) or "-", device.name, " and ".join(ways), commands)
        counts[key] = counts.get(key, 0) + 1
    rows: list[tuple[str, ...]] = [("site", "platform", "read by", "commands", "hosts")]
    rows += [(*key, str(number)) for key, number in sorted(counts.items())]
    hosts = len(nornir.inventory.hosts)
    rates = {
        "logins_per_second": chosen.logins_per_second,
        "per_site": chosen.per_site,
        "per_aaa_group": chosen.per_aaa_group,
    }
    limits = (
        ", ".join(f"{name} {rate:g}" for name, rate in rates.items() if rate) or "no rate limit"
    )
    at_once = min(hosts, chosen.at_once)
    least = hosts / chosen.logins_per_second if chosen.logins_per_second else 0
    took = f"; logins alone take {least:.0f} s" if least else ""
    return (
        f"{columns(rows)}\n{hosts} hosts, at most {at_once} at once on {chosen.runner};"
        f" {limits}{took}; a site is stopped after {chosen.refusals_per_site} refused logins"
    )


def finish(swept: "Sweep", output: Path | None) -> None:
    """Write and summarise a sweep; exit 3 where it is incomplete."""
    from agent.documents import dump, sweep_document
    from agent.files import write

    if output is not None:
        write(output, dump(sweep_document(swept)))
    tell(summary_table(swept))
    for failure in swept.unreached:
        say(f"not read  {failure.host}: {failure.kind}: {failure.reason}")
    for gap in swept.incomplete:
        say(f"in part   {gap.host}: {gap.kind}: {gap.reason}")
    say(f"sweep {swept.id}: {count(len(swept.observations), 'unit')} on {denominator(swept)}")
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
