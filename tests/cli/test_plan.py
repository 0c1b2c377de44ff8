"""``netcover plan`` and its reports as a user runs them."""

import csv
import io
import json

import pytest

FILES = {
    "netcover.toml": (
        '[renewal]\nfiscal_year_start = "10-01"\nbudget_windows = ["07-01..09-30"]\n'
        'retired_after_sweeps = 1\n[owners]\n"*" = "made up"\n'
    ),
    "inventory/prices.csv": "pid,service_level,annual_price,currency\nC9300-48P,SNT,730.00,USD\n",
}


@pytest.fixture(scope="module")
def planned(swept):
    for name, text in FILES.items():
        (swept.folder / name).write_text(text)
    swept.plan = swept.run("plan", "--as-of", "2026-11-24", "-o", "plan.json")
    yield swept
    for name in FILES:
        (swept.folder / name).unlink()


def test_the_plan_is_told_and_written(planned):
    assert planned.plan.returncode == 3, planned.plan.stderr
    document = json.loads((planned.folder / "plan.json").read_text())
    assert document["schema"] == "netcover/plan/1"
    assert document["anniversary"] in planned.plan.stdout
    assert document["order_day"] == "2026-11-24"
    assert {"lines", "candidates", "by_fiscal_year", "totals", "settings", "why"} <= set(document)
    assert document["settings"]["budget_windows"] == "07-01..09-30"
    assert "8 hosts attempted, 5 reached, 3 failed" in planned.plan.stderr
    best = [c for c in document["candidates"] if c["date"] == document["anniversary"]]
    assert best[0]["in_budget_window"] is True
    for line in document["lines"]:
        assert line["action"] in {"bridge", "join_later", "drop", "add", "not_eligible", "lapsed"}
        assert line["reason"]
        assert (line["days"] > 0) == (line["bridge_start"] is not None)


def test_twice_gives_the_same_bytes(planned):
    planned.run("plan", "--as-of", "2026-11-24", "-o", "again.json")
    first, second = (planned.folder / n for n in ("plan.json", "again.json"))
    assert first.read_bytes() == second.read_bytes()


def test_a_day_asked_for_says_what_it_breaks(planned):
    asked = planned.run("plan", "--as-of", "2026-11-24", "--anniversary", "2026-12-31")
    assert "anniversary  2026-12-31 (asked for)" in asked.stdout
    assert "best         20" in asked.stdout
    assert "2026-12-31 is the best" not in asked.stdout
    assert "lead time" in asked.stdout
    assert "outside the budget windows" in asked.stdout


@pytest.mark.parametrize("other", ["2028-03-31", "plan.json"])
def test_two_plans_side_by_side(planned, other):
    both = planned.run("plan", "--as-of", "2026-11-24", "--compare", other)
    rows = [line for line in both.stdout.splitlines() if line.startswith("uncovered unit-days")]
    assert len(rows) == 1
    if other == "plan.json":
        assert rows[0].endswith("+0")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--anniversary", "soon"], "--anniversary soon: not a date"),
        (["--compare", "soon"], "--compare soon: not a date"),
        (["--compare", "sweep.json"], "sweep.json: not a plan"),
        (["--compare", "half.json"], "half.json: lacks a part of a plan"),
        (["--compare", "2020-01-01"], "anniversary 2020-01-01: before the order day"),
        (["--anniversary", "2020-01-01"], "anniversary 2020-01-01: before the order day"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(planned, words, message):
    (planned.folder / "half.json").write_text('{"schema": "netcover/plan/1"}')
    result = planned.run("plan", *words)
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.splitlines()[-1].startswith(f"netcover: {message}")


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ('budget_windows = ["07-01"]', "'07-01' is not a window; write it as 10-01..12-31"),
        ('fiscal_year_start = "02-30"', "'02-30' is not a day of the calendar"),
        ('ranking = ["cheapest"]', "renewal.ranking.0"),
        ("lead_days = 600\nwindow_months = 6", "leaves no day of the 6 months"),
    ],
)
def test_a_wrong_setting_names_the_key(planned, tmp_path, setting, message):
    config = tmp_path / "wrong.toml"
    url = f"sqlite:///{planned.folder / 'netcover.db'}"
    config.write_text(f'[store]\nurl = "{url}"\n[renewal]\n{setting}\n')
    result = planned.run("plan", "--config", config)
    assert result.returncode == 2
    assert message in result.stderr.splitlines()[-1]


def test_the_package_is_written(planned):
    done = planned.run(
        "report", "renewal-package", "calendar", "--as-of", "2026-11-24", "--out", "package"
    )
    assert done.returncode == 3, done.stderr
    text = (planned.folder / "package" / "renewal-package.csv").read_text()
    rows = list(csv.DictReader(io.StringIO(text)))
    document = json.loads((planned.folder / "plan.json").read_text())
    assert [row["action"] for row in rows] == [line["action"] for line in document["lines"]]
    assert (planned.folder / "package" / "calendar.ics").read_text().startswith("BEGIN:VCALENDAR")


def test_an_estate_without_lines_has_nothing_to_plan(planned, project):
    done = project.run("plan", "--sweep", planned.folder / "sweep.json", "--as-of", "2026-11-24")
    assert done.returncode == 3
    assert done.stdout.startswith(
        "anniversary  none: nothing is to be ordered\n"
        "why          No contract line is to be extended: there is nothing to co-terminate.\n"
    )
    out = project.run(
        "report", "renewal-package", "--sweep", planned.folder / "sweep.json", "--out", "package"
    )
    assert out.returncode == 3, out.stderr
    page = (project.folder / "package" / "renewal-package.html").read_text()
    assert "<h1>Renewal package: nothing to co-terminate</h1>" in page


def test_a_line_without_an_end_is_in_every_report(planned, project):
    (project.folder / "lines.csv").write_text(
        "Contract Number,Serial Number,Product ID,Service Level,End Date\n"
        "900001,TST26050001,C9300-48P,SNT,9999-12-31\n900001,TST26050002,C9300-48P,SNT,2027-03-31\n"
    )
    project.run("import", "contracts", "lines.csv")
    words = ("--sweep", planned.folder / "sweep.json", "--as-of", "2026-11-24")
    done = project.run("report", "renewal-package", "calendar", *words, "--out", "package")
    assert done.returncode == 3, done.stderr
    text = (project.folder / "package" / "renewal-package.csv").read_text()
    assert "ends on 9999-12-31: it has no end" in text
