"""A report too large for one file: each site gets a file of its own, made like the whole one."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agent.model import AdvisoryLine, AssetKey, Report

MOST_ROWS = 2_500
"""Units in one file. A tagged PDF of so many takes typst about two seconds."""


@dataclass(frozen=True, slots=True)
class SiteFile:
    """The file of one site: its name without the ending, and how many units it holds."""

    site: str | None
    stem: str
    rows: int


def site_files(report: Report, name: str) -> tuple[SiteFile, ...]:
    """The files beside the main one; none where one file holds everything, or there is one site."""
    rows = Counter(asset.site for asset in report.assets)
    for visit in report.sweep.hosts:
        rows[visit.site] += 0
    if rows.total() <= MOST_ROWS or len(rows) < 2:  # noqa: PLR2004 - one site cannot be divided
        return ()
    found = []
    taken: set[str] = set()
    for site in sorted(rows, key=lambda each: (each is None, each or "")):
        stem = _free(f"{name}-{_slug(site)}", taken)
        taken.add(stem)
        found.append(SiteFile(site, stem, rows[site]))
    return tuple(found)


def of_site(report: Report, site: str | None) -> Report:
    """What the report says about one site. The plan is one for all sites and is left out."""
    hosts = {visit.host for visit in report.sweep.hosts if visit.site == site}
    keys = {asset.key for asset in report.assets if asset.site == site}
    sweep = report.sweep
    return replace(
        report,
        sweep=replace(
            sweep,
            hosts=tuple(each for each in sweep.hosts if each.host in hosts),
            observations=tuple(each for each in sweep.observations if each.host in hosts),
            unreached=tuple(each for each in sweep.unreached if each.host in hosts),
            incomplete=tuple(each for each in sweep.incomplete if each.host in hosts),
        ),
        assets=tuple(asset for asset in report.assets if asset.site == site),
        findings=tuple(f for f in report.findings if (f.host, f.serial, f.pid, f.position) in keys),
        postures=tuple(p for p in report.postures if (p.host, p.serial, p.pid, p.position) in keys),
        advisories=_Lines(report.advisories, keys),
        hosts=tuple(each for each in report.hosts if each.host in hosts or each.site == site),
        plan=None,
    )


@dataclass(frozen=True, slots=True)
class _Lines:
    """The advisory lines of some units; walked again and again like those of the whole report."""

    lines: Iterable[AdvisoryLine]
    keys: set[AssetKey]

    def __iter__(self) -> Iterator[AdvisoryLine]:
        for line in self.lines:
            unit = line.unit
            if (unit.host, unit.serial, unit.pid, unit.position) in self.keys:
                yield line


def _slug(site: str | None) -> str:
    """A site as a part of a file name: letters and digits that every file system takes."""
    if site is None:
        return "no-site"
    return re.sub(r"[^a-z0-9]+", "-", site.casefold()).strip("-")[:60] or "site"


def _free(wanted: str, taken: set[str]) -> str:
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted}-{number}"
    return name
