"""docs/lab.md says what is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lab.estate import load_estate
from lab.faults import FAULTS
from lab.schema import AccessPoint, Host, Member

PAGE = (Path(__file__).parents[2] / "docs" / "lab.md").read_text(encoding="utf-8")
FIRST_CELLS = [row.split("|")[1] for row in PAGE.splitlines() if row.startswith("| `")]
KEYS = {key for cell in FIRST_CELLS for key in re.findall(r"`(\w+)`", cell)}


def test_the_example_is_a_whole_estate(tmp_path):
    example = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert example is not None
    path = tmp_path / "estate.yaml"
    path.write_text(example[1], encoding="utf-8")
    estate = load_estate(path)
    assert len(estate.hosts) == 10
    assert len(estate.truth()) == 41
    assert sum(not unit.reachable for unit in estate.truth()) == 1


@pytest.mark.parametrize("record", [Host, Member], ids=lambda record: record.__name__)
def test_every_key_is_explained(record):
    assert {field.alias or name for name, field in record.model_fields.items()} <= KEYS


def test_every_key_of_an_access_point_is_mentioned():
    assert [key for key in AccessPoint.model_fields if f"`{key}`" not in PAGE] == []


def test_every_fault_is_explained():
    assert set(FAULTS) <= KEYS


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_every_parameter_of_a_fault_is_mentioned(fault):
    row = next((line for line in PAGE.splitlines() if line.startswith(f"| `{fault}`")), "")
    section = PAGE if fault in {"hang", "drop", "reset"} else row
    assert [key for key in FAULTS[fault].model_fields if f"`{key}`" not in section] == []
