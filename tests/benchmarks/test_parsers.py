"""The comparison of parsers runs on any corpus of that form, without the libraries it can miss."""

import json
import shutil
from pathlib import Path

import pytest

from agent.model import Capture, Output
from benchmarks import parsers
from tests.corpus import COLLECTED

CASE = Path(__file__).parents[1] / "platforms" / "catalyst_9300" / "t15_members_differ"


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A corpus of one case, two rows of which are wrong on purpose."""
    (tmp_path / "cli").mkdir()
    shutil.copy(CASE / "show_version.txt", tmp_path / "cli" / "made__show_version__x.txt")
    units = json.loads((CASE / "expected.json").read_text())["observations"]
    rows = [
        {"serial": u["serial"], "pid": u["pid"], "sw_version": u["version"], "kind": "stack-member"}
        for u in units
    ]
    missing = {"serial": "TST9904M001", "pid": "C9300-NONE", "sw_version": None, "kind": "chassis"}
    case = {
        "id": "made__show_version__x",
        "files": ["cli/made__show_version__x.txt"],
        "platform": "c9300",
        "cmd": "show version",
        "expected": [*rows, missing],
    }
    (tmp_path / "truth.jsonl").write_text(json.dumps(case) + "\n")
    monkeypatch.setenv("NETCOVER_CORPUS", str(tmp_path))
    return len({row["serial"] for row in rows})


def test_what_was_found_is_counted(small, monkeypatch, capsys):
    monkeypatch.setattr(
        parsers,
        "LIBRARIES",
        {"netcover": ("agent", parsers.netcover), "not there": ("no_such_module", parsers.genie)},
    )
    assert parsers.main() == 0
    lines = capsys.readouterr().out.splitlines()
    serials, pids, _ = [line.split() for line in lines if line.startswith("all ")]
    assert serials == ["all", str(small + 1), "|", str(small), "0", "0"]
    assert int(pids[3]) == int(pids[1]) - 1
    assert lines[-1] == "not installed: not there"


def test_without_a_corpus_it_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("NETCOVER_CORPUS", str(tmp_path))
    assert parsers.main() == 2
    assert "set NETCOVER_CORPUS" in capsys.readouterr().err


def test_claims_are_taken_by_the_names_of_their_keys():
    claims = {name: set() for name in (*parsers.FACTS, "board")}
    tree = {
        "switch": {"1": {"SN": "TST9904A001", "pid": "C9300-24T", "mb_sn": "TST9904B001"}},
        "version": ["17.9.4", "N/A", None],
        "meraki_sn": "Q000",
        "operational_model": "x",
    }
    parsers._collect(tree, claims)
    assert claims == {
        "serial": {"TST9904A001"},
        "board": {"TST9904B001"},
        "pid": {"C9300-24T"},
        "version": {"17.9.4"},
    }


def test_a_library_that_raises_or_hangs_has_read_nothing(monkeypatch):
    capture = Capture("h", None, "catalyst_9300", "capture", (Output("x", "y", COLLECTED),))
    monkeypatch.setattr(parsers, "SECONDS", 1)

    def hang(_command, _text):
        while True:
            pass

    def fail(_command, _text):
        raise RuntimeError

    assert not any(parsers._each(capture, hang).values())
    assert not any(parsers._each(capture, fail).values())


def test_napalm_reads_a_show_version():
    text = (CASE / "show_version.txt").read_text()
    capture = Capture(
        "h", None, "catalyst_9300", "capture", (Output("show version", text, COLLECTED),)
    )
    assert len(parsers.napalm("c9300", capture)["serial"]) == 1
    assert not any(parsers.napalm("asa", capture).values())
