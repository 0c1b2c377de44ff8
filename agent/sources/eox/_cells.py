"""What a cell says of a milestone: a day, one of two words for having none, or nothing."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator, ValidationInfo

from agent.model import NO_REPLACEMENT, Unstated
from agent.sources import cells
from agent.sources.records import facts_of

if TYPE_CHECKING:
    from agent.model import Milestone


def milestone(cell: str, date_format: str | None) -> Milestone:
    """The milestone in a cell; blank is unknown.

    :raises ValueError: it is neither a day nor one of the two words.
    """
    text = " ".join(cell.lower().split())
    if not text:
        return Unstated.UNKNOWN
    if text in {Unstated.NOT_ANNOUNCED, Unstated.NOT_STATED}:
        return Unstated(text)
    try:
        return cells.day(cell.strip(), date_format)
    except ValueError as error:
        raise ValueError(f"{error} (or 'not announced', 'not stated', blank)") from None


def _milestone(cell: str, info: ValidationInfo) -> Milestone:
    return milestone(cell, facts_of(info).date_format)


def replacement(text: str) -> str | None:
    """The PID in a cell or answer; one that says there is none is :data:`NO_REPLACEMENT`."""
    words = " ".join(text.split())
    if re.match(r"(?i)no (?:direct )?replacement|none\b", words):
        return NO_REPLACEMENT
    return words or None


def _replacement(cell: str) -> str | None:
    return replacement(cells.content(cell) or "")


Text = Annotated[str | None, BeforeValidator(cells.content)]
Replacement = Annotated[str | None, BeforeValidator(_replacement)]
Dated = Annotated[date | Unstated, BeforeValidator(_milestone)]
