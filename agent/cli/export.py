"""``netcover export``: what is known, in forms that other programs read."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli._app import ConfigFile, app, say, settings, store, today

if TYPE_CHECKING:
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


@exports.callback()
def _group() -> None:
    """Keep the name of the form in the command, with one form as with many."""
