"""Every form of advisory record, from made-up documents in the published shapes."""

from datetime import date

import pytest

from agent.model import (
    Advisory,
    FirstFixed,
    Kev,
    PatchMapping,
    Rejected,
    Ssvc,
    Unrelated,
    Withdrawn,
)
from agent.sources.advisories._fixed_software import tables
from agent.sources.advisories.files import read_collection
from tests.sources.advisories.made import CSAF, CVE, FIXED_NOTE, KEV, OPENVULN, changed, save


def records(tmp_path, content, name="record.json"):
    return read_collection(save(tmp_path, name, content))


def of(collection, kind):
    return [record for _, record in collection.records if isinstance(record, kind)]


def test_a_cve_record_lists_the_vendors_releases_for_each_software(tmp_path):
    asa, ios_xe = of(records(tmp_path, CVE), Advisory)
    assert (asa.os, asa.versions) == ("asa", ("9.16(4)57",))
    assert (ios_xe.os, ios_xe.versions) == ("ios-xe", ("17.9.4", "17.9.4a"))
    assert ios_xe.advisory == "cisco-sa-made-up-Ab12Cd34"
    assert ios_xe.title == "A made-up fault in a made-up feature"
    assert (ios_xe.severity, ios_xe.defects) == ("high", ("CSCmu00002",))
    assert (ios_xe.published, ios_xe.updated) == (date(2026, 1, 7), date(2026, 2, 1))
    assert ios_xe.url == "https://example.net/advisory"
    assert ios_xe.ssvc == Ssvc("active", automatable=True, technical_impact="total")
    assert not ios_xe.no_versions
    assert ios_xe.evidence.command == "CVE-2099-0001"


def test_cisa_says_that_it_is_exploited_and_no_due_date(tmp_path):
    (kev,) = of(records(tmp_path, CVE), Kev)
    assert (kev.cve, kev.added, kev.due) == ("CVE-2099-0001", date(2026, 1, 9), None)


@pytest.mark.parametrize(
    ("versions", "reason"),
    [
        ([{"version": "N/A", "status": "affected"}], None),
        ([], None),
        ([{"version": "17.1", "status": "affected", "lessThan": "17.9"}], "a range from 17.1"),
    ],
)
def test_a_product_without_a_list_of_releases_is_named_without_releases(tmp_path, versions, reason):
    affected = [{"product": "Cisco IOS XE Software", "versions": versions}]
    found = records(tmp_path, changed(CVE, "containers", "cna", "affected", affected))
    (advisory,) = of(found, Advisory)
    assert (advisory.versions, advisory.no_versions) == ((), True)
    assert [reason in r.reason for r in found.rejected] == ([True] if reason else [])


@pytest.mark.parametrize(
    ("document", "kind", "reason"),
    [
        (changed(CVE, "cveMetadata", "assignerShortName", "example"), Unrelated, "by example"),
        (
            changed(CVE, "containers", "cna", "affected", [{"product": "Cisco Made-up Phone"}]),
            Unrelated,
            "about Cisco Made-up Phone",
        ),
        (changed(CVE, "cveMetadata", "cveId", "CVE-1"), Rejected, "cveMetadata.cveId"),
        ({"cveMetadata": {}}, Rejected, "not a CVE record"),
        ("{", Rejected, "not JSON"),
        ("[1]", Rejected, "the record: input should be a valid dictionary"),
        ({"something": "else"}, Rejected, "of no known form"),
        (changed(KEV, "vulnerabilities", 0, "dateAdded", "soon"), Rejected, "dateAdded"),
        ({"document": {"csaf_version": "2.0"}}, Rejected, "not a CSAF advisory"),
        (changed(OPENVULN, "advisories", 0, "cves", ["NA"]), Unrelated, "names no CVE"),
        (changed(OPENVULN, "advisories", 0, "productNames", ["NA"]), Unrelated, "no product"),
    ],
)
def test_what_is_not_taken_has_a_reason(tmp_path, document, kind, reason):
    found = records(tmp_path, document)
    others = [*found.rejected, *found.unrelated]
    assert [type(each) for each in others] == [kind]
    assert reason in others[0].reason


def test_a_rejected_cve_is_withdrawn(tmp_path):
    (withdrawn,) = of(
        records(tmp_path, changed(CVE, "cveMetadata", "state", "REJECTED")), Withdrawn
    )
    assert (withdrawn.cve, withdrawn.updated) == ("CVE-2099-0001", date(2026, 3, 2))


def test_the_kev_catalogue_has_due_dates_and_triage(tmp_path):
    first, second = of(records(tmp_path, KEV), Kev)
    assert (first.due, first.forensic_triage) == (date(2026, 1, 30), None)
    assert second.forensic_triage is True
    assert first.evidence.collected.date() == date(2026, 3, 1)


def test_openvuln_has_releases_in_product_names_and_first_fixed_releases_beside(tmp_path):
    found = records(tmp_path, OPENVULN)
    advisories = {(a.cve, a.os): a for a in of(found, Advisory)}
    assert set(advisories) == {
        ("CVE-2099-0001", "ios-xe"),
        ("CVE-2099-0003", "asa"),
        ("CVE-2099-0003", "ftd"),
    }
    switch = advisories["CVE-2099-0001", "ios-xe"]
    assert (switch.title, switch.severity, switch.versions) == (
        "A Made-up Advisory",
        "critical",
        ("17.9.4",),
    )
    assert (advisories["CVE-2099-0003", "asa"].severity) == "info"
    assert advisories["CVE-2099-0003", "asa"].url is None
    fixed = [(f.os, f.train, f.platform, f.release) for f in of(found, FirstFixed)]
    assert fixed == [
        ("ios-xe", "17.9", None, "17.9.6a"),
        ("ios-xe", "17.12", None, "17.12.4"),
        ("ftd", "7.2", "FPR2100", "7.2.9"),
        ("asa", "9.20", "FPR2100", "9.20(3)16"),
    ]
    assert found.rejected == ()


def test_a_first_fixed_release_of_unknown_software_is_rejected(tmp_path):
    found = records(
        tmp_path,
        changed(OPENVULN, "advisories", 1, "platforms", 0, "firstFixes", [{"name": "42.1"}]),
    )
    assert ["'42.1'" in r.reason for r in found.rejected] == [True]


def test_csaf_has_products_in_a_tree_and_fixed_releases_in_a_note(tmp_path):
    found = records(tmp_path, CSAF)
    asa, ios_xe = of(found, Advisory)
    assert (ios_xe.os, ios_xe.versions, ios_xe.no_versions) == ("ios-xe", ("17.9.4",), False)
    assert (asa.os, asa.versions, asa.no_versions) == ("asa", (), True)
    assert (ios_xe.severity, ios_xe.free_software) == ("critical", True)
    assert (ios_xe.defects, ios_xe.url) == (("CSCmu00004",), "https://example.net/csaf")
    fixed = [(f.os, f.train, f.release, f.free_software) for f in of(found, FirstFixed)]
    assert fixed == [
        ("ios-xe", "16.12", None, True),
        ("ios-xe", "17.9", "17.9.7", True),
        ("ios-xe", "17.12", "17.12.5", True),
        ("asa", "9.16", "9.16(4)84", True),
        ("asa", "9.18", "9.18(4)50", True),
    ]
    assert found.rejected == ()


def test_a_table_of_fixed_releases_that_cannot_be_read_to_its_end_is_rejected(tmp_path):
    note = {"title": "Fixed Software", "text": FIXED_NOTE.replace("17.12.5", "see below")}
    found = records(tmp_path, changed(CSAF, "document", "notes", [note]))
    assert ["'17.12  see below" in r.reason for r in found.rejected] == [True]
    assert ("17.9", "17.9.7") in [(f.train, f.release) for f in of(found, FirstFixed)]


def test_tables_of_fixed_releases_may_stand_line_by_line():
    text = (
        "Cisco IOS XE Software Release First Fixed Release\n"
        " 16.12  16.12.13\n 17.9 and earlier  17.9.7\n 17.12  Not vulnerable.\nFor more, see it.\n"
        "Cisco FXOS Software Releases   First Fixed Release\n\n"
        "2.2 and earlier  Migrate to a fixed release.\n2.10  2.10.1.179\n"
        "The Cisco PSIRT validates only this.\n"
    )
    found = [(table.product, table.rows, table.rest) for table in tables(text)]
    assert found == [
        ("Cisco IOS XE Software", (("16.12", "16.12.13"), ("17.9", "17.9.7")), ""),
        ("Cisco FXOS Software", (("2.2", None), ("2.10", "2.10.1.179")), ""),
    ]


def test_csaf_without_the_offer_does_not_offer_free_software(tmp_path):
    advisory = of(records(tmp_path, changed(CSAF, "document", "notes", [])), Advisory)[0]
    assert advisory.free_software is None


def test_first_fixed_csv(tmp_path):
    table = (
        "advisory_or_directive,cve,os,train,platform,first_fixed,free_software,note,source\n"
        "cisco-sa-made-up-1,,iosxe,17.9,,17.09.07,yes,,desk\n"
        "Directive (CVE-2099-0001 + CVE-2099-0002),,asa,9.16,Firepower 2100 Series,9.16.4.85,no,,\n"
        ",CVE-2099-0003,ftd,7.1,,none,,,\n"
        ",CVE-2099-0003,ftd,7.1,,,,migrate to a supported release,\n"
        ",CVE-2099-0003,ftd,7.2,,,,,\n"
        ",,ftd,7.2,,7.2.5,,,\n"
        ",CVE-2099-0003,nothing,7.2,,7.2.5,maybe,,\n"
    )
    found = records(tmp_path, table, "first_fixed.csv")
    fixed = [
        (f.advisory, f.cve, f.os, f.train, f.platform, f.release, f.free_software)
        for f in of(found, FirstFixed)
    ]
    assert fixed == [
        ("cisco-sa-made-up-1", None, "ios-xe", "17.9", None, "17.9.7", True),
        (None, "CVE-2099-0001", "asa", "9.16", "FPR2100", "9.16(4)85", False),
        (None, "CVE-2099-0002", "asa", "9.16", "FPR2100", "9.16(4)85", False),
        (None, "CVE-2099-0003", "ftd", "7.1", None, None, None),
        (None, "CVE-2099-0003", "ftd", "7.1", None, None, None),
    ]
    assert [(r.row, r.reason.split(";")[0]) for r in found.rejected] == [
        (6, "no first fixed release"),
        (7, "names neither an advisory (cisco-sa-...) nor a CVE"),
        (8, "os: 'nothing' is not known"),
    ]


def test_patch_map_csv(tmp_path):
    table = "os,patch,advisory,cve,bug\nftd,Hotfix_ZZ-7.2.5.1-1,,CVE-2099-0003,\nios-xe,SMU1,,,\n"
    found = records(tmp_path, table, "patch_map.csv")
    (patch,) = of(found, PatchMapping)
    assert (patch.os, patch.patch, patch.cve) == ("ftd", "Hotfix_ZZ-7.2.5.1-1", "CVE-2099-0003")
    assert [r.row for r in found.rejected] == [3]
