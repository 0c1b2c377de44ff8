"""``netcover bundle``, ``verify``, ``replay``: evidence that somebody else can check."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli._app import (
    FINDINGS,
    AsOf,
    ConfigFile,
    app,
    asked_of,
    day,
    say,
    settings,
    store,
    tell,
)
from agent.errors import UsageError

if TYPE_CHECKING:
    from agent.evidence.redact import Redaction
    from agent.model import Sweep
    from agent.pipeline import Asked
    from agent.store import Store

BundleFile = Annotated[Path, typer.Argument(metavar="BUNDLE", help="The bundle.")]
PublicKey = Annotated[
    Path | None,
    typer.Option("--key", metavar="FILE", help="The maker's public key; checks the signature."),
]


@app.command("bundle")
def bundle(
    out: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="Write it here.")],
    as_of: AsOf = None,
    sweep: Annotated[
        str | None, typer.Option("--sweep", metavar="ID", help="A sweep's id; default: latest.")
    ] = None,
    report: Annotated[
        list[str] | None,
        typer.Option("--report", metavar="NAME", help="Take this report along; default: all."),
    ] = None,
    templates: Annotated[
        list[Path] | None,
        typer.Option("--templates", metavar="DIR", help="Your own templates, searched first."),
    ] = None,
    imported: Annotated[
        list[Path] | None,
        typer.Option("--imported", metavar="FILE", help="Take an imported file along as it is."),
    ] = None,
    key: Annotated[
        Path | None,
        typer.Option("--key", metavar="FILE", help="Sign with this key (netcover pack keygen)."),
    ] = None,
    redact: Annotated[
        bool,
        typer.Option("--redact", help="Replace host names, addresses and user names."),
    ] = False,
    name: Annotated[
        list[str] | None,
        typer.Option("--name", metavar="WORD", help="With --redact: replace this word too."),
    ] = None,
    words: Annotated[
        Path | None,
        typer.Option("--map", metavar="FILE", help="With --redact: the words; stays with you."),
    ] = None,
    config: ConfigFile = None,
) -> None:
    """Put raw outputs, data, findings, plan and reports of a sweep into one file to hand over."""
    from agent import __version__, packs
    from agent.evidence.bundle import Wanted, make
    from agent.evidence.redact import NOTHING, write_words
    from agent.reports import names

    if (name or words) and not redact:
        raise UsageError("--name and --map go with --redact")
    if redact and imported:
        raise UsageError("--imported takes files along as they are; leave it or --redact out")
    folders = tuple(templates or ())
    known = [kind.name for kind in names(folders)]
    for each in report or ():
        if each not in known:
            raise UsageError(f"report {each!r} is not known; known: {', '.join(known)}")
    chosen = settings(config)
    signer = packs.private_key(key) if key else None
    with store(chosen) as opened:
        chosen_one, asked = opened.sweep(sweep), asked_of(chosen, day(as_of))
        wanted = Wanted(
            sweep=chosen_one.id,
            asked=asked,
            reports=tuple(sorted(set(report or known))),
            version=__version__,
            templates=folders,
            imported=tuple(imported or ()),
        )
        renaming = _redaction(opened, chosen_one, asked, name or [], words) if redact else None
        manifest = make(opened, wanted, out, signer, renaming or NOTHING)
    if renaming and words:
        write_words(words, renaming.words)
    for line in manifest.reread:
        say(f"read otherwise now: {line}")
    for line in manifest.raw_left_out:
        say(f"without raw outputs: {line}")
    tell(str(out))
    raw = sum(member.name.startswith("raw/") for member in manifest.members)
    say(
        f"{out}: sweep {manifest.sweep} as of {manifest.as_of}, {len(manifest.members)} files,"
        f" {raw} raw outputs, {'signed' if signer else 'not signed'}"
        f"{f', {len(renaming.words)} words replaced' if renaming else ''}"
    )


@app.command("verify")
def verify(bundle_file: BundleFile, key: PublicKey = None) -> None:
    """Check every hash of a bundle, and its signature, without a network."""
    from agent import packs
    from agent.evidence import archive

    public = packs.public_key(key) if key else None
    with archive.verified(bundle_file, public) as found:
        manifest = found.manifest
        tell(
            f"sweep    {manifest.sweep}\nas of    {manifest.as_of}\nmade     {manifest.run_day} by"
            f" netcover {manifest.netcover}\nreports  {', '.join(manifest.reports)}\nredacted"
            f" {'yes' if manifest.redacted else 'no'}"
        )
        for line in (*manifest.reread, *manifest.raw_left_out):
            tell(f"note     {line}")
        signed = "signed with this key" if found.signed else "signature not checked: no --key"
        say(f"{bundle_file}: whole, {len(manifest.members)} files, {signed}")


@app.command("replay")
def replay(bundle_file: BundleFile, key: PublicKey = None) -> None:
    """Read the raw outputs of a bundle again, derive everything from it, and compare.

    Exit code 4 where anything differs.
    """
    from agent import packs
    from agent.evidence import archive
    from agent.evidence.replay import replay as again

    public = packs.public_key(key) if key else None
    with archive.verified(bundle_file, public) as found:
        result = again(found)
    for line in result.differences:
        tell(line)
    say(
        f"{bundle_file}: {result.hosts_read} hosts read again, {result.hosts_without_raw} without"
        f" raw outputs, {result.files} files derived again, {len(result.differences)} differences"
    )
    if result.differences:
        raise typer.Exit(FINDINGS)


def _redaction(
    opened: "Store", sweep: "Sweep", asked: "Asked", words: list[str], kept: Path | None
) -> "Redaction":
    from agent.evidence import redact, reread
    from agent.evidence.derive import asked_text

    captures = (reread.capture(host, opened.raw) for host in opened.printed(sweep.id))
    names = redact.names(sweep, (each for each in captures if each is not None))
    known = redact.read_words(kept) if kept else {}
    releases = redact.releases(sweep, asked_text(asked).decode())
    return redact.Redaction([*names, *words], releases, known)
