"""Decisions and waivers as a user keeps them: imported, asked again, told by ``explain``."""

import json
import shutil

import pytest

DAY = ("--as-of", "2026-11-24")
DROP = """
[[decision]]
id = "CAB-1"
kind = "drop"
serial = "TST26050001"
approver = "made up board"
reason = "sold\\u202e with the building"
decided = 2026-11-20
"""
RENEWED = (
    "Contract Number,Serial Number,Product ID,Service Level,Start Date,End Date,Site\n"
    "900001,TST26050001,C9300-48P-A,SNT,2026-01-01,2028-06-30,north\n"
)


@pytest.fixture
def site(swept, project):
    """The small estate in a folder of its own, with a decision."""
    shutil.copytree(swept.folder, project.folder, dirs_exist_ok=True)
    (project.folder / "drops.toml").write_text(DROP)
    return project


def planned(site):
    done = site.run("plan", *DAY, "-o", "plan.json")
    assert done.returncode == 3, done.stderr
    document = json.loads((site.folder / "plan.json").read_text())
    (line,) = [x for x in document["lines"] if x["serial"] == "TST26050001"]
    return line


def test_a_decision_is_kept_and_asked_again_when_its_facts_change(site):
    assert planned(site)["action"] == "join_later"
    tried = site.run("import", "decisions", "drops.toml", "--dry-run")
    assert tried.stderr == "1 decision: 1 would be kept, 0 as before\n"
    assert planned(site)["action"] == "join_later"
    done = site.run("import", "decisions", "drops.toml")
    assert (done.returncode, done.stderr) == (0, "1 decision: 1 kept, 0 as before\n")
    assert planned(site)["action"] == "drop"
    again = site.run("import", "decisions", "drops.toml")
    assert again.stderr == "1 decision: 0 kept, 1 as before\n"

    (site.folder / "renewed.csv").write_text(RENEWED)
    site.run("import", "contracts", "renewed.csv", "--data-date", "2026-11-24")
    line = planned(site)
    assert (line["action"], "decision_facts_changed" in line["flags"]) == ("join_later", True)
    site.run("import", "decisions", "drops.toml")  # nothing was decided anew
    assert planned(site)["action"] == "join_later"

    anew = DROP.replace("2026-11-20", "2026-11-24")
    (site.folder / "drops.toml").write_text(anew)
    site.run("import", "decisions", "drops.toml")
    assert planned(site)["action"] == "drop"
    told = site.run("explain", "TST26050001", *DAY).stdout
    assert "  drop, contract 900001: dropped by decision CAB-1: sold<U+202E> with the" in told
    assert told.count("CAB-1 drop by made up board") == 2
    assert told.count("superseded 20") == 1


def test_a_file_of_the_settings_stands_before_the_store(site):
    site.run("import", "decisions", "drops.toml")
    kept = DROP.replace('"drop"', '"keep"')
    (site.folder / "inventory" / "decisions.toml").write_text(kept)
    line = planned(site)
    assert (line["action"], "kept_by_decision" in line["flags"]) == ("join_later", True)


def test_waivers_are_kept(site):
    (site.folder / "risks.toml").write_text(
        '[[waiver]]\napproval = "RA-1"\napprover = "made up"\nreason = "made up"\n'
        'expires = 2026-12-31\nrules = ["uncovered"]\nserials = ["TST26050002"]\n'
    )
    done = site.run("import", "waivers", "risks.toml")
    assert (done.returncode, done.stderr) == (0, "1 waiver: 1 kept, 0 as before\n")
    told = site.run("explain", "TST26050002", *DAY).stdout
    assert "; waived by RA-1 until 2026-12-31" in told
    assert site.run("import", "waivers", "risks.toml").stderr.startswith("1 waiver: 0 kept")


def test_explain_tells_what_the_plan_does(site):
    told = site.run("explain", "TST26050002", *DAY).stdout
    assert "plan to 20" in told
    assert "  lapsed, contract 900001, 2026-11-24 to 20" in told
    config = site.folder / "late.toml"
    config.write_text("[renewal]\nlead_days = 600\nwindow_months = 6\n")
    none = site.run("explain", "TST26050002", *DAY, "--config", "late.toml")
    assert none.returncode == 0
    assert "plan\n  none: " in none.stdout


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        ("decisions", DROP + DROP, "d.toml: id 'CAB-1' stands twice; each needs its own"),
        ("decisions", DROP.replace("drop", "sell"), "d.toml: decision 1: kind: "),
        ("waivers", DROP, "d.toml: only [[waiver]] tables are known; found decision"),
        ("waivers", None, "d.toml: cannot be read: No such file or directory"),
    ],
)
def test_a_wrong_file_is_one_line(project, kind, text, message):
    if text is not None:
        (project.folder / "d.toml").write_text(text)
    done = project.run("import", kind, "d.toml")
    assert done.returncode == 2
    assert done.stderr.startswith(f"netcover: {message}")
    assert len(done.stderr.splitlines()) == 1
