"""Everything that decides the answers about a unit; units in the same situation share them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.posture.deadlines import Exposure
    from agent.posture.detection import Seen
    from agent.posture.facts import Running
    from agent.posture.matcher import Match, Matched, Matcher, Platform
    from agent.posture.verdict import Standing


class Situation:
    """A release on a platform, the unit's standing, its exposure and when it was seen.

    Compared by these alone, and hashed once: hundreds of thousands of units look theirs up.
    What it matched and its standing are one object for all who share them.
    """

    __slots__ = (
        "_hash",
        "_key",
        "_matcher",
        "_platform",
        "exposure",
        "matched",
        "seen",
        "standing",
    )

    def __init__(
        self,
        asked: tuple[Matcher, Platform],
        matched: Matched,
        standing: Standing,
        exposure: Exposure,
        seen: Seen,
    ) -> None:
        self.matched = matched
        self.standing = standing
        self.exposure = exposure
        self.seen = seen
        self._matcher, self._platform = asked
        self._key = (id(matched), id(standing), exposure, seen)
        self._hash = hash(self._key)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Situation) and self._key == other._key

    def earlier(self, run: Running) -> Matched:
        """What the advisories mean for a release that ran before."""
        return self._matcher.matched(run.software, run.version, (), self._platform)

    def reason(self, match: Match) -> str:
        """Why a match has its outcome, in words."""
        return self._matcher.reason(match, self.matched)
