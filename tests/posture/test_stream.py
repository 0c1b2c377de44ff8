"""S by its table, with every boundary day."""

import pytest

from tests.posture.made import (
    TRAINS,
    access_point,
    ends,
    firewall,
    one,
    reach,
    supported,
    switch,
    train,
)

ASA = [supported("ASA5555")]
ASA_REACH = reach("ASA5555", "asa", "9.12", "9.14")


@pytest.mark.parametrize(
    ("version", "as_of", "value"),
    [
        ("17.12.4", "2028-01-28", "promised"),
        ("17.12.4", "2028-01-29", "security_only"),
        ("17.12.4", "2028-07-28", "security_only"),
        ("17.12.4", "2028-07-29", "dead_end"),
        ("17.9.5", "2027-07-31", "security_only"),
        ("17.9.5", "2027-08-01", "migrate"),
        ("17.3.8", "2023-09-30", "security_only"),
        ("17.3.8", "2023-10-01", "migrate"),
        ("17.15.1", "2040-01-01", "promised"),
        ("17.4.1", "2026-11-24", "unknown"),
        ("nonsense", "2026-11-24", "unknown"),
        (None, "2026-11-24", "unknown"),
    ],
)
def test_ios_xe(version, as_of, value):
    assert one(switch(version), as_of=as_of).stream == value


@pytest.mark.parametrize(
    ("version", "as_of", "value", "words"),
    [
        ("9.14(4)24", "2023-03-02", "promised", ""),
        ("9.14(4)24", "2023-03-03", "discretionary", "discretion"),
        ("9.14(4)24", "2025-03-31", "discretionary", "until 2025-03-31"),
        ("9.14(4)24", "2025-04-01", "migrate", "downgrade to 9.12"),
        ("9.14(4)24", "2026-02-28", "migrate", "downgrade to 9.12"),
        ("9.14(4)24", "2026-03-01", "dead_end", "no train"),
    ],
)
def test_a_blank_end_of_security_support_of_a_firewall_is_not_stated(version, as_of, value, words):
    unit = firewall(version, "ASA5555")
    found = one(unit, dates=ASA, reachable=ASA_REACH, as_of=as_of)
    assert (found.stream, words in found.reasons[1]) == (value, True), found.reasons


def test_a_blank_end_of_security_support_of_ios_xe_is_unknown():
    trains = (train("ios-xe", "17.12", **ends("2028-01-28", ldos="2030-07-28")),)
    assert one(trains=trains).stream == "unknown"
    stated = (train("ios-xe", "17.12", **ends("2026-01-28", "not stated", "2030-07-28")),)
    assert one(trains=stated).stream == "discretionary"


def test_a_blank_end_of_maintenance_decides_nothing_once_the_train_has_ended():
    trains = (train("ios-xe", "17.12", **ends(security="2026-11-24")), *TRAINS[:3])
    assert one(trains=trains).stream == "unknown"
    assert one(trains=trains, as_of="2026-11-25").stream == "migrate"


def test_the_hardware_caps_every_train():
    past = [supported(last_date_of_support="2026-11-23")]
    own = [supported(security_support="2026-11-23", last_date_of_support="2030-01-31")]
    for dates in (past, own):
        for version in ("17.12.4", "17.3.8", None, "nonsense"):
            assert one(switch(version), dates=dates).stream == "dead_end"
    own = [supported(security_support="2026-11-24", last_date_of_support="2030-01-31")]
    assert one(dates=own).stream == "promised"


def test_where_reach_is_not_known_an_ended_train_is_unknown_not_dead():
    assert one(switch("17.3.8"), reachable=()).stream == "unknown"
    assert one(switch("17.12.4"), reachable=()).stream == "promised"
    assert one(switch("17.3.8"), reachable=reach("C9300-48P", "ios-xe", "17.3")).stream == (
        "dead_end"
    )
    unclear = reach("C9300-48P", "ios-xe", "17.3", "17.18")
    assert one(switch("17.3.8"), reachable=unclear).stream == "unknown"


def test_trains_beyond_the_age_limit_prove_only_what_is_past():
    old = train("ios-xe", "17.12", collected="2026-01-01", **ends("2028-01-28", "2028-07-28"))
    assert one(trains=(old,)).stream == "unknown"
    ended = train("ios-xe", "17.12", collected="2026-01-01", **ends("2026-01-28", "2026-11-23"))
    assert one(trains=(ended, TRAINS[2])).stream == "migrate"


def test_an_access_point_runs_the_train_of_its_controller():
    point = access_point("17.9.4.27")
    found = one(
        point,
        dates=[supported("AIR-AP3802I-E-K9")],
        reachable=reach("AIR-AP3802I-E-K9", "ios-xe", "17.9", "17.12"),
    )
    assert (found.software, found.stream) == ("ap", "promised")


@pytest.mark.parametrize(
    ("security", "near"),
    [("2027-11-24", True), ("2027-11-25", False), ("2026-11-24", True)],
)
def test_the_last_security_end_of_all_trains_is_looked_for_a_year_ahead(security, near):
    trains = (TRAINS[2], train("ios-xe", "17.12", **ends("not announced", security)))
    found = one(trains=trains, reachable=reach("C9300-48P", "ios-xe", "17.9", "17.12"))
    assert ("NEAR_EOS" in found.hits) is (near or security < "2027-07-31")
