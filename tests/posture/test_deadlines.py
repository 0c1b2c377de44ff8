"""BOD 26-04: the sixteen rows, the clock, exposure; the site's own limit."""

from dataclasses import replace
from datetime import timedelta

import pytest

from agent.model import Ssvc
from agent.posture.facts import Running
from agent.settings import Policy
from tests.posture.made import answer, day, judge, kev, record, switch

LISTED = record("CVE-2024-00001", "17.12.4")
COLLECTED = day("2026-11-24")

# KEV, exposed, automatable, impact: days or None for the next upgrade, forensic triage
ROWS = {
    "nnnp": (None, False),
    "nnnt": (None, False),
    "nynp": (60, False),
    "nnyp": (60, False),
    "nnyt": (60, False),
    "nyyp": (14, False),
    "nynt": (14, False),
    "ynnp": (14, False),
    "ynnt": (14, False),
    "ynyp": (14, False),
    "yynp": (14, False),
    "yyyp": (3, False),
    "nyyt": (3, False),
    "yynt": (3, True),
    "ynyt": (3, True),
    "yyyt": (3, True),
}


def due(advisory=LISTED, exposed=None, **known):
    known = {"advisories": (advisory,)} | known
    hosts = {} if exposed is None else {"sw1": exposed}
    return answer(switch(), exposed=hosts, **known).deadline


@pytest.mark.parametrize("row", ROWS)
def test_every_row(row):
    listed, exposed, automatable, impact = row
    points = Ssvc(None, automatable == "y", "total" if impact == "t" else "partial")
    known = {"kev": (kev("2026-11-20"),)} if listed == "y" else {}
    found = due(replace(LISTED, ssvc=points), exposed=exposed == "y", **known)
    days, forensic = ROWS[row]
    start = day("2026-11-20") if listed == "y" else COLLECTED
    wanted = "next_upgrade" if days is None else start + timedelta(days=days)
    value = found.exposed if exposed == "y" else found.not_exposed
    assert (value, found.forensic) == (wanted, forensic)
    assert found.applies == ("exposed" if exposed == "y" else "not_exposed")


def test_missing_decision_points_have_defaults_outside_kev_only():
    bare = replace(LISTED, ssvc=None)
    assert due(bare, exposed=True).exposed == COLLECTED + timedelta(days=14)
    assert due(bare, exposed=True).not_exposed == "next_upgrade"
    found = due(bare, exposed=True, kev=(kev(),))
    assert (found.exposed, found.not_exposed) == (None, None)
    assert "without decision points" in found.note


def test_unknown_exposure_gives_both_and_says_so():
    found = due(kev=(kev("2026-11-20"),))
    assert found.applies == "unknown"
    assert (found.exposed, found.not_exposed) == (day("2026-11-23"), day("2026-12-04"))


@pytest.mark.parametrize(
    ("as_of", "listed", "start"),
    [
        ("2026-06-09", "2024-04-24", None),
        ("2026-06-10", "2024-04-24", "2026-06-10"),
        ("2026-11-24", "2024-04-24", "2026-06-10"),
        ("2026-11-24", "2026-08-11", "2026-08-11"),
        ("2026-11-24", "2026-11-24", "2026-11-24"),
    ],
)
def test_the_clock(as_of, listed, start):
    found = due(kev=(kev(listed),), exposed=True, as_of=as_of)
    assert (found and found.exposed - timedelta(days=3)) == day(start) if start else found is None


def test_a_listing_to_come_does_not_count_yet():
    found = due(kev=(kev("2026-11-25"),), exposed=True)
    assert found.exposed == COLLECTED + timedelta(days=14)


KEY = ("TST26010001", "C9300-48P")
DAYS = tuple(map(day, ("2026-07-01", "2026-08-01", "2026-09-01", "2026-11-24")))


@pytest.mark.parametrize(
    ("runs", "published", "detected"),
    [
        ((), "2024-03-27", "2026-11-24"),
        ([("17.12.4", 0, 3)], "2024-03-27", "2026-07-01"),
        ([("17.12.4", 0, 3)], "2026-08-01", "2026-08-01"),
        ([("17.12.4", 0, 3)], "2026-08-02", "2026-09-01"),
        ([("17.12.3", 0, 1), ("17.12.4", 2, 3)], "2024-03-27", "2026-07-01"),
        ([("17.12.3", 0, 1), ("17.12.4", 2, 3)], "2026-08-02", "2026-09-01"),
        ([("17.12.6", 0, 1), ("17.12.4", 2, 3)], "2024-03-27", "2026-09-01"),
    ],
)
def test_detection_is_the_first_sweep_that_matched(runs, published, detected):
    listed = record("CVE-2024-00001", "17.12.3", "17.12.4", published=published)
    history = {KEY: tuple(Running("ios-xe", v, DAYS[first], DAYS[last]) for v, first, last in runs)}
    known = {"advisories": (listed,), "history": history, "sweep_days": DAYS}
    found = answer(switch(), exposed={"sw1": True}, **known).deadline
    assert found.exposed - timedelta(days=14) == day(detected)
    judged = judge(switch(), exposed={"sw1": True}, **known)
    (tally,) = judged.tallies(judged.judged[0])
    assert tally.due == found.exposed


def test_mitigated_ones_keep_their_deadline_marked():
    listed = replace(LISTED, defects=("CSCaa00001",))
    known = {"advisories": (listed,), "exposed": {"sw1": True}}
    found = answer(switch(patches=("CSCaa00001",)), **known)
    assert found.verdict == "mitigated by SMU"
    assert (found.deadline.note, found.deadline.exposed) == ("mitigated", day("2026-12-08"))


def test_the_site_limit_counts_from_publication():
    policy = Policy(sla_days={"high": 30})
    assert due(policy=policy).site == day("2024-04-26")
    assert due(replace(LISTED, severity="medium"), policy=policy).site is None
    early = due(policy=policy, as_of="2026-06-01")
    assert (early.site, early.exposed) == (day("2024-04-26"), None)


@pytest.mark.parametrize("exposed", [True, False, None])
def test_the_count_names_the_earliest_deadline_of_its_answers(exposed):
    records = tuple(
        record(
            f"CVE-2024-{n:05}",
            "17.12.4",
            published=f"2026-{n % 11 + 1:02}-10",
            ssvc=Ssvc(None, n % 2 == 0, "total" if n % 3 else "partial"),
        )
        for n in range(40)
    )
    listed = tuple(kev(f"2026-09-{n + 1:02}", f"CVE-2024-{n:05}") for n in range(0, 30, 7))
    hosts = {} if exposed is None else {"sw1": exposed}
    judged = judge(switch(), advisories=records, kev=listed, exposed=hosts)
    (tally,) = judged.tallies(judged.judged[0])
    dues = []
    for line in judged:
        dated = line.answer.deadline
        pair = {True: (dated.exposed,), False: (dated.not_exposed,)}
        both = (dated.exposed, dated.not_exposed)
        dues += [d for d in pair.get(exposed, both) if not isinstance(d, str)]
    assert (tally.count, tally.due) == (40, min(dues))
    assert tally.exploited == len(listed)
    assert judged.verdicts() == {"cannot tell": 40}
