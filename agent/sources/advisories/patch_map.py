"""patch_map.csv: what a patch (SMU, APSP, hotfix) mends; without a row it proves nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

from agent.model import PatchMapping, Software
from agent.sources.advisories import TableSource
from agent.sources.advisories.first_fixed import Text, os_of
from agent.sources.records import Form, read_delimited

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from pathlib import Path
    from typing import Self

    from agent.model import Evidence
    from agent.sources.advisories import Entry


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


def _record(
    values: Mapping[str, str], _date_format: str | None, evidence: Evidence
) -> PatchMapping:
    row = PatchRow.model_validate(values)
    return PatchMapping(row.os, row.patch, row.advisory, row.cve, row.bug, evidence)


FORM = Form(
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
)


def read(path: Path, data_date: date | None) -> Iterator[Entry]:
    """What each patch of a table mends.

    :raises SourceError: it cannot be read, is no text, or has no such heading row.
    """
    yield from read_delimited(path, FORM, None, data_date)


SOURCE = TableSource(
    name="patch_map",
    title="patch_map.csv (os, patch, advisory or cve or bug)",
    read=read,
)
