"""Every rule by tables: what is known of a unit, and the answer."""

from datetime import date, timedelta

import pytest

from agent.model import HostVisit, Unstated, add_months
from agent.reconcile import reconcile
from agent.reconcile.assets import LastSighting
from agent.rules import Context, assess, rules
from agent.settings import Policy
from tests.examples import DAY, NOON, eox, failed, gap, line, row, seen, swept, unit


def judge(rule, *, units=(), lines=(), dates=(), as_of=DAY, history=None, sweep=None):
    """The findings of one rule."""
    sweep = sweep or swept(*units)
    assets = reconcile(sweep, lines, dates, history or {})
    context = Context(as_of, Policy(), sweep, len(lines), len(dates))
    return [f for f in assess(assets, context) if f.rule == rule]


def answer(rule, **known):
    (finding,) = judge(rule, **known)
    return finding.status, finding.reason


OTHER = line("TST26019999", evidence=row(9))
"""A line for something else: contract data is loaded."""


@pytest.mark.parametrize(
    ("lines", "status", "reason"),
    [
        ([line()], "not_a_finding", "contract 900001 (SNT) to 2027-12-31"),
        ([line(end="2026-11-24")], "not_a_finding", "contract 900001 (SNT) to 2026-11-24"),
        (
            [line(end="2026-11-23")],
            "open",
            "lapsed: contract 900001 (SNT) to 2026-11-23, 1 days ago",
        ),
        ([line(start="2026-11-24")], "not_a_finding", "contract 900001 (SNT) to 2027-12-31"),
        ([line(start="2026-11-25")], "open", "contract 900001 (SNT) to 2027-12-31 begins only on"),
        ([line(start=None)], "not_reviewed", "states no start date"),
        ([line(start=None, end="2026-11-23")], "open", "lapsed"),
        ([line(pid="ISR4331/K9")], "not_reviewed", "not known to be the same product as C9300-48P"),
        ([line(contract=None, service_level=None)], "not_a_finding", "contract without a number"),
    ],
)
def test_uncovered(lines, status, reason):
    found = answer("uncovered", units=[unit()], lines=lines)
    assert found[0] == status
    assert reason in found[1]


@pytest.mark.parametrize(
    ("seen", "status", "reason"),
    [
        (unit(), "open", "on no contract line"),
        (unit(kind="access_point"), "open", "on no contract line"),
        (unit(kind="stack_member"), "open", "on no contract line"),
        (
            unit(kind="power_supply"),
            "not_applicable",
            "a power supply is covered through its parent",
        ),
        (unit(None, notes=("serial masked",)), "not_reviewed", "no serial number: serial masked"),
        (unit(virtual=True), "not_reviewed", "virtual"),
    ],
)
@pytest.mark.parametrize("rule", ["uncovered", "orphaned"])
def test_a_unit_without_a_line(rule, seen, status, reason):
    findings = judge(rule, units=[seen], lines=[OTHER])
    found = next(f for f in findings if f.host == "sw1")
    assert (found.status, reason in found.reason) == (status, True), found.reason


def test_without_contract_data_nothing_is_uncovered_and_nothing_covered():
    for rule in ("uncovered", "orphaned", "lapsing"):
        assert answer(rule, units=[unit()])[0] == "not_reviewed"


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ([line(end="2027-02-22")], "open"),  # 90 days
        ([line(end="2027-02-23")], "not_a_finding"),  # 91 days
        ([line(end="2026-11-24")], "open"),
        ([line(end="2026-11-23")], "not_applicable"),
        ([line(end="2026-12-31"), line(start="2027-01-01", evidence=row(3))], "not_a_finding"),
        ([line(end="2026-12-31"), line(start="2027-01-02", evidence=row(3))], "open"),
        ([line(end="2026-12-31"), line(start=None, evidence=row(3))], "open"),
    ],
)
def test_lapsing(lines, status):
    (finding,) = judge("lapsing", units=[unit()], lines=lines)
    assert finding.status == status
    assert finding.due == (max(x.end for x in lines[:1]) if status == "open" else finding.due)


def test_orphaned_is_not_lapsed():
    assert answer("orphaned", units=[unit()], lines=[line(end="2020-12-31")]) == (
        "not_a_finding",
        "on 1 contract line",
    )


@pytest.mark.parametrize(
    ("ldos", "near", "past"),
    [
        (DAY - timedelta(days=1), "not_applicable", "open"),
        (DAY, "open", "not_a_finding"),
        (date(2028, 11, 24), "open", "not_a_finding"),
        (date(2028, 11, 25), "not_a_finding", "not_a_finding"),
        (Unstated.NOT_ANNOUNCED, "not_a_finding", "not_a_finding"),
        (Unstated.NOT_STATED, "not_reviewed", "not_reviewed"),
        (Unstated.UNKNOWN, "not_reviewed", "not_reviewed"),
    ],
)
def test_last_date_of_support(ldos, near, past):
    dates = [eox(last_date_of_support=ldos)]
    assert answer("near_ldos", units=[unit()], dates=dates)[0] == near
    assert answer("past_ldos", units=[unit()], dates=dates)[0] == past


@pytest.mark.parametrize(
    ("seen", "dates", "reason"),
    [
        (unit(), [], "no EoX data is loaded"),
        (unit(), [eox("FPR-1140")], "C9300-48P is not in the EoX data"),
        (unit(pid=None), [eox()], "the product id is not known"),
        (
            unit(),
            [eox("C9300-48P-A", end_of_sale=DAY), eox("C9300-48P-E")],
            "C9300-48P: conflict: C9300-48P-A and C9300-48P-E have different dates",
        ),
    ],
)
def test_a_missing_date_says_why(seen, dates, reason):
    status, said = answer("past_ldos", units=[seen], dates=dates)
    assert status == "not_reviewed"
    assert reason in said


NORTH = HostVisit("sw1", "north", "catalyst_9300", reached=True)
SOUTH = HostVisit("sw2", "south", "catalyst_9300", reached=True)


@pytest.mark.parametrize(
    ("sweep", "known", "status", "reason"),
    [
        (swept(hosts=[NORTH]), {}, "open", "not seen in a complete sweep of the estate"),
        (swept(hosts=[NORTH]), {"site": "north"}, "open", "complete sweep of site north"),
        (swept(hosts=[NORTH]), {"site": "Main St 1"}, "open", "complete sweep of the estate"),
        (
            swept(hosts=[SOUTH], unreached=[failed()]),
            {"site": "north"},
            "not_reviewed",
            "site north",
        ),
        (swept(hosts=[SOUTH], unreached=[failed()]), {"site": "south"}, "open", "site south"),
        (swept(hosts=[SOUTH], unreached=[failed()]), {}, "not_reviewed", "the estate was not read"),
        (swept(hosts=[NORTH], incomplete=[gap()]), {}, "not_reviewed", "was not read completely"),
        (swept(hosts=[NORTH], incomplete=[gap(kind="absent_slot")]), {}, "open", "not seen"),
        (swept(), {}, "not_reviewed", "was not read completely"),
        (swept(hosts=[NORTH]), {"end": "2026-11-23"}, "not_applicable", "its lines have ended"),
        (swept(hosts=[NORTH]), {"end": "2026-11-24"}, "open", "not seen"),
        (swept(hosts=[NORTH]), {"start": "2027-01-01"}, "open", "not seen"),
        (swept(hosts=[NORTH]), {"serial": None}, "not_reviewed", "names no serial number"),
        (swept(unit()), {}, "not_a_finding", "seen on sw1"),
    ],
)
def test_retired(sweep, known, status, reason):
    findings = judge("retired", sweep=sweep, lines=[line(**known)])
    (found,) = [f for f in findings if f.evidence]
    assert (found.status, reason in found.reason) == (status, True), found.reason


def test_unreachable_is_not_retired():
    history = {("TST26010001", "C9300-48P"): LastSighting("sw9", "north", NOON)}
    sweep = swept(hosts=[NORTH], unreached=[failed("sw9")])
    known = {"sweep": sweep, "lines": [line()], "history": history}
    (retired,) = [f for f in judge("retired", **known) if f.serial]
    assert retired.status == "not_reviewed"
    assert "last seen on sw9, which was not read (timeout)" in retired.reason
    assert [f.status for f in judge("not_reached", **known)] == ["open", "open"]


def test_not_reached():
    findings = judge("not_reached", sweep=swept(unit(), unreached=[failed("sw9", "dns")]))
    assert [(f.host, f.status, f.reason) for f in findings] == [
        ("sw1", "not_a_finding", "read in this sweep"),
        ("sw9", "open", "dns: made up"),
    ]


@pytest.mark.parametrize(
    ("second", "status"),
    [
        (line(contract="900002", evidence=row(3)), "open"),
        (line(start="2027-12-31", end="2028-12-31", evidence=row(3)), "open"),
        (line(start="2028-01-01", end="2028-12-31", evidence=row(3)), "not_a_finding"),
        (line(start="2025-01-01", end="2026-11-23", evidence=row(3)), "not_a_finding"),
        (line(start="2025-01-01", end="2026-11-24", evidence=row(3)), "open"),
        (line(start=None, evidence=row(3)), "not_reviewed"),
    ],
)
def test_duplicate_cover(second, status):
    assert answer("duplicate_cover", units=[unit()], lines=[line(), second])[0] == status


def test_one_finding_for_each_rule_and_asset():
    sweep = swept(unit(), unit(None, "C9120AXI-E", "wlc1"), unreached=[failed()])
    assets = reconcile(sweep, [line(), OTHER], [], {})
    findings = assess(assets, Context(DAY, Policy(), sweep, 2, 0))
    assert len(assets) == 4
    assert len(findings) == len(assets) * len(rules())
    assert {f.severity for f in findings if f.status != "open"} == {"info"}


@pytest.mark.parametrize("rule", rules(), ids=lambda r: r.id)
def test_a_rule_is_documented(rule):
    paragraphs = rule.documentation.split("\n\n")
    assert len(paragraphs) >= 3
    assert "Remedy: " in rule.documentation


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 11, 24), 24, date(2028, 11, 24)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
    ],
)
def test_months(day, months, expected):
    assert add_months(day, months) == expected


@pytest.mark.parametrize(
    ("seen_unit", "status", "reason"),
    [
        (unit(), "not_applicable", "one way"),
        (unit(evidence=(seen("snmpwalk", "snmp"),)), "not_applicable", "one way"),
        (unit(evidence=(seen(), seen("snmpwalk", "snmp"))), "not_a_finding", "agree"),
        (unit(disagreements=("PID: ...", "release: ...")), "open", "PID: ...; release: ..."),
    ],
)
def test_second_opinion(seen_unit, status, reason):
    found = answer("second_opinion", units=[seen_unit])
    assert found[0] == status
    assert reason in found[1]
