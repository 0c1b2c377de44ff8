"""S: does the vendor still promise security fixes for a train that this hardware can run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from agent.model import Unstated, add_months, past, unique
from agent.posture.trains import order

if TYPE_CHECKING:
    from agent.model import Evidence, Milestone, Software, Stream
    from agent.posture.facts import Facts
    from agent.posture.hardware import HardwareAnswer
    from agent.posture.trains import Train, Trains


@dataclass(frozen=True, slots=True)
class StreamAnswer:
    """S with its reason.

    `supported` names the reachable trains in support, oldest first; `doubtful` those of which it
    is not known. `reach_known`: whether it is stated what the product can run. `near`: the last
    security end of all reachable trains lies within the horizon.
    """

    value: Stream
    reason: str
    evidence: tuple[Evidence, ...]
    train: Train | None
    supported: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()
    reach_known: bool = False
    security_end: date | None = None
    last_security_end: date | None = None
    near: bool = False


def judge_trainless(
    software: tuple[Software, str | None], hardware: HardwareAnswer, facts: Facts
) -> StreamAnswer:
    """Answer S for a running software whose train is not known."""
    os, version = software
    value, reason = _capped(hardware, facts) or ("unknown", _no_train(version, os))
    last = hardware.cap
    near = value != "dead_end" and _near(last, facts)
    return StreamAnswer(value, reason, (), None, last_security_end=last, near=near)


def judge_stream(
    pid: str | None, running: Train, hardware: HardwareAnswer, trains: Trains, facts: Facts
) -> StreamAnswer:
    """Answer S for a running train; all its releases share the answer."""
    reachable = trains.reachable(pid, running)
    rows = trains.rows(pid, running.os)
    day, cap = facts.as_of, hardware.cap
    states = {train.name: train.supported(day, cap) for train in reachable}
    supported = tuple(name for name, state in states.items() if state)
    doubtful = tuple(name for name, state in states.items() if state is None)
    capped = _capped(hardware, facts)
    value, reason = capped or _value(running, states, hardware, facts, known=bool(rows))
    last = _last_end(reachable, cap, known=bool(rows))
    known = [t.milestones for t in reachable if t.milestones is not None]
    return StreamAnswer(
        value,
        reason,
        unique((*(m.evidence for m in known), *(row.evidence for row in rows))),
        running,
        supported,
        doubtful,
        reach_known=bool(rows),
        security_end=_earlier(running.security_end, cap),
        last_security_end=last,
        near=value != "dead_end" and _near(last, facts),
    )


def _no_train(version: str | None, os: Software) -> str:
    if version is None:
        return "the running release is not known"
    return f"{os} {version} is no release whose train is known"


def _capped(hardware: HardwareAnswer, facts: Facts) -> tuple[Stream, str] | None:
    """Every train ends with the hardware, whatever release runs on it."""
    if hardware.value == "past":
        return "dead_end", f"no train outlives the hardware: {hardware.reason}"
    if past(hardware.security, facts.as_of):
        return (
            "dead_end",
            f"security support of the hardware itself ended on {hardware.security}",
        )
    return None


def _value(
    running: Train,
    states: dict[str, bool | None],
    hardware: HardwareAnswer,
    facts: Facts,
    *,
    known: bool,
) -> tuple[Stream, str]:
    name, state = f"{running.os} {running.name}", states[running.name]
    if state:
        return _in_support(name, running, hardware, facts)
    if state is None:
        return "unknown", _undated(name, running, facts)
    ended = f"security fixes for {name} ended on {running.security_end}"
    others = [train for train, each in states.items() if each]
    if others:
        newer = order(others[-1]) > order(running.name)
        how = f"{others[-1]} can be run" if newer else f"only by downgrade to {others[-1]}, which"
        return "migrate", f"{ended}; {how}{' and' if newer else ''} is in support"
    unclear = [train for train, each in states.items() if each is None]
    if not known:
        return "unknown", f"{ended}; what else the product can run is not known"
    if unclear:
        return "unknown", f"{ended}; support of {', '.join(unclear)} is not known"
    return "dead_end", f"{ended}, and no train that the product can run is in support"


def _undated(name: str, running: Train, facts: Facts) -> str:
    if running.milestones is None:
        return f"{name} is not in the EoX data"
    if running.stale:
        return f"the EoX data of {name} is older than {facts.max_age.eox} days; import newer data"
    return f"the EoX data does not state until when {name} gets security fixes"


def _in_support(
    name: str, running: Train, hardware: HardwareAnswer, facts: Facts
) -> tuple[Stream, str]:
    dates = running.milestones
    until = _until(_earlier(running.security_end, hardware.cap))
    maintenance: Milestone = dates.sw_maintenance if dates else Unstated.UNKNOWN
    over = past(maintenance, facts.as_of)
    if over is None:
        return "unknown", f"{name} {until}, but its end of software maintenance is not known"
    if not over:
        return "promised", f"{name} {until}"
    ended = f"maintenance of {name} ended on {maintenance}"
    if running.security_stated is Unstated.NOT_STATED:
        return "discretionary", f"{ended}; security fixes are at Cisco's discretion, {until}"
    return "security_only", f"{ended}; it {until}"


def _until(end: date | None) -> str:
    return f"gets security fixes until {end}" if end else "has no announced end of security fixes"


def _earlier(end: Milestone, cap: date | None) -> date | None:
    days = [day for day in (end, cap) if isinstance(day, date)]
    return min(days, default=None)


def _last_end(reachable: tuple[Train, ...], cap: date | None, *, known: bool) -> date | None:
    """The last security end of all reachable trains; the hardware's where one is not known."""
    ends = [train.security_end for train in reachable]
    dated = [end for end in ends if isinstance(end, date)]
    if not known or len(dated) < len(ends):
        return cap
    return _earlier(max(dated), cap)


def _near(last: date | None, facts: Facts) -> bool:
    if last is None:
        return False
    horizon = add_months(facts.as_of, facts.policy.near_security_months)
    return facts.as_of <= last <= horizon
