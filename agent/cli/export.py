"""``netcover export``: what is known, in forms that other programs read."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from agent.cli._app import (
    INCOMPLETE,
    AsOf,
    ConfigFile,
    SweepChoice,
    app,
    day,
    denominator,
    is_incomplete,
    report_of,
    say,
    settings,
    store,
    tell,
    today,
)
from agent.cli._inventory import Inventory, tell_comparison
from agent.errors import UsageError
from agent.wording import count

if TYPE_CHECKING:
    from agent.inventory.merge import Merged
    from agent.sources.eox import EoxRecord

exports = typer.Typer(
    help="Write what is known for other programs.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(exports, name="export")


@exports.command("openeox")
def openeox(
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="FILE", help="Default: stdout.")
    ] = None,
    config: ConfigFile = None,
) -> None:
    """Write all lifecycle dates as one OpenEoX document.

    OpenEoX has no word for what is unknown: such products are left out, and named.
    """
    from agent.documents import dump
    from agent.files import write
    from agent.sources.eox import product
    from agent.sources.eox.openeox import document

    with store(settings(config)) as opened:
        records: list[EoxRecord] = [*opened.milestones(), *opened.trains()]
    content, left_out = document(records, today())
    if out is None:
        for piece in dump(content):
            typer.echo(piece, nl=False)
    else:
        write(out, dump(content))
    for record, reason in left_out:
        say(f"left out  {product(record)}: {reason}")
    say(f"{len(content['statements'])} statements written, {len(left_out)} products left out")


@exports.command("vex")
def vex(
    publisher: Annotated[
        str, typer.Option("--publisher", metavar="NAME", help="Who says it: your organisation.")
    ],
    namespace: Annotated[
        str, typer.Option("--namespace", metavar="URL", help="Your organisation's URL.")
    ],
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Folder the document is written to.")
    ] = Path("reports"),
    as_of: AsOf = None,
    sweep: SweepChoice = None,
    config: ConfigFile = None,
) -> None:
    """Write what each advisory means for what runs here as CSAF VEX.

    The file is named after the id of the document, as CSAF wants it.
    """
    from agent.documents import dump
    from agent.files import write
    from agent.reports.vex import Publisher, document, identifier

    if not publisher.strip():
        raise UsageError("--publisher is empty; name your organisation")
    if urlsplit(namespace).scheme not in {"http", "https"} or not urlsplit(namespace).netloc:
        raise UsageError(f"--namespace {namespace}: not a URL; write it as https://example.net")
    report = report_of(settings(config), sweep, day(as_of))
    content = document(report, Publisher(publisher.strip(), namespace))
    if not content["vulnerabilities"]:
        raise UsageError("no advisory says anything about a unit here; import advisories first")
    path = out / f"{identifier(report)}.json"
    write(path, dump(content))
    tell(str(path))
    incomplete = is_incomplete(report.sweep)
    say(
        f"{len(content['vulnerabilities'])} CVEs as of {report.as_of}; {denominator(report.sweep)}"
        f"{'; sweep incomplete' if incomplete else ''}"
    )
    if incomplete:
        raise typer.Exit(INCOMPLETE)


@exports.command("inventory")
def inventory(
    out: Annotated[
        Path, typer.Option("-o", "--out", metavar="DIR", help="Folder of the Nornir files.")
    ],
    source: Inventory = None,
    filters: Annotated[
        list[str] | None,
        typer.Option("--filter", metavar="K=V", help="Only hosts of this site, role, tag, tenant."),
    ] = None,
    discovery: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What 'netcover discover' found: discovery.json."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the changes as a diff; write nothing.")
    ] = False,
    config: ConfigFile = None,
) -> None:
    """Write what a source of truth lists, or what was discovered, as Nornir files.

    The folder may be there. What a person wrote there stays: new hosts are added, what is missing
    is filled in. With --discovery, a source is read only where -i names one, and what only one of
    the two knows is said.
    """
    from agent.cli._inventory import listing_of, settings_of
    from agent.discovery.document import read_hosts
    from agent.inventory.merge import merge
    from agent.reconcile.truth import compare_found, truth

    found = read_hosts(discovery) if discovery else ()
    listed = []
    chosen = settings_of(config, source).inventory
    if source is not None or discovery is None:
        listed.append(listing_of(source, chosen, tuple(filters or ())))
    known = truth(listed)
    if known and discovery:
        tell_comparison(compare_found(known, found), say)
    merged = merge(out, found, listed, chosen.statuses)
    report_merge(merged, dry_run=dry_run)
    if any(host.problem for listing in listed for host in listing.hosts):
        raise typer.Exit(INCOMPLETE)


def report_merge(merged: "Merged", *, dry_run: bool) -> None:
    """Write what was merged, or print the diff; say what contradicts and what is left out."""
    if dry_run:
        typer.echo(merged.diff, nl=False)
    else:
        merged.write()
    for conflict in merged.conflicts:
        say(
            f"kept      {conflict.host}: {conflict.key} {conflict.kept};"
            f" {conflict.said_by} says {conflict.said}"
        )
    for left in merged.left_out:
        say(f"left out  {left.name}: {left.said_by}: {left.reason}")
    for name in merged.unconfirmed:
        say(f"not named {name}: stays in the inventory")
    done = "would be " if dry_run else ""
    say(
        f"{count(len(merged.added), 'host')} {done}added, {len(merged.filled)} {done}filled in,"
        f" {count(len(merged.conflicts), 'contradiction')}, {len(merged.left_out)} left out,"
        f" {len(merged.unconfirmed)} not named by any source"
    )


@exports.callback()
def _group() -> None:
    """Keep the name of the form in the command, with one form as with many."""
