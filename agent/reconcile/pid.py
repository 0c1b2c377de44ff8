"""Which two product ids belong together, and by which steps that was found.

A contract's order PID differs from the one a device reports, so equality is not enough; and
likeness is not enough either, so each step is a spelling rule that is known to hold. The rules are
data, with their source and how far they are trusted.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import yaml

from agent.model import Milestones, PidMatch, PidStep, Unstated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from agent.model import Milestone

_DATES = tuple(f.name for f in fields(Milestones) if f.default is Unstated.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Rule:
    """One spelling rule; the lower its priority, the more it is trusted."""

    name: str
    priority: int
    pattern: re.Pattern[str]
    replacement: str
    source: str


@cache
def rules() -> tuple[Rule, ...]:
    """All spelling rules, in the order in which they are applied."""
    table = yaml.safe_load(Path(__file__).with_name("pid_rules.yaml").read_text(encoding="utf-8"))
    return tuple(
        Rule(
            entry["rule"],
            entry["priority"],
            re.compile(entry["pattern"]),
            entry["replace"],
            entry["source"],
        )
        for entry in table
    )


@lru_cache(maxsize=100_000)
def _spellings(pid: str) -> tuple[str, ...]:
    """The PID as it is, and as each rule after the other leaves it."""
    spelled = [pid.strip().upper()]
    for rule in rules():
        spelled.append(rule.pattern.sub(rule.replacement, spelled[-1]))
    return tuple(spelled)


def family(pid: str) -> str:
    """The spelling shared by all PIDs that :func:`match` finds together."""
    return _spellings(pid)[-1]


def match(observed: str, other: str) -> PidMatch | None:
    """Say how `observed` and `other` name the same product, or None where no rule says so.

    >>> match("C9300-48P", "C9300-48P-A").step
    'licence suffix'
    """
    left, right = _spellings(observed), _spellings(other)
    if left[-1] != right[-1]:
        return None
    if left[0] == right[0]:
        return PidMatch(observed, other, "exact")
    end = next(i for i in range(len(left)) if left[i] == right[i])
    sides: tuple[tuple[Literal["observed", "matched"], tuple[str, ...]], ...]
    sides = (("observed", left), ("matched", right))
    steps = tuple(
        PidStep(rule.name, side, spelled[i], spelled[i + 1], rule.source)
        for i, rule in enumerate(rules()[:end])
        for side, spelled in sides
        if spelled[i] != spelled[i + 1]
    )
    names = dict.fromkeys(rule.name for rule, _ in _telling(left, right))
    return PidMatch(observed, other, ", ".join(names), steps)


def _telling(left: tuple[str, ...], right: tuple[str, ...]) -> Iterator[tuple[Rule, int]]:
    """The rules that make two spellings equal, and how many sides each of them changes.

    What a rule takes from both sides alike tells nothing.
    """
    for i, rule in enumerate(rules()):
        if left[i] == right[i]:
            return
        changed = (left[i] != left[i + 1]) + (right[i] != right[i + 1])
        if changed and _removed(left, i) != _removed(right, i):
            yield rule, changed


def _removed(spelled: tuple[str, ...], i: int) -> str:
    before, after = spelled[i], spelled[i + 1]
    return "" if before == after else before.removeprefix(after)


def _doubt(pid: str, other: str) -> tuple[int, int]:
    """The least trusted rule that a match needs, and how many steps; the lower the better."""
    telling = list(_telling(_spellings(pid), _spellings(other)))
    return (max((rule.priority for rule, _ in telling), default=0), sum(n for _, n in telling))


@dataclass(frozen=True, slots=True)
class MilestoneIndex:
    """EoX rows by the family of their PID."""

    families: Mapping[str, tuple[Milestones, ...]]

    @classmethod
    def of(cls, milestones: Iterable[Milestones]) -> MilestoneIndex:
        """Sort rows into families."""
        families: dict[str, list[Milestones]] = defaultdict(list)
        for row in milestones:
            families[family(row.pid)].append(row)
        return cls({name: tuple(rows) for name, rows in families.items()})

    def find(self, pid: str) -> tuple[Milestones | None, PidMatch | None]:
        """The row for `pid`, and how it was found.

        The row of that very PID, else the one reached by the most trusted rules. Rows that are
        equal in that and disagree in any date are a conflict: none is chosen, and the match says
        so.
        """
        found = [
            (row, how) for row in self.families.get(family(pid), ()) if (how := match(pid, row.pid))
        ]
        if not found:
            return None, None
        best = min(_doubt(pid, row.pid) for row, _ in found)
        nearest = [(row, how) for row, how in found if _doubt(pid, row.pid) == best]
        if differing := _differing([row for row, _ in nearest]):
            pids = sorted(row.pid for row, _ in nearest)
            reason = f"conflict: {' and '.join(pids)} have different dates ({'; '.join(differing)})"
            return None, PidMatch(pid, "", reason, candidates=tuple(pids))
        return min(nearest, key=lambda pair: pair[0].pid)


def _differing(rows: list[Milestones]) -> list[str]:
    """The milestones in which rows disagree, with what each says."""
    said = []
    for name in _DATES:
        values: list[Milestone] = sorted({getattr(row, name) for row in rows}, key=str)
        if len(values) > 1:
            said.append(f"{name.replace('_', ' ')} {' or '.join(map(str, values))}")
    return said
