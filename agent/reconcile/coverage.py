"""Whether a unit is covered: one answer of four, from its lines and from what sources say of it.

Covered and not covered are proven. Unknown and not visible name what would settle them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.model import Cover

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from agent.model import Asset, ContractLine, CoverStatement

LINK = (
    "have the caller's Cisco.com id linked to the contract (Cisco Services Access Management),"
    " or ask the partner who holds it for an export"
)
ASK_AGAIN = "ask SN2INFO's coverage summary, which tells an uncovered serial from an unknown one"
SETTLE = "compare the contract with Cisco's answer, and import the newer of the two"


def cover_of(asset: Asset, day: date) -> Cover | None:
    """The answer for `day`, or None where neither a line nor a statement is about the unit.

    An active line covers. Against it stands only a statement that is not known to be older.
    """
    active = [line for line in asset.lines if line.covers(day)]
    against = _latest(s for s in asset.statements if s.state == "not_covered")
    if active:
        best = max(active, key=lambda line: line.end)
        if against and not _older(against, best):
            return Cover(
                "unknown",
                f"{_named(best)} runs to {best.end}, and {against.evidence.source} says:"
                f" {against.reason}",
                SETTLE,
                (best.evidence, against.evidence),
            )
        return Cover("covered", f"{_named(best)} runs to {best.end}", None, (best.evidence,))
    return _stated(asset.statements, day)


def _stated(statements: Iterable[CoverStatement], day: date) -> Cover | None:
    """What the newest statement that says something proves."""
    said = _latest(s for s in statements if s.state != "unknown") or _latest(statements)
    if said is None:
        return None
    where = f"{said.evidence.source}: {said.reason}"
    if said.state in {"covered", "not_visible"} and said.until and said.until < day:
        return Cover("not_covered", f"{where}; that is past", None, (said.evidence,))
    if said.state == "covered" and said.until is None:
        return Cover("unknown", f"{where}, and not until when", LINK, (said.evidence,))
    remedy = {"not_visible": LINK, "unknown": ASK_AGAIN}.get(said.state)
    return Cover(said.state, where, remedy, (said.evidence,))


def _latest(statements: Iterable[CoverStatement]) -> CoverStatement | None:
    return max(statements, key=_when, default=None)


def _when(statement: CoverStatement) -> tuple[bool, str, str, str]:
    when = statement.evidence.collected
    source = statement.evidence
    return (when is not None, str(when or ""), source.source, source.command)


def _older(statement: CoverStatement, line: ContractLine) -> bool:
    said: datetime | None = statement.evidence.collected
    known = line.evidence.collected
    return said is not None and known is not None and said < known


def _named(line: ContractLine) -> str:
    return f"contract {line.contract or 'without a number'}"
