"""``netcover report`` as a user runs it: what there is, for whom, and figures that agree."""

import json
import re


def test_the_list_says_for_whom_each_report_is(project):
    done = project.run("report", "--list")
    lines = {line.split()[0]: line for line in done.stdout.splitlines()}
    assert lines["name"].split() == ["name", "formats", "audience", "title"]
    for name, audience in (
        ("auditor", "auditors, assessors"),
        ("executive", "executives, budget holders"),
        ("patch-entitlement", "security teams"),
    ):
        assert f"{name} " in lines[name]
        assert "html, md, pdf" in lines[name]
        assert audience in lines[name]


def test_what_readers_see_is_what_findings_json_says(swept):
    day = ("--as-of", "2026-11-24")
    swept.run("assess", *day, "-o", "findings.json")
    document = json.loads((swept.folder / "findings.json").read_text())
    names = ("auditor", "executive", "patch-entitlement")
    done = swept.run("report", *names, *day, "--out", "readers")
    assert done.returncode == 3, done.stderr
    assert "sweep incomplete" in done.stderr.splitlines()[-1]
    written = sorted(path.name for path in (swept.folder / "readers").iterdir())
    assert written == [f"{name}.{ending}" for name in names for ending in ("html", "md", "pdf")]
    pages = {name: (swept.folder / "readers" / f"{name}.md").read_text() for name in names}
    status = [finding["status"] for finding in document["findings"]]
    assert f"{status.count('open')} of {len(status)} findings open" in pages["auditor"]
    assert f"| findings passed | {status.count('not_a_finding')} |" in pages["auditor"]
    assert "3 of 8 hosts were not read" in pages["auditor"]
    assert "3 of 8 systems did not answer" in pages["executive"]
    bare = [f for f in document["findings"] if (f["rule"], f["status"]) == ("uncovered", "open")]
    assert re.search(rf": {len(bare)} of \d+ devices have no support contract", pages["executive"])
    keys = {(u["host"], u["serial"], u["position"]) for u in document["units"]}
    assert f"| question | units, of {len(keys)} |" in pages["patch-entitlement"]
    assert "no advisory data is loaded" in pages["patch-entitlement"]
