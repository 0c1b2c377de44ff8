"""``netcover commands``: everything the agent may ever send."""

from enum import StrEnum
from typing import Annotated

import typer

from agent.cli._app import app, say


class Format(StrEnum):
    """How the commands are printed."""

    text = "text"
    tacacs = "tacacs"
    ise = "ise"


@app.command("commands")
def command(
    platform: Annotated[
        str | None, typer.Option("--platform", help="Only this platform; default: all.")
    ] = None,
    form: Annotated[
        Format,
        typer.Option("--format", help="A list, a tac_plus group, or a command set of Cisco ISE."),
    ] = Format.text,
) -> None:
    """Print every command that may ever be sent."""
    from agent.cli import _command_sets
    from agent.discovery.detection import UNKNOWN
    from agent.platforms import platform as platform_named
    from agent.platforms import platforms

    chosen = [platform_named(platform)] if platform else list(platforms().values())
    further = _command_sets.discovery(chosen)
    count = sum(len(_command_sets.sent(each)) for each in (*chosen, *further))
    if form is Format.text:
        for each in chosen:
            for text in _command_sets.sent(each):
                typer.echo(f"{each.name}\t{text}")
        for each in further:
            for text in _command_sets.sent(each):
                typer.echo(f"{each.name}\t{text}\tdiscover --from")
        for text in _command_sets.questions() if not platform else ():
            typer.echo(f"snmp\t{text}\tdiscover --from")
        for text in _command_sets.sent(UNKNOWN) if not platform else ():
            typer.echo(f"{UNKNOWN.name}\t{text}\tdiscover --login")
    else:
        allowed = [*chosen, *further]
        typer.echo(
            _command_sets.tacacs(allowed) if form is Format.tacacs else _command_sets.ise(allowed)
        )
        for name, text in _command_sets.beyond_aaa(chosen):
            say(f"no command line, so not in the set: {name}\t{text}")
    say(f"{count} commands on {len(chosen)} platforms; nothing else is ever sent")
