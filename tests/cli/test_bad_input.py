"""Bad input: one clear line, exit code 2, nothing half-written."""

import pytest

HOST = "sw1: {hostname: 127.0.0.1, platform: catalyst_9300}\n"


@pytest.mark.parametrize(
    ("files", "command", "message"),
    [
        ({}, "sweep", "inventory/hosts.yaml: no such file"),
        (
            {"inventory/hosts.yaml": "sw1: {platform: cat9300}"},
            "sweep",
            "inventory/hosts.yaml: sw1: platform 'cat9300' is not known; known: asa, catalyst_9300",
        ),
        ({"inventory/hosts.yaml": "sw1: ["}, "sweep", "inventory/hosts.yaml: line "),
        ({"inventory/hosts.yaml": HOST + HOST}, "sweep", 'duplicate key "sw1"'),
        ({"inventory/hosts.yaml": HOST}, "sweep --filter site=x", "no host of the inventory meets"),
        (
            {"inventory/hosts.yaml": HOST, "netcover.toml": "[sweep]\nworker=1"},
            "sweep",
            "netcover.toml: sweep.worker: key is not known",
        ),
        ({"netcover.toml": "x ="}, "assess", "netcover.toml: not a readable TOML file"),
        ({}, "assess", "no sweep in the store"),
        ({}, "assess --as-of 2026-13-01", "--as-of 2026-13-01: not a date; write it as 2026-11-24"),
        ({}, "assess --fail-on awful", "--fail-on awful: must be one of critical, high"),
        ({}, "assess --sweep none.json", "none.json: not a readable JSON file"),
        ({"s.json": "{}"}, "assess --sweep s.json", "'schema' must be 'netcover/sweep/1'"),
        ({}, "report", "name at least one report"),
        (
            {},
            "report coverrage",
            "report 'coverrage' is not known; did you mean 'coverage'? known: auditor, cal",
        ),
        ({}, "report coverage --templates none", "none: no such folder; --templates names one"),
        ({}, "ingest nowhere", "nowhere: "),
        ({}, "ingest . --platform cat", "platform 'cat' is not known"),
        ({}, "ingest . --collected yesterday", "--collected yesterday: not a date"),
        ({}, "import contracts none.csv", "none.csv"),
        ({"c.csv": ""}, "import contracts c.csv", "c.csv"),
        ({"c.csv": "a,b\n1,2\n"}, "import contracts c.csv", "c.csv"),
        ({"e.csv": "a,b\n1,2\n"}, "import eox e.csv", "e.csv"),
        ({}, "import contracts c.csv --data-date soon", "--data-date soon: not a date"),
        ({}, "commands --platform cat", "platform 'cat' is not known; known: asa"),
        ({}, "demo --estate none.yaml", "none.yaml"),
        ({"e.yaml": "hosts: 1"}, "demo --estate e.yaml", "e.yaml: hosts"),
        ({"out": "a file"}, "demo --out out", "out: "),
        (
            {"netcover.db": "this is no database, however long it may be " * 9},
            "assess",
            "netcover.db",
        ),
    ],
)
def test_one_clear_line(project, files, command, message):
    for name, text in files.items():
        path = project.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    result = project.run(*command.split())
    assert result.returncode == 2, result.stderr
    assert "Traceback" not in result.stderr
    (line,) = [x for x in result.stderr.splitlines() if x.startswith("netcover: ")]
    assert message in line
    assert result.stdout == ""


@pytest.mark.parametrize("command", ["sweeep", "sweep --nope", "import", "lab up --hosts many"])
def test_wrong_usage_is_exit_code_2(project, command):
    assert project.run(*command.split()).returncode == 2


def test_rejected_rows_are_named_and_the_rest_is_taken(project):
    (project.folder / "c.csv").write_text(
        "Contract Number,Serial Number,Start Date,End Date\n"
        "900001,TST26050001,2026-01-01,2027-12-31\n"
        "900001,TST26050002,2026-01-01,soon\n"
        "900001,TST26050003,2027-01-01,2026-01-01\n"
    )
    for option in ("--dry-run", None):
        result = project.run("import", "contracts", "c.csv", *([option] if option else []))
        assert result.returncode == 3
        assert "rejected  c.csv row 3: " in result.stderr
        assert "rejected  c.csv row 4: " in result.stderr
        assert result.stderr.splitlines()[-1].endswith("2 rejected")
        assert (project.folder / "netcover.db").exists() == (option is None)


def test_no_credentials(project):
    (project.folder / "inventory").mkdir()
    (project.folder / "inventory/hosts.yaml").write_text(HOST)
    result = project.run(
        "sweep",
        NETCOVER_USERNAME=None,
        NETCOVER_PASSWORD=None,
        PYTHON_KEYRING_BACKEND="keyring.backends.fail.Keyring",
    )
    assert result.returncode == 2
    assert "no credentials: set NETCOVER_USERNAME" in result.stderr


def test_a_report_that_cannot_be_written_leaves_what_was_there(swept):
    (swept.folder / "blocked").write_text("mine")
    result = swept.run("report", "coverage", "--out", "blocked")
    assert result.returncode == 2
    assert (swept.folder / "blocked").read_text() == "mine"
    result = swept.run("assess", "-o", "blocked/findings.json")
    assert (result.returncode, "blocked" in result.stderr) == (2, True)


def test_an_ingest_that_recognises_nothing_does_not_become_the_latest_sweep(project):
    (project.folder / "notes.txt").write_text("no output of any device\n")
    result = project.run("ingest", "notes.txt")
    assert result.returncode == 3, result.stderr
    assert "nothing was recognised" in result.stderr
    after = project.run("assess")
    assert (after.returncode, "no sweep in the store" in after.stderr) == (2, True)
