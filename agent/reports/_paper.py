"""Reports as tagged PDF (PDF/UA-1), set by typst from its own fonts: no network, no clock.

What is set goes to the template as JSON, never as markup, so no value of the estate can change it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, fields, is_dataclass
from typing import IO, TYPE_CHECKING, Literal, TypeAlias

from agent import resources, typesetting
from agent.reports.escaping import spelt
from agent.reports.summary import input_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agent.model import Incomplete, Unreached
    from agent.reports.references import Reference
    from agent.reports.summary import Summary

Tone: TypeAlias = Literal["bad", "warn", "good", "soft"]
Cell: TypeAlias = "str | tuple[str, Tone]"

# What the fonts inside typst have, as tried one by one: Latin, Greek, Cyrillic, Armenian, Hebrew,
# Arabic letters, punctuation, currency, arrows, signs. PDF/UA forbids a character without a shape.
_UNPRINTABLE = re.compile(
    "[^\n\\x20-\\x7e\\xa0-\\xac\\xae-\u02ff\u0386\u0388-\u038a\u038c\u038e-\u03a1\u03a3-\u0482"
    "\u048a-\u04ff\u0531-\u0556\u0561-\u0586\u05d0-\u05ea\u0621-\u063a\u0641-\u064a\u0660-\u0669"
    "\u1e00-\u1eff\u2010-\u2015\u2018-\u201f\u2020-\u2022\u2026\u2030-\u203a\u20a0-\u20bf\u2100-\u211e"
    "\u2190-\u21ff\u2200-\u22ff\u2500-\u25ff\u27e8\u27e9]"
)


@dataclass(frozen=True, slots=True)
class Card:
    """One figure of the first page: ``12``, ``of 294 units ...``, and the counts behind it."""

    title: str
    figure: str
    of: str
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Grid:
    """One table. A width of 0 is as wide as its text; `empty` is said where there is no row."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[int, ...]
    numbers: tuple[int, ...] = ()
    empty: str = "None."
    size: float = 7.6


@dataclass(frozen=True, slots=True)
class Block:
    """A heading with sentences, points and a table, each of which may be missing."""

    title: str = ""
    text: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    table: Grid | None = None
    level: int = 2


@dataclass(frozen=True, slots=True)
class Paper:
    """Everything that is printed."""

    title: str
    subtitle: str
    footer: str
    warnings: tuple[str, ...]
    cards: tuple[Card, ...]
    blocks: tuple[Block, ...]


def typeset(paper: Paper, stream: IO[bytes], template: str = "paper.typ") -> None:
    """Write the PDF; the same paper gives the same bytes."""
    data = json.dumps(_plain(paper))
    stream.write(typesetting.typeset(resources.folder("templates") / template, data))


def printable(value: object) -> str:
    """A value as text for paper: what the fonts have no shape for by its number, ``<U+4E2D>``."""
    return _UNPRINTABLE.sub(lambda found: f"<U+{ord(found[0]):04X}>", spelt(value))


def basis(summary: Summary) -> Block:
    """What the report rests on: every input with its age, limit and hash."""
    return Block(
        "What this rests on",
        (f"Ages are measured on the day of the run, {summary.run_day}.",),
        table=Grid(
            ("Input", "Source", "Dated", "Days old", "Limit", "Proves", "Rows", "sha256"),
            tuple(
                (
                    input_words(age.what),
                    age.source,
                    spelt(age.dated) or "not known",
                    "not known" if age.days_old is None else str(age.days_old),
                    "none" if age.limit is None else str(age.limit),
                    (age.state, "good" if age.state == "within its limit" else "warn"),
                    str(age.rows),
                    age.sha256 or "not known",
                )
                for age in summary.data_ages
            ),
            (0, 2, 0, 0, 0, 0, 0, 5),
            (3, 4, 6),
            "No contract, lifecycle or advisory data is loaded: whatever needs it is not known.",
        ),
    )


def not_read(summary: Summary) -> Block:
    """Hosts that were not read, or only in part."""
    unreached = [_gap("not read", "bad", each) for each in summary.unreached]
    incomplete = [_gap("read in part", "warn", each) for each in summary.incomplete]
    hosts = summary.hosts
    return Block(
        f"Not read: {hosts.failed} of {hosts.attempted} hosts",
        ("What is there is not known and in no number of this report.",) if hosts.failed else (),
        table=Grid(
            ("Host", "What", "Kind", "Why"),
            (*unreached, *incomplete),
            (0, 0, 0, 1),
            empty="Every host was read, with nothing known to be missing."
            if hosts.attempted
            else "No host was attempted.",
        ),
    )


def _gap(words: str, tone: Tone, gap: Unreached | Incomplete) -> tuple[Cell, ...]:
    return (gap.host, (words, tone), gap.kind.replace("_", " "), gap.reason)


def references(listed: Iterable[Reference]) -> Block:
    """Every raw text that was cited, by its number."""
    return Block(
        "Evidence",
        ("The numbers above. A raw text is found in the store by its hash.",),
        table=Grid(
            ("No.", "Host", "From", "Command, row or record", "Collected or dated", "sha256"),
            tuple(
                (
                    str(each.number),
                    each.host or "",
                    each.source,
                    each.used,
                    spelt(each.collected) or "not known",
                    each.sha256,
                )
                for each in listed
            ),
            (0, 2, 2, 3, 0, 5),
            (0,),
            "Nothing was read, so there is no evidence.",
            size=6.6,
        ),
    )


def scope(summary: Summary) -> str:
    """The day, the denominator and the run, in one sentence each."""
    hosts = summary.hosts
    partial = f", {hosts.partial} only in part" if hosts.partial else ""
    return (
        f"As of {summary.as_of}. {hosts.attempted} hosts attempted, {hosts.reached} read,"
        f" {hosts.failed} failed{partial}. Sweep {summary.sweep},"
        f" {spelt(summary.started)} to {spelt(summary.ended)}."
        f" Run on {summary.run_day} by netcover {summary.tool_version}."
    )


def _plain(value: object) -> object:
    """The paper as JSON holds it, every text printable."""
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    return printable(value)
