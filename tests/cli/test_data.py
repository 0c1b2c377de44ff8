"""Advisories, packs and Cisco's APIs through the real command line."""

import pytest

from agent.store import open_store
from lab.cisco import CiscoLab, Fault, know
from lab.cisco.server import CLIENT_ID, CLIENT_SECRET
from lab.estate import load_estate
from tests.cli.conftest import HERE
from tests.sources.advisories.made import CVE, KEV, save


@pytest.fixture(scope="module")
def known():
    return know(load_estate(None), [HERE / "contracts.csv"])


def environment(lab):
    return {
        "NETCOVER_CISCO__BASE_URL": lab.url,
        "NETCOVER_CISCO__CA_FILE": str(lab.ca_file),
        "NETCOVER_CISCO__PER_SECOND": "1000",
        "NETCOVER_CISCO__PAUSE": "0.01",
        "NETCOVER_CISCO_CLIENT_ID": CLIENT_ID,
        "NETCOVER_CISCO_CLIENT_SECRET": CLIENT_SECRET,
    }


def test_advisories_are_imported_shown_and_rejected(project):
    save(project.folder, "records/cve.json", CVE)
    save(project.folder, "records/kev.json", KEV)
    shown = project.run("import", "advisories", "records", "--dry-run")
    assert shown.returncode == 0, shown.stderr
    assert "cve5  advisories       2" in shown.stdout
    assert not (project.folder / "netcover.db").exists()
    save(project.folder, "records/cut.json", "{")
    taken = project.run("import", "advisories", "records")
    assert taken.returncode == 3
    assert "rejected  cut.json record 1: not JSON" in taken.stderr
    assert taken.stderr.splitlines()[-1] == (
        "3 files: 5 records taken, 1 rejected, 0 about nothing that is assessed here"
    )
    with open_store(f"sqlite:///{project.folder / 'netcover.db'}") as store:
        assert [a.os for a in store.advisories()] == ["asa", "ios-xe"]
        assert [k.due is None for k in store.kev()] == [False, False]


def test_a_pack_travels(project, tmp_path):
    save(project.folder, "kev.json", KEV)
    assert project.run("import", "advisories", "kev.json").returncode == 0
    assert project.run("pack", "keygen", "site").returncode == 0
    made = project.run("pack", "make", "--key", "site.key", "-o", "p.zip")
    assert made.returncode == 0, made.stderr
    assert "kev/001.jsonl" in made.stdout
    checked = project.run("pack", "verify", "p.zip", "--key", "site.pub")
    assert (checked.returncode, "2026-03-01" in checked.stdout) == (0, True)
    other = {"NETCOVER_STORE__URL": f"sqlite:///{tmp_path / 'other.db'}"}
    taken = project.run("pack", "import", "p.zip", "--key", "site.pub", **other)
    assert taken.returncode == 0, taken.stderr
    with open_store(other["NETCOVER_STORE__URL"]) as store:
        assert len(list(store.kev())) == 2
    content = bytearray((project.folder / "p.zip").read_bytes())
    content[len(content) // 2] ^= 1
    (project.folder / "p.zip").write_bytes(content)
    refused = project.run("pack", "import", "p.zip", "--key", "site.pub", **other)
    assert refused.returncode == 2
    assert refused.stderr.startswith("netcover: p.zip: ")


def test_sync_asks_for_what_is_under_contract(project, known):
    assert project.run("import", "contracts", HERE / "contracts.csv").returncode in {0, 3}
    with CiscoLab(known) as lab:
        done = project.run("sync", "eox", **environment(lab))
        assert done.returncode == 0, done.stderr
        again = project.run("sync", "eox", **environment(lab))
        assert [service for service, _ in lab.asked].count("eox") == 1
        cover = project.run("sync", "coverage", NETCOVER_CISCO__CX_CLOUD="true", **environment(lab))
        fixed = project.run("sync", "advisories", "--item", "ios-xe:17.9.4a", **environment(lab))
        told = project.run("sync", "suggestions", "--item", "C9300-48P", **environment(lab))
    assert "0 items without an answer" in done.stderr
    assert again.returncode == 0
    assert cover.returncode == 0, cover.stderr
    assert "cx_cloud" in cover.stdout
    assert fixed.returncode == 0, fixed.stderr
    assert "17.12.5" in told.stdout
    assert CLIENT_SECRET not in done.stdout + done.stderr + cover.stderr


def test_a_gap_is_named_and_counted(project, known):
    faults = [Fault("error_500", "eox", times=None)]
    with CiscoLab(known, faults) as lab:
        settings = environment(lab) | {"NETCOVER_CISCO__ATTEMPTS": "2"}
        done = project.run("sync", "eox", "--item", "C9300-48P", "--item", "X", **settings)
    assert done.returncode == 3
    lines = done.stderr.splitlines()
    assert "waits" in lines[0]
    assert "gap       eox: server (HTTP 500): Internal Server Error: C9300-48P, X" in lines
    assert lines[-1] == "0 records taken, 0 rejected, 2 items without an answer"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("sync eox", "no API credentials: set NETCOVER_CISCO_CLIENT_ID"),
        ("sync advisories --item ios-xe", "--item ios-xe: write it as ios-xe:17.9.4a"),
        ("import advisories nowhere.json", "nowhere.json: cannot be read"),
        ("pack make --key none.key -o p.zip", "none.key: cannot be read: No such file"),
        ("pack verify none.zip --key none.pub", "none.pub: cannot be read: No such file"),
        ("pack verify none.zip --key bad.pub", "bad.pub: holds no public key; ask"),
    ],
)
def test_what_cannot_be_done_is_one_line(project, words, message):
    with_id = {"NETCOVER_CISCO_CLIENT_ID": "i", "NETCOVER_CISCO_CLIENT_SECRET": "s"}
    (project.folder / "bad.pub").write_text("nothing")
    given = {} if "credentials" in message else with_id
    backend = {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
    done = project.run(*words.split(), **given, **backend)
    assert done.returncode == 2
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_lab_lists_its_faults(project):
    done = project.run("lab", "up", "--cisco-port", "0", "--cisco-fault", "nonsense")
    assert done.returncode == 2
    assert "nonsense: no fault; write KIND[:SERVICE[:TIMES]]" in done.stderr
