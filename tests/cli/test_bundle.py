"""``netcover bundle``, ``verify``, ``replay`` as an auditor and his site use them."""

import csv
import json
import re
import shutil
import sqlite3
import zipfile

import pytest

from agent.evidence import archive
from tests.cli.conftest import HERE

AS_OF = ("--as-of", "2026-11-24")
REPORTS = ("--report", "coverage", "--report", "calendar")


@pytest.fixture(scope="module")
def site(swept, tmp_path_factory):
    """A folder with the store of the swept estate, keys, and a bundle."""
    made = type(swept)(tmp_path_factory.mktemp("site"))
    shutil.copytree(swept.folder / "inventory", made.folder / "inventory")
    for name in ("netcover.db", "sweep.json"):
        shutil.copy(swept.folder / name, made.folder / name)
    made.run("pack", "keygen", "site")
    made.bundled = made.run("bundle", "-o", "b.zip", "--key", "site.key", *REPORTS, *AS_OF)
    return made


@pytest.fixture
def elsewhere(site, project):
    """Another machine: the bundle and the public key, and nothing else."""
    for name in ("b.zip", "site.pub"):
        shutil.copy(site.folder / name, project.folder / name)
    return project


def names(path):
    with zipfile.ZipFile(path) as opened:
        return opened.namelist()


def member(path, name):
    with zipfile.ZipFile(path) as opened:
        return opened.read(name).decode()


def test_a_bundle_holds_what_was_printed_and_what_follows(site):
    assert site.bundled.returncode == 0, site.bundled.stderr
    assert re.search(r"\d+ raw outputs, signed", site.bundled.stderr)
    path = site.folder / "b.zip"
    sweep = json.loads(member(path, "sweep.json"))
    assert sweep == json.loads((site.folder / "sweep.json").read_text())
    cited = {e["sha256"] for o in sweep["observations"] for e in o["evidence"]}
    assert {f"raw/{sha256}.txt" for sha256 in cited} <= set(names(path))
    report = site.run("assess", "-o", "findings.json", *AS_OF)
    assert report.returncode in {0, 3}
    ours = json.loads((site.folder / "findings.json").read_text())
    theirs = json.loads(member(path, "findings.json"))
    assert theirs["units"] == ours["units"]
    assert theirs["findings"] == ours["findings"]


def test_it_is_checked_and_replayed_where_there_is_nothing_else(elsewhere):
    checked = elsewhere.run("verify", "b.zip", "--key", "site.pub")
    assert (checked.returncode, "signed with this key" in checked.stderr) == (0, True)
    again = elsewhere.run("replay", "b.zip", "--key", "site.pub")
    assert again.returncode == 0, again.stdout
    assert again.stdout == ""
    assert "0 without raw outputs" in again.stderr
    assert "0 differences" in again.stderr
    assert sorted(path.name for path in elsewhere.folder.iterdir()) == ["b.zip", "site.pub"]


def test_the_same_store_gives_the_same_bundle(site, tmp_path):
    site.run("bundle", "-o", tmp_path / "again.zip", "--key", "site.key", *REPORTS, *AS_OF)
    assert (tmp_path / "again.zip").read_bytes() == (site.folder / "b.zip").read_bytes()


def forged(path, change):
    """The bundle with `change` made to a file, and every hash made to fit."""
    with archive.verified(path, None) as bundle:
        files = {name: bundle.read(name) for name in sorted(bundle.names) if name != "SHA256SUMS"}
        manifest = bundle.manifest
    change(files)
    with archive.writing(path) as made:
        for name, content in files.items():
            made.add(name, [content])
        made.close(manifest, None)


def rewrite(name, before, after):
    def change(files):
        found = [n for n in files if re.search(name, n) and before in files[n]]
        assert found, name
        for each in found:
            files[each] = files[each].replace(before, after)

    return change


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (rewrite(r"^raw/", b"TST26050002", b"TST26050009"), "is not the text of this hash"),
        (rewrite("store/unit", b"TST26050002", b"TST26050009"), "stack: 2 units only as recorded"),
        (rewrite("findings.json", b'"open"', b'"none"'), "findings.json: differs from line"),
        (rewrite("coverage.html", b"TST26050002", b"TST26050009"), "coverage.html: differs"),
        (rewrite("contract_line", b"2026-11-23", b"2027-11-23"), "findings.json: differs"),
        (rewrite("asked.json", b'"near_ldos_months": 24', b'"near_ldos_months": 25'), "differs"),
    ],
)
def test_whatever_was_forged_differs(elsewhere, change, named):
    forged(elsewhere.folder / "b.zip", change)
    again = elsewhere.run("replay", "b.zip")
    assert again.returncode == 4, again.stderr
    assert named in again.stdout


def test_one_altered_byte_is_refused(elsewhere):
    path = elsewhere.folder / "b.zip"
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as opened:
        place = opened.getinfo("findings.json").header_offset + 200
    content[place] ^= 1
    path.write_bytes(content)
    for command in ("verify", "replay"):
        refused = elsewhere.run(command, "b.zip")
        assert (refused.returncode, refused.stdout) == (2, "")
        assert len(refused.stderr.splitlines()) == 1
        assert "findings.json was changed" in refused.stderr


def test_a_redacted_bundle_names_nobody_and_is_replayed(site, project):
    made = site.run(
        "bundle", "-o", project.folder / "r.zip", "--redact", "--map", "words.csv",
        "--name", "auditor", *REPORTS, *AS_OF,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    with (site.folder / "words.csv").open(newline="") as file:
        words = dict(list(csv.reader(file))[1:])
    assert {"stack", "wlc", "ap-01"} <= words.keys()
    again = project.run("replay", "r.zip")
    assert (again.returncode, again.stdout) == (0, ""), again.stdout
    # A host named by a word that devices print themselves: its outputs would read otherwise.
    assert f"{words['chassis']}: renamed, its raw outputs would read otherwise" in made.stderr
    left = made.stderr.count("would read otherwise")
    assert f"{left} without raw outputs" in again.stderr
    telling = {word for word in words if re.search(r"\d", word)} | {"wlc"}  # not "chassis", "gone"
    with zipfile.ZipFile(project.folder / "r.zip") as opened:
        for name in opened.namelist():
            if name.endswith(".xlsx"):
                continue  # packed text: the other formats hold the same words
            if name.startswith(("raw/", "store/visit", "store/gap", "store/unit", "reports/cov")):
                found = set(re.findall(r"[\w.-]+", opened.read(name).decode()))
                assert not found & telling, name
        units = json.loads(opened.read("sweep.json"))["observations"]
    ours = json.loads((site.folder / "sweep.json").read_text())["observations"]
    keys = ("serial", "pid", "version", "kind")
    assert sorted(str([u[k] for k in keys]) for u in units) == sorted(
        str([u[k] for k in keys]) for u in ours
    )
    assert {words[u["host"]] for u in ours} == {u["host"] for u in units}


def test_imported_files_go_along_when_asked_for(site, tmp_path):
    path = HERE / "contracts.csv"
    made = site.run("bundle", "-o", tmp_path / "b.zip", "--imported", path, *REPORTS, *AS_OF)
    assert made.returncode == 0, made.stderr
    (name,) = [n for n in names(tmp_path / "b.zip") if n.startswith("imported/")]
    assert name.endswith("-contracts.csv")
    assert member(tmp_path / "b.zip", name) == path.read_text()


def test_hosts_whose_raw_outputs_are_gone_are_named(site, project):
    shutil.copy(site.folder / "netcover.db", project.folder / "netcover.db")
    with sqlite3.connect(project.folder / "netcover.db") as store:
        store.execute(
            "DELETE FROM raw WHERE sha256 IN"
            " (SELECT sha256 FROM evidence WHERE host = 'stack' AND command = 'show inventory')"
        )
    made = project.run("bundle", "-o", "b.zip", *REPORTS, *AS_OF)
    assert "without raw outputs: stack: its raw outputs are not in the store" in made.stderr
    again = project.run("replay", "b.zip")
    assert "1 without raw outputs" in again.stderr
    assert "stack" in member(project.folder / "b.zip", "README.txt")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("bundle", "-o", "x.zip", "--sweep", "none"), "no sweep none"),
        (("bundle", "-o", "x.zip", "--report", "coverag"), "report 'coverag' is not known"),
        (("bundle", "-o", "x.zip", "--name", "a"), "--name and --map go with --redact"),
        (("bundle", "-o", "x.zip", "--redact", "--imported", "sweep.json"), "leave it or --redact"),
        (("bundle", "-o", "x.zip", "--imported", "sweep.json"), "was never imported as it is"),
        (("bundle", "-o", "x.zip", "--imported", "none.csv"), "none.csv: cannot be read"),
        (("bundle", "-o", "x.zip", "--key", "site.pub"), "site.pub: holds no private key"),
        (("bundle", "-o", "x.zip", "--redact", "--map", "sweep.json"), "no list of replaced"),
        (("bundle", "-o", "sweep.json/x.zip"), "sweep.json"),
        (("verify", "sweep.json"), "sweep.json: is no bundle"),
        (("verify", "none.zip"), "none.zip: is no bundle"),
        (("verify", "b.zip", "--key", "site.key"), "site.key: holds no public key"),
        (("replay", "inventory"), "inventory: is no bundle"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line(site, words, message):
    refused = site.run(*words)
    assert refused.returncode == 2, refused.stderr
    assert message in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert not (site.folder / "x.zip").exists()
