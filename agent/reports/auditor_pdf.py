"""The auditor's report on paper."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from agent.reports import Format
from agent.reports._paper import (
    Block,
    Card,
    Grid,
    Paper,
    basis,
    not_read,
    references,
    scope,
    typeset,
)
from agent.reports.audit import NAME, STATES, audit
from agent.reports.escaping import spelt
from agent.reports.summary import summarise
from agent.wording import count, sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.model import Report
    from agent.reports._paper import Cell, Tone
    from agent.reports.audit import (
        Audit,
        ControlResult,
        ControlState,
        Counts,
        Device,
        RuleCount,
        Step,
        WaiverUse,
    )
    from agent.reports.summary import Summary

_TONES: dict[ControlState, Tone] = {
    "open": "bad",
    "accepted": "warn",
    "cannot_tell": "warn",
    "no_open_finding": "good",
    "not_applicable": "soft",
    "no_evidence": "warn",
}
_COUNTED = ("Open", "Accepted", "Cannot tell", "Passed", "Does not apply")


def write(report: Report, stream: IO[bytes]) -> None:
    """Write the PDF; the same report gives the same bytes."""
    made, told = audit(report), summarise(report)
    read = f"{told.hosts.reached} of {count(told.hosts.attempted, 'host')} read"
    found = f"{made.counts.open} of {count(made.counts.total, 'finding')} open"
    typeset(
        Paper(
            title=f"Audit evidence of {told.as_of}: {read}, {found}",
            subtitle=scope(told),
            footer=f"Audit evidence as of {told.as_of}, netcover {told.tool_version},"
            f" sweep {told.sweep}",
            warnings=told.warnings,
            cards=_cards(made, told),
            blocks=tuple(_blocks(made, told, inventory=bool(report.hosts))),
        ),
        stream,
    )


def _cards(made: Audit, told: Summary) -> tuple[Card, ...]:
    hosts, counts = told.hosts, made.counts
    return (
        Card(
            "What was looked at?",
            str(hosts.reached),
            f"of {count(hosts.attempted, 'host')} attempted were read",
            (
                ("failed", str(hosts.failed)),
                ("read only in part", str(hosts.partial)),
                ("in the inventory and not attempted", str(len(made.excluded))),
                ("units seen", str(made.seen)),
                ("units known and not seen, or on hosts not read", str(made.units - made.seen)),
            ),
        ),
        Card(
            "What was found?",
            str(counts.open),
            f"of {count(counts.total, 'finding')} are open:"
            f" {len(made.rules)} rules asked of {count(made.units, 'unit')}",
            (
                ("of the open ones accepted by a waiver", str(counts.accepted)),
                ("cannot be told, so never passed", str(counts.not_reviewed)),
                ("passed", str(counts.not_a_finding)),
                ("do not apply", str(counts.not_applicable)),
            ),
        ),
        Card(
            "What does it rest on?",
            "-" if made.files else str(len(made.references)),
            "see the files of the sites"
            if made.files
            else f"raw texts and files with their sha256; {made.outputs} are outputs of devices",
            (("imported files still in use", str(len(told.data_ages))),),
        ),
    )


def _blocks(made: Audit, told: Summary, *, inventory: bool) -> Iterator[Block]:
    yield Block(
        "Controls, passes included",
        ("A finding is evidence toward a control. That one is met is for the assessor to say.",),
    )
    for each in made.frameworks:
        binding = f" Binding on: {each.framework.binding}." if each.framework.binding else ""
        yield Block(
            each.framework.title,
            (f"Source: {each.framework.source}.{binding}",),
            table=Grid(
                ("Control", "State", *_COUNTED, "Units open", "Evidence of what, by which rules"),
                tuple(_control(one, complete=told.complete) for one in each.controls),
                (4, 0, 0, 0, 0, 0, 0, 0, 7),
                (2, 3, 4, 5, 6, 7),
            ),
            level=3,
        )
    yield Block(
        "Rules",
        table=Grid(
            ("Rule", "Severity", *_COUNTED, "What it means", "What to do"),
            tuple(_rule(each) for each in made.rules),
            (0, 0, 0, 0, 0, 0, 0, 4, 5),
            (2, 3, 4, 5, 6),
            "No unit was asked.",
        ),
    )
    yield _waivers(made)
    yield not_read(told)
    yield _excluded(made, inventory=inventory)
    yield from _devices(made)
    yield (
        references(made.references)
        if not made.files
        else Block("Evidence", ("In the files of the sites.",))
    )
    yield basis(told)
    yield Block(
        "Read only",
        (
            "Every command that may be sent is declared; the transport refuses all others.",
            "On the platforms of this sweep, besides those that prepare and end a session:",
        ),
        points=tuple(f"{name}: {', '.join(texts)}" for name, texts in made.commands),
    )
    yield Block("What this report does not hold", points=made.not_held)


def _counted(counts: Counts) -> tuple[str, ...]:
    return tuple(
        map(
            str,
            (
                counts.open,
                counts.accepted,
                counts.not_reviewed,
                counts.not_a_finding,
                counts.not_applicable,
            ),
        )
    )


def _control(one: ControlResult, *, complete: bool) -> tuple[Cell, ...]:
    control, state = one.control, one.counts.state
    platforms = f" ({', '.join(control.platforms)})" if control.platforms else ""
    so_far = " so far" if state == "no_open_finding" and not complete else ""
    return (
        f"{control.id} {control.title}{platforms}",
        (f"{STATES[state]}{so_far}", _TONES[state]),
        *_counted(one.counts),
        f"{one.open_units} of {one.units}",
        f"{control.wording} {', '.join(control.rules)}",
    )


def _rule(each: RuleCount) -> tuple[Cell, ...]:
    return (each.rule, each.severity, *_counted(each.counts), each.meaning, each.remedy)


def _waivers(made: Audit) -> Block:
    heads = ("Approval", "Approved by", "Until", "State", "Reason", "Rules and scope")
    return Block(
        f"Waivers: {len(made.waivers)}",
        table=Grid(
            (*heads, "Disposition", "Findings", "Evidence"),
            tuple(_waiver(each) for each in made.waivers),
            (0, 2, 0, 0, 4, 5, 3, 0, 4),
            (7,),
            "None: nothing that is open has been accepted.",
        ),
    )


def _waiver(use: WaiverUse) -> tuple[Cell, ...]:
    waiver = use.waiver
    within = (*waiver.hosts, *waiver.serials, *waiver.pids, *waiver.sites)
    return (
        waiver.approval,
        waiver.approver,
        spelt(waiver.expires),
        ("in force", "warn") if use.in_force else ("expired", "bad"),
        waiver.reason,
        f"{', '.join(waiver.rules)}: {', '.join(within)}",
        waiver.disposition or "none recorded",
        str(use.findings),
        f"{waiver.evidence.source} {waiver.evidence.command} {waiver.evidence.sha256}",
    )


def _excluded(made: Audit, *, inventory: bool) -> Block:
    return Block(
        f"In the inventory and not attempted: {count(len(made.excluded), 'host')}",
        table=Grid(
            ("Host", "Address", "Site", "Owner", "Spare"),
            tuple(
                (
                    each.host,
                    each.address or "",
                    each.site or "no site",
                    each.owner or "nobody named",
                    "yes" if each.spare else "no",
                )
                for each in made.excluded
            ),
            (2, 2, 2, 2, 0),
            empty="None: every host of the inventory was attempted."
            if inventory
            else "No inventory is at hand, so whether hosts were left out is not known.",
        ),
    )


def _devices(made: Audit) -> Iterator[Block]:
    if made.files:
        yield Block(
            "Evidence by device",
            ("More than one file can hold: each site has a file of its own.",),
            table=Grid(
                ("Site", "Units", "File"),
                tuple((f.site or "no site", str(f.rows), f"{f.stem}.pdf") for f in made.files),
                (1, 0, 1),
                (1,),
            ),
        )
        return
    yield Block("Evidence by device", () if made.devices else ("No unit is known.",))
    for device in made.devices:
        yield _device(device)


def _device(device: Device) -> Block:
    unit = device.unit
    place = f", {unit.position}" if unit.position else ""
    return Block(
        f"{unit.name()}: {unit.pid or 'PID not known'},"
        f" {unit.host or 'not seen on any host'}{place}",
        tuple(_about(device)),
        table=Grid(
            ("Status", "Rules", "Reason", "By", "Disposition", "Evidence"),
            tuple(_step(each) for each in device.steps if each.status != "not_a_finding"),
            (0, 4, 6, 0, 3, 2),
            empty="Nothing is open, and nothing could not be told.",
            size=7,
        ),
        level=3,
    )


def _about(device: Device) -> Iterator[str]:
    unit, facts = device.unit, device.facts
    owner = facts.owner if facts and facts.owner else "nobody named"
    address = facts.address if facts and facts.address else "not declared"
    yield f"Site {unit.site or 'not declared'}, owner {owner}, management address {address}."
    if unit.unreached:
        kind = unit.unreached.kind.replace("_", " ")
        yield f"Host not read: {kind}: {unit.unreached.reason}."
    elif not unit.sightings:
        yield f"Not seen in this sweep ({unit.presence.replace('_', ' ')})."
    for seen in unit.sightings[:1]:
        printed = f"printed as {seen.version_raw}" if seen.version_raw else "none printed"
        version = f"{seen.software} {seen.version or 'version not known'}, {printed}"
        if seen.software == "other" and not seen.version:
            version = "no software of its own"
        yield (
            f"{seen.kind.replace('_', ' ')}, serial {seen.serial or 'not stated'}, VID"
            f" {seen.vid or 'not stated'}, runs {version}, lane {seen.lane}."
        )
    for each in device.seen:
        when = spelt(each.collected) or "time not known"
        yield f"[{each.number}] {each.host} {each.used}, {when}, sha256 {each.sha256}"
    for posture in unit.postures:
        cites = " ".join(map(str, device.postures))
        yield (
            f"{posture.headline}: hardware {posture.hardware}, {posture.reasons[0]}; software"
            f" {posture.stream}, {posture.reasons[1]}; entitlement {posture.entitlement},"
            f" {posture.reasons[2]}. [{cites}]"
        )
    for line, cited in device.lines:
        yield (
            f"Contract {line.contract or 'without a number'}, {line.service_level or 'no level'},"
            f" {spelt(line.start) or 'start not stated'} to {line.end},"
            f" {line.evidence.source} {line.evidence.command} [{' '.join(map(str, cited))}]."
        )
    yield from _dates(device)


def _dates(device: Device) -> Iterator[str]:
    unit, cites = device.unit, " ".join(map(str, device.dates))
    if unit.milestones:
        dates = unit.milestones
        yield (
            f"Hardware {dates.pid}: last date of support {dates.last_date_of_support}, end of"
            f" security support {dates.security_support}; bulletin"
            f" {dates.bulletin or 'not stated'} {dates.url or ''} [{cites}]"
        )
    for posture in unit.postures:
        if posture.train:
            train = posture.train
            yield (
                f"Software {train.os} {train.train}: end of security support"
                f" {train.security_support}, last date of support {train.last_date_of_support};"
                f" bulletin {train.bulletin or 'not stated'} {train.url or ''} [{cites}]"
            )
    passed = [_passed(each) for each in device.steps if each.status == "not_a_finding"]
    if passed:
        yield f"Passed: {'; '.join(passed)}."
    if device.beside:
        yield f"Does not apply: {', '.join(device.beside)}."


def _passed(step: Step) -> str:
    cites = f" [{' '.join(map(str, step.cites))}]" if step.cites else ""
    return f"{', '.join(step.rules)} ({step.reason}){cites}"


def _step(step: Step) -> tuple[Cell, ...]:
    words: dict[str, Cell] = {
        "open": (f"open, {step.severity}", "bad"),
        "not_reviewed": ("cannot tell", "warn"),
        "not_a_finding": ("passed", "good"),
    }
    waiver = step.waiver
    nothing = "none recorded" if step.status == "open" else ""
    return (
        ("open, accepted", "warn") if waiver and step.status == "open" else words[step.status],
        ", ".join(step.rules),
        sentence(step.reason),
        spelt(step.due),
        f"{waiver.approval} until {waiver.expires}" if waiver else nothing,
        " ".join(map(str, step.cites)),
    )


FORMAT = Format(
    report=NAME,
    ending="pdf",
    title="",
    audience="",
    write_bytes=write,
    extra="pdf",
    module="typst",
    per_site=True,
)
