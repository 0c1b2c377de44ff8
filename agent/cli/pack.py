"""``netcover pack``: what the store knows in one signed file, for where no API can be reached."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli._app import ConfigFile, app, columns, say, settings, store, tell, today
from agent.wording import count

if TYPE_CHECKING:
    from agent.packs import Manifest

pack = typer.Typer(
    help="Carry EoX, advisory and contract data in one signed file.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(pack, name="pack")

PackFile = Annotated[Path, typer.Argument(metavar="PACK", help="The pack.")]
PublicKey = Annotated[
    Path,
    typer.Option(
        "--key",
        metavar="FILE",
        envvar="NETCOVER_PACK_PUBLIC_KEY",
        help="The maker's public key.",
    ),
]


@pack.command("keygen")
def keygen(
    name: Annotated[
        Path, typer.Argument(metavar="NAME", help="Writes NAME.key and NAME.pub.")
    ] = Path("netcover-pack"),
) -> None:
    """Make the key pair that packs are signed with."""
    from agent.packs import make_keys

    private, public = Path(f"{name}.key"), Path(f"{name}.pub")
    make_keys(private, public)
    tell(f"{private}  signs; keep it where packs are made\n{public}  hand it out")


@pack.command("make")
def make(
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="Write the pack here.")],
    key: Annotated[
        Path,
        typer.Option(
            "--key", metavar="FILE", envvar="NETCOVER_PACK_PRIVATE_KEY", help="Your private key."
        ),
    ],
    contracts: Annotated[
        bool, typer.Option("--contracts", help="Pack contract lines as well.")
    ] = False,
    config: ConfigFile = None,
) -> None:
    """Pack EoX dates, advisories, KEV, fixed releases and patches as they stand in the store."""
    from agent import __version__, packs
    from agent.files import replacing_bytes

    signer = packs.private_key(key)
    moment = datetime.now(UTC).replace(microsecond=0)
    with store(settings(config)) as keeper:
        manifest, content = packs.make(keeper, signer, moment, __version__, contracts=contracts)
    with replacing_bytes(out) as file:
        file.write(content)
    tell(_table(manifest))
    records = sum(m.rows for m in manifest.members if m.kind != "service_levels")
    say(f"{out}: {count(records, 'record')} in {len(content)} bytes")


@pack.command("verify")
def verify(pack_file: PackFile, key: PublicKey) -> None:
    """Check the signature and every hash, and say what a pack holds and how old it is."""
    from agent import packs

    found = packs.verify(pack_file, packs.public_key(key))
    tell(_table(found.manifest))
    say(f"{pack_file}: whole, signed, made {found.manifest.created:%Y-%m-%d %H:%M} UTC")


@pack.command("import")
def import_(
    pack_file: PackFile,
    key: PublicKey,
    allow_older: Annotated[
        bool, typer.Option("--allow-older", help="Take a pack older than the last one.")
    ] = False,
    config: ConfigFile = None,
) -> None:
    """Take a pack into the store, after verifying it."""
    from agent import packs

    found = packs.verify(pack_file, packs.public_key(key))
    moment = datetime.now(UTC).replace(microsecond=0)
    with store(settings(config)) as keeper:
        done = packs.take(keeper, found, moment, allow_older=allow_older)
    rows: list[tuple[str, ...]] = [
        ("member", "new or changed", "as before", "superseded", "outdated")
    ]
    for name, each in done.items():
        numbers = (each.added, each.unchanged, each.superseded, each.outdated)
        rows.append((name, *map(str, numbers)))
    tell(columns(rows))
    if packs.equals_installed(found) is False:
        say("note      its service levels are not those of this netcover; these stay in use")
    records = sum(each.added + each.unchanged + each.outdated for each in done.values())
    say(f"{pack_file}: {count(records, 'record')}")


def _table(manifest: "Manifest") -> str:
    rows = [("member", "from", "rows", "data of", "days old")]
    for member in manifest.members:
        day = member.data_date
        age = str((today() - day).days) if day else "not known"
        rows.append((member.name, member.source, str(member.rows), str(day or "not known"), age))
    return columns(rows)
