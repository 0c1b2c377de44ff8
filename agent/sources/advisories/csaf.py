"""CSAF 2.0 advisories: affected releases in the product tree, fixed ones in a note's table.

The documents name fixed releases only in prose: the note "Fixed Software" holds tables whose cells
stand one after the other. What of such a table cannot be read is rejected, never guessed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field, ValidationError

from agent.model import Advisory, FirstFixed, Rejected, Unrelated
from agent.sources.advisories import JsonSource
from agent.sources.advisories._fields import Moment, Part, severity, wrong
from agent.sources.advisories._fixed_software import FREE, tables
from agent.sources.advisories._products import release, releases, software

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.model import Evidence, Software
    from agent.sources.advisories import Document, Entry


class _Note(Part):
    title: str = ""
    text: str = ""


class _Severity(Part):
    text: str


class _Tracking(Part):
    id: str
    published: Moment = Field(alias="initial_release_date")
    updated: Moment = Field(alias="current_release_date")


class _Reference(Part):
    category: str = ""
    url: str = ""


class _Head(Part):
    title: str
    tracking: _Tracking
    notes: tuple[_Note, ...] = ()
    references: tuple[_Reference, ...] = ()
    aggregate_severity: _Severity | None = None


class _Product(Part):
    product_id: str
    name: str = ""


class _Branch(Part):
    name: str = ""
    category: str = ""
    product: _Product | None = None
    branches: tuple[_Branch, ...] = ()


class _Relationship(Part):
    product_reference: str
    full_product_name: _Product


class _Tree(Part):
    branches: tuple[_Branch, ...] = ()
    relationships: tuple[_Relationship, ...] = ()


class _Status(Part):
    known_affected: tuple[str, ...] = ()


class _Id(Part):
    system_name: str = ""
    text: str = ""


class _Cvss(Part):
    severity: str | None = Field(None, alias="baseSeverity")


class _Score(Part):
    cvss_v3: _Cvss | None = None


class _Vulnerability(Part):
    cve: str | None = None
    title: str | None = None
    ids: tuple[_Id, ...] = ()
    product_status: _Status = _Status()
    scores: tuple[_Score, ...] = ()


class _Csaf(Part):
    document: _Head
    product_tree: _Tree = _Tree()
    vulnerabilities: tuple[_Vulnerability, ...] = ()


def read(document: Document) -> Iterator[Entry]:
    """The advisories of a document: one per CVE and software, and the first fixed releases."""
    try:
        csaf = _Csaf.model_validate(document.content)
    except ValidationError as error:
        yield Rejected(document.name, 1, f"not a CSAF advisory: {wrong(error)}")
        return
    head = csaf.document
    evidence = document.evidence(f"advisory {head.tracking.id}", head.tracking.updated)
    products = _products(csaf.product_tree)
    found: set[Software] = set()
    for vulnerability in csaf.vulnerabilities:
        for entry in _advisories(vulnerability, head, products, evidence):
            found.add(entry.os)
            yield entry
    if not found:
        yield Unrelated(document.name, 1, f"{head.tracking.id} affects none of the platforms here")
        return
    yield from _first_fixed(head, found, document, evidence)


def _products(tree: _Tree) -> dict[str, tuple[Software, str]]:
    """Software and release by product id; the release is empty where a family as a whole is meant.

    A release "installed on" a platform has an id of its own and counts as the release.
    """
    found: dict[str, tuple[Software, str]] = {}

    def walk(branch: _Branch, os: Software | None) -> None:
        here = software(branch.name) if branch.category == "product_family" else os
        if branch.product and here:
            family = branch.category == "product_family"
            found[branch.product.product_id] = (here, "" if family else branch.name)
        for child in branch.branches:
            walk(child, here)

    for branch in tree.branches:
        walk(branch, None)
    for relationship in tree.relationships:
        if known := found.get(relationship.product_reference):
            found[relationship.full_product_name.product_id] = known
    return found


def _advisories(
    vulnerability: _Vulnerability,
    head: _Head,
    products: dict[str, tuple[Software, str]],
    evidence: Evidence,
) -> Iterator[Advisory]:
    if vulnerability.cve is None:
        return
    listed: dict[Software, list[str]] = {}
    for product in vulnerability.product_status.known_affected:
        if known := products.get(product):
            listed.setdefault(known[0], []).append(known[1])
    rated = head.aggregate_severity
    score = next((s.cvss_v3.severity for s in vulnerability.scores if s.cvss_v3), None)
    own = [reference.url for reference in head.references if reference.category == "self"]
    for os, raw in sorted(listed.items()):
        versions = releases(raw, os)
        yield Advisory(
            cve=vulnerability.cve,
            advisory=head.tracking.id,
            os=os,
            title=" ".join((vulnerability.title or head.title).split()),
            severity=severity(rated.text if rated else score),
            published=head.tracking.published.date(),
            updated=head.tracking.updated.date(),
            versions=versions,
            evidence=evidence,
            no_versions=not versions,
            defects=tuple(sorted({i.text for i in vulnerability.ids if "Bug" in i.system_name})),
            free_software=True if _free(head) else None,
            url=own[0] if own else None,
        )


def _free(head: _Head) -> bool:
    """Whether the document offers free software updates in so many words."""
    return any(FREE.search(note.text) for note in head.notes if note.title == "Fixed Software")


def _first_fixed(
    head: _Head, affected: set[Software], document: Document, evidence: Evidence
) -> Iterator[FirstFixed | Rejected]:
    free = True if _free(head) else None
    for note in head.notes:
        if note.title != "Fixed Software":
            continue
        for table in tables(note.text):
            os = software(table.product)
            if os not in affected or os is None:
                continue
            for of_train, fixed in table.rows:
                mended = release(fixed, os) if fixed else None
                yield FirstFixed(head.tracking.id, None, os, of_train, None, mended, evidence, free)
            if table.rest:
                shown = table.rest[:60]
                reason = f"fixed releases of {table.product}: cannot be read from {shown!r} on"
                yield Rejected(document.name, 1, reason)


SOURCE = JsonSource(
    name="csaf",
    title="CSAF 2.0 advisory (JSON)",
    accepts=lambda content: _is_csaf(content.get("document")),
    read=read,
)


def _is_csaf(head: object) -> bool:
    return isinstance(head, dict) and str(head.get("csaf_version", "")).startswith("2.")
