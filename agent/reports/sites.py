"""A report too large for one file: each site gets a file of its own, made like the whole one."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from agent.posture import Assessment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from agent.model import (
        AdvisoryLine,
        HostVisit,
        Incomplete,
        Observation,
        Posture,
        Report,
        Sweep,
        Unreached,
    )

_Thing = TypeVar("_Thing")

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


def by_site(report: Report) -> dict[str | None, Report]:
    """What the report says about each site, in one walk over it.

    The plan is one for all sites and is left out.
    """
    sites = {visit.host: visit.site for visit in report.sweep.hosts}
    keys = {asset.key: asset.site for asset in report.assets}
    assets = _divided(report.assets, lambda asset: asset.site)
    findings = _divided(report.findings, lambda f: keys[f.host, f.serial, f.pid, f.position])
    postures = _divided(report.postures, lambda p: keys[p.host, p.serial, p.pid, p.position])
    sweeps = _sweeps(report.sweep, sites)
    hosts = _divided(report.hosts, lambda each: sites.get(each.host, each.site))
    return {
        site: replace(
            report,
            sweep=sweeps[site],
            assets=assets.get(site, ()),
            findings=findings.get(site, ()),
            postures=postures.get(site, ()),
            advisories=_Lines(report.advisories, postures.get(site, ())),
            hosts=hosts.get(site, ()),
            plan=None,
        )
        for site in sorted({*assets, *sweeps}, key=lambda each: (each is None, each or ""))
    }


def _sweeps(sweep: Sweep, sites: Mapping[str, str | None]) -> dict[str | None, Sweep]:
    """The sweep of each site; under a site of which no host was asked stands nothing."""
    hosts = _divided(sweep.hosts, lambda each: each.site)
    seen = _divided(sweep.observations, lambda each: sites[each.host])
    lost = _divided(sweep.unreached, lambda each: sites[each.host])
    gaps = _divided(sweep.incomplete, lambda each: sites[each.host])
    found: dict[str | None, Sweep] = defaultdict(lambda: _part(sweep, (), (), (), ()))
    for site in hosts:
        found[site] = _part(
            sweep, hosts[site], seen.get(site, ()), lost.get(site, ()), gaps.get(site, ())
        )
    return found


def _part(
    sweep: Sweep,
    hosts: tuple[HostVisit, ...],
    seen: tuple[Observation, ...],
    lost: tuple[Unreached, ...],
    gaps: tuple[Incomplete, ...],
) -> Sweep:
    return replace(sweep, hosts=hosts, observations=seen, unreached=lost, incomplete=gaps)


def _divided(
    things: Iterable[_Thing], site: Callable[[_Thing], str | None]
) -> dict[str | None, tuple[_Thing, ...]]:
    found: dict[str | None, list[_Thing]] = defaultdict(list)
    for thing in things:
        found[site(thing)].append(thing)
    return {name: tuple(members) for name, members in found.items()}


class _Lines:
    """The advisory lines of some units; walked again and again like those of the whole report."""

    def __init__(self, lines: Iterable[AdvisoryLine], postures: tuple[Posture, ...]) -> None:
        self._lines = lines
        self._postures = postures

    def __iter__(self) -> Iterator[AdvisoryLine]:
        if isinstance(self._lines, Assessment):
            return iter(self._lines.about(self._postures))
        wanted = {id(posture) for posture in self._postures}
        return (line for line in self._lines if id(line.unit) in wanted)


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
