"""Files, folders and zips hold the same records, and what cannot be read is named."""

import zipfile
from datetime import date

import pytest

from agent.errors import SourceError
from agent.resources import folder
from agent.sources.advisories.files import read_collection
from tests.sources.advisories.made import CVE, KEV, changed, save

PATCHES = "os,patch,cve\nasa,hotfix-1,CVE-2099-0001\n"


def folder_of(tmp_path):
    folder = tmp_path / "records"
    save(folder, "a/cve.json", CVE)
    save(folder, "kev.json", KEV)
    save(folder, "patches.csv", PATCHES)
    save(folder, "a/.hidden.json", "{")
    save(folder, "notes.md", "not looked at")
    return folder


def test_a_zip_holds_what_its_folder_holds(tmp_path):
    folder = folder_of(tmp_path)
    archive = tmp_path / "records.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                zipped.write(path, path.relative_to(folder).as_posix())
    one, other = read_collection(folder), read_collection(archive)
    assert one.records == other.records
    assert (one.sha256, one.files) == (other.sha256, 3)
    assert {record.evidence.source for _, record in one.records} == {
        "a/cve.json",
        "kev.json",
        "patches.csv",
    }


def test_a_file_beside_the_records_is_named_and_no_error(tmp_path):
    folder = folder_of(tmp_path)
    save(folder, "table.csv", "a,b\n1,2\n")
    save(folder, "other.json", {"x": 1})
    found = read_collection(folder)
    assert [u.file for u in found.unrelated] == ["other.json", "table.csv"]
    assert found.rejected == ()


def test_a_truncated_record_in_a_folder_is_rejected(tmp_path):
    folder = folder_of(tmp_path)
    save(folder, "cut.json", '{"dataType": "CVE_REC')
    assert [(r.file, r.row) for r in read_collection(folder).rejected] == [("cut.json", 1)]


@pytest.mark.parametrize("name", ["missing.json", "missing", "empty.zip"])
def test_nothing_to_read_is_one_line(tmp_path, name):
    save(tmp_path, "empty.zip", "no zip")
    with pytest.raises(SourceError, match=name):
        read_collection(tmp_path / name)


def test_an_empty_folder_says_what_could_be_read(tmp_path):
    with pytest.raises(SourceError, match=r"CVE record, format 5.*patch_map\.csv"):
        read_collection(tmp_path)


def test_a_list_of_advisories_and_a_damaged_member(tmp_path):
    archive = tmp_path / "bad.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("cve.json", "x" * 1000)
    raw = bytearray(archive.read_bytes())
    raw[60] ^= 0xFF
    archive.write_bytes(raw)
    with pytest.raises(SourceError, match="cannot be read"):
        read_collection(archive)


def test_data_dated_by_the_user_dates_tables(tmp_path):
    path = save(tmp_path, "patches.csv", PATCHES)
    ((_, record),) = read_collection(path, date(2026, 5, 1)).records
    assert record.evidence.collected.date() == date(2026, 5, 1)


def test_the_same_record_twice_is_read_twice_and_kept_apart_by_its_file(tmp_path):
    folder = folder_of(tmp_path)
    save(folder, "b/cve.json", changed(CVE, "cveMetadata", "dateUpdated", "2026-03-03T00:00:00Z"))
    assert sum(form == "cve5" for form, _ in read_collection(folder).records) == 6


def test_the_example_records_can_all_be_read():
    found = read_collection(folder("inventory") / "advisories")
    assert (found.rejected, found.unrelated) == ((), ())
    kinds = {type(record).__name__ for _, record in found.records}
    assert kinds == {"Advisory", "FirstFixed", "Kev", "PatchMapping"}
