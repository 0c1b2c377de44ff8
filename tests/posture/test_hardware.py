"""H by its table, with every boundary day."""

from dataclasses import replace

import pytest

from tests.posture.made import dated, day, one, supported


@pytest.mark.parametrize(
    ("ldos", "as_of", "value"),
    [
        ("2026-11-23", "2026-11-24", "past"),
        ("2026-11-24", "2026-11-24", "near"),
        ("2028-11-24", "2026-11-24", "near"),
        ("2028-11-25", "2026-11-24", "supported"),
        ("2024-02-29", "2022-02-28", "supported"),
        ("2024-02-28", "2022-02-28", "near"),
        ("not announced", "2026-11-24", "supported"),
        ("not stated", "2026-11-24", "unknown"),
        ("unknown", "2026-11-24", "unknown"),
    ],
)
def test_the_last_date_of_support(ldos, as_of, value):
    assert one(dates=[supported(last_date_of_support=ldos)], as_of=as_of).hardware == value


@pytest.mark.parametrize(
    ("collected", "ldos", "value"),
    [
        ("2026-08-26", "2030-01-31", "supported"),  # 90 days
        ("2026-08-25", "2030-01-31", "unknown"),
        ("2026-08-25", "not announced", "unknown"),
        ("2026-08-25", "2026-11-23", "past"),  # what is past stays past
        ("2026-08-25", "2026-11-24", "unknown"),
    ],
)
def test_old_data_proves_only_what_is_past(collected, ldos, value):
    dates = replace(supported(last_date_of_support=ldos), evidence=dated("eox.csv", collected))
    assert one(dates=[dates], run_day=day("2026-11-24")).hardware == value


def test_the_age_is_that_on_the_day_of_the_run_not_of_a_day_to_come():
    dates = replace(supported(), evidence=dated("eox.csv", "2026-11-20"))
    assert one(dates=[dates], run_day=day("2026-11-24"), as_of="2030-01-01").hardware == "supported"


def test_no_answer_is_unknown_with_its_reason():
    assert one(dates=[]).hardware == "unknown"
    assert one(dates=[]).reasons[0] == "C9300-48P is not in the EoX data"
    conflict = [
        supported("C9300-48P-A"),
        supported("C9300-48P-E", last_date_of_support="2030-01-31"),
    ]
    found = one(dates=conflict)
    assert found.hardware == "unknown"
    assert "conflict" in found.reasons[0]
