"""What ``assess`` prints: one table by action, the worst first."""

import re
from typing import get_args

from agent.cli import _actions
from agent.cli._actions import ACTIONS, table
from agent.cli._posture import posture, until
from agent.model import Action, Deadline
from agent.reconcile import reconcile
from agent.rules import Context
from agent.settings import Policy
from tests.examples import DAY, failed, swept
from tests.posture.made import (
    assess_posture,
    covered,
    day,
    facts,
    fixed,
    kev,
    record,
    supported,
    switch,
)

LISTED = record("CVE-2024-00001", "17.12.4")


def context(*units, lines=(), dates=(), unreached=(), **known):
    sweep = swept(*units, unreached=unreached)
    assets = reconcile(sweep, lines, dates or [supported()], {})
    assessment = assess_posture(assets, facts(**known))
    return assets, Context(DAY, Policy(), sweep, 1, 1, assessment=assessment)


def test_units_stand_under_what_to_do_about_them():
    units = [switch(), switch("17.3.8", serial="TST26010002", host="sw2")]
    known = {"advisories": (LISTED,), "first_fixed": (fixed("17.12.5", "17.12"),)}
    told = table(*context(*units, lines=[covered()], unreached=[failed()], **known))
    heads = re.findall(r"^(\w+): .*\(\d+\)$", told, re.MULTILINE)
    assert heads == ["Attach", "Upgrade", "Collect"]
    assert "UNPATCHABLE_ENTITLEMENT+migration  sw2" in told
    assert "patch now, entitled  sw1" in told
    assert "1 advisory; first: CVE-2024-00001 (fixed in 17.12.5)" in told
    assert "not reached" in told


def test_nothing_to_do_prints_nothing():
    assert table(*context(switch(), lines=[covered()])) == ""


def test_what_is_not_known_is_told_by_cause():
    units = [switch(serial=f"TST2601000{n}", host=f"sw{n}") for n in range(4)]
    told = table(*context(*units, dates=[supported("OTHER")], contracts=()))
    (line,) = [row for row in told.splitlines() if row.startswith("UNKNOWN")]
    assert line.split()[1:3] == ["4", "sw0"]


def test_a_long_list_is_told_by_product(monkeypatch):
    monkeypatch.setattr(_actions, "MANY", 3)
    units = [switch(serial=f"TST2601000{n}", host=f"sw{n}") for n in range(4)]
    told = table(*context(*units))
    (line,) = [row for row in told.splitlines() if row.startswith("UNPATCHABLE")]
    assert line.split() == [
        "UNPATCHABLE_ENTITLEMENT",
        "4",
        "C9300-48P",
        "ios-xe",
        "17.12.4",
        "-",
        "sw0",
    ]


def test_every_action_has_its_place():
    assert set(ACTIONS) == set(get_args(Action)) - {"none"}


def test_a_posture_is_told_with_its_advisories():
    known = {"advisories": (LISTED,), "kev": (kev("2026-11-20"),)}
    _, judged = context(switch(), lines=[covered()], **known)
    lines = list(posture(judged.assessment.judged[0], judged.assessment))
    assert lines[0] == "posture of ios-xe 17.12.4"
    assert lines[1] == "  PATCHABLE: none"
    assert "1 open, 0 settled" in lines[5]
    assert "CVE-2024-00001 (exploited)" in lines[6]
    assert "due 2026-11-23 if exposed, forensic triage, else 2026-12-04" in lines[6]


def test_deadlines_in_words():
    due = day("2026-12-01")
    assert until(None) == "no deadline"
    assert until(Deadline(due, "next_upgrade", "exposed", forensic=False)) == "due 2026-12-01"
    assert until(Deadline(due, "next_upgrade", "not_exposed", forensic=False)) == (
        "due next upgrade"
    )
    marked = Deadline(None, None, "unknown", forensic=False, note="mitigated")
    assert until(marked) == "due undecided, mitigated"
    either = Deadline(due, "next_upgrade", "unknown", forensic=True)
    assert until(either) == "due 2026-12-01 if exposed, forensic triage, else next upgrade"
