"""``netcover discover``: find and identify devices that are in nobody's list."""

import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli import _discover_from as _from
from agent.cli import _discovery_told as _told
from agent.cli._app import INCOMPLETE, ConfigFile, app, say, settings, tell
from agent.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.discovery import Errand
    from agent.discovery.detection import Login
    from agent.discovery.journal import Journal, Written
    from agent.discovery.recorded import Recorded
    from agent.inventory.credentials import SnmpCredentials
    from agent.model import Discovered
    from agent.settings import DiscoverySettings, Settings

Words = list[str] | None
SNMP_SECONDS = 5.0
"""For an answer of an agent, where no login has a time-out of its own."""


@app.command("discover")
def command(
    targets: Annotated[
        Words,
        typer.Argument(
            metavar="PREFIX...",
            help="Prefixes, addresses, ranges 192.0.2.1-192.0.2.9, host names, files of such.",
        ),
    ] = None,
    exclude: Annotated[
        Words, typer.Option("--exclude", metavar="PREFIX", help="Never contact these.")
    ] = None,
    allow: Annotated[
        Words,
        typer.Option("--allow", metavar="PREFIX", help="May be contacted beside the arguments."),
    ] = None,
    start: Annotated[
        Words,
        typer.Option("--from", metavar="HOST", help="Walk CDP and LLDP, or ask a manager, there."),
    ] = None,
    depth: Annotated[
        int, typer.Option(min=0, metavar="N", help="Cables from --from at most.")
    ] = 16,
    devices: Annotated[
        int, typer.Option(min=1, metavar="N", help="Devices a walk asks at most.")
    ] = 1000,
    inventory: Annotated[
        Path, typer.Option("-i", "--inventory", metavar="DIR", help="Where --from finds names.")
    ] = Path("inventory"),
    ports: Annotated[
        str | None,
        typer.Option(metavar="LIST", help="As 22,2222,8443/https,161/snmp; default: 22."),
    ] = None,
    rate: Annotated[
        float | None, typer.Option(metavar="N", help="Probes a second; default: 500.")
    ] = None,
    per_prefix: Annotated[
        float | None, typer.Option(metavar="N", help="Probes a second into any one prefix.")
    ] = None,
    timeout: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="For a connection; default: 2.")
    ] = None,
    snmp_port: Annotated[
        int | None, typer.Option(metavar="PORT", help="Where SNMP agents listen; default: 161.")
    ] = None,
    login: Annotated[
        bool, typer.Option("--login", help="Log in to candidates that nothing else identifies.")
    ] = False,
    seed: Annotated[
        int | None, typer.Option(metavar="N", help="Of the random order; default: a new one.")
    ] = None,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", help="Write the result here.")
    ] = Path("discovery.json"),
    resume: Annotated[
        bool, typer.Option("--resume", help="Finish the run that was interrupted.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would be probed; contact nobody.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("-v", "--verbose", help="Print every probe with its result.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress; the summary only.")] = False,
    config: ConfigFile = None,
) -> None:
    """Find and identify devices: by range, neighbours, managers.

    Every address is probed once, in a random order. What answers is identified by its SSH banner,
    SNMPv3 engine, certificate and page, which takes no credential. Only what these show to be a
    candidate is asked by SNMP, and logged in to with --login. Whatever was sent is written to a
    journal beside FILE, as FILE.journal.csv.
    """
    chosen = settings(config)
    given = {
        "ports": ports,
        "rate": rate,
        "per_prefix": per_prefix,
        "timeout": timeout,
        "snmp_port": snmp_port,
    }
    how = _overridden(chosen.discovery, {k: v for k, v in given.items() if v is not None})
    if output.is_dir():
        raise UsageError(f"{output}: is a folder; name a file with -o")
    path = output.with_suffix(".journal.csv")
    written = None
    if resume:
        if any((targets, exclude, allow, ports, start)) or seed is not None:
            raise UsageError(
                "--resume goes on with the targets and ports of its run; leave them out"
            )
        written, run = _resumed(path)
        begins = _from.starts(run.begins, inventory)
    else:
        begins = _from.starts(start or [], inventory)
        run = _begun(targets or [], exclude or [], allow or [], how, seed, begins)
    if dry_run:
        tell(_told.plan(run, how))
        return
    if not resume:
        _refuse_to_forget(path)
    snmp = _snmp()
    walk = _Walk(begins, depth, devices, _walker(chosen, begins, snmp) if begins else None)
    work = _Work(run, written, how, snmp, _login(chosen) if login else None, walk)
    _discover(work, path, output, quiet=quiet, verbose=verbose)


@dataclass(frozen=True, slots=True)
class _Work:
    """What is to be done: a run, what was done of it before, and with what."""

    run: "Recorded"
    written: "Written | None"
    how: "DiscoverySettings"
    snmp: "SnmpCredentials | None"
    login: "Login | None"
    walk: "_Walk"


@dataclass(frozen=True, slots=True)
class _Walk:
    """Where walks begin, how far they go, and with what logins."""

    begins: "tuple[_from.Start, ...]"
    depth: int
    devices: int
    login: "Login | None"


def _overridden(settings: "DiscoverySettings", given: dict[str, object]) -> "DiscoverySettings":
    """Let options stand before settings.

    :raises UsageError: an option is out of its range.
    """
    from pydantic import ValidationError

    from agent.settings import DiscoverySettings

    try:
        return DiscoverySettings(**{**settings.model_dump(), **given})
    except ValidationError as error:
        first = error.errors()[0]
        option = str(first["loc"][0]).replace("_", "-")
        words = f"{first['msg'][0].lower()}{first['msg'][1:]}"
        raise UsageError(f"--{option} {first['input']}: {words}") from None


def _begun(
    words: list[str],
    exclude: list[str],
    allow: list[str],
    how: "DiscoverySettings",
    seed: int | None,
    begins: "tuple[_from.Start, ...]",
) -> "Recorded":
    from agent.discovery.ports import ports
    from agent.discovery.recorded import Recorded
    from agent.discovery.targets import plan

    allow = allow or ([] if words else list(how.allow))
    allow += [begin.door.address for begin in begins]
    unknown = [begin.door.address for begin in begins if begin.door.platform is None]
    scope, targets = plan([*words, *unknown], exclude, allow, how.allow)
    if not targets.spans.size and not begins:
        unresolved = "; ".join(f"{name} {why}" for name, why in targets.unresolved)
        raise UsageError(
            f"nothing to probe{f': {unresolved}' if unresolved else ''}; name a prefix"
        )
    chosen = secrets.randbelow(1 << 32) if seed is None else seed
    words_of_begins = tuple(begin.word for begin in begins)
    return Recorded(scope, targets, ports(how.ports), chosen, _now(), words_of_begins)


def _resumed(path: Path) -> "tuple[Written, Recorded]":
    from agent.discovery.journal import Written
    from agent.discovery.recorded import recorded

    written = Written(path)
    if written.complete:
        raise UsageError(f"{path}: that run came to its end; leave out --resume to begin one")
    return written, recorded(written.plan or {}, path)


def _refuse_to_forget(path: Path) -> None:
    """Refuse to write over the journal of a run that could go on."""
    from agent.discovery.journal import Written

    if path.exists() and not Written(path).complete:
        raise UsageError(
            f"{path}: is of a run that was interrupted; --resume finishes it; to give it up, delete"
            " that file"
        )


def _now() -> datetime:
    return datetime.now(UTC)


def _snmp() -> "SnmpCredentials | None":
    """SNMP credentials, where any are set."""
    from agent.inventory.credentials import snmp_credentials

    if any(os.environ.get(f"NETCOVER_SNMP_{name}") for name in ("USER", "COMMUNITY")):
        return snmp_credentials()
    return None


def _walker(
    chosen: "Settings", begins: "tuple[_from.Start, ...]", snmp: "SnmpCredentials | None"
) -> "Login | None":
    """Look up what a walk logs in with; None where SNMP has to do.

    :raises UsageError: there are no credentials at all.
    """
    if any(begin.manager for begin in begins):
        from agent.transports.rest import prepare

        prepare(chosen.rest)
    try:
        return _login(chosen, {begin.credentials for begin in begins})
    except UsageError:
        if snmp is None or any(begin.manager for begin in begins):
            raise
        say("no credentials for SSH: devices are asked by SNMP alone")
        return None


def _login(chosen: "Settings", further: "set[str | None] | None" = None) -> "Login":
    """Look up what a login needs, before anything is sent; `further` are sets of single hosts."""
    from agent.discovery.detection import Login
    from agent.inventory.credentials import Wanted, credential_sets
    from agent.inventory.credentials.ssh_key import client_keys
    from agent.runners.gates import Limits
    from agent.transports.access import Access
    from agent.transports.host_keys import KnownHosts

    sweep = chosen.sweep
    keys = client_keys(sweep.ssh_key, agent=sweep.ssh_agent)
    wanted = {Wanted(), *map(Wanted, further or ())}
    sets = credential_sets(wanted, vault=chosen.vault.path, keyed=bool(keys))
    known_hosts = KnownHosts(sweep.known_hosts, sweep.host_keys)
    access = Access(sets, known_hosts, sweep.timeout, keys, chosen.rest)
    limits = Limits(
        per_second=sweep.logins_per_second,
        jitter=sweep.jitter,
        refusals_per_site=sweep.refusals_per_site,
    )
    return Login(sets[Wanted()], access, limits)


def _discover(work: _Work, path: Path, output: Path, *, quiet: bool, verbose: bool) -> None:
    """Do it, write the result, and tell it; exit 3 where something is not known."""
    from agent.discovery import Errand
    from agent.discovery.document import Run, discovery_document
    from agent.documents import dump
    from agent.files import write

    run, how = work.run, work.how
    journal = _journal(work, path)
    if verbose:
        journal.tell = _told.attempt
    probing = {
        "ports": [str(port) for port in run.ports],
        "rate": how.rate,
        "per_prefix": how.per_prefix,
        "timeout": how.timeout,
        "seed": run.seed,
    }
    errand = Errand(run.scope, journal, how.timeout)
    try:
        hosts, whole = _found(work, errand, quiet=quiet)
        done = Run(run.started, _now(), run.scope, run.targets, probing, hosts)
        write(output, dump(discovery_document(done, journal, path.name)))
        journal.end()
    except KeyboardInterrupt:
        errand.stop.set()
        say(f"sent        {_told.counted(journal)}; each is in {path}")
        say(f"interrupted; 'netcover discover --resume -o {output}' finishes it")
        raise
    finally:
        journal.close()
    if not (_told.result(done, journal, path, output, login=work.login is not None) and whole):
        raise typer.Exit(INCOMPLETE)


def _journal(work: _Work, path: Path) -> "Journal":
    from agent.discovery.journal import Journal
    from agent.discovery.recorded import record
    from agent.discovery.tally import Tally

    tally = Tally(work.run.targets.spans)
    if work.written:
        return Journal.again(path, work.written, tally)
    return Journal.begin(path, record(work.run), tally)


def _found(work: _Work, errand: "Errand", *, quiet: bool) -> "tuple[tuple[Discovered, ...], bool]":
    """Ask everybody in every way that was asked for; who was found, and whether all answered."""
    from agent.cli._scan_progress import scan_progress
    from agent.discovery.merge import merged
    from agent.discovery.scan import Plan, scan

    run, how = work.run, work.how
    plan = Plan(
        run.targets, run.ports, how.rate, how.per_prefix, run.seed, how.snmp_port, work.snmp
    )
    known = work.written.found() if work.written else {}
    _told.whether_fast_enough(how)
    with scan_progress(quiet=quiet) as shown:
        found = merged(scan(errand, plan, known, shown))
    if work.login:
        from agent.discovery.detection import detect_all, needs_login  # netmiko: slow to import

        if not quiet:
            say(f"logging in to {sum(map(needs_login, found))} candidates")
        found = merged(detect_all(found, errand, work.login))
    if not work.walk.begins:
        return found, True
    walk = tuple(_walk(work, errand, found))
    return merged((*found, *walk)), _from.complete(walk, errand)


def _walk(work: _Work, errand: "Errand", found: "tuple[Discovered, ...]") -> "Iterator[Discovered]":
    """Walk from where it was asked for; a start of unknown platform is logged in to first."""
    from agent.discovery._visit import Keys
    from agent.discovery.detection import detect_all
    from agent.discovery.neighbours import Limits

    login, how = work.walk.login, work.how
    addresses = {begin.door.address for begin in work.walk.begins}
    first = tuple(host for host in found if host.address in addresses)
    if login and not work.login:
        first = detect_all(first, errand, login)
    keys = Keys(
        login=login.credentials if login else None,
        snmp=work.snmp,
        access=login.access if login else None,
        ports=tuple(port.number for port in work.run.ports if port.speaks == "ssh"),
        snmp_port=how.snmp_port,
        timeout=login.access.timeout if login else max(how.timeout, SNMP_SECONDS),
        refusals=login.limits.refusals_per_site if login else 0,
        per_second=login.limits.per_second if login else 0.0,
    )
    logins = {wanted.name: each for wanted, each in login.access.sets.items()} if login else {}
    limits = Limits(work.walk.depth, work.walk.devices)
    return _from.walked(work.walk.begins, first, errand, keys, logins, limits)
