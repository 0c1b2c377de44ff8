"""A made-up estate that holds every case a report can meet."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from agent import rules
from agent.model import (
    ContractLine,
    DataAge,
    Entitlement,
    Evidence,
    HostVisit,
    Incomplete,
    Milestones,
    Observation,
    Report,
    Sweep,
    Unreached,
    Unstated,
)
from agent.reconcile import reconcile
from agent.reconcile.assets import LastSighting
from agent.settings import Policy

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


def _line(row, serial, pid, contract, start, end, **fields):
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


OBSERVATIONS = (
    _unit("north-sw1", "ZZZ00000001", "C9300-48P", position="switch 1", ha_role="active"),
    _unit("north-sw1", "ZZZ00000002", "C9300-48P", position="switch 2", ha_role="standby"),
    _unit("north-sw1", "ZZZ00000003", "C9300-24T", position="switch 3", ha_role="member"),
    _unit(
        "north-sw1",
        "ZZZ00000004",
        "PWR-C1-715WAC",
        position="switch 1 PS-A",
        kind="power_supply",
        parent_serial="ZZZ00000001",
    ),
    _unit(HOSTILE, "ZZZ00000005", "C9300-48P", position='"><img src=x onerror=alert(2)>'),
    _unit("north-sw3", None, "C9300-48P", position="switch 1", notes=("no chassis row",)),
    _unit("north-sw3", None, "C9300-48P", position="switch 2", notes=("no chassis row",)),
    _unit(
        "south-fw1",
        "ZZZ00000006",
        "ASA5516",
        site="south",
        platform="asa",
        kind="chassis",
        software="asa",
        version="9.16(4)",
    ),
    _unit(
        "south-wlc1",
        "ZZZ00000007",
        "C9800-CL-K9",
        site="south",
        platform="catalyst_9800",
        kind="chassis",
        virtual=True,
    ),
    _unit(
        "south-wlc1",
        "ZZZ00000008",
        "C9120AXI-E",
        site="south",
        platform="catalyst_9800",
        kind="access_point",
        position="ap|lobby\nnorth",
        software="ap",
    ),
)

LINES = (
    _line(2, "ZZZ00000001", "C9300-48P-A", "900001", date(2025, 4, 1), date(2026, 3, 31)),
    _line(3, "ZZZ00000002", "C9300-48P-A", "900001", date(2025, 4, 1), date(2026, 3, 31)),
    _line(4, "ZZZ00000002", "C9300-48P-A", "900002", date(2026, 1, 1), date(2026, 12, 31)),
    _line(5, "ZZZ00000003", "C9300-24T-A", "900001", date(2024, 4, 1), date(2025, 3, 31)),
    _line(6, "ZZZ00000005", "C9300-48P", '=HYPERLINK("x")', date(2025, 1, 1), date(2029, 6, 30)),
    _line(7, "ZZZ00000008", "C9120AXI-E", "900003", None, date(2026, 9, 30), site="south"),
    _line(8, "ZZZ00000020", "C9300-48P", "900001", date(2025, 4, 1), date(2026, 3, 31)),
    _line(9, "ZZZ00000021", "ASA5516", "-900004", date(2025, 4, 1), date(2026, 8, 31), site="west"),
    _line(10, "ZZZ00000022", "C9300-24T", "@900005", date(2025, 4, 1), date(2027, 3, 31)),
    _line(11, "ZZZ00000023", "C9300-24T", "900006", date(2023, 1, 1), date(2024, 12, 31)),
)

MILESTONES = (
    _milestones(
        "C9300-48P",
        2,
        announced=date(2023, 10, 31),
        end_of_sale=date(2024, 10, 31),
        sw_maintenance=Unstated.NOT_STATED,
        security_support=date(2027, 10, 31),
        last_date_of_support=date(2027, 10, 31),
        url="https://www.example.net/eol00002.html",
    ),
    _milestones(
        "ASA5516",
        3,
        last_date_of_support=date(2025, 8, 31),
        url="javascript:alert(3)",
    ),
    _milestones("C9120AXI", 4, last_date_of_support=Unstated.NOT_ANNOUNCED),
    _milestones("C9300-24T", 5, last_date_of_support=date(2031, 1, 31)),
)

HISTORY = {
    ("ZZZ00000021", "ASA5516"): LastSighting(
        "west-fw1", "west", "asa", datetime(2026, 1, 5, 6, 0, tzinfo=UTC)
    )
}

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
        observations=OBSERVATIONS,
        unreached=tuple(
            Unreached(visit.host, "timeout", f"no answer in 30 s, said {HOSTILE} `| x")
            for visit in lost
        ),
        incomplete=(
            Incomplete("north-sw1", "absent_slot", "switch 4 is provisioned and absent"),
            *(() if complete else (Incomplete("south-wlc1", "aps_short", "1 of 2 APs named"),)),
        ),
    )


def make(*, complete=False, observations=None):
    """A report on the made-up estate; `observations` in place of its own."""
    sweep = _sweep(complete=complete)
    if observations is not None:
        sweep = Sweep(
            sweep.id,
            sweep.started,
            sweep.ended,
            sweep.hosts,
            tuple(observations),
            sweep.unreached,
            sweep.incomplete,
        )
    assets = reconcile(sweep, LINES, MILESTONES, HISTORY)
    context = rules.Context(AS_OF, Policy(), sweep, len(LINES), len(MILESTONES))
    return Report(
        as_of=AS_OF,
        run_day=date(2026, 3, 3),
        tool_version="0.1.0",
        sweep=sweep,
        assets=assets,
        findings=rules.assess(assets, context),
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
