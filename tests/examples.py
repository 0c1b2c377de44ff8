"""Small made-up units, lines and dates that tests are written with."""

from datetime import UTC, date, datetime

from agent.model import (
    ContractLine,
    Evidence,
    HostVisit,
    Incomplete,
    Milestones,
    Observation,
    Sweep,
    Unreached,
)

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DAY = date(2026, 11, 24)


def seen(command="show inventory", source="ssh"):
    return Evidence(source, command, NOON, "0" * 64)


def row(number=2, file="contracts.csv"):
    return Evidence(file, f"row {number}", None, "1" * 64)


def unit(serial="TST26010001", pid="C9300-48P", host="sw1", **fields):
    fields = {
        "site": "north",
        "platform": "catalyst_9300",
        "kind": "chassis",
        "evidence": (seen(),),
    } | fields
    return Observation(host=host, serial=serial, pid=pid, **fields)


def line(serial="TST26010001", pid="C9300-48P", start="2026-01-01", end="2027-12-31", **fields):
    fields = {"contract": "900001", "service_level": "SNT", "evidence": row()} | fields
    return ContractLine(
        serial=serial,
        pid=pid,
        start=date.fromisoformat(start) if start else None,
        end=date.fromisoformat(end),
        **fields,
    )


def eox(pid="C9300-48P", **fields):
    return Milestones(pid=pid, evidence=row(2, "eox.csv"), **fields)


def swept(*units, unreached=(), incomplete=(), hosts=()):
    """A sweep in which the hosts of `units` and `hosts` were reached."""
    visits = {u.host: HostVisit(u.host, u.site, u.platform, reached=True) for u in units}
    visits |= {h.host: h for h in hosts}
    for failure in unreached:
        visits.setdefault(
            failure.host, HostVisit(failure.host, "north", "catalyst_9300", reached=False)
        )
    return Sweep(
        id="made",
        started=NOON,
        ended=NOON,
        hosts=tuple(visits[h] for h in sorted(visits)),
        observations=tuple(units),
        unreached=tuple(unreached),
        incomplete=tuple(incomplete),
    )


def failed(host="sw9", kind="timeout"):
    return Unreached(host, kind, "made up")


def gap(host="sw1", kind="truncated"):
    return Incomplete(host, kind, "made up")
