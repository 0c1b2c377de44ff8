"""patch_map.csv: what a patch (SMU, APSP, hotfix) mends; without a row it proves nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

from agent.model import Doubt, PatchMapping, Software
from agent.sources import Declared
from agent.sources.advisories import TableSource
from agent.sources.advisories.first_fixed import Text, os_of
from agent.sources.records import Form, read_tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from pathlib import Path
    from typing import Self

    from agent.sources.advisories import Entry
    from agent.sources.records import Facts


class PatchRow(BaseModel):
    """One row as the file states it, checked."""

    model_config = ConfigDict(extra="forbid")

    os: Annotated[Software, BeforeValidator(os_of)]
    patch: Annotated[str, BeforeValidator(str.strip)]
    advisory: Text = None
    cve: Text = None
    bug: Text = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if not self.patch:
            raise ValueError("no patch; add its name as the device prints it")
        if not (self.advisory or self.cve or self.bug):
            raise ValueError("says of no advisory, CVE or bug that it is mended; add one")
        return self


def _record(values: Mapping[str, str], facts: Facts) -> PatchMapping:
    row = PatchRow.model_validate(values)
    return PatchMapping(row.os, row.patch, row.advisory, row.cve, row.bug, facts.evidence)


FORM = Form(
    name="patch_map",
    known={
        "os": ("os", "software"),
        "patch": ("patch", "smu", "hotfix"),
        "advisory": ("advisory", "advisory id"),
        "cve": ("cve",),
        "bug": ("bug", "bug id", "defect"),
    },
    suffices=lambda found: {"os", "patch"} <= found.keys() and len(found) > 2,  # noqa: PLR2004
    needed="'os', 'patch' and one of 'advisory', 'cve', 'bug'",
    record=_record,
    doubts=lambda _values, _numbers: (),
)


def read(path: Path, data_date: date | None) -> Iterator[Entry]:
    """What each patch of a table mends.

    :raises SourceError: it cannot be read, is no text, or has no such heading row.
    """
    for row in read_tables(path, FORM, Declared(data_date=data_date)):
        if not isinstance(row, Doubt):
            yield row


SOURCE = TableSource(
    name="patch_map",
    title="patch_map.csv (os, patch, advisory or cve or bug)",
    read=read,
)
