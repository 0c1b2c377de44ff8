"""Matching held per release and platform, not per unit: thousands of units share one answer."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from agent.posture.deadlines import Clock, clock, site_limit
from agent.posture.first_fixed import FirstFixes
from agent.posture.matching import Instance, outcome
from agent.posture.verdict import CANNOT_TELL, VULNERABLE, Offer
from agent.reconcile.versions import Listed, release, train_name

if TYPE_CHECKING:
    from datetime import date

    from agent.model import Advisory, Kev, Outcome, PatchMapping, Software
    from agent.posture.facts import Facts
    from agent.posture.first_fixed import Fixes
    from agent.posture.trains import Trains

Platform: TypeAlias = tuple[frozenset[str], bool]
_REASONS = 50_000
"""Reasons that are kept while lines are made; about 10 MB."""
_SEVERITY = {"critical": 0, "high": 1, "medium": 2, "low": 3, "info": 4, None: 5}


@dataclass(frozen=True, slots=True)
class Match:
    """One advisory and one running release on one platform.

    `offer` is None where it gets no verdict of its own: not affected, or not known. `running_fix`
    is the fixed release of the running train above the running one.
    """

    advisory: Advisory
    outcome: Outcome
    stale: bool
    fixes: Fixes
    running_fix: str | None
    mitigated: str | None
    remark: str
    offer: Offer | None
    clock: Clock
    site: date | None

    @property
    def open(self) -> bool:
        """Whether it gets a verdict: affected, or treated as if it were."""
        return self.offer is not None or self.outcome in CANNOT_TELL


@dataclass(frozen=True, slots=True)
class Likes:
    """Open matches that get the same verdict in every standing; `members` the urgent ones first."""

    offer: Offer | None
    members: tuple[Match, ...]
    stale: int
    exploited: int
    site: date | None


def urgency(match: Match) -> tuple[bool, int, str]:
    """Sorts matches: exploited first, then by severity."""
    advisory = match.advisory
    return (match.clock.listed is None, _SEVERITY[advisory.severity], advisory.cve)


@dataclass(frozen=True, slots=True)
class Matched:
    """All advisories of one software for one release and platform, by CVE.

    `outcomes` counts them, stale ones apart; `likes` holds the open ones by what decides them;
    `affected` are the identities of the advisories it is affected by.
    """

    instance: Instance
    matches: tuple[Match, ...]
    likes: tuple[Likes, ...]
    outcomes: dict[tuple[Outcome, bool], int]
    affected: frozenset[int]


class Matcher:
    """The advisories of one assessment, ready to be asked about any release."""

    def __init__(self, facts: Facts, trains: Trains) -> None:
        self._facts = facts
        self._trains = trains
        self._fixed = FirstFixes(facts.first_fixed)
        self._kev: dict[str, Kev] = {entry.cve: entry for entry in facts.kev}
        self._by_os: dict[Software, list[Advisory]] = defaultdict(list)
        self._letters: dict[tuple[int, ...], set[str]] = defaultdict(set)
        for advisory in sorted(facts.advisories, key=lambda a: (a.cve, a.advisory or "")):
            if advisory.published <= facts.as_of:
                self._by_os[advisory.os].append(advisory)
        self._platforms: dict[str | None, Platform] = {}
        self._lists: dict[int, Listed] = {}
        self._clocks: dict[int, Clock] = {}
        self._patches = _by_patch(facts.patches)
        self._fixes: dict[tuple[int, Platform], Fixes] = {}
        self._offers: dict[Offer, Offer] = {}
        self._reasons: dict[int, str] = {}
        self._memo: dict[tuple[Software, str | None, tuple[str, ...], Platform], Matched] = {}
        self._know_letters()

    def _know_letters(self) -> None:
        """Rebuilds that any data names: an access point's image may be any of them."""
        named = [(v, a.os) for a in self._facts.advisories for v in a.versions]
        named += [(f.release, f.os) for f in self._facts.first_fixed if f.release]
        for version, os in named:
            if os in ("ap", "ios-xe") and (found := release(version, os)) and found.letters:
                self._letters[found.numbers].add(found.letters)

    def platform(self, pid: str | None) -> Platform:
        """The platform of a PID, as first-fixed data tells platforms apart."""
        found = self._platforms.get(pid)
        if found is None:
            found = self._platforms[pid] = self._fixed.speaks_of(pid)
        return found

    def matched(
        self, os: Software, version: str | None, patches: tuple[str, ...], platform: Platform
    ) -> Matched:
        """Every advisory of `os` against this release; computed once."""
        key = (os, version, patches, platform)
        known = self._memo.get(key)
        if known is None:
            known = self._memo[key] = self._match(*key)
        return known

    def _match(
        self, os: Software, version: str | None, patches: tuple[str, ...], platform: Platform
    ) -> Matched:
        found = release(version, os)
        letters: tuple[str, ...] = ()
        if os == "ap" and found is not None:
            letters = tuple(sorted(self._letters.get((*found.numbers[:3], 0), ())))
        name = train_name(version, os)
        running = self._trains.running(version, os)
        instance = Instance(os, version, found, running, letters, name)
        matches = tuple(
            self._one(instance, advisory, patches, platform) for advisory in self._by_os[os]
        )
        outcomes = Counter((match.outcome, match.stale) for match in matches)
        affected = frozenset(id(m.advisory) for m in matches if m.outcome in VULNERABLE)
        return Matched(instance, matches, _alike(matches), dict(outcomes), affected)

    def reason(self, match: Match, matched: Matched) -> str:
        """Why a match has its outcome, in words; kept, for all that share the release say it."""
        known = self._reasons.get(id(match))
        if known is None:
            if len(self._reasons) > _REASONS:
                self._reasons.clear()
            listed = self._listed(match.advisory)
            _, why = outcome(matched.instance, match.advisory, listed, match.fixes)
            known = self._reasons[id(match)] = why + match.remark
        return known

    def _one(
        self, instance: Instance, advisory: Advisory, patches: tuple[str, ...], platform: Platform
    ) -> Match:
        fixes = self._fixes_of(advisory, platform)
        kind, _ = outcome(instance, advisory, self._listed(advisory), fixes)
        running_fix = _above(instance, fixes)
        mitigated, remark, offer = None, "", None
        if kind in VULNERABLE:
            if patches:
                mitigated, remark = self._mended(advisory, instance.os, patches)
            offer = Offer(
                stated=fixes.stated,
                trains=tuple(train for train, _ in fixes.trains),
                running=running_fix is not None,
                mitigated=mitigated is not None,
                free=_free(advisory, instance, fixes),
            )
            offer = self._offers.setdefault(offer, offer)
        return Match(
            advisory,
            kind,
            kind != "affected" and self._stale(kind, instance),
            fixes,
            running_fix,
            mitigated,
            remark,
            offer,
            self._clock(advisory),
            site_limit(advisory, self._facts.policy),
        )

    def _fixes_of(self, advisory: Advisory, platform: Platform) -> Fixes:
        key = (id(advisory), platform)
        known = self._fixes.get(key)
        if known is None:
            known = self._fixes[key] = self._fixed.fixes(advisory, platform)
        return known

    def _stale(self, kind: Outcome, instance: Instance) -> bool:
        """Whether the data is too old: the advisories, and the train's where its dates decided."""
        if self._facts.too_old("advisories", self._facts.advisories_dated):
            return True
        by_train = kind == "not_affected_per_vendor"
        return by_train and instance.train is not None and instance.train.stale

    def _mended(
        self, advisory: Advisory, os: Software, patches: tuple[str, ...]
    ) -> tuple[str | None, str]:
        """The installed patch that is known to mend it, else a remark on those that are not."""
        ids = {advisory.cve, advisory.advisory, *advisory.defects}
        for patch in patches:
            if patch in ids or not ids.isdisjoint(self._patches.get((os, patch.casefold()), ())):
                return patch, f"; {patch} is installed and mends it"
        return None, f"; {', '.join(patches)} installed, not known to mend it"

    def _listed(self, advisory: Advisory) -> Listed:
        known = self._lists.get(id(advisory))
        if known is None:
            known = self._lists[id(advisory)] = Listed.of(advisory.versions, advisory.os)
        return known

    def _clock(self, advisory: Advisory) -> Clock:
        known = self._clocks.get(id(advisory))
        if known is None:
            known = clock(advisory, self._kev.get(advisory.cve), self._facts.as_of)
            self._clocks[id(advisory)] = known
        return known


def _alike(matches: tuple[Match, ...]) -> tuple[Likes, ...]:
    """The open matches by what decides their verdict."""
    found: dict[int | None, list[Match]] = defaultdict(list)
    for match in matches:
        if match.open:
            found[None if match.offer is None else id(match.offer)].append(match)
    return tuple(
        Likes(
            members[0].offer,
            tuple(sorted(members, key=urgency)),
            sum(match.stale for match in members),
            sum(match.clock.listed is not None for match in members),
            min((match.site for match in members if match.site), default=None),
        )
        for members in found.values()
    )


def _above(instance: Instance, fixes: Fixes) -> str | None:
    """The fixed release of the running train, where it is above the running release."""
    fixed = instance.fixed(fixes)
    target, found = release(fixed, instance.os), instance.found
    if target is None or found is None:
        return None
    if instance.lost_letter:
        found = replace(found, numbers=(*found.numbers[:3], 0))
    return fixed if found < target else None


def _free(advisory: Advisory, instance: Instance, fixes: Fixes) -> bool:
    if advisory.severity not in ("critical", "high"):
        return False
    train = instance.train.name if instance.train else None
    return bool(advisory.free_software) or train in fixes.free_trains


def _by_patch(rows: tuple[PatchMapping, ...]) -> dict[tuple[Software, str], set[str]]:
    """The advisories, CVEs and defects that each patch mends."""
    found: dict[tuple[Software, str], set[str]] = defaultdict(set)
    for row in rows:
        ids = (row.advisory, row.cve, row.defect)
        found[row.os, row.patch.casefold()].update(name for name in ids if name)
    return found
