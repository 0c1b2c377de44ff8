"""The whole line as a user runs it: real processes, real SSH, one small estate."""

import json
import signal
import time

from agent.platforms import platforms
from agent.store import open_store
from lab.estate import load_estate
from lab.inventory import write_inventory
from lab.process import LabProcess
from tests.cli.conftest import ESTATE, HERE


def findings(project, as_of="2026-11-24", sweeps="1"):
    once = {"NETCOVER_RENEWAL__RETIRED_AFTER_SWEEPS": sweeps}
    project.run("assess", "--as-of", as_of, "-o", "findings.json", **once)
    return json.loads((project.folder / "findings.json").read_text())["findings"]


def test_a_sweep_finds_every_unit_and_says_what_it_could_not_see(swept):
    assert swept.sweep.returncode == 3, swept.sweep.stderr
    document = json.loads((swept.folder / "sweep.json").read_text())
    truth = {u.serial: u for u in load_estate(ESTATE).truth() if u.reachable}
    seen = {o["serial"]: o for o in document["observations"] if o["serial"]}
    assert set(seen) == set(truth)
    for serial, unit in truth.items():
        assert (seen[serial]["pid"], seen[serial]["version"] or unit.version) == (
            unit.pid,
            unit.version or seen[serial]["version"],
        )
    assert {u["host"]: u["kind"] for u in document["unreached"]} == {
        "gone": "refused",
        "shut": "auth_refused",
        "cut": "connection_lost",
    }
    last = swept.sweep.stderr.splitlines()[-1]
    assert "8 hosts attempted, 5 reached, 3 failed" in last


def test_only_declared_commands_were_sent(swept, lab):
    declared = {"enable"}
    for platform in platforms().values():
        declared |= {c.text for c in platform.commands} | set(platform.session)
    log = [json.loads(line) for line in lab.command_log.read_text().splitlines()]
    assert {entry["state"] for entry in log} == {"prompt", "password"}
    sent = {entry["command"] for entry in log if entry["state"] == "prompt"}
    assert "show inventory" in sent
    assert sent <= declared


def test_the_serials_are_judged(swept):
    found = {(f["rule"], f["serial"]): f for f in findings(swept) if f["serial"]}
    assert found["uncovered", "TST26050001"]["status"] == "not_a_finding"
    assert found["uncovered", "TST26050002"]["status"] == "open"
    assert found["orphaned", "TST26050002"]["status"] == "not_a_finding"
    assert found["orphaned", "TST26050003"]["status"] == "open"
    assert found["lapsing", "TSF26050001"]["due"] == "2026-12-31"
    assert found["past_ldos", "TSF26050001"]["status"] == "open"
    assert found["near_ldos", "TSX26050001"]["due"] == "2027-01-31"
    assert found["near_ldos", "TST26050001"]["status"] == "not_a_finding"
    assert found["near_ldos", "TST26050003"]["status"] == "not_reviewed"
    assert found["retired", "TST25990001"]["status"] == "open"
    assert found["retired", "TST25990002"]["status"] == "not_reviewed"
    by_default = {f["serial"]: f for f in findings(swept, sweeps=None) if f["rule"] == "retired"}
    assert "missed in 1 of the 2" in by_default["TST25990001"]["reason"]


def test_hosts_that_were_not_read_are_findings(swept):
    unread = [f for f in findings(swept) if f["rule"] == "not_reached" and f["status"] == "open"]
    assert sorted(f["host"] for f in unread) == ["cut", "gone", "shut"]


def test_any_day_can_be_asked_about(swept):
    before = {(f["rule"], f["serial"]): f["status"] for f in findings(swept, "2026-11-23")}
    assert before["uncovered", "TST26050002"] == "not_a_finding"
    after = {(f["rule"], f["serial"]): f["status"] for f in findings(swept, "2030-01-01")}
    assert after["uncovered", "TST26050001"] == "open"
    assert after["past_ldos", "TSX26050001"] == "open"


def test_assess_prints_the_worst_first_and_exits_by_severity(swept):
    result = swept.run("assess", "--as-of", "2026-11-24")
    assert result.returncode == 3
    assert result.stdout.startswith("Replace: no fix can be had by right (")
    assert "UNPATCHABLE_HW" in result.stdout.splitlines()[2]
    table = result.stdout.partition("\nseverity")[2].splitlines()[1:]
    severities = [line.split()[0] for line in table if line]
    assert severities == sorted(severities, key=["critical", "high", "medium", "low"].index)
    assert "8 hosts attempted, 5 reached, 3 failed" in result.stderr.splitlines()[-1]
    assert result.stderr.splitlines()[-1].endswith("sweep incomplete")
    assert swept.run("assess", "--fail-on", "high").returncode == 4
    assert swept.run("assess", "--as-of", "2026-08-31", "--fail-on", "critical").returncode == 3


def test_the_same_input_gives_the_same_bytes(swept):
    for folder in ("one", "two"):
        made = swept.run("report", "coverage", "--out", folder, "--as-of", "2026-11-24")
        assert made.returncode == 3, made.stderr
        assert made.stderr.endswith("sweep incomplete\n")
    names = sorted(p.name for p in (swept.folder / "one").iterdir())
    assert names == [
        f"coverage.{ending}" for ending in ("csv", "html", "json", "jsonl", "md", "xlsx")
    ]
    for name in names:
        one, two = ((swept.folder / f / name).read_bytes() for f in ("one", "two"))
        assert one == two


def test_a_sweep_file_can_be_judged_without_its_store(swept, project):
    result = project.run(
        "assess", "--sweep", swept.folder / "sweep.json", "-o", "f.json", "--as-of", "2026-11-24"
    )
    assert result.returncode == 3, result.stderr
    document = json.loads((project.folder / "f.json").read_text())
    uncovered = [f for f in document["findings"] if f["rule"] == "uncovered" and f["serial"]]
    assert {f["status"] for f in uncovered} == {"not_reviewed", "not_applicable"}


def test_explain_tells_one_story(swept):
    result = swept.run("explain", "tst26050002", "--as-of", "2026-11-24")
    assert result.returncode == 0, result.stderr
    for words in (
        "stack: stack_member switch 2 active 17.9.4a",
        "900001 SNT 2026-01-01 to 2026-11-23 as C9300-48P-A",
        "matched C9300-48P to C9300-48P-A: licence suffix",
        "uncovered",
        "sha256 ",
    ):
        assert words in result.stdout
    board = swept.run("explain", "TSB26050001")
    assert board.stdout.startswith("TSF26050001")
    unknown = swept.run("explain", "TST00000000")
    assert (unknown.returncode, "neither seen in sweep" in unknown.stderr) == (2, True)


def test_importing_twice_changes_nothing(swept):
    before = findings(swept)
    again = swept.run("import", "contracts", HERE / "contracts.csv")
    assert again.returncode == 0
    assert findings(swept) == before


def test_captures_give_the_same_units_as_the_devices(swept, project):
    """What the devices printed, saved to files and read back, is the same estate."""
    document = json.loads((swept.folder / "sweep.json").read_text())
    with open_store(f"sqlite:///{swept.folder}/netcover.db") as store:
        for unit in document["observations"]:
            for evidence in unit["evidence"]:
                file = project.folder / "captures" / unit["host"]
                file.mkdir(parents=True, exist_ok=True)
                name = evidence["command"].replace(" ", "_") + ".txt"
                (file / name).write_text(store.raw(evidence["sha256"]))
    result = project.run("ingest", "captures", "-o", "sweep.json", "--collected", "2026-11-24")
    again = project.run("ingest", "captures", "-o", "again.json", "--collected", "2026-11-24")
    assert (result.returncode, again.returncode) == (0, 0), result.stderr
    assert (project.folder / "sweep.json").read_bytes() == (
        project.folder / "again.json"
    ).read_bytes()
    read = json.loads((project.folder / "sweep.json").read_text())

    def facts(units):
        keys = ("host", "platform", "serial", "pid", "kind", "position", "version", "ha_role")
        return sorted([str(u[k]) for k in keys] for u in units)

    assert facts(read["observations"]) == facts(document["observations"])


def test_a_filter_sweeps_only_what_it_names(lab, project):
    write_inventory(load_estate(ESTATE), project.folder / "inventory", lab.port)
    result = project.run("sweep", "--filter", "name=fw", "-o", "sweep.json")
    assert result.returncode == 0, result.stderr
    document = json.loads((project.folder / "sweep.json").read_text())
    assert [h["host"] for h in document["hosts"]] == ["fw"]


def test_wrong_credentials_are_said_to_be_wrong(lab, project):
    write_inventory(load_estate(ESTATE), project.folder / "inventory", lab.port)
    result = project.run(
        "sweep", "--filter", "name=ftd", "-o", "sweep.json", NETCOVER_PASSWORD="canary-wrong"
    )
    assert result.returncode == 3
    document = json.loads((project.folder / "sweep.json").read_text())
    assert document["unreached"][0]["kind"] == "auth_refused"
    assert "canary" not in result.stdout + result.stderr


def test_a_wrong_enable_secret_is_said_to_be_wrong(lab, project):
    write_inventory(load_estate(ESTATE), project.folder / "inventory", lab.port)
    result = project.run(
        "sweep", "--filter", "name=stack", "-o", "sweep.json", NETCOVER_ENABLE="canary-wrong"
    )
    document = json.loads((project.folder / "sweep.json").read_text())
    assert document["unreached"] == [
        {"host": "stack", "kind": "auth_refused", "reason": "the enable secret was refused"}
    ]
    assert "canary" not in result.stdout + result.stderr


def test_secrets_are_nowhere(swept):
    secrets = [swept.environment({})[f"NETCOVER_{n}"].encode() for n in ("PASSWORD", "ENABLE")]
    for path in swept.folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(secret in content for secret in secrets), path


def test_a_lab_killed_in_mid_sweep_leaves_typed_reasons(project):
    log = project.folder / "commands.jsonl"
    with LabProcess(ESTATE, port=0, command_delay=0.4, command_log=log) as doomed:
        write_inventory(load_estate(ESTATE), project.folder / "inventory", doomed.port)
        process = project.start("sweep", "-o", "sweep.json", NETCOVER_SWEEP__WORKERS="2")
        while not log.exists() or "show" not in log.read_text():
            assert process.poll() is None
            time.sleep(0.05)
        doomed._process.send_signal(signal.SIGKILL)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 3, errors
    document = json.loads((project.folder / "sweep.json").read_text())
    kinds = {u["kind"] for u in document["unreached"]}
    assert kinds <= {"connection_lost", "refused", "auth_refused"}
    assert any("connection lost" in u["reason"] for u in document["unreached"])
    assert len(document["hosts"]) == 8
    assert len(document["unreached"]) > 3
