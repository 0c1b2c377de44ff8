"""Hardware EoX from tables, one row per PID; a blank cell is unknown and stays so.

No milestone is derived from another, and no date stands for something else than itself.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

from agent.model import Milestones, Unstated
from agent.sources import cells
from agent.sources.carriers import SUFFIXES
from agent.sources.columns import aliases
from agent.sources.eox import EoxSource, MilestoneFile, by_train
from agent.sources.eox._cells import (  # noqa: TC001 - pydantic reads them
    Dated,
    Replacement,
    Text,
)
from agent.sources.records import Form, fits, read_tables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent.sources import Declared
    from agent.sources.eox import EoxRecord
    from agent.sources.records import Facts


def _pid(cell: str) -> str:
    text = cells.content(cell)
    if text is None:
        raise ValueError("no PID; add it")
    return text


class EoxRow(BaseModel):
    """One row as the file states it, checked."""

    model_config = ConfigDict(extra="forbid")

    pid: Annotated[str, BeforeValidator(_pid)]
    bulletin: Text = None
    url: Text = None
    replacement: Replacement = None
    announced: Dated = Unstated.UNKNOWN
    end_of_sale: Dated = Unstated.UNKNOWN
    last_ship: Dated = Unstated.UNKNOWN
    routine_failure_analysis: Dated = Unstated.UNKNOWN
    sw_maintenance: Dated = Unstated.UNKNOWN
    security_support: Dated = Unstated.UNKNOWN
    new_service_attachment: Dated = Unstated.UNKNOWN
    service_contract_renewal: Dated = Unstated.UNKNOWN
    last_date_of_support: Dated = Unstated.UNKNOWN


def _record(values: Mapping[str, str], facts: Facts) -> Milestones:
    row = EoxRow.model_validate(values, context=facts)
    return Milestones(evidence=facts.evidence, **row.model_dump())


FORM: Form[EoxRecord] = Form(
    name="by_pid",
    known=aliases(Path(__file__).with_name("aliases.yaml")),
    suffices=lambda found: (
        "pid" in found and bool(found.keys() - {"pid", "bulletin", "url", "replacement"})
    ),
    needed="'pid' and at least one milestone ('end_of_sale', 'last_date_of_support', ...)",
    record=_record,
    doubts=lambda _values, _numbers: (),
)


def read(path: Path, declared: Declared) -> MilestoneFile:
    """The milestones of a table, row by row.

    :raises SourceError: it cannot be read, or has no heading row.
    """
    return read_tables(path, FORM, declared)


def _accepts(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES and not fits(path, by_train.FORM)


SOURCE = EoxSource(
    name="by_pid",
    title=f"tables of products ({', '.join(SUFFIXES)})",
    accepts=_accepts,
    read=read,
)
