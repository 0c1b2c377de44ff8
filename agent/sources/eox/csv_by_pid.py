"""Hardware EoX from CSV, one row per PID; a blank cell is unknown and stays so.

No milestone is derived from another, and no date stands for something else than itself.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationInfo

from agent.model import Evidence, Milestones, Rejected, Unstated
from agent.sources import SourceFile, cells
from agent.sources.columns import aliases
from agent.sources.delimited import SUFFIXES
from agent.sources.eox import EoxSource, MilestoneFile
from agent.sources.records import Form, read_delimited

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agent.model import Milestone


def _pid(cell: str) -> str:
    text = cells.content(cell)
    if text is None:
        raise ValueError("no PID; add it")
    return text


def _milestone(cell: str, info: ValidationInfo) -> Milestone:
    text = " ".join(cell.lower().split())
    if not text:
        return Unstated.UNKNOWN
    if text in {Unstated.NOT_ANNOUNCED, Unstated.NOT_STATED}:
        return Unstated(text)
    try:
        return cells.day(cell.strip(), info.context)
    except ValueError as error:
        raise ValueError(f"{error} (or 'not announced', 'not stated', blank)") from None


_Text = Annotated[str | None, BeforeValidator(cells.content)]
_Milestone = Annotated[date | Unstated, BeforeValidator(_milestone)]


class EoxRow(BaseModel):
    """One row as the file states it, checked."""

    model_config = ConfigDict(extra="forbid")

    pid: Annotated[str, BeforeValidator(_pid)]
    bulletin: _Text = None
    url: _Text = None
    announced: _Milestone = Unstated.UNKNOWN
    end_of_sale: _Milestone = Unstated.UNKNOWN
    last_ship: _Milestone = Unstated.UNKNOWN
    routine_failure_analysis: _Milestone = Unstated.UNKNOWN
    sw_maintenance: _Milestone = Unstated.UNKNOWN
    security_support: _Milestone = Unstated.UNKNOWN
    new_service_attachment: _Milestone = Unstated.UNKNOWN
    service_contract_renewal: _Milestone = Unstated.UNKNOWN
    last_date_of_support: _Milestone = Unstated.UNKNOWN


def _suffices(found: Mapping[str, int]) -> bool:
    return "pid" in found and bool(found.keys() - {"pid", "bulletin", "url"})


def _record(values: Mapping[str, str], date_format: str | None, evidence: Evidence) -> Milestones:
    row = EoxRow.model_validate(values, context=date_format)
    return Milestones(evidence=evidence, **row.model_dump())


FORM = Form(
    known=aliases(Path(__file__).with_name("aliases.yaml")),
    suffices=_suffices,
    needed="'pid' and at least one milestone ('end_of_sale', 'last_date_of_support', ...)",
    record=_record,
)


def read(path: Path, date_format: str | None, data_date: date | None) -> MilestoneFile:
    """The milestones of a CSV file, one record per PID.

    :raises SourceError: it cannot be read, is no text, or has no heading row.
    """
    file = read_delimited(path, FORM, date_format, data_date)
    return replace(file, rows=lambda: _one_per_pid(file))


def _one_per_pid(file: SourceFile[Milestones]) -> Iterator[Milestones | Rejected]:
    """The first row of each PID; a later one that states other dates is a conflict."""
    first: dict[str, Milestones] = {}
    for record in file:
        if isinstance(record, Rejected):
            yield record
            continue
        known = first.setdefault(record.pid, record)
        if known is record:
            yield record
        elif differing := _differing(known, record):
            row = int(record.evidence.command.removeprefix("row "))
            where = f"conflict with {known.evidence.command} about {record.pid}"
            what = ", ".join(differing)
            yield Rejected(file.name, row, f"{where}: {what}; remove the wrong one")


def _differing(one: Milestones, other: Milestones) -> list[str]:
    return [
        f"{name} {getattr(one, name)} there, {getattr(other, name)} here"
        for name in EoxRow.model_fields
        if name not in {"pid", "bulletin", "url"} and getattr(one, name) != getattr(other, name)
    ]


SOURCE = EoxSource(
    name="csv_by_pid",
    title="delimited text (.csv, .tsv, .txt)",
    accepts=lambda path: path.suffix.lower() in SUFFIXES,
    read=read,
)
