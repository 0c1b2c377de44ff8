"""What to do about which unit: one table, grouped by action, the worst first."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from agent.cli._app import columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agent.model import Asset
    from agent.posture.assessment import Judged
    from agent.rules import Context

ACTIONS = {
    "replace": "Replace: no fix can be had by right",
    "attach": "Attach: on no contract, and one can still be had",
    "renew": "Renew: cover lapsed, or ends inside the quote window",
    "change_service_level": "Change the service level: covered, but not for software",
    "upgrade": "Upgrade: the fix is published and may be loaded",
    "migrate": "Move to another train: the running one gets no more fixes, or not this one",
    "tac_case": "Open a TAC case: the fix is free on request",
    "mitigate": "Mitigate: no fix yet",
    "collect": "Collect: not known, so not counted as patchable",
    "verify": "Verify: mended by a patch, if the patch does what its mapping says",
    "plan": "Plan: fixes are at the maker's discretion",
    "refresh": "Refresh: the end of support or of security fixes comes into sight",
    "await_start": "Wait: a signed contract line begins later",
}
MANY = 300
"""Rows of one action beyond which units are told by product, not one by one."""
_HEADER = ("what", "host", "position", "serial", "pid", "running", "due", "why")


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of the table; `rank` is the place of its headline or verdict."""

    action: str
    rank: int
    due: date | None
    cells: tuple[str, ...]


def table(assets: "Iterable[Asset]", context: "Context") -> str:
    """Everything that needs somebody, by action; empty where nothing does."""
    rows = [row for asset in assets for row in _rows(asset, context)]
    rows.sort(key=lambda r: (r.rank, r.due is None, r.due or date.min, r.cells))
    blocks = []
    for action, meaning in ACTIONS.items():
        found = [row.cells for row in rows if row.action == action]
        if found:
            shown = [_HEADER, *found]
            if action == "collect":
                shown = _causes(found)
            elif len(found) > MANY:
                shown = _products(found)
            blocks.append(f"{meaning} ({len(found)})\n{columns(shown)}")
    return "\n\n".join(blocks)


def _products(rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """A long list by product and release; findings.json names every unit."""
    units: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
    for what, host, _, _, pid, running, due, _ in rows:
        units.setdefault((what, pid, running), []).append((due, host))
    return [
        ("what", "units", "pid", "running", "first due", "first host"),
        *(
            (what, str(len(found)), pid, running, min(found)[0], found[0][1])
            for (what, pid, running), found in units.items()
        ),
    ]


def _causes(rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """What is not known by its cause: one import or one visit settles all units of a row."""
    units: dict[tuple[str, str], list[str]] = {}
    for what, host, *_, why in rows:
        units.setdefault((what, why), []).append(host)
    return [
        ("what", "units", "first host", "why"),
        *((what, str(len(hosts)), hosts[0], why) for (what, why), hosts in units.items()),
    ]


def _rows(asset: "Asset", context: "Context") -> "Iterator[_Row]":
    if asset.unreached is not None and not asset.sightings:
        why = f"{asset.unreached.kind}: {asset.unreached.reason}"
        yield _Row("collect", 99, None, _cells("not reached", asset, "-", None, why))
    for judged in context.judged(asset):
        yield from _posture(asset, judged)
        yield from _advisories(asset, judged, context)


def _posture(asset: "Asset", judged: "Judged") -> "Iterator[_Row]":
    from agent.model import HEADLINES

    unit = judged.posture
    if unit.action == "none":
        return
    migration = "+migration" if unit.migration else ""
    due = _due(judged)
    cells = _cells(f"{unit.headline}{migration}", asset, _running(judged), due, _why(judged))
    yield _Row(unit.action, HEADLINES.index(unit.headline), due, cells)


def _advisories(asset: "Asset", judged: "Judged", context: "Context") -> "Iterator[_Row]":
    """A row for each verdict; what cannot be told for want of data is one with the posture."""
    from agent.model import FIX_VERDICTS
    from agent.rules._fixes import words

    if context.assessment is None:
        return
    for tally in context.assessment.tallies(judged):
        cells = _cells(tally.verdict, asset, _running(judged), tally.due, words([tally]))
        yield _Row(tally.action, 20 + FIX_VERDICTS.index(tally.verdict), tally.due, cells)


def _due(judged: "Judged") -> date | None:
    """The day that the headline is about."""
    headline, ldos = judged.posture.headline, judged.hardware.ldos
    if headline == "EXPIRING":
        return judged.entitlement.cover_end
    if headline == "UNPATCHABLE_HW" or (headline == "NEAR_EOS" and not judged.stream.near):
        return ldos if isinstance(ldos, date) else None
    if headline == "NEAR_EOS":
        return judged.stream.last_security_end
    return None


def _why(judged: "Judged") -> str:
    """The answer that decides the headline."""
    unit = judged.posture
    if unit.headline == "UNKNOWN":
        unsettled = ("unknown", "unproven", "not_visible")
        answers = (judged.hardware, judged.stream, judged.entitlement)
        return "; ".join(answer.reason for answer in answers if answer.value in unsettled)
    if unit.headline in ("UNPATCHABLE_HW", "NEAR_EOS"):
        return judged.hardware.reason
    if unit.headline in ("EXPIRING", *_BY_CONTRACT):
        return judged.entitlement.reason
    return judged.stream.reason


_BY_CONTRACT = ("UNPATCHABLE_ENTITLEMENT", "WARRANTY_ONLY", "COVERED_NO_SOFTWARE")


def _running(judged: "Judged") -> str:
    return f"{judged.posture.software} {judged.posture.version or 'unknown'}"


def _cells(what: str, asset: "Asset", running: str, due: date | None, why: str) -> tuple[str, ...]:
    names = (asset.host, asset.position, asset.serial, asset.pid)
    return (what, *(name or "-" for name in names), running, due.isoformat() if due else "-", why)
