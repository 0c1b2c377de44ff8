"""openVuln answers and PSIRT JSON: releases inside product names, first fixed releases beside them.

``NA`` means missing, alone and inside lists. First fixed releases stand on an advisory only where
the question was asked for a release (`firstFixed`) or its platform (`platforms`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError

from agent.model import Advisory, FirstFixed, Rejected, Unrelated
from agent.sources.advisories import JsonSource
from agent.sources.advisories._fields import Moment, Part, severity, wrong
from agent.sources.advisories._products import platform, release, releases, software, train

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agent.model import Evidence, Software
    from agent.sources.advisories import Document, Entry

_NAMED = re.compile(r"(?P<product>.*?)\s+(?P<version>\d[\w.()/-]*)\s*")
_MAJORS: dict[str, Software] = {
    "9": "asa",
    "6": "ftd",
    "7": "ftd",
    "10": "ftd",
    "1": "fxos",
    "2": "fxos",
}
"""Firewall software by its major release: an answer does not say for which it was asked."""


def _present(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(value for value in values if value.strip() and value != "NA")


def _tuple(value: object) -> object:
    """Lists may be missing, null, or a single text."""
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else value


_Texts = Annotated[tuple[str, ...], BeforeValidator(_tuple), AfterValidator(_present)]


class _Fix(Part):
    name: str


class _Platform(Part):
    name: str
    first_fixes: Annotated[tuple[_Fix, ...], BeforeValidator(_tuple)] = Field(
        (), alias="firstFixes"
    )


class _Advisory(Part):
    id: str = Field(alias="advisoryId")
    title: str = Field(alias="advisoryTitle")
    cves: _Texts = ()
    bugs: _Texts = Field((), alias="bugIDs")
    published: Moment = Field(alias="firstPublished")
    updated: Moment = Field(alias="lastUpdated")
    products: _Texts = Field((), alias="productNames")
    url: str | None = Field(None, alias="publicationUrl")
    sir: str | None = None
    fixed: _Texts = Field((), alias="firstFixed")
    platforms: Annotated[tuple[_Platform, ...], BeforeValidator(_tuple)] = ()


def read(document: Document) -> Iterator[Entry]:
    """The advisories of an answer: one per CVE and software, and the first fixed releases."""
    many = document.content.get("advisories")
    for row, content in enumerate(many if isinstance(many, list) else [document.content], start=1):
        try:
            one = _Advisory.model_validate(content)
        except ValidationError as error:
            yield Rejected(document.name, row, wrong(error))
            continue
        yield from _records(one, document, row)


def _records(one: _Advisory, document: Document, row: int) -> Iterator[Entry]:
    named = _named(one.products)
    if not named:
        products = sorted({_split(name)[0] for name in one.products}) or ["no product"]
        yield Unrelated(document.name, row, f"about {', '.join(products)}")
        return
    if not one.cves:
        yield Unrelated(document.name, row, f"{one.id} names no CVE")
        return
    evidence = document.evidence(f"advisory {one.id}", one.updated)
    for cve in sorted(set(one.cves)):
        for os, listed in sorted(named.items()):
            versions = releases(listed, os)
            yield Advisory(
                cve=cve,
                advisory=one.id,
                os=os,
                title=" ".join(one.title.split()),
                severity=severity(one.sir),
                published=one.published.date(),
                updated=one.updated.date(),
                versions=versions,
                evidence=evidence,
                no_versions=not versions,
                defects=tuple(sorted(set(one.bugs))),
                url=None if one.url in {None, "NA"} else one.url,
            )
    yield from _first_fixed(one, set(named), evidence)
    yield from _unplaced(one, set(named), document, row)


def _named(products: Iterable[str]) -> dict[Software, list[str]]:
    """The releases of each software of ours among the product names."""
    named: dict[Software, list[str]] = {}
    for name in products:
        product, version = _split(name)
        if os := software(product):
            named.setdefault(os, []).append(version)
    return named


def _split(name: str) -> tuple[str, str]:
    match = _NAMED.fullmatch(name)
    return (match["product"], match["version"]) if match else (name.strip(), "")


def _first_fixed(one: _Advisory, named: set[Software], evidence: Evidence) -> Iterator[FirstFixed]:
    for where, raw in _fixes(one):
        os = _software_of(raw, where, named)
        if os is not None:
            fixed = release(raw, os)
            of_train = train(fixed) if fixed else None
            if of_train:
                yield FirstFixed(one.id, None, os, of_train, where, fixed, evidence)


def _unplaced(
    one: _Advisory, named: set[Software], document: Document, row: int
) -> Iterator[Rejected]:
    for where, raw in _fixes(one):
        if _software_of(raw, where, named) is None and "(" not in raw:
            yield Rejected(
                document.name, row, f"{one.id}: first fixed {raw!r} of no known software"
            )


def _fixes(one: _Advisory) -> Iterator[tuple[str | None, str]]:
    """Every first fixed release, with its platform; None stands for all of IOS XE."""
    for raw in one.fixed:
        yield None, raw
    for each in one.platforms:
        for fix in each.first_fixes:
            yield platform(each.name), fix.name


def _software_of(raw: str, where: str | None, named: set[Software]) -> Software | None:
    if where is None:
        # `firstFixed` is IOS and IOS XE only; IOS spells its releases with parentheses.
        return "ios-xe" if "ios-xe" in named and raw[:1].isdigit() and "(" not in raw else None
    os = _MAJORS.get(raw.split(".", 1)[0])
    return os if os in named else None


SOURCE = JsonSource(
    name="openvuln",
    title="openVuln answer or PSIRT advisory (JSON)",
    accepts=lambda content: "advisories" in content or "advisoryId" in content,
    read=read,
)
