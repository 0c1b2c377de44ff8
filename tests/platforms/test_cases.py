"""Every folder ``<platform>/<case>/`` is a test: what was captured, and what must be read of it."""

import dataclasses
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.captures import read_captures
from agent.model import Observation
from agent.platforms import platform

HERE = Path(__file__).parent
CASES = sorted(p.parent for p in HERE.glob("*/*/expected.json"))
NEW = sorted(p for p in HERE.glob("*/*/") if p.is_dir() and p.name[0] not in "._")
COLLECTED = datetime(2026, 1, 1, tzinfo=UTC)
PLAIN = {f.name: f.default for f in dataclasses.fields(Observation)}
UNSHOWN = {"host", "site", "platform", "lane"}


def told(unit):
    """What an observation says beyond its defaults; evidence by its commands."""
    shown = {
        name: value
        for name in PLAIN
        if name not in UNSHOWN and (value := getattr(unit, name)) != PLAIN[name]
    }
    if unit.licensing:
        stated = {
            name: value for name, value in dataclasses.asdict(unit.licensing).items() if value
        }
        shown["licensing"] = stated
    return shown | {"evidence": [e.command for e in unit.evidence]}


def read(folder):
    found = read_captures(folder, None, COLLECTED)
    assert not found.unidentified, found.unidentified
    (capture,) = found.captures
    assert capture.platform == folder.parent.name
    return capture, platform(capture.platform).parse(capture)


@pytest.mark.parametrize("folder", NEW, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_case(folder, golden):
    _, reading = read(folder)
    result = {
        "observations": [told(unit) for unit in reading.observations],
        "incomplete": [{"kind": gap.kind, "reason": gap.reason} for gap in reading.incomplete],
    }
    golden(json.dumps(result, indent=1) + "\n", folder / "expected.json")


@pytest.mark.parametrize("folder", NEW, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_every_unit_is_stated_and_evident(folder):
    capture, reading = read(folder)
    text = "\n".join(output.text for output in capture.outputs)
    hashes = {output.sha256 for output in capture.outputs}
    for unit in reading.observations:
        assert unit.serial or unit.pid
        assert unit.serial is None or unit.serial in text
        assert unit.serial or unit.notes, "a unit without a serial says why"
        assert unit.evidence
        assert {e.sha256 for e in unit.evidence} <= hashes


def test_there_are_cases_for_all_platforms():
    assert {p.parent.name for p in NEW} >= {"asa", "catalyst_9300", "catalyst_9800", "ftd", "fxos"}
