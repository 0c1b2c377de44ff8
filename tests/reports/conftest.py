"""A made-up estate that holds every case a report can meet."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from agent.model import (
    Asset,
    ContractLine,
    DataAge,
    Entitlement,
    Evidence,
    Finding,
    HostVisit,
    Incomplete,
    Milestones,
    Observation,
    PidMatch,
    Report,
    Sweep,
    Unreached,
    Unstated,
)

AS_OF = date(2026, 3, 2)
HOSTILE = "<script>alert(1)</script>"
_SEEN = datetime(2026, 3, 2, 6, 0, 12, tzinfo=UTC)


def _ssh(command, digit):
    return Evidence("ssh", command, _SEEN, digit * 64)


def _unit(host, serial, pid, **fields):
    defaults = {
        "site": "north",
        "platform": "catalyst_9300",
        "kind": "stack_member",
        "version": "17.9.4a",
        "version_raw": "17.09.04a",
        "software": "ios-xe",
        "lane": "ssh",
        "evidence": (_ssh("show inventory", "a"), _ssh("show version", "b")),
    }
    return Observation(host=host, serial=serial, pid=pid, **(defaults | fields))


def _line(row, serial, pid, contract, start, end, **fields):  # noqa: PLR0917 - a row
    defaults = {"service_level": "SNT", "site": "north", "annual_price": Decimal("410.50")}
    return ContractLine(
        contract=contract,
        serial=serial,
        pid=pid,
        start=start,
        end=end,
        evidence=Evidence("contracts.csv", f"row {row}", None, "c" * 64),
        entitles=Entitlement(tac=True, rma=True, os_software=True, application_software=None),
        **(defaults | fields),
    )


def _milestones(pid, row, **dates):
    evidence = Evidence("eox.csv", f"row {row}", None, "e" * 64)
    return Milestones(pid=pid, evidence=evidence, bulletin=f"EOL{row:05}", **dates)


LINES = {
    line.evidence.command.removeprefix("row "): line
    for line in (
        _line(2, "ZZZ00000001", "C9300-48P-A", "900001", date(2025, 4, 1), date(2026, 3, 31)),
        _line(3, "ZZZ00000002", "C9300-48P-A", "900001", date(2025, 4, 1), date(2026, 3, 31)),
        _line(4, "ZZZ00000002", "C9300-48P-A", "900002", date(2026, 4, 1), date(2026, 12, 31)),
        _line(5, "ZZZ00000003", "C9300-24T-A", "900001", date(2024, 4, 1), date(2025, 3, 31)),
        _line(6, "ZZZ00000005", "C9300-48P", '=HYPERLINK("x")', None, date(2029, 6, 30)),
        _line(7, "ZZZ00000008", "C9120AXI-E", "'900003", None, date(2026, 9, 30), site="south"),
        _line(8, "ZZZ00000020", "C9300-48P", "900001", date(2025, 4, 1), date(2026, 3, 31)),
        _line(9, "ZZZ00000021", "ASA5516", "-900004", date(2025, 4, 1), date(2026, 8, 31)),
        _line(10, "ZZZ00000022", "C9300-24T", "@900005", date(2025, 4, 1), date(2027, 3, 31)),
        _line(11, "ZZZ00000023", "C9300-24T", "+900006", date(2023, 1, 1), date(2024, 12, 31)),
        _line(12, None, "C9300-24T", "\t900007", date(2025, 1, 1), date(2026, 4, 30)),
        _line(13, "ZZZ00000006", "WS-C3850", "900008", date(2025, 1, 1), date(2026, 12, 31)),
    )
}

AGEING = _milestones(
    "C9300-48P",
    2,
    announced=date(2023, 10, 31),
    end_of_sale=date(2024, 10, 31),
    sw_maintenance=Unstated.NOT_STATED,
    security_support=date(2027, 10, 31),
    last_date_of_support=date(2027, 10, 31),
    url="https://www.example.net/eol00002.html",
)
PAST = _milestones("ASA5516", 3, last_date_of_support=date(2025, 8, 31), url="javascript:alert(3)")
NOT_ANNOUNCED = _milestones("C9120AXI", 4, last_date_of_support=Unstated.NOT_ANNOUNCED)
FAR = _milestones("C9300-24T", 5, last_date_of_support=date(2031, 1, 31))

RULES = {
    "duplicate_cover": "low",
    "lapsing": "medium",
    "near_ldos": "medium",
    "not_reached": "high",
    "orphaned": "high",
    "past_ldos": "high",
    "retired": "medium",
    "uncovered": "high",
}
_DUE = {"lapsing", "near_ldos", "past_ldos", "retired", "duplicate_cover"}


def _asked(asset, **states):
    """An asset and its findings: passed by every rule but those named, or not seen by any."""
    default = "not_a_finding" if asset.sightings else "not_applicable"
    return asset, tuple(
        Finding(
            rule=rule,
            status=(status := states.get(rule, default)),
            severity=severity if status == "open" else "info",
            host=asset.host,
            serial=asset.serial,
            pid=asset.pid,
            position=asset.position,
            reason=f"{rule} of {asset.serial or asset.host} is {status}",
            due=date(2026, 3, 31) if status == "open" and rule in _DUE else None,
            evidence=(asset.observation.evidence if asset.sightings else ())
            + tuple(line.evidence for line in asset.lines),
        )
        for rule, severity in RULES.items()
    )


def _seen(unit, *rows, milestones=None, **fields):
    return Asset(
        unit.host,
        unit.site,
        unit.platform,
        unit.serial,
        unit.pid,
        sightings=(unit,),
        lines=tuple(LINES[row] for row in rows),
        milestones=milestones,
        **fields,
    )


def _unseen(row, host=None, site="north", milestones=None, **fields):
    line = LINES[row]
    return Asset(
        host, site, None, line.serial, line.pid, lines=(line,), milestones=milestones, **fields
    )


_MATCH = PidMatch("C9300-48P", "C9300-48P-A", "licence suffix")
_SWITCH = "switch 1"


def _north():
    sw1 = "north-sw1"
    yield _asked(
        _seen(
            _unit(HOSTILE, "ZZZ00000005", "C9300-48P", position='"><img src=x onerror=alert(2)>'),
            "6",
            milestones=AGEING,
        ),
        near_ldos="open",
    )
    yield _asked(
        _seen(
            _unit(sw1, "ZZZ00000004", "PWR-C1", kind="power_supply", parent_serial="ZZZ00000001")
        ),
        uncovered="not_applicable",
        near_ldos="not_reviewed",
        past_ldos="not_reviewed",
    )
    yield _asked(
        _seen(
            _unit(sw1, "ZZZ00000001", "C9300-48P", position=_SWITCH, ha_role="active"),
            "2",
            milestones=AGEING,
            line_matches=(_MATCH,),
            milestone_match=PidMatch("C9300-48P", "C9300-48P", "exact"),
        ),
        near_ldos="open",
        lapsing="open",
    )
    yield _asked(
        _seen(
            _unit(sw1, "ZZZ00000002", "C9300-48P", position="switch 2", ha_role="standby"),
            "3",
            "4",
            milestones=AGEING,
        ),
        near_ldos="open",
        duplicate_cover="open",
    )
    yield _asked(
        _seen(_unit(sw1, "ZZZ00000003", "C9300-24T", position="switch 3"), "5", milestones=FAR),
        uncovered="open",
    )
    for serialless in (_SWITCH, _SWITCH):
        yield _asked(
            _seen(
                _unit("north-sw3", None, "C9300-48P", position=serialless, notes=("no row",)),
                milestones=AGEING,
            ),
            uncovered="not_reviewed",
            lapsing="not_reviewed",
            near_ldos="open",
        )
    yield _asked(_unseen("8", milestones=AGEING), retired="open")
    yield _asked(_unseen("10", milestones=FAR), retired="open")
    yield _asked(_unseen("11", milestones=FAR))
    yield _asked(_unseen("12"), retired="not_reviewed")


def _south():
    firewall = {"site": "south", "platform": "asa", "kind": "chassis", "software": "asa"}
    wireless = {"site": "south", "platform": "catalyst_9800"}
    yield _asked(
        _seen(
            _unit("south-fw1", "ZZZ00000006", "ASA5516", version="9.16(4)", **firewall),
            milestones=PAST,
            doubtful_lines=(LINES["13"],),
        ),
        uncovered="open",
        orphaned="open",
        past_ldos="open",
        near_ldos="not_applicable",
    )
    yield _asked(
        _seen(
            _unit("south-fw1", "ZZZ00000009", "ASA5516-X", position="mate", **firewall),
            milestones=FAR,
        ),
        uncovered="open",
        orphaned="open",
        lapsing="not_applicable",
    )
    yield _asked(
        _seen(
            _unit(
                "south-wlc1",
                "ZZZ00000008",
                "C9120AXI-E",
                kind="access_point",
                position="ap|lobby\nnorth",
                **wireless,
            ),
            "7",
            milestones=NOT_ANNOUNCED,
        ),
        uncovered="not_reviewed",
    )
    yield _asked(
        _seen(
            _unit(
                "south-wlc1", "ZZZ00000007", "C9800-CL-K9", kind="chassis", virtual=True, **wireless
            ),
            milestone_match=PidMatch("C9800-CL-K9", "", "conflict: two rows differ"),
        ),
        uncovered="not_applicable",
        lapsing="not_applicable",
        near_ldos="not_applicable",
        past_ldos="not_applicable",
    )


def _west(lost):
    yield _asked(
        _unseen("9", "west-fw1", "west", unreached=lost, milestones=PAST),
        not_reached="open",
        retired="not_reviewed",
    )
    yield _asked(
        Asset("west-fw1", "west", "asa", None, None, unreached=lost),
        not_reached="open",
    )


AGES = (
    DataAge("contracts", "contracts.csv", date(2026, 2, 20), 10),
    DataAge("eox", "eox.csv", date(2025, 11, 30), 4),
    DataAge("advisories", "none imported", None, 0),
)


def _sweep(*, complete):
    hosts = ["north-sw1", HOSTILE, "north-sw3", "south-fw1", "south-wlc1"]
    platforms = {"south-fw1": "asa", "south-wlc1": "catalyst_9800"}
    visits = [
        HostVisit(
            host,
            "south" if host.startswith("south") else "north",
            platforms.get(host, "catalyst_9300"),
            reached=True,
        )
        for host in hosts
    ]
    lost = [] if complete else [HostVisit("west-fw1", "west", "asa", reached=False)]
    return Sweep(
        id="20260302T060000Z-0001",
        started=datetime(2026, 3, 2, 6, 0, tzinfo=UTC),
        ended=datetime(2026, 3, 2, 6, 0, 41, tzinfo=UTC),
        hosts=tuple(sorted((*visits, *lost), key=lambda visit: visit.host)),
        observations=(),
        unreached=tuple(
            Unreached(visit.host, "timeout", f"no answer in 30 s, said {HOSTILE} `| x")
            for visit in lost
        ),
        incomplete=(
            Incomplete("north-sw1", "absent_slot", "switch 4 is provisioned and absent"),
            *(() if complete else (Incomplete("south-wlc1", "aps_short", "1 of 2 APs named"),)),
        ),
    )


def make(*, complete=False):
    """A report on the made-up estate; `complete`: every host was read."""
    sweep = _sweep(complete=complete)
    asked = [*_north(), *_south(), *(pair for lost in sweep.unreached for pair in _west(lost))]
    return Report(
        as_of=AS_OF,
        run_day=date(2026, 3, 3),
        tool_version="0.1.0",
        sweep=sweep,
        assets=tuple(asset for asset, _ in asked),
        findings=tuple(finding for _, findings in asked for finding in findings),
        data_ages=AGES,
        quote_window_days=90,
        near_ldos_months=24,
    )


@pytest.fixture(scope="session")
def report():
    return make()


@pytest.fixture(scope="session")
def complete_report():
    return make(complete=True)
