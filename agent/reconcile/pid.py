"""Which two product ids belong together, and by which step that was found.

A contract's order PID differs from the one a device reports, so equality is not enough; and
likeness is not enough either, so each step is a spelling rule that is known to hold.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.model import PidMatch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent.model import Milestones

# Steps in order of trust. Each maps a PID to the spelling that products of a family share.
# Sources: Cisco ordering guides use "=" for spares and "++" for bundles priced at zero;
# Catalyst 9000 base PIDs are ordered with -A (Network Advantage) or -E (Network Essentials);
# /K9 and -K9 mark an image with strong encryption on the same hardware.
_STEPS: tuple[tuple[str, re.Pattern[str], str], ...] = (
    ("spare or bundle mark", re.compile(r"(=|\+\+)$"), ""),
    ("licence suffix", re.compile(r"^(C9[0-9]{3}.*?)(?:-10A|-10E|-A|-E)$"), r"\1"),
    ("encryption suffix", re.compile(r"[/-]K9$"), ""),
)


def match(observed: str, other: str) -> PidMatch | None:
    """Say how `observed` and `other` name the same product, or None where no step says so.

    >>> match("C9300-48P", "C9300-48P-A").step
    'licence suffix'
    """
    left, right = observed.strip().upper(), other.strip().upper()
    if left == right:
        return PidMatch(observed, other, "exact")
    steps: list[str] = []
    for step, pattern, replacement in _STEPS:
        new_left, new_right = pattern.sub(replacement, left), pattern.sub(replacement, right)
        if (new_left, new_right) != (left, right):
            steps.append(step)
        left, right = new_left, new_right
        if left == right:
            return PidMatch(observed, other, ", ".join(steps))
    return None


def family(pid: str) -> str:
    """The spelling shared by all PIDs that :func:`match` finds together."""
    spelled = pid.strip().upper()
    for _, pattern, replacement in _STEPS:
        spelled = pattern.sub(replacement, spelled)
    return spelled


def find_milestones(
    pid: str, exact: Mapping[str, Milestones], families: Mapping[str, tuple[Milestones, ...]]
) -> tuple[Milestones | None, PidMatch | None]:
    """Find the EoX row for `pid`: the row of that very PID, else one of its family.

    Rows of a family that disagree in any date are a conflict: none is chosen, and the match says
    so. `exact` is keyed by upper-case PID, `families` by :func:`family`.
    """
    row = exact.get(pid.strip().upper())
    if row is not None:
        return row, PidMatch(pid, row.pid, "exact")
    rows = families.get(family(pid), ())
    if not rows:
        return None, None
    if len({_dates(r) for r in rows}) > 1:
        names = " and ".join(sorted(r.pid for r in rows))
        return None, PidMatch(pid, "", f"conflict: {names} have different dates")
    found = match(pid, rows[0].pid)
    return (rows[0], found) if found else (None, None)


def _dates(row: Milestones) -> tuple[object, ...]:
    return (
        row.end_of_sale,
        row.sw_maintenance,
        row.security_support,
        row.new_service_attachment,
        row.service_contract_renewal,
        row.last_date_of_support,
    )
