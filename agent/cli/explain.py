"""``netcover explain``: one unit's whole story."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli._app import (
    AsOf,
    ConfigFile,
    SweepChoice,
    app,
    asked_of,
    chosen_sweep,
    columns,
    day,
    denominator,
    say,
    settings,
    store,
    tell,
)
from agent.errors import UsageError
from agent.wording import count

if TYPE_CHECKING:
    from agent.model import (
        Asset,
        ContractLine,
        Evidence,
        Finding,
        PidMatch,
        PlannedLine,
        RenewalPlan,
    )
    from agent.pipeline import Estate
    from agent.reconcile.truth import Truth
    from agent.store import Store
    from agent.store.decided import Entry


@app.command("explain")
def command(
    serial: Annotated[str, typer.Argument(metavar="SERIAL", help="Serial number of the unit.")],
    as_of: AsOf = None,
    sweep: SweepChoice = None,
    config: ConfigFile = None,
) -> None:
    """Tell one unit's whole story.

    Can it be patched and why, which advisories it is open to, seen where, covered by what, matched
    how, the reason of each finding that needs somebody, what was decided, and what the renewal plan
    does about it.
    """
    from agent.pipeline import join
    from agent.rules import findings

    chosen = settings(config)
    judged = day(as_of)
    with store(chosen) as opened:
        estate = join(opened, chosen_sweep(opened, sweep), asked_of(chosen, judged))
        told = estate.context.sweep
        wanted = serial.strip().upper()
        assets = [a for a in estate.assets if wanted in _serials(a)]
        if not assets:
            known = estate.context.truth
            listed = "".join(f"; {said}" for said in (known.of_serial(wanted) if known else ()))
            raise UsageError(f"{serial}: neither seen in sweep {told.id} nor on any line{listed}")
        decided = [
            e
            for s in sorted(set().union(*map(_serials, assets)))
            for e in opened.decision_history(s)
        ]
        plan = _plan(opened, estate)
    for asset in assets:
        found = list(findings([asset], estate.context))
        tell("\n".join(story(asset, found, estate)))
        tell("\n".join(_planned(asset, plan)))
    if decided:
        tell("\n".join(_decisions(decided)))
    say(f"{count(len(assets), 'unit')} as of {judged}; {denominator(told)}")


def _plan(opened: "Store", estate: "Estate") -> "RenewalPlan | str":
    """The renewal plan of the estate, or why there is none."""
    from agent.pipeline import plan_of

    try:
        return plan_of(estate, opened)
    except UsageError as error:
        return str(error)


def _planned(asset: "Asset", plan: "RenewalPlan | str") -> Iterator[str]:
    """What the plan does about the unit and about each of its lines."""
    if isinstance(plan, str):
        yield f"plan\n  none: {plan}"
        return
    yield f"plan to {plan.anniversary}, ordered on {plan.order_day}"
    unit = (asset.host, asset.serial, asset.pid)
    rows = {line.evidence for line in (*asset.lines, *asset.doubtful_lines)}
    about = [
        line
        for line in plan.lines
        if rows & set(line.evidence)
        or (line.end is None and (line.host, line.serial, line.pid) == unit)
    ]
    for line in about:
        yield f"  {_step(line)}: {line.reason}"
        if line.flags:
            yield f"    flags: {', '.join(line.flags)}"
        if line.remedy:
            yield f"    remains: {line.remedy}"
    if not about:
        yield "  nothing: it is on no line, and is not to be added"


def _step(line: "PlannedLine") -> str:
    """One line's action with its bridge: days, dates and price."""
    words = [line.action.replace("_", " ")]
    if line.contract:
        words.append(f"contract {line.contract}")
    if line.bridge:
        words.append(f"{line.bridge.start} to {line.bridge.end}, {count(line.bridge.days, 'day')}")
        if line.bridge.amount is not None:
            words.append(f"{line.bridge.amount} {line.currency}")
    return ", ".join(words)


def _decisions(entries: "list[Entry]") -> Iterator[str]:
    """Every decision in the store about the unit: who, when, why, and what took its place."""
    yield "decisions"
    for entry in entries:
        one = entry.decision
        when = f"decided {one.decided}, " if one.decided else ""
        gone = f", superseded {entry.superseded:%Y-%m-%d}" if entry.superseded else ""
        until = f", until {one.expires}" if one.expires else ""
        yield (
            f"  {one.id} {one.kind} by {one.approver}: {one.reason}"
            f" ({when}imported {entry.imported:%Y-%m-%d}{until}{gone})"
        )


def _serials(asset: "Asset") -> set[str]:
    others = {s for sighting in asset.sightings for s in sighting.other_serials}
    return {s.upper() for s in (asset.serial, *others) if s}


def story(asset: "Asset", findings: list["Finding"], estate: "Estate") -> Iterator[str]:
    """One unit's story, line by line: the answer first, then what it rests on."""
    from agent.cli._posture import posture

    yield f"{asset.serial}  {asset.pid or 'PID not known'}  {asset.host or 'not seen'}"
    for judged in estate.assessment.of(asset):
        yield from posture(judged, estate.assessment)
    yield from _seen(asset)
    yield from _listed(asset, estate.context.truth)
    yield from _covered(asset, estate.context.as_of)
    yield from _lifecycle(asset)
    yield "findings"
    needed = [f for f in findings if f.status in ("open", "not_reviewed")]
    yield columns((f"  {f.rule}", f.status, f.severity, _reason(f)) for f in needed)
    passed = sum(f.status == "not_a_finding" for f in findings)
    others = len(findings) - len(needed) - passed
    yield f"  {passed} rules passed, {others} do not apply"


def _reason(finding: "Finding") -> str:
    waiver = finding.waiver
    if waiver is None:
        return finding.reason
    return f"{finding.reason}; waived by {waiver.approval} until {waiver.expires}"


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


def _listed(asset: "Asset", truth: "Truth | None") -> Iterator[str]:
    """What sources of truth say of the unit; nothing where none was asked."""
    from agent.reconcile.truth import answer

    if truth is None:
        return
    yield "sources of truth"
    claims = truth.of_serial(asset.serial)
    for said in claims:
        yield f"  {said}"
        yield f"    {_proof(said.evidence)}"
    if not claims:
        found = answer(truth, asset.host, (asset.serial,))
        yield f"  {found.reason}"
        yield from (f"    {_proof(e)}" for e in found.evidence)


def _covered(asset: "Asset", as_of: date) -> Iterator[str]:
    from agent.reconcile.coverage import cover_of

    yield "contract lines"
    for line in asset.lines:
        start = line.start or "start not stated"
        yield (
            f"  {line.contract or 'no number'} {line.service_level or 'level not stated'}"
            f" {start} to {line.end} as {line.pid or 'any PID'}"
        )
        yield f"    {_entitlement(line)}"
        yield f"    {_proof(line.evidence)}"
    for how in asset.line_matches:
        yield from _path(how)
    for line in asset.doubtful_lines:
        yield f"  doubtful: {line.contract} names it as {line.pid}; {_proof(line.evidence)}"
    if not asset.lines and not asset.doubtful_lines:
        yield "  none"
    for said in asset.statements:
        yield f"  said {said.state.replace('_', ' ')}: {said.reason}; {_proof(said.evidence)}"
    if cover := cover_of(asset, as_of):
        remedy = f"; {cover.remedy}" if cover.remedy else ""
        yield f"  so it is {cover.state.replace('_', ' ')}: {cover.reason}{remedy}"
    for other in asset.lookalikes:
        yield f"  looks like {other}: zeros, O and I may have been mixed up"


def _entitlement(line: "ContractLine") -> str:
    """What the line gives a right to, does not, and what is not known of it."""
    words = {True: "yes", False: "no", None: "not known"}
    rights = [
        f"{name.replace('_', ' ')} {words[getattr(line.entitles, name)]}"
        for name in ("tac", "rma", "os_software", "application_software")
    ]
    more = [line.response] if line.response else []
    more += ["third party"] if line.third_party else []
    more += ["item of a bundle"] if line.minor else []
    return ", ".join([*rights, *more])


def _path(how: "PidMatch") -> Iterator[str]:
    """Every rule on the way from one product id to the other, with who says so."""
    yield f"    matched {how.observed} to {how.matched}: {how.step}"
    for step in how.steps:
        yield f"      {step.before} is {step.after}: {step.rule} ({step.source})"


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
        yield from _path(how)
    yield f"    {dates.bulletin or 'no bulletin'}; {_proof(dates.evidence)}"


def _proof(evidence: "Evidence") -> str:
    when = f" {evidence.collected:%Y-%m-%dT%H:%M:%SZ}" if evidence.collected else ""
    return f"{evidence.source}: {evidence.command}{when} sha256 {evidence.sha256}"
