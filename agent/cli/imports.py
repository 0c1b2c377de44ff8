"""``netcover import``: files into the store."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from agent.cli._app import INCOMPLETE, ConfigFile, app, say, settings, store, today

if TYPE_CHECKING:
    from agent.model import Rejected

imports = typer.Typer(
    help="Read contract, EoX and advisory files into the store.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(imports, name="import")

Files = Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files to read.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show the columns, counts and rejected rows; take nothing.")
]
Row = TypeVar("Row")
