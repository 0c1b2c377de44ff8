"""``netcover explain``: one unit's whole story."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli._app import (
    AsOf,
    ConfigFile,
    SweepChoice,
    app,
    columns,
    day,
    denominator,
    report_of,
    say,
    settings,
)
from agent.errors import UsageError

if TYPE_CHECKING:
    from agent.model import Asset, Evidence, Finding


@app.command("explain")
def command(
    serial: Annotated[str, typer.Argument(metavar="SERIAL", help="Serial number of the unit.")],
    as_of: AsOf = None,
    sweep: SweepChoice = None,
    config: ConfigFile = None,
) -> None:
    """Tell one unit's whole story.

    Seen where, covered by what, matched how, and the reason of each finding.
    """
    report = report_of(settings(config), sweep, day(as_of))
    wanted = serial.strip().upper()
    assets = [a for a in report.assets if wanted in _serials(a)]
    if not assets:
        raise UsageError(f"{serial}: neither seen in sweep {report.sweep.id} nor on any line")
    findings = report.findings_by_asset()
    for asset in assets:
        typer.echo("\n".join(story(asset, findings.get(asset.key, []))))
    say(f"{len(assets)} units as of {report.as_of}; {denominator(report.sweep)}")


def _serials(asset: "Asset") -> set[str]:
    others = {s for sighting in asset.sightings for s in sighting.other_serials}
    return {s.upper() for s in (asset.serial, *others) if s}


def story(asset: "Asset", findings: list["Finding"]) -> Iterator[str]:
    """One unit's story, line by line."""
    yield f"{asset.serial}  {asset.pid or 'PID not known'}  {asset.host or 'not seen'}"
    yield from _seen(asset)
    yield from _covered(asset)
    yield from _lifecycle(asset)
    yield "findings"
    rows = [(f"  {f.rule}", f.status, f.severity, f.reason) for f in findings]
    yield columns(rows)


def _seen(asset: "Asset") -> Iterator[str]:
    yield "seen"
    for unit in asset.sightings:
        what = " ".join(
            word for word in (unit.kind, unit.position, unit.ha_role, unit.version) if word
        )
        yield f"  {unit.host}: {what}"
        yield from (f"    {_proof(e)}" for e in unit.evidence)
        yield from (f"    note: {note}" for note in unit.notes)
    if not asset.sightings:
        yield f"  not in this sweep; last seen {asset.last_seen or 'never'}"
    if asset.unreached:
        yield f"  {asset.unreached.host}: {asset.unreached.kind}: {asset.unreached.reason}"


def _covered(asset: "Asset") -> Iterator[str]:
    yield "contract lines"
    for line in asset.lines:
        start = line.start or "start not stated"
        yield (
            f"  {line.contract or 'no number'} {line.service_level or 'level not stated'}"
            f" {start} to {line.end} as {line.pid or 'any PID'}"
        )
        yield f"    {_proof(line.evidence)}"
    for how in asset.line_matches:
        yield f"    matched {how.observed} to {how.matched}: {how.step}"
    for line in asset.doubtful_lines:
        yield f"  doubtful: {line.contract} names it as {line.pid}; {_proof(line.evidence)}"
    if not asset.lines and not asset.doubtful_lines:
        yield "  none"


def _lifecycle(asset: "Asset") -> Iterator[str]:
    yield "lifecycle"
    how = asset.milestone_match
    if asset.milestones is None:
        yield f"  {how.step if how else 'not in the EoX data'}"
        return
    dates = asset.milestones
    for name in (
        "end_of_sale",
        "security_support",
        "new_service_attachment",
        "service_contract_renewal",
        "last_date_of_support",
    ):
        yield f"  {name.replace('_', ' ')}: {getattr(dates, name)}"
    if how:
        yield f"    matched {how.observed} to {how.matched}: {how.step}"
    yield f"    {dates.bulletin or 'no bulletin'}; {_proof(dates.evidence)}"


def _proof(evidence: "Evidence") -> str:
    when = f" {evidence.collected:%Y-%m-%dT%H:%M:%SZ}" if evidence.collected else ""
    return f"{evidence.source}: {evidence.command}{when} sha256 {evidence.sha256}"
