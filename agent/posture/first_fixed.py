"""Where the fix for an advisory is: the first fixed release of each train, for this platform."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from agent.posture.trains import order
from agent.reconcile.versions import release

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agent.model import Advisory, Evidence, FirstFixed, Software
    from agent.reconcile.versions import Release


@cache
def _families() -> dict[str, re.Pattern[str]]:
    text = Path(__file__).with_name("platforms.yaml").read_text(encoding="utf-8")
    return {name: re.compile(pattern) for name, pattern in yaml.safe_load(text).items()}


@cache
def families(pid: str | None) -> frozenset[str]:
    """The product families a PID belongs to, as first-fixed data names them; empty: not known.

    >>> sorted(families("FPR2130-NGFW-K9"))
    ['FPR2100']
    """
    spelled = (pid or "").strip().upper()
    return frozenset(name for name, pattern in _families().items() if pattern.match(spelled))


@dataclass(frozen=True, slots=True)
class Fixes:
    """The fixed releases of one advisory for one platform.

    `stated`: first-fixed data is at hand that speaks about this platform, were it to say that
    there is no fix. `trains` maps a train to its first fixed release, oldest train first.
    """

    stated: bool = False
    trains: tuple[tuple[str, str], ...] = ()
    free_trains: frozenset[str] = frozenset()
    evidence: tuple[Evidence, ...] = ()

    def of(self, train: str | None) -> str | None:
        """The first fixed release of `train`."""
        return next((fixed for name, fixed in self.trains if name == train), None)


NOTHING = Fixes()


class FirstFixes:
    """All first-fixed data, by advisory and platform."""

    def __init__(self, rows: Iterable[FirstFixed]) -> None:
        self._by_cve: dict[tuple[Software, str], list[FirstFixed]] = defaultdict(list)
        self._by_advisory: dict[tuple[Software, str], list[FirstFixed]] = defaultdict(list)
        self.platforms: set[str] = set()
        for row in rows:
            if row.platform:
                self.platforms.add(row.platform)
            if row.cve:
                self._by_cve[row.os, row.cve].append(row)
            elif row.advisory:
                self._by_advisory[row.os, row.advisory].append(row)

    def speaks_of(self, pid: str | None) -> tuple[frozenset[str], bool]:
        """The named platforms that `pid` is of, and whether its family is known at all."""
        spelled = (pid or "").strip().upper()
        own = families(pid)
        named = frozenset(
            name
            for name in self.platforms
            if name.upper() in own or (spelled and spelled.startswith(name.upper()))
        )
        return named, bool(own) or bool(named)

    def fixes(self, advisory: Advisory, platform: tuple[frozenset[str], bool]) -> Fixes:
        """The fixes of `advisory` for a platform as :meth:`speaks_of` gives it."""
        rows = [*self._by_cve.get((advisory.os, advisory.cve), ())]
        if advisory.advisory:
            rows += self._by_advisory.get((advisory.os, advisory.advisory), ())
        return _fixes(rows, platform) if rows else NOTHING


def _fixes(rows: list[FirstFixed], platform: tuple[frozenset[str], bool]) -> Fixes:
    """A row for the platform stands before one for all; of several the highest release."""
    named, known = platform
    own = [row for row in rows if row.platform in named]
    general = [row for row in rows if not row.platform]
    special = {row.train for row in own}
    chosen = [*own, *(row for row in general if row.train not in special)]
    best: dict[str, tuple[Release, FirstFixed]] = {}
    for row in chosen:
        found = release(row.release, row.os)
        if found is not None and (row.train not in best or best[row.train][0] < found):
            best[row.train] = (found, row)
    fixed = sorted(best.items(), key=lambda item: order(item[0]))
    return Fixes(
        stated=bool(chosen) or known,
        trains=tuple((train, row.release or "") for train, (_, row) in fixed),
        free_trains=frozenset(row.train for row in chosen if row.free_software),
        evidence=tuple(dict.fromkeys(row.evidence for row in chosen or rows)),
    )
