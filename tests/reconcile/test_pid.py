import pytest

from agent.reconcile.pid import MilestoneIndex, family, match, rules
from tests.examples import eox

SAME = [
    ("C9300-48P", "C9300-48P", "exact"),
    ("c9300-48p", "C9300-48P ", "exact"),
    ("C9300-48P", "C9300-48P=", "spare mark"),
    ("C9300-48P", "C9300-48P++", "bundle mark"),
    ("C9400-SUP-1", "C9400-SUP-1++=", "spare mark, bundle mark"),
    ("C9300-48P", "C9300-48P-A", "licence suffix"),
    ("C9300-48P-E", "C9300-48P-A", "licence suffix"),
    ("C9300-48P", "C9300-48P-A=", "spare mark, licence suffix"),
    ("C9300L-48P-4G", "C9300L-48P-4G-A", "licence suffix"),
    ("C9500-12Q", "C9500-12Q-10A", "licence suffix"),
    ("WS-C3850-48P", "WS-C3850-48P-S", "licence suffix"),
    ("WS-C3850-48P-E", "WS-C3850-48P-S", "licence suffix"),
    ("C9800-40-K9", "C9800-40", "encryption suffix"),
    ("ISR4331", "ISR4331/K9", "encryption suffix"),
    ("AIR-AP2802I-E-K9", "AIR-AP2802I-B-K9", "regulatory domain"),
    ("AIR-AP2802I-BK910", "AIR-AP2802I-B-K9", "pack of ten"),
    ("AIR-AP1832I-E-K9", "AIR-AP1832I-E-K9C", "configurable"),
    ("C9120AXI-E", "C9120AXI-B", "regulatory domain"),
    ("C9120AXI-E", "C9120AXI-EWC-E", "embedded controller"),
    ("CW9166I-E", "CW9166I-ROW", "regulatory domain"),
    ("9120AXI", "C9120AXI-E", "short access point model, regulatory domain"),
    ("ASA5525", "ASA5525-K9", "encryption suffix"),
    ("ASA5516", "ASA5516-FPWR-K9", "encryption suffix, firewall order number"),
    ("ASA5516", "ASA5516-FTD-K9", "encryption suffix, firewall order number"),
    ("ASA5516", "ASA5516-X", "firewall order number"),
    ("ASA5506W", "ASA5506W-FPWR-BUN", "firewall order number"),
    ("FPR-1120", "FPR1120-NGFW-K9", "encryption suffix, firewall order number"),
    ("FPR-1120", "FPR1120-ASA-K9", "encryption suffix, firewall order number"),
    ("FPR-4110-K9", "FPR4110-NGFW-K9", "firewall order number"),
    ("FPR1140-NGFW-K9", "FPR1140-ASA-K9", "firewall order number"),
]


@pytest.mark.parametrize(("observed", "other", "step"), SAME)
def test_pids_that_belong_together(observed, other, step):
    found = match(observed, other)
    assert found is not None
    assert (found.observed, found.matched, found.step) == (observed, other, step)
    assert family(observed) == family(other)
    assert match(other, observed).step == step


@pytest.mark.parametrize(
    ("observed", "other"),
    [
        ("C9300-48P", "C9300-48U"),
        ("C9300-48P", "C9300-48"),
        ("C9300L-48P-4G", "C9300L-48P-4X"),
        ("C9500-12Q", "C9500-DNA-12Q-A"),
        ("WS-C3850-48XS-E", "WS-C3850-48XS-E-RF"),
        ("C9120AXI-A", "C9120AXE-A"),
        ("AIR-AP2802I-E-K9", "AIR-AP2802E-E-K9"),
        ("ASA5516", "ASA5516-SEC-PL"),
        ("ASA5506", "ASA5506W"),
        ("FPR-1120", "FPR-1140"),
        ("FPR-1120", "FPR1120-LIC"),
    ],
)
def test_pids_that_do_not(observed, other):
    assert match(observed, other) is None


def test_the_path_is_logged_step_by_step_with_its_source():
    found = match("FPR-4110-K9", "FPR4110-NGFW-K9")
    assert [(s.side, s.rule, s.before, s.after) for s in found.steps] == [
        ("observed", "encryption suffix", "FPR-4110-K9", "FPR-4110"),
        ("matched", "encryption suffix", "FPR4110-NGFW-K9", "FPR4110-NGFW"),
        ("matched", "firewall order number", "FPR4110-NGFW", "FPR-4110"),
    ]
    assert all(step.source for step in found.steps)
    assert match("C9300-48P", "C9300-48P").steps == ()


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.pattern.pattern)
def test_every_rule_has_a_source_and_is_used(rule):
    assert rule.source
    assert any(rule.name in step for _, _, step in SAME)


def find(pid, *rows):
    return MilestoneIndex.of(rows).find(pid)


def test_the_very_pid_stands_before_its_family(days):
    row, how = find(
        "C9300-48P",
        eox("C9300-48P-A", last_date_of_support=days[0]),
        eox("C9300-48P", last_date_of_support=days[1]),
    )
    assert (row.last_date_of_support, how.step) == (days[1], "exact")


def test_rows_of_a_family_that_agree_are_one(days):
    row, how = find(
        "C9300-48P",
        eox("C9300-48P-E", last_date_of_support=days[0]),
        eox("C9300-48P-A", last_date_of_support=days[0]),
    )
    assert (row.pid, row.last_date_of_support, how.step) == (
        "C9300-48P-A",
        days[0],
        "licence suffix",
    )


@pytest.mark.parametrize("milestone", ["last_date_of_support", "announced", "last_ship"])
def test_rows_that_disagree_in_any_date_are_a_conflict_and_none_is_chosen(days, milestone):
    row, how = find(
        "C9300-48P",
        eox("C9300-48P-A", **{milestone: days[0]}),
        eox("C9300-48P-E", **{milestone: days[1]}),
    )
    assert row is None
    assert how.candidates == ("C9300-48P-A", "C9300-48P-E")
    assert how.step == (
        "conflict: C9300-48P-A and C9300-48P-E have different dates"
        f" ({milestone.replace('_', ' ')} {min(days[:2])} or {max(days[:2])})"
    )


def test_a_spare_is_a_product_of_its_own_and_its_part_only_a_named_second_best(days):
    """One peer takes WIC-1T for WIC-1T= and says nothing."""
    spare = eox("WIC-1T=", last_date_of_support=days[0])
    part = eox("WIC-1T", last_date_of_support=days[1])
    row, how = find("WIC-1T=", spare, part)
    assert (row, how.step) == (spare, "exact")
    row, how = find("WIC-1T=", part)
    assert (row, how.step, how.steps[0].before) == (part, "spare mark", "WIC-1T=")


@pytest.mark.parametrize(
    ("pid", "found"),
    [
        ("C9300-48P", "C9300-48P-A"),
        ("C9300-48P-A=", "C9300-48P-A"),
        ("WS-C3850-48P-E", "WS-C3850-48P-S"),
        ("AIR-AP2802I-E-K9", "AIR-AP2802I-B-K9"),
        ("AIR-AP2802I-BK910", "AIR-AP2802I-B-K9"),
        ("ISR4331", "ISR4331/K9"),
    ],
)
def test_what_a_stricter_peer_does_not_find(pid, found, days):
    known = ("C9300-48P-A", "WS-C3850-48P-S", "AIR-AP2802I-B-K9", "ISR4331/K9")
    row, how = find(pid, *(eox(each, end_of_sale=days[0]) for each in known))
    assert (row.pid, bool(how.steps)) == (found, True)


def test_the_most_trusted_rule_wins_and_a_farther_candidate_is_no_conflict(days):
    near = eox("C9300-48P-A", last_date_of_support=days[0])
    far = eox("C9300-48P-E", last_date_of_support=days[1])
    row, how = find("C9300-48P-A=", near, far)
    assert (row, how.step) == (near, "spare mark")
    row, how = find("C9300-48P", eox("C9300-48P=", last_date_of_support=days[1]), near)
    assert (row, how.step) == (near, "licence suffix")


def test_no_row():
    assert find("C9300-48P") == (None, None)
