"""The executive page on paper: one page, whatever the estate."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from agent.reports import Format
from agent.reports._paper import Block, Card, Grid, Paper, typeset
from agent.reports.escaping import spelt
from agent.reports.executive import NAME, executive
from agent.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.model import Report
    from agent.reports._paper import Cell
    from agent.reports.executive import Ask, Page


def write(report: Report, stream: IO[bytes]) -> None:
    """Write the PDF; the same report gives the same bytes."""
    made = executive(report)
    typeset(
        Paper(
            title=made.title,
            subtitle=made.unseen if made.complete else "",
            footer=f"As of {report.as_of}, netcover {report.tool_version}, run {report.sweep.id}",
            warnings=() if made.complete else (f"Incomplete: {made.unseen}",),
            cards=tuple(Card(f.question, f.figure, f.of, f.facts) for f in made.figures),
            blocks=tuple(_blocks(made)),
        ),
        stream,
        "executive.typ",
    )


def _blocks(made: Page) -> Iterator[Block]:
    yield Block(
        "What we ask of you",
        table=Grid(
            ("No.", "What", "By"),
            tuple((f"{n}.", ask.words, _due(ask)) for n, ask in enumerate(made.asks, start=1)),
            (0, 1, 0),
            empty="Nothing." if made.complete else "Have the missing systems read first.",
            size=9,
        ),
    )
    later = f"and {count(made.dates_left_out, 'later day')}" if made.dates_left_out else ""
    yield Block(
        "Next dates",
        table=Grid(
            ("Day", "What"),
            (
                *((spelt(day), words) for day, words in made.dates),
                *((("", later),) if later else ()),
            ),
            (0, 1),
            empty="No end of cover is known.",
            size=8.5,
        ),
    )
    heads = ("Site", "Devices", "Covered", "Not covered", "Not known", "Silent systems")
    more = count(made.sites_left_out, "site")
    yield Block(
        "Where",
        table=Grid(
            heads,
            tuple(
                (
                    each.name,
                    str(each.devices),
                    str(each.covered),
                    str(each.uncovered),
                    str(each.unknown),
                    str(each.hosts_failed),
                )
                for each in made.sites
            )
            + (
                ((f"and {more} with less to do", "", "", "", "", ""),)
                if made.sites_left_out
                else ()
            ),
            (1, 0, 0, 0, 0, 0),
            (1, 2, 3, 4, 5),
            "No site was read.",
            size=8.5,
        ),
    )
    words = " ".join(f"{word}: {means}." for word, means in made.words)
    yield Block(
        "What the words mean, and what this rests on",
        (words, f"{'; '.join(made.rests_on)}."),
        level=3,
    )


def _due(ask: Ask) -> Cell:
    if ask.due is None:
        return ""
    return (f"since {ask.due}", "bad") if ask.late else spelt(ask.due)


FORMAT = Format(
    report=NAME,
    ending="pdf",
    title="",
    audience="",
    write_bytes=write,
    extra="pdf",
    module="typst",
)
