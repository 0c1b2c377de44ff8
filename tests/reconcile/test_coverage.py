from datetime import UTC, date, datetime

import pytest

from agent.model import CoverStatement, Evidence
from agent.reconcile import reconcile
from agent.reconcile.coverage import ASK_AGAIN, LINK, SETTLE, cover_of
from tests.examples import DAY, line, swept, unit


def said(state, until=None, day=None, *, pid=None):
    when = datetime(2026, 11, day, tzinfo=UTC) if day else None
    where = Evidence("sn2info.json", "item 1", when, "2" * 64)
    return CoverStatement("TST26010001", pid, state, "made up", where, until)


def cover(lines=(), statements=()):
    (asset,) = (a for a in reconcile(swept(unit()), lines, (), {}, statements) if a.host == "sw1")
    found = cover_of(asset, DAY)
    return (found.state, found.remedy) if found else None


@pytest.mark.parametrize(
    ("lines", "statements", "answer"),
    [
        ([], [], None),
        ([line()], [], ("covered", None)),
        ([line(end="2026-11-23")], [], None),
        ([], [said("covered", date(2026, 11, 24))], ("covered", None)),
        ([], [said("covered", date(2026, 11, 23))], ("not_covered", None)),
        ([], [said("covered")], ("unknown", LINK)),
        ([], [said("not_covered")], ("not_covered", None)),
        ([], [said("not_visible")], ("not_visible", LINK)),
        ([], [said("not_visible", date(2027, 1, 1))], ("not_visible", LINK)),
        ([], [said("not_visible", date(2026, 11, 23))], ("not_covered", None)),
        ([], [said("unknown")], ("unknown", ASK_AGAIN)),
        ([], [said("unknown", day=20), said("not_covered", day=10)], ("not_covered", None)),
        ([], [said("not_covered", day=20), said("not_visible", day=10)], ("not_covered", None)),
        ([], [said("not_covered", day=10), said("not_visible", day=20)], ("not_visible", LINK)),
        ([line()], [said("not_covered", day=20)], ("unknown", SETTLE)),
        ([line()], [said("not_visible")], ("covered", None)),
    ],
)
def test_one_answer_of_four_and_what_to_do(lines, statements, answer):
    assert cover(lines, statements) == answer


def test_a_statement_older_than_the_line_says_nothing_against_it():
    when = datetime(2026, 11, 21, tzinfo=UTC)
    newer = line(evidence=Evidence("contracts.csv", "row 2", when, "1" * 64))
    assert cover([newer], [said("not_covered", day=20)]) == ("covered", None)
    assert cover([newer], [said("not_covered", day=22)]) == ("unknown", SETTLE)


def test_a_statement_about_another_product_with_the_serial_is_not_about_the_unit():
    assert cover([], [said("not_covered", pid="ISR4331/K9")]) is None
    assert cover([], [said("not_covered", pid="C9300-48P-A")]) == ("not_covered", None)
