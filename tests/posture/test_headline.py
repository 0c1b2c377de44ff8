"""The headline table against a second writing of it, and the cases that trip naive tools."""

from itertools import product

import pytest

from agent.model import HEADLINES, Unstated
from agent.posture.entitlement import EntitlementAnswer
from agent.posture.hardware import HardwareAnswer
from agent.posture.headline import action, headlines, migrates
from agent.posture.stream import StreamAnswer
from tests.posture.made import (
    TRAINS,
    access_point,
    covered,
    day,
    ends,
    facts,
    firewall,
    judge,
    one,
    reach,
    supported,
    switch,
    train,
)

H = ("past", "near", "supported", "unknown")
S = ("promised", "security_only", "discretionary", "migrate", "dead_end", "unknown")
E = (
    "entitled",
    "no_software",
    "unproven",
    "warranty_only",
    "uncovered",
    "unknown",
    "not_visible",
)


def second_writing(h, s, e, near, expiring):
    """The table once more, as a list of questions."""
    hits = []
    if h == "past":
        hits.append("UNPATCHABLE_HW")
    if s == "dead_end":
        hits.append("UNPATCHABLE_CAPPED")
    by_e = {
        "uncovered": "UNPATCHABLE_ENTITLEMENT",
        "warranty_only": "WARRANTY_ONLY",
        "no_software": "COVERED_NO_SOFTWARE",
    }
    hits += [by_e[e]] if e in by_e else []
    if "unknown" in (h, s, e) or e in {"unproven", "not_visible"}:
        hits.append("UNKNOWN")
    by_s = {"migrate": "PATCHABLE_BY_MIGRATION", "discretionary": "SECURITY_DISCRETIONARY"}
    hits += [by_s[s]] if s in by_s else []
    hits += ["EXPIRING"] if expiring else []
    hits += ["NEAR_EOS"] if near or h == "near" else []
    hits += ["SECURITY_ONLY"] if s == "security_only" else []
    return tuple(hits or ["PATCHABLE"])


@pytest.mark.parametrize("near", [False, True])
@pytest.mark.parametrize("expiring", [False, True])
def test_two_writings_of_the_table_agree(near, expiring):
    unknown = Unstated.UNKNOWN
    for h, s, e in product(H, S, E):
        hardware = HardwareAnswer(h, "", (), unknown, unknown, unknown, None, unknown)
        stream = StreamAnswer(s, "", (), None, near=near)
        end = day("2026-12-01") if expiring else None
        entitlement = EntitlementAnswer(e, "", (), end)
        found = headlines(hardware, stream, entitlement, facts())
        assert found == second_writing(h, s, e, near, expiring), (h, s, e)
        assert list(found) == sorted(found, key=HEADLINES.index)
        assert migrates(found[0], stream) is (s == "migrate" and found[0] in HEADLINES[2:5])
        assert action(found[0], hardware, entitlement, facts())


def story(posture):
    return posture.headline, posture.migration, posture.action


def test_hardware_past_its_support_on_an_exceptional_build():
    unit = firewall("9.14(4)28", "ASA5555")
    dates = [supported("ASA5555", last_date_of_support="2025-09-30")]
    found = one(unit, dates=dates, lines=[covered(pid="ASA5555")])
    assert story(found) == ("UNPATCHABLE_HW", False, "replace")
    assert "UNPATCHABLE_ENTITLEMENT" in found.hits


def test_an_old_train_covered_and_uncovered():
    assert story(one(switch("17.3.8"), lines=[covered()])) == (
        "PATCHABLE_BY_MIGRATION",
        False,
        "migrate",
    )
    assert story(one(switch("17.3.8"))) == ("UNPATCHABLE_ENTITLEMENT", True, "attach")


def test_lapsed_yesterday():
    assert story(one(lines=[covered(end="2026-11-23")])) == (
        "UNPATCHABLE_ENTITLEMENT",
        False,
        "renew",
    )


@pytest.mark.parametrize(
    ("as_of", "headline"),
    [
        ("2026-06-30", "PATCHABLE"),
        ("2026-07-01", "SECURITY_DISCRETIONARY"),
        ("2028-06-30", "SECURITY_DISCRETIONARY"),
        ("2028-07-01", "UNPATCHABLE_CAPPED"),
    ],
)
def test_a_firewall_capped_at_its_last_train(as_of, headline):
    found = one(
        firewall("7.4.2", "FPR2130-NGFW-K9", "ftd"),
        dates=[supported("FPR2130-NGFW-K9", last_date_of_support="2030-05-31")],
        reachable=reach("FPR2130-NGFW-K9", "ftd", "7.4"),
        lines=[covered(pid="FPR2130-NGFW-K9", end="2031-12-31")],
        as_of=as_of,
    )
    assert found.headline == headline


def test_an_access_point_stands_for_itself_beside_its_covered_controller():
    controller = switch(pid="C9800-40-K9", host="wlc1")
    point = access_point("17.12.4.22", serial="TA26010001", host="wlc1")
    judged = judge(
        controller,
        point,
        dates=[supported("C9800-40-K9"), supported("AIR-AP3802I-E-K9")],
        reachable=(),
        lines=[covered(pid="C9800-40-K9")],
    )
    postures = {p.serial: p for p in judged.postures}
    assert postures["TST26010001"].headline == "PATCHABLE"
    assert postures["TA26010001"].headline == "UNPATCHABLE_ENTITLEMENT"
    assert postures["TA26010001"].group is None


@pytest.mark.parametrize(("as_of", "action"), [("2023-05-01", "attach"), ("2023-05-02", "replace")])
def test_an_orphan_past_the_end_of_new_service_attachment(as_of, action):
    point = access_point("17.3.8.1", "AIR-AP1832I-E-K9")
    dates = [
        supported(
            "AIR-AP1832I-E-K9",
            new_service_attachment="2023-05-01",
            service_contract_renewal="2026-07-27",
            last_date_of_support="2027-04-30",
        )
    ]
    found = one(point, dates=dates, reachable=(), as_of=as_of)
    assert (found.headline, found.action) == ("UNPATCHABLE_ENTITLEMENT", action)


@pytest.mark.parametrize(
    ("as_of", "headline"), [("2027-01-31", "NEAR_EOS"), ("2027-02-01", "UNPATCHABLE_HW")]
)
def test_a_contract_beyond_the_last_date_of_support(as_of, headline):
    found = one(
        switch(pid="FPR-4110"),
        dates=[supported("FPR-4110", last_date_of_support="2027-01-31")],
        lines=[covered(pid="FPR-4110", end="2028-06-30")],
        reachable=reach("FPR-4110", "ios-xe", "17.12"),
        as_of=as_of,
    )
    assert found.headline == headline


def test_hardware_past_its_own_security_support():
    dates = [supported(security_support="2026-11-23", last_date_of_support="2030-01-31")]
    assert story(one(dates=dates, lines=[covered()])) == ("UNPATCHABLE_CAPPED", False, "replace")


def test_a_stack_with_one_uncovered_member():
    members = [
        switch(kind="stack_member", position="switch 1"),
        switch("17.9.5", serial="TST26010002", kind="stack_member", position="switch 2"),
        switch(serial="TST26010003", host="sw2"),
    ]
    first, second, alone = judge(*members, lines=[covered()]).postures
    assert (first.headline, second.headline) == ("PATCHABLE", "UNPATCHABLE_ENTITLEMENT")
    assert first.group == second.group
    assert (first.group.name, first.group.headline) == ("sw1", "UNPATCHABLE_ENTITLEMENT")
    assert (first.group.mixed, first.group.mixed_software) == (True, True)
    assert alone.group is None


def test_a_pair_seen_from_both_sides_is_one_group():
    active = firewall("9.16(4)57", serial="TSF26010001", host="fw1")
    mate = firewall("9.16(4)57", serial="TSF26010002", host="fw2")
    from_fw1 = firewall(None, serial="TSF26010002", host="fw1", position="mate")
    judged = judge(active, mate, from_fw1, dates=[supported("FPR-2130")])
    assert {p.group.name for p in judged.postures} == {"fw1+fw2"}
    assert not any(p.group.mixed_software for p in judged.postures)


def test_everything_fine_is_patchable():
    found = one(lines=[covered()])
    assert (found.headline, found.hits, found.action) == ("PATCHABLE", ("PATCHABLE",), "none")


def test_maintenance_over_is_a_note():
    trains = (*TRAINS[:3], train("ios-xe", "17.12", **ends("2026-11-23", "2028-07-28")))
    assert story(one(trains=trains, lines=[covered()])) == ("SECURITY_ONLY", False, "none")
