"""``netcover commands``: everything the agent may ever send."""

from typing import Annotated

import typer

from agent.cli._app import app, say


@app.command("commands")
def command(
    platform: Annotated[
        str | None, typer.Option("--platform", help="Only this platform; default: all.")
    ] = None,
) -> None:
    """Print every command that may ever be sent."""
    from agent.platforms import platform as platform_named
    from agent.platforms import platforms

    chosen = [platform_named(platform)] if platform else list(platforms().values())
    count = 0
    for each in chosen:
        session = [*each.session, *(["enable"] if each.enable else [])]
        asked = [line for command in each.commands for line in command.lines]
        for text in dict.fromkeys([*session, *asked]):
            typer.echo(f"{each.name}\t{text}")
            count += 1
    say(f"{count} commands on {len(chosen)} platforms; nothing else is ever sent")
