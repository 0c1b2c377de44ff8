"""Advisory outcomes by their table; the records' own vectors."""

import pytest

from agent.model import PatchMapping
from tests.examples import row
from tests.posture.made import (
    TRAINS,
    access_point,
    answer,
    day,
    ends,
    firewall,
    fixed,
    judge,
    record,
    switch,
    train,
)


def told(unit, advisory, **known):
    """Outcome and the reason's first word."""
    found = answer(unit, advisories=(advisory,), **known)
    return found.outcome, found.reason.partition(":")[0].partition(" ")[0]


@pytest.mark.parametrize(
    ("version", "outcome", "word"),
    [
        ("17.9.4", "affected", "17.9.4"),
        ("17.9.4a", "unknown", "gap"),
        ("17.9.3", "unknown", "below_lowest"),
        ("17.9.6", "fixed_by_order", "17.9.6"),
        ("17.9.5", "affected", "17.9.5"),
        ("17.9.5x", "unknown", "special_build"),
        ("17.9.99SW", "unknown", "special_build"),
        ("garbage", "unknown", "no_release"),
        (None, "unknown", "no_release"),
        ("17.6.5", "not_affected_per_vendor", "17.6"),
        ("17.3.8", "not_evaluated", "security"),
        ("17.12.4", "unknown", "newer_than_record"),
        ("17.15.1", "unknown", "newer_than_record"),
        ("17.4.1", "unknown", "train_dates_unknown"),
    ],
)
def test_ios_xe(version, outcome, word):
    listed = record("CVE-2024-00001", "17.9.4", "17.9.5", updated="2023-10-30")
    listed_trains = (*TRAINS, train("ios-xe", "17.12", fcs="2023-10-30", **ends()))
    assert told(switch(version), listed, trains=listed_trains) == (outcome, word)


@pytest.mark.parametrize(
    ("record_date", "outcome"),
    [("2023-07-28", "unknown"), ("2023-07-29", "not_affected_per_vendor")],
)
def test_a_newer_train_must_have_shipped_before_the_record(record_date, outcome):
    listed = record("CVE-2024-00001", "17.9.4", updated=record_date, published=record_date)
    assert told(switch("17.12.1"), listed)[0] == outcome


@pytest.mark.parametrize(
    ("record_date", "outcome"),
    [("2024-09-30", "not_affected_per_vendor"), ("2024-10-01", "not_evaluated")],
)
def test_support_of_an_absent_train_is_that_on_the_day_of_the_record(record_date, outcome):
    listed = record("CVE-2024-00001", "17.9.4", updated=record_date)
    assert told(switch("17.6.5"), listed)[0] == outcome


@pytest.mark.parametrize(
    ("version", "first", "outcome"),
    [
        ("9.16(4)50", None, "affected_inferred"),
        ("9.16(4)39", None, "unknown"),
        ("9.16(4)61", None, "fixed_by_order"),
        ("9.16(4)61", "9.16.4.62", "affected_inferred"),
        ("9.16(4)62", "9.16.4.62", "fixed"),
        ("9.16(4)60", "9.16.4.42", "affected"),
        ("9.16(4)50", "9.16.4.42", "affected_inferred"),
        ("9.16(4)39", "9.16.4.62", "unknown"),
        ("9.16(4)", None, "unknown"),
    ],
)
def test_asa(version, first, outcome):
    listed = record("CVE-2024-00001", "9.16.4.40", "9.16.4.60", os="asa")
    known = (fixed(first, "9.16", os="asa"),) if first else ()
    assert told(firewall(version), listed, first_fixed=known)[0] == outcome


def test_an_absent_train_below_its_first_fixed_release():
    listed = record("CVE-2024-00001", "9.16.4.40", os="asa")
    first = (fixed("9.14.4.28", "9.14", os="asa"),)
    assert told(firewall("9.14(4)24"), listed, first_fixed=first)[0] == "affected_inferred"
    assert told(firewall("9.14(4)28"), listed, first_fixed=first)[0] == "fixed"


@pytest.mark.parametrize(
    ("version", "outcome", "word"),
    [
        ("17.9.4a", "fixed", "17.9.4a"),
        ("17.9.3", "unknown", "below_lowest"),
        ("17.9.5", "fixed", "17.9.5"),
        ("17.9.4", "affected", "17.9.4"),
    ],
)
def test_first_fixed_on_ios_xe(version, outcome, word):
    listed = record("CVE-2024-00001", "17.9.4")
    first = (fixed("17.9.4a", "17.9"),)
    assert told(switch(version), listed, first_fixed=first) == (outcome, word)
    higher = (fixed("17.9.8", "17.9"),)
    assert told(switch("17.9.5"), listed, first_fixed=higher) == ("unknown", "gap")


def test_a_conflict_of_list_and_first_fixed_is_named():
    listed = record("CVE-2024-00001", "17.9.4")
    found = answer(switch("17.9.4"), advisories=(listed,), first_fixed=(fixed("17.9.3", "17.9"),))
    assert found.outcome == "affected"
    assert "conflicts with first fixed 17.9.3" in found.reason
    assert "configuration conditions not checked" in found.reason


def test_first_fixed_holds_for_its_platform():
    listed = record("CVE-2024-00001", "7.4.1", os="ftd")
    first = (fixed("7.4.2", "7.4", os="ftd", platform="FPR2100"),)
    box = firewall("7.4.2", "FPR2130-NGFW-K9", "ftd")
    other = firewall("7.4.2", "FPR1120-NGFW-K9", "ftd")
    assert told(box, listed, first_fixed=first)[0] == "fixed"
    assert told(other, listed, first_fixed=first)[0] == "fixed_by_order"
    both = (*first, fixed("7.4.3", "7.4", os="ftd"))
    assert told(box, listed, first_fixed=both)[0] == "fixed"
    assert told(other, listed, first_fixed=both)[0] == "affected_inferred"


def test_a_record_without_releases_says_nothing():
    named = record("CVE-2024-00001", no_versions=True)
    assert told(switch(), named) == ("unknown", "no_versions")


def test_special_builds_do_not_bound_a_train():
    listed = record("CVE-2024-00001", "17.9.4", "17.9.99SW", "17.9.1w")
    assert told(switch("17.9.5"), listed)[0] == "fixed_by_order"
    assert told(switch("17.9.99SW"), listed)[0] == "affected"
    assert told(switch("17.9.3"), listed) == ("unknown", "below_lowest")


def test_before_publication_nothing_is_matched():
    listed = record("CVE-2024-00001", "17.12.4", published="2026-11-24")
    assert list(judge(switch(), advisories=(listed,), as_of="2026-11-23")) == []
    assert len(list(judge(switch(), advisories=(listed,), as_of="2026-11-24"))) == 1
    assert list(judge(firewall(), advisories=(listed,), dates=[])) == []


@pytest.mark.parametrize(
    ("version", "versions", "outcome", "word"),
    [
        ("17.6.5.12", ("17.6.5", "17.6.6"), "affected", "17.6.5"),
        ("17.6.5.12", ("17.6.5", "17.6.5a", "17.6.6"), "affected", "17.6.5"),
        ("17.6.5.12", ("17.6.5a", "17.6.6"), "unknown", "ap_letter"),
        ("8.10.130.0", ("8.10.130.0",), "affected", "8.10.130.0"),
        ("8.10.142.0", ("8.10.130.0",), "fixed_by_order", "8.10.142.0"),
    ],
)
def test_an_access_point_has_lost_the_letter(version, versions, outcome, word):
    listed = record("CVE-2024-00001", *versions, os="ap")
    assert told(access_point(version), listed, dates=[]) == (outcome, word)


def test_a_letter_that_any_record_names_may_be_the_lost_one():
    listed = record("CVE-2024-00001", "17.6.5", "17.6.6", os="ap")
    other = record("CVE-2024-00002", "17.6.5a", os="ios-xe")
    (found,) = judge(access_point("17.6.5.12"), advisories=(listed, other), dates=[])
    assert (found.answer.outcome, found.answer.reason[:9]) == ("unknown", "ap_letter")


@pytest.mark.parametrize(
    ("collected", "version", "stale"),
    [
        ("2026-10-25", "17.9.6", False),
        ("2026-10-24", "17.9.6", True),
        ("2026-10-24", "17.9.4", False),
    ],
)
def test_old_records_mark_every_outcome_but_affected(collected, version, stale):
    known = {"advisories": (record("CVE-2024-00001", "17.9.4"),)}
    known |= {"advisories_dated": day(collected)}
    assert answer(switch(version), **known).stale is stale
    later = answer(switch(version), as_of="2030-01-01", run_day=day("2026-10-25"), **known)
    assert later.stale is False


def test_old_dates_of_a_train_mark_what_they_decide():
    old = train("ios-xe", "17.6", collected="2026-08-25", **ends("2024-03-31", "2024-09-30"))
    listed = record("CVE-2024-00001", "17.9.4")
    found = answer(switch("17.6.5"), advisories=(listed,), trains=(old,))
    assert (found.outcome, found.stale) == ("not_affected_per_vendor", True)


def test_patches_count_with_mapping_evidence_only():
    listed = record("CVE-2024-00001", "17.12.4", defects=("CSCaa00001",))
    mapped = (PatchMapping("ios-xe", "HOTFIX_A", None, "CVE-2024-00001", None, row()),)
    other = (PatchMapping("asa", "HOTFIX_A", None, "CVE-2024-00001", None, row()),)

    def verdict(*patches, patch_map=()):
        unit = switch(patches=patches)
        return answer(unit, advisories=(listed,), patches=patch_map).verdict

    assert verdict("CSCaa00001") == "mitigated by SMU"
    assert verdict("HOTFIX_A", patch_map=mapped) == "mitigated by SMU"
    assert verdict("hotfix_a", patch_map=mapped) == "mitigated by SMU"
    assert verdict("HOTFIX_A", patch_map=other) != "mitigated by SMU"
    unmapped = answer(switch(patches=("CSCzz99999",)), advisories=(listed,))
    assert "CSCzz99999 installed, not known to mend it" in unmapped.reason
    assert unmapped.outcome == "affected"
