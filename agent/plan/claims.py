"""What the plan has to answer for: each contract line, and each unit that is on none.

True-up goes before co-termination. Retired units, duplicates and declared refreshes drop, a
recorded decision overrides; every other finding drops a line only by decision.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from agent.plan.decisions import UNDECIDED, Decided, decided
from agent.rules.duplicate_cover import overlap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from agent.model import Asset, AssetKey, ContractLine, Finding, HostFacts
    from agent.plan.decisions import Register

ONE_DAY = timedelta(days=1)
HARDWARE = ("chassis", "stack_member")
_RESPONSES = ("8x5xnbd", "8x7xncd", "8x5x4", "24x7x4", "24x7x2")
"""Response times from slow to fast, as Cisco's service description spells them."""
_CODES = {"SNT": "8x5xnbd", "SNTE": "8x5x4", "SNTP": "24x7x4", "S2P": "24x7x2"}


@dataclass(frozen=True, slots=True)
class Claim:
    """One line (or none: a unit to be added), and what is to become of it before dates count.

    `follows` is the first day of the unit's next line: cover ends on its eve. `held`: nothing is
    ordered, for the reason given, and nothing is dropped either.
    """

    asset: Asset
    line: ContractLine | None
    wanted: bool
    reason: str
    flags: tuple[str, ...] = ()
    decided: Decided = UNDECIDED
    follows: date | None = None
    refresh: date | None = None
    held: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What is known beside the assets: findings, decisions, what the inventory declares."""

    findings: Mapping[tuple[str | None, ...], Mapping[str, Finding]]
    register: Register
    hosts: Mapping[str, HostFacts]
    swaps: Mapping[AssetKey, Asset]
    as_of: date
    order_day: date
    followed: frozenset[AssetKey] = frozenset()

    def open(self, asset: Asset, rule: str) -> Finding | None:
        """The finding of `rule` about the unit, where it is open."""
        found = self.findings.get(asset.key, {}).get(rule)
        return found if found and found.status == "open" else None


def claims(assets: tuple[Asset, ...], known: Known) -> Iterator[Claim]:
    """Every line of every unit once, and every orphan; those of a unit by their end."""
    doubted: set[ContractLine] = set()
    followed = _followed(assets, known)
    known = replace(known, followed=frozenset(followed))
    taken = {new.key for new, _ in followed.values()}
    for asset in assets:
        lines = list(asset.lines)
        doubtful = [line for line in asset.doubtful_lines if line not in doubted]
        doubted.update(doubtful)
        if lines and asset.key in followed:
            new, flag = followed[asset.key]
            reason = f"the line follows from {asset.serial} to {new.serial}, in its place"
            for claim in _of_unit(asset, lines, known):
                words, flags = claim.reason or reason, (*claim.flags, flag)
                yield replace(claim, asset=new, reason=words, flags=flags)
        elif lines:
            yield from _of_unit(asset, lines, known)
        for line in doubtful:
            claim = _judged(asset, line, known)
            yield replace(claim, flags=(*claim.flags, "wrong_pid"))
        orphan = None if lines or doubtful else known.open(asset, "orphaned")
        if orphan is not None and asset.key not in taken:
            yield _orphan(asset, orphan, known)


def _followed(assets: Iterable[Asset], known: Known) -> dict[AssetKey, tuple[Asset, str]]:
    """Units whose line goes to another unit: declared swaps, and proposed ones nobody denied."""
    seen = {asset.serial: asset for asset in assets if asset.serial and asset.observation}
    found: dict[AssetKey, tuple[Asset, str]] = {}
    for asset in assets:
        if asset.observation is not None or not asset.lines:
            continue
        answer = decided(known.register, asset, None, known.as_of)
        other = answer.decision.other_serial if answer.decision else None
        if answer.kind == "swap" and other in seen:
            found[asset.key] = (seen[other], "swap_decided")
        elif asset.key in known.swaps and answer.kind not in {"not_a_swap", "drop", "keep"}:
            found[asset.key] = (known.swaps[asset.key], "swap_proposed")
    return found


def _of_unit(asset: Asset, lines: list[ContractLine], known: Known) -> Iterator[Claim]:
    """The lines of one unit: duplicates fall, of terms that follow one another the last is planned.

    A unit that lapsed is planned by the line that ended last.
    """
    if len(lines) == 1:
        yield _alone(_judged(asset, lines[0], known), known)
        return
    current = [line for line in lines if line.end >= known.order_day]
    if not current or asset.serial is None:
        last = lines if asset.serial is None else [max(lines, key=_stays)]
        yield from (_judged(asset, line, known) for line in last)
        return
    kept, fallen = without_duplicates(current)
    for line, other in fallen:
        claim = _judged(asset, line, known)
        if claim.wanted and claim.decided.kind != "keep":
            reason = f"paid for twice: {_name(other)} stays, to {other.end}"
            claim = replace(claim, wanted=False, reason=reason, flags=(*claim.flags, "duplicate"))
        yield claim
    for strand in _strands(kept):
        yield from _consecutive(asset, strand, known)


def _consecutive(asset: Asset, strand: list[ContractLine], known: Known) -> Iterator[Claim]:
    """Terms that follow one another: the last is planned, and every gap before it."""
    for line, following in zip(strand, [*strand[1:], None], strict=True):
        claim = _judged(asset, line, known)
        if following is None:
            yield _alone(claim, known) if line is strand[0] else claim
        elif following.start is not None and following.start > line.end + ONE_DAY:
            yield replace(claim, follows=following.start)


def _strands(kept: list[ContractLine]) -> list[list[ContractLine]]:
    """The lines by what they pay for: two on the same day are no duplicates but complements."""
    strands: list[list[ContractLine]] = []
    for line in sorted(kept, key=lambda each: (each.end, _stays(each))):
        fitting = (one for one in strands if line.start is None or line.start > one[-1].end)
        strand = next(fitting, None)
        if strand is None:
            strands.append([line])
        else:
            strand.append(line)
    return strands


def _alone(claim: Claim, known: Known) -> Claim:
    """The unit's only current line; it may not have begun yet."""
    start = claim.line.start if claim.line else None
    if start is None or start <= known.order_day:
        return claim
    return replace(claim, flags=(*claim.flags, "awaits_start"))


def without_duplicates(
    lines: Iterable[ContractLine],
) -> tuple[list[ContractLine], list[tuple[ContractLine, ContractLine]]]:
    """The lines that stay, and each that overlaps one of them beside the one that stays.

    Of duplicates the latest end stays, then the better service level. Terms that follow one
    another are no duplicates, and where a start is not known an overlap is not proven.
    """
    kept: list[ContractLine] = []
    fallen: list[tuple[ContractLine, ContractLine]] = []
    for line in sorted(lines, key=_stays, reverse=True):
        other = next((one for one in kept if overlap(line, one)), None)
        if other is None:
            kept.append(line)
        else:
            fallen.append((line, other))
    return kept, fallen


def _stays(line: ContractLine) -> tuple[date, int, int, str, str, str]:
    """What decides which of two duplicates stays; the greater one does."""
    entitled = line.entitles
    rights = (entitled.tac, entitled.rma, entitled.os_software, entitled.application_software)
    response = line.response or _CODES.get((line.service_level or "").upper(), "")
    speed = _RESPONSES.index(response.lower()) if response.lower() in _RESPONSES else -1
    number = line.contract or ""
    row = (line.evidence.source, line.evidence.command.rjust(20))
    return (line.end, sum(right is True for right in rights), speed, number, *row)


def _judged(asset: Asset, line: ContractLine, known: Known) -> Claim:
    """One line by what was seen of its unit and what was decided."""
    found = decided(known.register, asset, line, known.as_of)
    claim = Claim(asset, line, wanted=True, reason="", decided=found)
    if found.decision is not None and found.state != "applied":
        claim = replace(claim, flags=(f"decision_{found.state}",))
    if found.kind == "drop" and found.decision is not None:
        reason = f"dropped by decision {found.decision.id}: {found.decision.reason}"
        return replace(claim, wanted=False, reason=reason)
    gone = known.open(asset, "retired")
    if gone is not None and not _stays_though_gone(asset, found, known):
        return replace(claim, wanted=False, reason=f"retired: {gone.reason}")
    if found.kind == "keep":
        return replace(claim, flags=(*claim.flags, "kept_by_decision"))
    claim = replace(claim, refresh=_refresh(asset, found, known))
    unseen = asset.observation is None and asset.key not in known.followed
    return _unseen(claim, line, known) if unseen else claim


def _unseen(claim: Claim, line: ContractLine, known: Known) -> Claim:
    """The line of a unit that was not seen and is not proven to be gone."""
    if line.end < known.order_day:
        reason = f"lapsed on {line.end}, and its unit was not seen: find it first"
        return replace(claim, held=True, reason=reason)
    if claim.asset.serial is None:
        return claim
    spare = claim.decided.kind == "spare" or _spare(claim.asset, known)
    flag = "spare" if spare else "presence_not_proven"
    return replace(claim, flags=(*claim.flags, flag))


def _stays_though_gone(asset: Asset, found: Decided, known: Known) -> bool:
    if asset.key in known.followed or _spare(asset, known):
        return True
    return found.kind in {"keep", "spare"}


def _orphan(asset: Asset, finding: Finding, known: Known) -> Claim:
    found = decided(known.register, asset, None, known.as_of)
    if found.kind == "drop" and found.decision is not None:
        reason = f"not added, by decision {found.decision.id}: {found.decision.reason}"
        return Claim(asset, None, wanted=False, reason=reason, decided=found)
    refresh = None if found.kind == "keep" else _refresh(asset, found, known)
    return Claim(asset, None, wanted=True, reason=finding.reason, decided=found, refresh=refresh)


def _refresh(asset: Asset, found: Decided, known: Known) -> date | None:
    if found.kind == "refresh" and found.decision is not None:
        return found.decision.on
    # A host's refresh is that of its own hardware, not of the access points that join it.
    facts = known.hosts.get(asset.host or "") if asset.kind in HARDWARE else None
    return facts.refresh if facts else None


def _spare(asset: Asset, known: Known) -> bool:
    facts = known.hosts.get(asset.host or "")
    return facts is not None and facts.spare


def _name(line: ContractLine) -> str:
    return f"contract {line.contract}" if line.contract else "a line without a number"
