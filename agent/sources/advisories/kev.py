"""CISA's catalogue of known exploited vulnerabilities; joined by CVE, its products are prose."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - pydantic reads the annotation
from typing import TYPE_CHECKING

from pydantic import Field, ValidationError

from agent.model import Kev, Rejected
from agent.sources.advisories import JsonSource
from agent.sources.advisories._fields import Moment, Part, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.sources.advisories import Document, Entry

_YES = {"yes": True, "true": True, "required": True, "no": False, "false": False}


class _Catalogue(Part):
    released: Moment = Field(alias="dateReleased")
    vulnerabilities: tuple[dict[str, object], ...]


class _Entry(Part):
    cve: str = Field(alias="cveID", pattern=r"^CVE-\d{4}-\d{4,}$")
    added: date = Field(alias="dateAdded")
    due: date | None = Field(None, alias="dueDate")
    triage: bool | str | None = Field(None, alias="forensicTriage")


def read(document: Document) -> Iterator[Entry]:
    """Every entry of the catalogue, dated as the catalogue is."""
    try:
        catalogue = _Catalogue.model_validate(document.content)
    except ValidationError as error:
        yield Rejected(document.name, 1, f"not a KEV catalogue: {wrong(error)}")
        return
    for row, content in enumerate(catalogue.vulnerabilities, start=1):
        try:
            entry = _Entry.model_validate(content)
        except ValidationError as error:
            yield Rejected(document.name, row, wrong(error))
            continue
        evidence = document.evidence(f"row {row}", catalogue.released)
        triage = _YES.get(str(entry.triage).strip().lower())
        yield Kev(entry.cve, entry.added, entry.due, evidence, triage)


SOURCE = JsonSource(
    name="kev",
    title="CISA KEV catalogue (JSON)",
    accepts=lambda content: "catalogVersion" in content and "vulnerabilities" in content,
    read=read,
)
