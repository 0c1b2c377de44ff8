"""The patch-entitlement report on paper."""

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
from agent.reports.escaping import spelt
from agent.reports.fixes import ACTIONS, NAME, fixes
from agent.reports.patching import HEADLINE_WORDS
from agent.reports.sites import site_files
from agent.reports.summary import summarise
from agent.wording import sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from agent.model import Report
    from agent.reports._paper import Cell
    from agent.reports.fixes import Exposure, Fixes, Section, Task
    from agent.reports.sites import SiteFile
    from agent.reports.summary import Summary

_NAMED = 40
"""Units that one row names; the table of all units has the others."""


def write(report: Report, stream: IO[bytes]) -> None:
    """Write the PDF; the same report gives the same bytes."""
    made, summary = fixes(report), summarise(report)
    files = site_files(report, NAME)
    typeset(
        Paper(
            title=_title(made, summary),
            subtitle=scope(summary),
            footer=f"Patches as of {summary.as_of}, netcover {summary.tool_version},"
            f" sweep {summary.sweep}",
            warnings=_warnings(made, summary),
            cards=_cards(made, summary),
            blocks=tuple(_blocks(made, summary, files)),
        ),
        stream,
    )


def _title(made: Fixes, summary: Summary) -> str:
    if not made.loaded:
        return f"Patches on {summary.as_of}: no advisory data is loaded"
    return (
        f"Patches on {summary.as_of}: {made.open_units} of {made.units} units have something open"
    )


def _warnings(made: Fixes, summary: Summary) -> tuple[str, ...]:
    missing = "No advisory data is loaded: whether anything is open is not known."
    return (*summary.warnings, *(() if made.loaded else (missing,)))


def _cards(made: Fixes, summary: Summary) -> tuple[Card, ...]:
    def known(count: int) -> str:
        so_far = " so far" if count == 0 and not summary.complete else ""
        return f"{count}{so_far}" if made.loaded else "not known"

    now = made.section("patch now, entitled")
    count = made.count
    return (
        Card(
            "What can be patched now?",
            known(count("patch now, entitled")),
            f"of {made.units} units: a fix is published, and a contract gives the right to it",
            (
                ("with a vulnerability known to be exploited", known(_of(now, "exploited_units"))),
                ("past a deadline", known(_of(now, "overdue_units"))),
                ("all units with something exploited", known(made.exploited_units)),
                ("units of which that cannot be told", known(made.exploited_unclear)),
                ("all units past a deadline", known(made.overdue_units)),
            ),
        ),
        Card(
            "What is blocked?",
            str(len(made.barred)),
            f"of {made.units} units have no right to software",
            (
                ("a fix is published, no right to it", known(count("fix exists, not entitled"))),
                ("a fix is free through Cisco TAC", known(count("free fix through TAC only"))),
                ("no fix will come", known(count("no fix will come"))),
                ("no fix yet", known(count("no fix yet"))),
            ),
        ),
        Card(
            "What cannot be told?",
            str(len(made.unclear)),
            f"of {made.units} units cannot be told; never counted as safe",
            (
                (f"hosts not read, of {summary.hosts.attempted}", str(summary.hosts.failed)),
                ("units known from before on them", str(len(made.beyond))),
                ("hosts of undeclared exposure, something open", known(made.exposure_unknown)),
                ("closed on weak ground only", known(made.unconfirmed)),
            ),
        ),
    )


def _of(section: Section | None, name: str) -> int:
    return getattr(section, name) if section else 0


def _blocks(made: Fixes, summary: Summary, files: tuple[SiteFile, ...]) -> Iterator[Block]:
    for section in made.sections:
        yield Block(
            f"{section.title}: {section.units} of {made.units} units",
            (f"{sentence(section.meaning)}.",),
            table=_tasks(section.tasks, named=not files),
        )
    if files:
        yield Block(
            "Every unit",
            ("More than one file can hold: each site has a file of its own.",),
            table=Grid(
                ("Site", "Units", "File"),
                tuple(
                    (each.site or "no site", str(each.rows), f"{each.stem}.pdf") for each in files
                ),
                (1, 0, 1),
                (1,),
            ),
        )
    else:
        yield Block(
            f"No right to software: {len(made.barred)} of {made.units} units",
            table=_exposures(made.barred, "Why it has no right", _right),
        )
        yield Block(
            f"Cannot tell: {len(made.unclear)} of {made.units} units",
            table=_exposures(made.unclear, "What is not known", _missing),
        )
        yield Block(
            f"Every unit that runs software: {made.units}",
            table=_exposures(made.exposures, "Can it have the next fix?", _standing),
        )
    yield not_read(summary)
    yield references(() if files else made.references)
    yield basis(summary)


def _tasks(tasks: Iterable[Task], *, named: bool) -> Grid:
    heads = (
        *("Vulnerability", "Known", "First deadline", "Do", "Fixed in", "Units"),
        *("Which", "Why", "Evidence"),
    )
    return Grid(
        heads,
        tuple(_task(task, named=named) for task in tasks),
        (0, 0, 3, 2, 0, 0, 4, 4, 0),
        (5,),
    )


def _task(task: Task, *, named: bool) -> tuple[Cell, ...]:
    severity = task.severity or "severity not stated"
    deadline = task.deadline if not task.overdue else f"{task.deadline} (passed)"
    stale = " Data beyond its age limit." if task.stale else ""
    return (
        task.cve,
        (f"exploited, {severity}", "bad") if task.exploited else severity,
        (deadline, "bad") if task.overdue else deadline,
        ACTIONS[task.action],
        f"{task.software} {task.fixed_release or '-'}",
        str(len(task.units)),
        _names(task) if named else "in the files of the sites",
        f"{sentence(task.reason)}.{stale}",
        " ".join(map(str, task.cites)),
    )


def _names(task: Task) -> str:
    more = len(task.units) - _NAMED
    names = ", ".join(unit.name() for unit in task.units[:_NAMED])
    return f"{names} and {more} more" if more > 0 else names


def _exposures(rows: Iterable[Exposure], heading: str, why: Callable[[Exposure], Cell]) -> Grid:
    return Grid(
        ("Unit", "Where", "Runs", heading, "Do", "Open", "Exploited", "First deadline", "Evidence"),
        tuple(
            (
                f"{each.unit.name()} ({each.unit.pid or 'PID not known'})",
                _where(each),
                f"{each.posture.software} {each.posture.version or 'version not known'}",
                why(each),
                ACTIONS[each.posture.action],
                str(each.open),
                str(each.exploited),
                (spelt(each.due), "bad") if each.overdue else spelt(each.due),
                " ".join(map(str, each.cites)),
            )
            for each in rows
        ),
        (3, 3, 2, 5, 2, 0, 0, 0, 2),
        (5, 6),
    )


def _where(each: Exposure) -> str:
    unit = each.unit
    place = f", {unit.position}" if unit.position else ""
    return f"{unit.host or 'not seen'}{place}, {unit.site or 'no site'}"


def _right(each: Exposure) -> str:
    return sentence(each.posture.reasons[2])


def _missing(each: Exposure) -> str:
    return sentence("; ".join(each.missing())) or "Whether advisories apply"


def _standing(each: Exposure) -> Cell:
    standing, words = HEADLINE_WORDS[each.posture.headline]
    tone = {"blocked": "bad", "unknown": "warn", "move_first": "warn", "watch": "warn"}
    told = sentence("; ".join(each.missing()) if standing == "unknown" else words)
    return (told, tone.get(standing, "good"))  # type: ignore[return-value]


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
