"""Advisory records in the store: the newer stands, forms are put together, nothing is lost."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from agent.model import Advisory, Evidence, FirstFixed, Kev, PatchMapping, Ssvc, Withdrawn
from agent.store import ImportFile, ImportSummary, open_store

MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def evidence(name, day=1):
    return Evidence(name, "row 1", datetime(2026, 2, day, tzinfo=UTC), name.ljust(64, "0"))


RECORD = Advisory(
    cve="CVE-2099-0001",
    advisory="cisco-sa-made-up",
    os="ios-xe",
    title="Made up",
    severity="high",
    published=date(2026, 1, 1),
    updated=date(2026, 2, 1),
    versions=("17.9.4", "17.9.4a"),
    evidence=evidence("cve.json"),
    defects=("CSCmu00001",),
    ssvc=Ssvc("active", automatable=True, technical_impact="total"),
)
FIXED = FirstFixed("cisco-sa-made-up", None, "ios-xe", "17.9", None, "17.9.6", evidence("f.csv"))
LISTED = Kev("CVE-2099-0001", date(2026, 1, 9), date(2026, 1, 30), evidence("kev.json"))
PATCH = PatchMapping("ftd", "Hotfix_A", None, "CVE-2099-0001", None, evidence("p.csv"))


@pytest.fixture
def store(tmp_path):
    with open_store(f"sqlite:///{tmp_path / 'store.db'}") as opened:
        yield opened


def take(store, content, *records, dated=None):
    """Import records under a file that is told by its content."""
    file = ImportFile(f"{content}.zip", content, MOMENT, dated, "advisories")
    return store.import_advisories(file, records)


def test_what_is_imported_comes_back_whole(store):
    records = [("cve5", RECORD), ("first_fixed", FIXED), ("kev", LISTED), ("patch_map", PATCH)]
    done = take(store, "a", *records)
    assert done == dict.fromkeys(
        ("advisories", "first_fixed", "kev", "patch_map"), ImportSummary(1, 0, 0)
    )
    assert list(store.advisories()) == [RECORD]
    assert list(store.first_fixed()) == [FIXED]
    assert list(store.kev()) == [LISTED]
    assert list(store.patch_map()) == [PATCH]


def test_ages_are_by_kind_and_by_the_newest_day_the_records_state(store):
    older = replace(LISTED, cve="CVE-2099-0009", evidence=evidence("kev.json", 20))
    take(store, "a", ("cve5", RECORD), ("kev", LISTED), ("kev", older))
    ages = {age.what: (age.source, age.dated, age.rows) for age in store.data_ages()}
    assert ages == {
        "advisories": ("a.zip", date(2026, 2, 1), 1),
        "kev": ("a.zip", date(2026, 2, 20), 2),
    }


def test_the_same_file_twice_changes_nothing(store):
    take(store, "a", ("cve5", RECORD))
    assert take(store, "a", ("cve5", RECORD)) == {"advisories": ImportSummary(0, 1, 0)}


@pytest.mark.parametrize(
    ("day", "summary", "standing"),
    [
        (date(2026, 2, 2), ImportSummary(1, 0, 1), ("17.9.5",)),
        (date(2026, 1, 2), ImportSummary(0, 0, 0, 1), RECORD.versions),
    ],
)
def test_the_newer_state_of_a_record_stands_whatever_came_last(store, day, summary, standing):
    take(store, "a", ("cve5", RECORD))
    other = replace(RECORD, updated=day, versions=("17.9.5",))
    assert take(store, "b", ("cve5", other)) == {"advisories": summary}
    assert [a.versions for a in store.advisories()] == [standing]


def test_two_states_of_a_record_in_one_file_and_a_double(store):
    newer = replace(RECORD, updated=date(2026, 2, 9))
    done = take(store, "a", ("cve5", newer), ("cve5", RECORD), ("cve5", newer))
    assert done == {"advisories": ImportSummary(1, 0, 0)}
    assert list(store.advisories()) == [newer]


def test_forms_are_put_together_and_the_vendors_cve_record_has_the_list(store):
    rated = replace(
        RECORD,
        severity="critical",
        versions=("17.9.4",),
        ssvc=None,
        free_software=True,
        evidence=evidence("csaf.json"),
        updated=date(2026, 2, 20),
    )
    take(store, "a", ("csaf", rated), ("cve5", RECORD))
    (found,) = store.advisories()
    assert found == replace(
        RECORD, severity="critical", free_software=True, further=(rated.evidence,)
    )


def test_a_withdrawn_cve_stands_no_more_in_any_form(store):
    take(store, "a", ("cve5", RECORD), ("csaf", RECORD), ("cve5", replace(RECORD, os="asa")))
    gone = Withdrawn("CVE-2099-0001", date(2026, 3, 1), evidence("cve.json"))
    assert take(store, "b", ("cve5", gone)) == {"advisories": ImportSummary(0, 0, 3)}
    assert list(store.advisories()) == []


def test_a_newer_catalogue_is_whole_and_an_older_one_takes_nothing_away(store):
    second = replace(LISTED, cve="CVE-2099-0002")
    take(store, "a", ("kev", LISTED), ("kev", second), ("cve5", RECORD))
    word = replace(LISTED, cve="CVE-2099-0003", due=None, evidence=evidence("cve.json"))
    take(store, "b", ("cve5", word))
    older = replace(second, evidence=evidence("kev.json", 1), due=None)
    older = replace(
        older, evidence=replace(older.evidence, collected=datetime(2026, 1, 1, tzinfo=UTC))
    )
    take(store, "c", ("kev", older))
    assert [k.cve for k in store.kev()] == ["CVE-2099-0001", "CVE-2099-0002", "CVE-2099-0003"]
    newer = replace(second, evidence=evidence("kev.json", 9))
    take(store, "d", ("kev", newer))
    assert list(store.kev()) == [newer, word]


def test_the_catalogue_stands_before_a_cve_records_word(store):
    take(store, "a", ("cve5", replace(LISTED, due=None)), ("kev", LISTED))
    assert list(store.kev()) == [LISTED]


def test_first_fixed_releases_change_by_advisory_train_and_platform(store):
    other = replace(FIXED, train="17.12", release="17.12.4")
    take(store, "a", ("first_fixed", FIXED), ("first_fixed", other))
    newer = replace(FIXED, release="17.9.7", evidence=evidence("g.csv", 5))
    done = take(store, "b", ("first_fixed", newer), ("csaf", FIXED))
    assert done == {"first_fixed": ImportSummary(2, 0, 1)}
    assert [(f.train, f.release) for f in store.first_fixed()] == [
        ("17.12", "17.12.4"),
        ("17.9", "17.9.7"),
        ("17.9", "17.9.6"),
    ]
