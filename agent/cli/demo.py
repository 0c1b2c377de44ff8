"""``netcover demo``: the whole line on the lab, scored against what the lab declares."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli._app import INCOMPLETE, AsOf, app, asked_of, day, denominator, say, say_missing, tell
from agent.errors import UsageError

if TYPE_CHECKING:
    from agent.model import Report, Sweep
    from agent.score import Score
    from agent.settings import Settings
    from agent.store import Store
    from lab.estate import Estate

TIMEOUT = 8.0
"""Seconds; a host of the lab that hangs should not make the demo wait for long."""


@app.command("demo")
def command(
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Folder for reports and the database.")
    ] = Path("netcover-demo"),
    estate: Annotated[
        Path | None, typer.Option("--estate", metavar="FILE", help="Your own estate file.")
    ] = None,
    contracts: Annotated[
        list[Path] | None,
        typer.Option("--contracts", metavar="FILE", help="Contract lines of your estate."),
    ] = None,
    eox: Annotated[
        list[Path] | None, typer.Option("--eox", metavar="FILE", help="EoX dates of its PIDs.")
    ] = None,
    port: Annotated[int, typer.Option("--port", help="SSH port; 0 finds a free one.")] = 0,
    as_of: AsOf = None,
) -> None:
    """Run the whole line on the lab and score it.

    Starts the lab, sweeps it, loads the example contracts and EoX dates, writes every report,
    and compares what was found with what the estate declares to be there.
    """
    from lab.errors import LabError

    try:
        _demo(out, estate, _sources(estate, contracts, eox), port, as_of)
    except LabError as error:
        raise UsageError(str(error)) from None


def _sources(
    estate: Path | None, contracts: list[Path] | None, eox: list[Path] | None
) -> dict[str, list[Path]]:
    """The example files belong to the example estate; another one brings its own."""
    from agent.resources import folder

    given = {"contracts": contracts or [], "eox": eox or []}
    if estate is not None:
        return given
    examples = folder("inventory")
    return {k: files or sorted((examples / k).glob("*.csv")) for k, files in given.items()}


def _demo(
    out: Path,
    estate_file: Path | None,
    sources: dict[str, list[Path]],
    port: int,
    as_of: str | None,
) -> None:
    from agent.cli.import_advisories import keep
    from agent.cli.imports import take
    from agent.files import make_folder
    from agent.pipeline import build_report
    from agent.resources import folder
    from agent.sources.advisories.files import read_collection
    from agent.store import open_store
    from lab.estate import load_estate

    model = load_estate(estate_file)
    judged = day(as_of) if as_of else model.as_of
    make_folder(out)
    database = out / "netcover.db"
    for old in (database, *out.glob("netcover.db-*"), out / "known_hosts"):
        old.unlink(missing_ok=True)
    with open_store(f"sqlite:///{database}") as opened:
        sweep = _sweep_the_lab(model, estate_file, port, out, opened)
        for kind, files in sources.items():
            for file in files:
                take(opened, kind, file, model.as_of)
        if estate_file is None:
            examples = read_collection(folder("inventory") / "advisories", model.as_of)
            keep(opened, examples, model.as_of)
        # The example data does not grow old: its ages are measured on the day of its estate.
        report = build_report(opened, sweep, asked_of(_settings(estate_file), judged, model.as_of))
    _tell(model, report, out)


def _settings(estate: Path | None) -> "Settings":
    """The example's settings, prices and decisions belong to it; another estate has the defaults.

    The lab is swept once, and one complete sweep is proof enough of what is not in it.
    """
    from agent.resources import folder
    from agent.settings import Inputs, Renewal, Settings, load_settings

    if estate is not None:
        nowhere = Inputs(inventory=estate.parent / "no inventory of the lab")
        return Settings(renewal=Renewal(retired_after_sweeps=1), inputs=nowhere)
    examples = folder("inventory")
    chosen = load_settings(examples / "netcover.toml")
    return chosen.model_copy(update={"inputs": Inputs(inventory=examples)})


def _sweep_the_lab(
    model: "Estate", estate_file: Path | None, port: int, out: Path, opened: "Store"
) -> "Sweep":
    from agent.cli.sweep import run
    from agent.inventory.credentials import Credentials, Wanted
    from agent.inventory.simple import load_inventory
    from agent.settings import SweepSettings
    from agent.sweep import authorise
    from agent.transports.access import Access
    from agent.transports.host_keys import KnownHosts
    from lab.inventory import write_inventory
    from lab.process import LabProcess

    with (
        LabProcess(estate_file, port=port, command_log=out / "commands.jsonl") as lab,
        tempfile.TemporaryDirectory(prefix="netcover-") as scratch,
    ):
        inventory = Path(scratch)
        write_inventory(model, inventory, lab.port)
        say(f"lab: {len(model.hosts)} hosts on {model.network}, SSH on port {lab.port}")
        nornir = load_inventory(inventory)
        known = model.credentials
        login = Credentials(known.username, known.password, known.enable_secret)
        hosts = KnownHosts(out / "known_hosts", "accept-new")
        access = Access({Wanted(): login}, hosts, TIMEOUT)
        authorise(nornir, login, TIMEOUT, access=access)
        return run(nornir, opened, None, SweepSettings(refusals_per_site=0), access=access)


def _tell(model: "Estate", report: "Report", out: Path) -> None:
    from agent.documents import dump, findings_text, sweep_document
    from agent.files import write
    from agent.reports import names, render
    from agent.score import score
    from lab.truth import readable

    write(out / "sweep.json", dump(sweep_document(report.sweep)))
    days = (report.as_of, report.run_day)
    findings = findings_text(days, report.findings, report.postures, report.advisories)
    write(out / "findings.json", findings)
    result = score(
        report.sweep,
        model.truth(),
        frozenset(host.name for host in model.hosts if not readable(host)),
    )
    lines = [*_score_lines(result), *_headlines(report)]
    for kind in names():
        lines += [f"report    {path}" for path in render(report, kind.name, out)]
    tell("\n".join(lines))
    say_missing(names())
    say(f"demo as of {report.as_of}: {denominator(report.sweep)}")
    if not result.perfect:
        raise typer.Exit(INCOMPLETE)


def _score_lines(result: "Score") -> list[str]:
    wrong = [
        f"{len(result.wrong_serials)} wrong serials",
        f"{len(result.wrong_pids)} wrong PIDs",
        f"{len(result.wrong_versions)} wrong versions",
    ]
    found = f"{result.found} of {result.declared} declared units found"
    beyond = f"{result.beyond_reach} units more are on hosts declared out of reach"
    lines = [
        f"score     {found}; {', '.join(wrong)}",
        f"          {beyond}, {result.beyond_reach_seen} of them claimed",
    ]
    for what in ("missed", "wrong_serials", "wrong_pids", "wrong_versions", "wrongly_unreached"):
        lines += [f"          {what.replace('_', ' ')}: {each}" for each in getattr(result, what)]
    return lines


def _headlines(report: "Report") -> list[str]:
    from agent.reports.summary import summarise

    told = summarise(report)
    cover, support, absent = told.coverage, told.support, told.absent
    states = f"{cover.covered} covered, {cover.uncovered} uncovered, {cover.unknown} unknown"
    ends = f"{told.lapsing} lapse within {report.quote_window_days} days"
    near = f"{support.near_ldos} within {report.near_ldos_months} months of it"
    gone = f"{absent.not_seen} paid for and not there, {absent.cannot_tell} cannot be told"
    return [
        f"cover     {states} of {cover.units} units in service; {ends}",
        f"support   {support.past_ldos} past LDoS, {near}, {support.unknown} unknown",
        f"lines     {gone}, {told.duplicates} units paid for twice",
        *_patch(report),
        *_renewal(report),
    ]


def _patch(report: "Report") -> list[str]:
    """Whether units can be patched, and what advisories mean for them."""
    from agent.posture.told import postures, verdicts

    lines = [f"patch     {postures(report.postures)}"]
    counted = verdicts(report.advisories)
    return lines + ([f"          {counted}"] if counted else [])


def _renewal(report: "Report") -> list[str]:
    plan = report.plan
    if plan is None:
        return []
    orders = f"{plan.orders_before} orders become {plan.orders_after}"
    cost = ", ".join(f"{each.currency} {each.bridges} for bridges" for each in plan.totals)
    return [f"renewal   all lines to {plan.anniversary}: {orders}, {cost or 'no price is known'}"]
