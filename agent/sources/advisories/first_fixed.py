"""first_fixed.csv: what the site knows about fixed releases beside what advisories carry."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

from agent.model import Doubt, FirstFixed, Rejected, Software
from agent.sources import Declared, cells
from agent.sources.advisories import TableSource
from agent.sources.advisories._products import platform, release, software
from agent.sources.records import Form, read_tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from pathlib import Path
    from typing import Self

    from agent.sources.advisories import Entry
    from agent.sources.records import Facts

CVE = re.compile(r"CVE-\d{4}-\d{4,}")
ADVISORY = re.compile(r"cisco-sa-[\w-]+")
_NONE = re.compile(r"none|migrate\b.*", re.IGNORECASE)
_YES = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}


def os_of(cell: str) -> Software:
    """The software a cell names."""
    if (found := software(cell)) is None:
        raise ValueError(f"{cell!r} is not known; write ios-xe, asa, ftd, fxos or ap")
    return found


def _yes_or_no(cell: str) -> bool | None:
    text = cell.strip().lower()
    if text and text not in _YES:
        raise ValueError(f"{cell!r}: write yes, no, or leave it blank")
    return _YES.get(text)


Text = Annotated[str | None, BeforeValidator(cells.content)]


class FirstFixedRow(BaseModel):
    """One row as the file states it, checked."""

    model_config = ConfigDict(extra="forbid")

    advisory: Text = None
    cve: Text = None
    os: Annotated[Software, BeforeValidator(os_of)]
    train: Annotated[str, BeforeValidator(str.strip)]
    platform: Text = None
    first_fixed: Annotated[str, BeforeValidator(str.strip)] = ""
    free_software: Annotated[bool | None, BeforeValidator(_yes_or_no)] = None
    note: str = ""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if not self.train:
            raise ValueError("no train; add it (17.9, 9.20, 7.2)")
        if not self.cves and self.advisory_id is None:
            raise ValueError("names neither an advisory (cisco-sa-...) nor a CVE; add one")
        if not self.first_fixed and not _NONE.fullmatch(self.note.strip()):
            raise ValueError("no first fixed release; write 'none' where the train gets none")
        return self

    @property
    def advisory_id(self) -> str | None:
        """The vendor's id; a directive's name is none."""
        match = ADVISORY.search(self.advisory or "")
        return match[0] if match else None

    @property
    def cves(self) -> list[str]:
        """Every CVE that the row names."""
        return sorted(set(CVE.findall(f"{self.advisory} {self.cve}")))

    @property
    def release(self) -> str | None:
        """The release in canonical spelling; None where the train gets none."""
        none = not self.first_fixed or _NONE.fullmatch(self.first_fixed)
        return None if none else release(self.first_fixed, self.os)


def _record(values: Mapping[str, str], facts: Facts) -> tuple[FirstFixed, ...]:
    row = FirstFixedRow.model_validate(values)
    where = platform(row.platform) if row.platform else None
    return tuple(
        FirstFixed(
            row.advisory_id,
            cve,
            row.os,
            row.train,
            where,
            row.release,
            facts.evidence,
            row.free_software,
        )
        for cve in (row.cves or (None,))
    )


FORM = Form(
    name="first_fixed",
    known={
        "advisory": ("advisory", "advisory_or_directive", "advisory id"),
        "cve": ("cve", "cves"),
        "os": ("os", "software"),
        "train": ("train",),
        "platform": ("platform",),
        "first_fixed": ("first_fixed", "first fixed release"),
        "free_software": ("free_software",),
        "note": ("note",),
    },
    suffices=lambda found: {"os", "train", "first_fixed"} <= found.keys(),
    needed="'os', 'train' and 'first_fixed'",
    record=_record,
    doubts=lambda _values, _numbers: (),
)


def read(path: Path, data_date: date | None) -> Iterator[Entry]:
    """The first fixed releases of a table; a row that names two CVEs stands for both.

    :raises SourceError: it cannot be read, is no text, or has no such heading row.
    """
    for row in read_tables(path, FORM, Declared(data_date=data_date)):
        if isinstance(row, Rejected):
            yield row
        elif not isinstance(row, Doubt):
            yield from row


SOURCE = TableSource(
    name="first_fixed",
    title="first_fixed.csv (os, train, first_fixed, advisory or cve)",
    read=read,
)
