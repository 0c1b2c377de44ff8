import pytest

from agent.reconcile.pid import family, find_milestones, match
from tests.examples import eox


@pytest.mark.parametrize(
    ("observed", "other", "step"),
    [
        ("C9300-48P", "C9300-48P", "exact"),
        ("c9300-48p", "C9300-48P ", "exact"),
        ("C9300-48P", "C9300-48P=", "spare or bundle mark"),
        ("C9300-48P", "C9300-48P++", "spare or bundle mark"),
        ("C9300-48P", "C9300-48P-A", "licence suffix"),
        ("C9300-48P-E", "C9300-48P-A", "licence suffix"),
        ("C9300-48P", "C9300-48P-A=", "spare or bundle mark, licence suffix"),
        ("C9800-40-K9", "C9800-40", "encryption suffix"),
        ("ASA5525", "ASA5525-K9", "encryption suffix"),
    ],
)
def test_pids_that_belong_together(observed, other, step):
    found = match(observed, other)
    assert found is not None
    assert (found.observed, found.matched, found.step) == (observed, other, step)
    assert family(observed) == family(other)


@pytest.mark.parametrize(
    ("observed", "other"),
    [
        ("C9300-48P", "C9300-48U"),
        ("C9300-48P", "C9300-48"),
        ("C9300L-48P-4G", "C9300L-48P-4X"),
        ("WS-C3850-48P-S", "WS-C3850-48P-E"),
        ("AIR-AP2802I-B-K9", "AIR-AP2802I-E-K9"),
        ("FPR1140-NGFW-K9", "FPR1140-ASA-K9"),
        ("C9120AXI-A", "C9120AXE-A"),
    ],
)
def test_pids_that_do_not(observed, other):
    assert match(observed, other) is None


def rows(*found):
    exact = {row.pid: row for row in found}
    families = {}
    for each in found:
        families[family(each.pid)] = (*families.get(family(each.pid), ()), each)
    return exact, families


def test_the_very_pid_stands_before_its_family(days):
    exact, families = rows(
        eox("C9300-48P-A", last_date_of_support=days[0]),
        eox("C9300-48P", last_date_of_support=days[1]),
    )
    row, how = find_milestones("C9300-48P", exact, families)
    assert (row.last_date_of_support, how.step) == (days[1], "exact")


def test_rows_of_a_family_that_agree_are_one(days):
    found = rows(
        eox("C9300-48P-A", last_date_of_support=days[0]),
        eox("C9300-48P-E", last_date_of_support=days[0]),
    )
    row, how = find_milestones("C9300-48P", *found)
    assert (row.last_date_of_support, how.step) == (days[0], "licence suffix")


def test_rows_of_a_family_that_disagree_are_a_conflict(days):
    found = rows(
        eox("C9300-48P-A", last_date_of_support=days[0]),
        eox("C9300-48P-E", last_date_of_support=days[1]),
    )
    row, how = find_milestones("C9300-48P", *found)
    assert row is None
    assert how.step == "conflict: C9300-48P-A and C9300-48P-E have different dates"


def test_no_row():
    assert find_milestones("C9300-48P", {}, {}) == (None, None)
