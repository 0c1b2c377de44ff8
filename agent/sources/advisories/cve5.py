"""CVE records (format 5): the vendor's own list of releases; CISA's decision points beside it.

Only the container of the vendor is matched on. What others add to `affected` is not looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field, ValidationError

from agent.model import Advisory, Kev, Rejected, Ssvc, Unrelated, Withdrawn
from agent.sources.advisories import JsonSource
from agent.sources.advisories._fields import Moment, Part, severity, wrong
from agent.sources.advisories._products import NO_VERSION, releases, software

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agent.model import Evidence, Severity, Software
    from agent.sources.advisories import Document, Entry

VENDOR = "cisco"
CISA = "CISA-ADP"
_TITLE = 160


class _Version(Part):
    version: str = "N/A"
    status: str = "unknown"
    less_than: str | None = Field(None, alias="lessThan")
    less_than_or_equal: str | None = Field(None, alias="lessThanOrEqual")


class _Affected(Part):
    product: str = ""
    versions: tuple[_Version, ...] = ()
    default_status: str = Field("unknown", alias="defaultStatus")


class _Provider(Part):
    short_name: str = Field("", alias="shortName")
    updated: Moment | None = Field(None, alias="dateUpdated")


class _Text(Part):
    value: str


class _Reference(Part):
    url: str
    name: str = ""


class _Origin(Part):
    advisory: str | None = None
    defects: tuple[str, ...] = ()


class _Cna(Part):
    provider: _Provider = Field(alias="providerMetadata")
    affected: tuple[_Affected, ...] = ()
    title: str | None = None
    descriptions: tuple[_Text, ...] = ()
    references: tuple[_Reference, ...] = ()
    metrics: tuple[dict[str, object], ...] = ()
    source: _Origin = _Origin()


class _Other(Part):
    type: str = ""
    content: dict[str, object] = Field(default_factory=dict)


class _Metric(Part):
    other: _Other | None = None


class _Adp(Part):
    provider: _Provider = Field(_Provider(shortName="", dateUpdated=None), alias="providerMetadata")
    metrics: tuple[_Metric, ...] = ()


class _Containers(Part):
    cna: _Cna
    adp: tuple[_Adp, ...] = ()


class _Metadata(Part):
    cve: str = Field(alias="cveId", pattern=r"^CVE-\d{4}-\d{4,}$")
    state: Literal["PUBLISHED", "REJECTED"]
    assigner: str = Field("", alias="assignerShortName")
    published: Moment | None = Field(None, alias="datePublished")
    updated: Moment | None = Field(None, alias="dateUpdated")
    rejected: Moment | None = Field(None, alias="dateRejected")


class _Record(Part):
    metadata: _Metadata = Field(alias="cveMetadata")
    containers: _Containers


class _Kev(Part):
    added: Moment = Field(alias="dateAdded")


def read(document: Document) -> Iterator[Entry]:
    """The advisories of a CVE record, one per software, and what CISA says about it."""
    try:
        record = _Record.model_validate(document.content)
    except ValidationError as error:
        yield Rejected(document.name, 1, f"not a CVE record: {wrong(error)}")
        return
    metadata, cna = record.metadata, record.containers.cna
    vendor = (metadata.assigner or cna.provider.short_name).lower()
    updated = cna.provider.updated or metadata.updated or metadata.published
    if vendor != VENDOR:
        yield Unrelated(document.name, 1, f"assigned by {vendor or 'nobody named'}, not by Cisco")
    elif updated is None:
        yield Rejected(document.name, 1, "states no day of update; take the record as published")
    elif metadata.state == "REJECTED":
        moment = metadata.rejected or metadata.updated or updated
        evidence = document.evidence(f"{metadata.cve} state", moment)
        yield Withdrawn(metadata.cve, moment.date(), evidence)
    else:
        stated = metadata.updated or updated
        yield from _published(record, document, document.evidence(metadata.cve, stated))


def _published(record: _Record, document: Document, evidence: Evidence) -> Iterator[Entry]:
    products: dict[Software, list[_Affected]] = {}
    for product in record.containers.cna.affected:
        if os := software(product.product):
            products.setdefault(os, []).append(product)
    if not products:
        names = sorted({p.product.strip() for p in record.containers.cna.affected}) or [
            "no product"
        ]
        yield Unrelated(document.name, 1, f"about {', '.join(names)}")
        return
    content = _of_cisa(record, "ssvc")
    ssvc = _ssvc(content) if content else None
    for os, affected in sorted(products.items()):
        if unread := _not_a_list(affected):
            yield Rejected(document.name, 1, f"{os}: {unread}; taken as a record without releases")
        yield _advisory(record, os, [] if unread else affected, ssvc, evidence)
    if content := _of_cisa(record, "kev"):
        try:
            added = _Kev.model_validate(content).added.date()
        except ValidationError as error:
            yield Rejected(document.name, 1, f"CISA's KEV entry: {wrong(error)}")
        else:
            yield Kev(record.metadata.cve, added, None, evidence)


def _not_a_list(affected: list[_Affected]) -> str | None:
    """Why the releases cannot be listed: Cisco lists them one by one, others give ranges."""
    for product in affected:
        if product.default_status == "affected":
            return "every release is affected that is not named"
        for version in product.versions:
            if version.status == "affected" and (version.less_than or version.less_than_or_equal):
                return f"a range from {version.version} where releases should be listed"
    return None


def _advisory(
    record: _Record,
    os: Software,
    affected: list[_Affected],
    ssvc: Ssvc | None,
    evidence: Evidence,
) -> Advisory:
    metadata, cna = record.metadata, record.containers.cna
    updated = cna.provider.updated or metadata.updated or metadata.published
    assert updated is not None  # noqa: S101 - looked at before
    listed = [v.version for p in affected for v in p.versions if v.status == "affected"]
    versions = releases((v for v in listed if v.strip().lower() not in NO_VERSION), os)
    urls = {reference.name: reference.url for reference in cna.references}
    return Advisory(
        cve=metadata.cve,
        advisory=cna.source.advisory,
        os=os,
        title=_title(cna),
        severity=_severity(cna),
        published=(metadata.published or updated).date(),
        updated=updated.date(),
        versions=versions,
        evidence=evidence,
        no_versions=not versions,
        defects=tuple(sorted(set(cna.source.defects))),
        ssvc=ssvc,
        url=urls.get(cna.source.advisory or "") or next(iter(urls.values()), None),
    )


def _title(cna: _Cna) -> str:
    """The title, else the first sentence of the description."""
    if cna.title:
        return " ".join(cna.title.split())
    sentence = " ".join(cna.descriptions[0].value.split()) if cna.descriptions else ""
    return sentence.split(". ")[0].rstrip(".")[:_TITLE]


def _severity(cna: _Cna) -> Severity | None:
    """The severity of the newest CVSS the vendor states."""
    for kind in ("cvssV4_0", "cvssV3_1", "cvssV3_0"):
        for metric in cna.metrics:
            score = metric.get(kind)
            if isinstance(score, dict):
                return severity(str(score.get("baseSeverity")))
    return None


def _of_cisa(record: _Record, kind: str) -> dict[str, object]:
    """What CISA's container says of one kind; empty where it says nothing."""
    for adp in record.containers.adp:
        if adp.provider.short_name == CISA:
            for metric in adp.metrics:
                if metric.other and metric.other.type == kind:
                    return metric.other.content
    return {}


def _ssvc(content: Mapping[str, object]) -> Ssvc:
    options = content.get("options")
    points: dict[str, str] = {}
    for option in options if isinstance(options, list) else []:
        if isinstance(option, dict):
            points |= {str(name).lower(): str(value).lower() for name, value in option.items()}
    impact = points.get("technical impact")
    return Ssvc(
        exploitation=points.get("exploitation"),
        automatable={"yes": True, "no": False}.get(points.get("automatable", "")),
        technical_impact=impact if impact in {"partial", "total"} else None,  # type: ignore[arg-type]
    )


SOURCE = JsonSource(
    name="cve5",
    title="CVE record, format 5 (CVE-....json)",
    accepts=lambda content: content.get("dataType") == "CVE_RECORD" or "cveMetadata" in content,
    read=read,
)
