"""The verdict per unit and advisory by its table."""

import pytest

from agent.model import Entitlement
from tests.posture.made import (
    HARDWARE_ONLY,
    TRAINS,
    answer,
    covered,
    ends,
    firewall,
    fixed,
    reach,
    record,
    supported,
    switch,
    train,
)

LISTED = record("CVE-2024-00001", "17.9.5", "17.3.8", "17.12.4", free_software=True)
RUNNING = (fixed("17.9.6", "17.9"),)
ELSEWHERE = (fixed("17.12.5", "17.12"),)
NEWER_ENDED = (fixed("17.6.9", "17.6"),)
NOWHERE = (fixed(None, "17.9"),)
UNKNOWN_LEVEL = Entitlement()


def told(unit=None, **known):
    known = {"advisories": (LISTED,)} | known
    found = answer(unit or switch("17.9.5"), **known)
    return found.verdict, found.action, found.fixed_release


@pytest.mark.parametrize(
    ("lines", "first", "expected"),
    [
        ([covered()], RUNNING, ("patch now, entitled", "upgrade", "17.9.6")),
        ([covered()], ELSEWHERE, ("patch now, entitled", "migrate", "17.12.5")),
        ([covered()], (*ELSEWHERE, *RUNNING), ("patch now, entitled", "upgrade", "17.9.6")),
        ([covered()], NEWER_ENDED, ("no fix yet", "mitigate", None)),
        ([covered()], NOWHERE, ("no fix yet", "mitigate", None)),
        ([covered()], (), ("cannot tell", "collect", None)),
        ([], RUNNING, ("free fix through TAC only", "tac_case", "17.9.6")),
        ([], ELSEWHERE, ("fix exists, not entitled", "attach", "17.12.5")),
        ([], NOWHERE, ("no fix yet", "mitigate", None)),
        (
            [covered(entitles=HARDWARE_ONLY)],
            ELSEWHERE,
            ("fix exists, not entitled", "change_service_level", "17.12.5"),
        ),
        (
            [covered(entitles=HARDWARE_ONLY)],
            RUNNING,
            ("free fix through TAC only", "tac_case", "17.9.6"),
        ),
        (
            [covered(entitles=UNKNOWN_LEVEL)],
            RUNNING,
            ("cannot tell", "collect", "17.9.6"),
        ),
        ([covered(entitles=UNKNOWN_LEVEL)], NOWHERE, ("no fix yet", "mitigate", None)),
        ([covered(end="2026-01-31")], ELSEWHERE, ("fix exists, not entitled", "renew", "17.12.5")),
    ],
)
def test_by_right_and_fix(lines, first, expected):
    assert told(lines=lines, first_fixed=first) == expected


@pytest.mark.parametrize(
    ("severity", "free", "verdict"),
    [
        ("critical", True, "free fix through TAC only"),
        ("high", True, "free fix through TAC only"),
        ("medium", True, "fix exists, not entitled"),
        ("high", False, "fix exists, not entitled"),
        ("high", None, "fix exists, not entitled"),
        (None, True, "fix exists, not entitled"),
    ],
)
def test_free_fixes_are_for_critical_and_high_that_say_so(severity, free, verdict):
    listed = record("CVE-2024-00001", "17.9.5", severity=severity, free_software=free)
    assert told(advisories=(listed,), first_fixed=RUNNING)[0] == verdict
    stated = (fixed("17.9.6", "17.9", free=free),)
    other = record("CVE-2024-00001", "17.9.5", severity=severity)
    assert told(advisories=(other,), first_fixed=stated)[0] == verdict


def test_past_hardware():
    past = [supported(last_date_of_support="2026-11-23")]
    known = {"dates": past, "lines": [covered()]}
    assert told(first_fixed=RUNNING, **known) == (
        "fix exists, not entitled",
        "replace",
        "17.9.6",
    )
    assert told(first_fixed=ELSEWHERE, **known)[:2] == ("no fix will come", "replace")
    assert told(first_fixed=NOWHERE, **known)[:2] == ("no fix will come", "replace")
    assert told(first_fixed=(), **known)[0] == "cannot tell"


def test_dead_end():
    only = reach("C9300-48P", "ios-xe", "17.3")
    known = {"reachable": only, "lines": [covered()]}
    assert told(switch("17.3.8"), first_fixed=RUNNING, **known)[0] == "no fix will come"
    late = (fixed("17.3.8a", "17.3"),)
    assert told(switch("17.3.8"), first_fixed=late, **known) == (
        "patch now, entitled",
        "upgrade",
        "17.3.8a",
    )


def test_the_old_train_free_through_tac_for_one_advisory():
    first = (fixed("17.3.8a", "17.3"), *ELSEWHERE)
    assert told(switch("17.3.8"), first_fixed=first) == (
        "free fix through TAC only",
        "tac_case",
        "17.3.8a",
    )


def test_a_train_of_which_reach_is_not_known_settles_nothing():
    assert told(first_fixed=ELSEWHERE, reachable=(), lines=[covered()])[0] == "cannot tell"
    undated = reach("C9300-48P", "ios-xe", "17.9", "17.18")
    far = (fixed("17.18.2", "17.18"),)
    assert told(first_fixed=far, reachable=undated, lines=[covered()])[0] == "cannot tell"
    assert told(first_fixed=far, lines=[covered()])[0] == "no fix yet"


def test_the_next_newer_train_stands_before_an_older_one():
    names = ("9.12", "9.16", "9.18", "9.20")
    trains = (
        *TRAINS[:4],
        *(train("asa", name, **ends("2026-01-01", ldos="2030-01-31")) for name in names),
    )
    listed = record("CVE-2024-00001", "9.16.4.57", os="asa")
    known = {
        "trains": trains,
        "advisories": (listed,),
        "dates": [supported("FPR-2130")],
        "lines": [covered(pid="FPR-2130")],
        "reachable": reach("FPR-2130", "asa", *names),
    }

    def target(*fixes):
        first = tuple(fixed(release, train_, os="asa") for train_, release in fixes)
        return told(firewall(), first_fixed=first, **known)[2]

    assert target(("9.20", "9.20.3.4"), ("9.18", "9.18.4.40")) == "9.18.4.40"
    assert target(("9.20", "9.20.3.4"), ("9.12", "9.12.4.72")) == "9.20.3.4"
    assert target(("9.12", "9.12.4.72")) == "9.12.4.72"


@pytest.mark.parametrize("version", ["17.9.4a", "garbage", "17.6.5"])
def test_what_is_not_known_to_be_affected_cannot_be_told(version):
    listed = record("CVE-2024-00001", "17.9.4", "17.9.5", updated="2025-01-01")
    found = answer(switch(version), advisories=(listed,), first_fixed=(), lines=[covered()])
    assert (found.verdict, found.deadline.note) == ("cannot tell", "as if affected")


@pytest.mark.parametrize("version", ["17.9.6", "17.9.5a"])
def test_what_is_fixed_has_no_verdict(version):
    found = answer(switch(version), advisories=(LISTED,))
    assert (found.verdict, found.action, found.deadline) == (None, "none", None)
