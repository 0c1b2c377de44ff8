"""``netcover lab``: the mock estate on loopback."""

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli._app import app, say
from agent.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lab.estate import Estate
    from lab.managers import ManagersLab
    from lab.server import Lab

lab = typer.Typer(help="The mock estate on loopback.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(lab, name="lab")


@lab.command("up")
def up(
    hosts: Annotated[
        int | None, typer.Option("--hosts", min=1, help="Grow the estate to this many hosts.")
    ] = None,
    estate: Annotated[
        Path | None, typer.Option("--estate", metavar="FILE", help="Your own estate file.")
    ] = None,
    port: Annotated[
        int | None, typer.Option("--port", help="SSH port of every device; 0 finds a free one.")
    ] = None,
    login_delay: Annotated[
        float, typer.Option("--login-delay", metavar="SECONDS", help="Latency of each login.")
    ] = 0.0,
    command_delay: Annotated[
        float, typer.Option("--command-delay", metavar="SECONDS", help="Latency of each command.")
    ] = 0.0,
    jitter: Annotated[
        float, typer.Option("--jitter", metavar="FRACTION", help="Spread of both, such as 0.3.")
    ] = 0.0,
    command_log: Annotated[
        Path | None, typer.Option("--command-log", metavar="FILE", help="Log each command here.")
    ] = None,
    snmp_port: Annotated[
        int, typer.Option("--snmp-port", help="UDP port of the SNMP agents; 0 finds a free one.")
    ] = 1161,
    inventory: Annotated[
        Path, typer.Option("--inventory", metavar="DIR", help="Write its inventory here.")
    ] = Path("netcover-lab/inventory"),
    cisco_port: Annotated[
        int | None,
        typer.Option("--cisco-port", help="Run Cisco's APIs as well, over HTTPS; 0: a free port."),
    ] = None,
    cisco_fault: Annotated[
        list[str] | None,
        typer.Option("--cisco-fault", metavar="KIND[:SERVICE[:TIMES]]", help="Do this wrong."),
    ] = None,
    manager_port: Annotated[
        int | None,
        typer.Option("--manager-port", help="Run FMC and FDM as well, over HTTPS; 0: a free port."),
    ] = None,
    manager_fault: Annotated[
        list[str] | None,
        typer.Option("--manager-fault", metavar="KIND[:SERVICE[:TIMES]]", help="Do this wrong."),
    ] = None,
) -> None:
    """Keep the lab running and print how to reach it; stop it with Ctrl-C."""
    from lab.errors import LabError
    from lab.estate import grow, load_estate
    from lab.server import serve_forever

    try:
        model = load_estate(estate)
        if hosts is not None:
            model = grow(model, hosts)
        with (
            _cisco(model, cisco_port, cisco_fault or []),
            _managers(model, manager_port, manager_fault or []) as managers,
        ):
            serve_forever(
                model,
                port=port,
                login_delay=login_delay,
                command_delay=command_delay,
                jitter=jitter,
                command_log=command_log,
                snmp_port=snmp_port,
                ready=lambda lab: _introduce(model, inventory, lab, managers),
            )
    except LabError as error:
        raise UsageError(str(error)) from None


@contextmanager
def _cisco(model: "Estate", port: int | None, faults: list[str]) -> "Iterator[None]":
    """Run the lab's Cisco beside the devices where a port was asked for."""
    if port is None:
        yield
        return
    from agent.resources import folder
    from lab.cisco import CiscoLab, know, parse_fault
    from lab.cisco.server import CLIENT_ID, CLIENT_SECRET

    examples = folder("inventory")
    contracts, eox = (sorted((examples / kind).glob("*.csv")) for kind in ("contracts", "eox"))
    known = know(model, contracts, eox)
    with CiscoLab(known, [parse_fault(text) for text in faults], port=port) as cisco:
        say(f"Cisco's APIs listen at {cisco.url}. To ask them:")
        typer.echo(f"export NETCOVER_CISCO__BASE_URL={cisco.url}")
        typer.echo(f"export NETCOVER_CISCO__CA_FILE={cisco.ca_file}")
        typer.echo(f"export NETCOVER_CISCO_CLIENT_ID={CLIENT_ID}")
        typer.echo(f"export NETCOVER_CISCO_CLIENT_SECRET={CLIENT_SECRET}")
        typer.echo("netcover sync eox; netcover sync coverage; netcover sync advisories")
        yield


@contextmanager
def _managers(
    model: "Estate", port: int | None, faults: list[str]
) -> "Iterator[ManagersLab | None]":
    """Run the estate's FMC and FDM beside the devices where a port was asked for."""
    if port is None:
        yield None
        return
    from lab.cisco import parse_fault
    from lab.managers import ManagersLab

    with ManagersLab(model, [parse_fault(text) for text in faults], port=port) as managers:
        yield managers


def _introduce(
    model: "Estate", inventory: Path, running: "Lab", managers: "ManagersLab | None"
) -> None:
    """Write the inventory for the port the lab listens on, and say how to sweep it."""
    from lab.inventory import write_inventory

    port = running.port
    manager_port = managers.port if managers else None
    write_inventory(model, inventory, port, running.snmp_port, manager_port)
    login = model.credentials
    say(f"{len(model.hosts)} hosts listen on port {port}; stop them with Ctrl-C. To sweep them:")
    typer.echo(f"export NETCOVER_USERNAME={login.username} NETCOVER_PASSWORD={login.password}")
    typer.echo(f"export NETCOVER_ENABLE={login.enable_secret}")
    typer.echo(f"export NETCOVER_SNMP_COMMUNITY={login.snmp_community}")
    if managers:
        for manager in model.managers:
            at = f"https://{manager.address}:{managers.port}"
            say(f"{manager.name} ({manager.kind.upper()}) listens at {at}")
        typer.echo(f"export NETCOVER_REST__CA_FILE={managers.ca_file}")
    typer.echo(f"netcover sweep -i {inventory}")
    sys.stdout.flush()
