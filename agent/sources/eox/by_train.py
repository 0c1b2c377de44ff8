"""Software EoX from tables, one row per system and train.

Cisco's bulletins for ASA, FTD and FXOS have no row for the end of security support: a blank there
is "not stated". Every other blank is unknown.
"""

from __future__ import annotations

import re
from datetime import date  # noqa: TC003 - pydantic reads it when the class is made
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationInfo

from agent.model import Software, TrainMilestones, Unstated
from agent.sources import cells
from agent.sources.advisories._products import software
from agent.sources.columns import aliases
from agent.sources.eox import EoxSource, MilestoneFile
from agent.sources.eox._cells import Dated, Text  # noqa: TC001 - pydantic reads them
from agent.sources.records import Form, facts_of, fits, read_tables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent.sources import Declared
    from agent.sources.eox import EoxRecord
    from agent.sources.records import Facts

NO_SECURITY_ROW: tuple[Software, ...] = ("asa", "ftd", "fxos")
_TRAIN = re.compile(r"(\d+(?:\.\d+)+)(?:\.?x)?(?:\s*\(.*\))?", re.IGNORECASE)


def _os(cell: str) -> Software:
    found = software(cell)
    if found is None:
        raise ValueError(f"{cell!r} is not known; write ios-xe, asa, ftd, fxos or ap")
    return found


def train_of(cell: str) -> str:
    """The train in a cell: its number, without a remark in brackets.

    :raises ValueError: there is none.
    """
    found = _TRAIN.fullmatch(cell.strip())
    if found is None:
        raise ValueError(f"{cell!r} is no train; write it as 17.9")
    return found[1]


def _shipment(cell: str, info: ValidationInfo) -> date | None:
    text = cells.content(cell)
    return None if text is None else cells.day(text, facts_of(info).date_format)


class TrainRow(BaseModel):
    """One row as the file states it, checked."""

    model_config = ConfigDict(extra="forbid")

    os: Annotated[Software, BeforeValidator(_os)]
    train: Annotated[str, BeforeValidator(train_of)]
    bulletin: Text = None
    url: Text = None
    first_customer_shipment: Annotated[date | None, BeforeValidator(_shipment)] = None
    announced: Dated = Unstated.UNKNOWN
    end_of_sale: Dated = Unstated.UNKNOWN
    sw_maintenance: Dated = Unstated.UNKNOWN
    security_support: Dated = Unstated.UNKNOWN
    service_contract_renewal: Dated = Unstated.UNKNOWN
    last_date_of_support: Dated = Unstated.UNKNOWN


def _record(values: Mapping[str, str], facts: Facts) -> TrainMilestones:
    row = TrainRow.model_validate(values, context=facts)
    if row.security_support is Unstated.UNKNOWN and row.os in NO_SECURITY_ROW:
        row.security_support = Unstated.NOT_STATED
    return TrainMilestones(evidence=facts.evidence, **row.model_dump())


FORM: Form[EoxRecord] = Form(
    name="by_train",
    known=aliases(Path(__file__).with_name("train_aliases.yaml")),
    suffices=lambda found: (
        {"os", "train"} <= found.keys() and bool(found.keys() - {"os", "train", "bulletin", "url"})
    ),
    needed="'os', 'train' and at least one milestone",
    record=_record,
    doubts=lambda _values, _numbers: (),
)


def read(path: Path, declared: Declared) -> MilestoneFile:
    """The milestones of a table of trains, row by row.

    :raises SourceError: it cannot be read, or has no heading row.
    """
    return read_tables(path, FORM, declared)


SOURCE = EoxSource(
    name="by_train",
    title="tables of software trains, with columns os and train",
    accepts=lambda path: fits(path, FORM),
    read=read,
)
