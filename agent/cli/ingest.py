"""``netcover ingest``: the same result from captured outputs."""

import hashlib
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Annotated

import typer

from agent.cli._app import ConfigFile, app, day, say, settings, store
from agent.cli.sweep import finish


@app.command("ingest")
def command(
    path: Annotated[Path, typer.Argument(metavar="DIR", help="One folder a host, or one file.")],
    platform: Annotated[
        str | None,
        typer.Option("--platform", help="Platform of all captures; default: by content."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write sweep.json here.")
    ] = None,
    collected: Annotated[
        str | None,
        typer.Option("--collected", metavar="DATE", help="When they were taken; default: today."),
    ] = None,
    config: ConfigFile = None,
) -> None:
    """Read captured outputs instead of devices.

    DIR holds a folder for each host: DIR/<host>/show_version.txt, show_inventory.txt, ...
    or session logs, 'show tech-support' and 'snmpwalk -On' files of any size; files of one folder
    that show the names of several devices are taken apart.
    """
    from agent.captures import read_captures
    from agent.model import HostResult, HostVisit, Sweep
    from agent.platforms import platform as platform_named
    from agent.reading import read

    if platform is not None:
        platform_named(platform)
    moment = datetime.combine(day(collected, "--collected"), time(), UTC)
    found = read_captures(path, platform, moment)
    for left_out in found.left_out:
        say(left_out)
    results = [read(capture) for capture in found.captures]
    results += [
        HostResult(HostVisit(u.host, None, "unknown", reached=False), unreached=u)
        for u in found.unidentified
    ]
    digest = hashlib.sha256(moment.isoformat().encode())
    for result in sorted(results, key=lambda r: r.visit.host):
        for output_text in result.outputs:
            digest.update(f"{result.visit.host}\0{output_text.command}\0".encode())
            digest.update(output_text.sha256.encode())
    swept = Sweep.of(f"ingest-{digest.hexdigest()[:16]}", moment, moment, results)
    if swept.reached():  # else it would stand as the latest sweep, and say nothing
        with store(settings(config)) as opened:
            opened.save_sweep(swept.id, moment, moment, results)
    else:
        say("nothing was recognised, so nothing is kept in the store")
    finish(swept, output)
