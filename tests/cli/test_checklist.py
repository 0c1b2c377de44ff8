"""``netcover checklist`` and ``netcover export vex`` on the swept estate."""

import json

import pytest

from tests.reports.test_checklist import checklist, raw, rule

AS_OF = ("--as-of", "2026-11-24")


@pytest.fixture
def folder(swept, tmp_path):
    for name, host in (("one.cklb", "stack"), ("two.cklb", "gone")):
        (tmp_path / name).write_bytes(raw(checklist(rule("V-220569"), host_name=host)))
    return tmp_path


def test_checklists_are_filled_in(swept, folder):
    made = swept.run("checklist", folder / "one.cklb", "--out", folder / "out", *AS_OF)
    assert made.returncode == 0, made.stderr
    found = json.loads((folder / "out" / "one.cklb").read_text())["stigs"][1]["rules"][0]
    assert found["status"] in {"open", "not_a_finding", "not_reviewed"}
    assert "TST26050001" in found["finding_details"]
    assert "show version" in found["finding_details"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["{0}/none.cklb"], "none.cklb: cannot be read"),
        (["{0}/one.cklb", "{0}/two.cklb", "--host", "stack"], "--host names the host of one"),
        (["{0}/one.cklb", "{0}/one.cklb"], "the same file name"),
        (["{0}/one.cklb", "--host", "nobody"], "one.cklb: host 'nobody' is not in sweep"),
    ],
)
def test_bad_input_is_one_line_and_nothing_is_written(swept, folder, words, message):
    given = [word.format(folder) for word in words]
    refused = swept.run("checklist", *given, "--out", folder / "out", *AS_OF)
    assert (refused.returncode, len(refused.stderr.splitlines())) == (2, 1), refused.stderr
    assert message in refused.stderr
    assert not (folder / "out").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--publisher", " ", "--namespace", "https://example.net"], "--publisher is empty"),
        (["--publisher", "A", "--namespace", "example"], "--namespace example: not a URL"),
        (["--publisher", "A", "--namespace", "https://example.net"], "import advisories first"),
    ],
)
def test_vex_says_what_it_needs(swept, tmp_path, words, message):
    refused = swept.run("export", "vex", *words, "--out", tmp_path / "out", *AS_OF)
    assert (refused.returncode, len(refused.stderr.splitlines())) == (2, 1), refused.stderr
    assert message in refused.stderr
    assert not (tmp_path / "out").exists()
