import pytest

from agent.reconcile import reconcile
from tests.examples import line, swept, unit


def lookalikes(seen, paid):
    units = [unit(serial, host=f"sw{n}") for n, serial in enumerate(seen)]
    lines = [line(serial) for serial in paid]
    assets = reconcile(swept(*units), lines, (), {})
    return {a.serial: a.lookalikes for a in assets if a.lookalikes}


@pytest.mark.parametrize(
    ("seen", "paid"),
    [
        ("TST26010001", "TST26O10001"),
        ("TST26010001", "TST260I0001"),
        ("0012345678", "12345678"),
        ("TST26O10001", "tst26010001"),
    ],
)
def test_two_spellings_that_spreadsheets_and_typists_make_of_one(seen, paid):
    assert lookalikes([seen], [paid]) == {seen: (paid,), paid: (seen,)}


def test_what_was_seen_twice_is_two_units_and_equal_is_equal():
    assert lookalikes(["TST26010001", "TST26O10001"], []) == {}
    assert lookalikes(["TST26010001"], ["TST26010001", "TST26010002"]) == {}
