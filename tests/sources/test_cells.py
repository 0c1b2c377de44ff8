from __future__ import annotations

import re
from datetime import date

import pytest

from agent.errors import SourceError
from agent.sources import cells

LAST_OF_MARCH = date(2027, 3, 31)


@pytest.mark.parametrize(
    ("text", "date_format"),
    [
        ("2027-03-31", None),
        ("2027-03-31 00:00:00", None),
        ("2027-03-31T00:00:00.000Z", None),
        ("2027-03-31T23:59:59Z", None),
        ("2027-03-31 00:00:00 GMT", None),
        ("2027/03/31", None),
        ("2027/3/31", None),
        ("31/03/2027", None),
        ("3/31/2027", None),
        ("03/31/2027 12:00", None),
        ("46477", None),
        ("46477.0", None),
        ("46477.75", "%d/%m/%Y"),
        ("31-MAR-2027", None),
        ("31 March 2027", None),
        ("31.Mar.2027", None),
        ("Mar 31, 2027", None),
        ("march-31-2027", None),
        ("31/03/2027", "%d/%m/%Y"),
        ("03/31/2027", "%m/%d/%Y"),
        ("31-mar-27", "%d-%b-%y"),
        ("2027-03-31", "%d/%m/%Y"),
    ],
)
def test_a_date_that_can_be_read_one_way_is_taken(text, date_format):
    assert cells.day(text, date_format) == LAST_OF_MARCH


ONE_WAY = (
    "can be read in more than one way;"
    " declare how with --date-format %d/%m/%Y or %m/%d/%Y, or write 2026-11-24"
)


@pytest.mark.parametrize(
    ("text", "date_format", "reason"),
    [
        ("03/04/2025", None, f"'03/04/2025' {ONE_WAY}"),
        ("12-11-2025", None, f"'12-11-2025' {ONE_WAY}"),
        ("3-4-25", None, f"'3-4-25' {ONE_WAY}"),
        ("12345", None, "'12345' is not a date; write it as 2026-11-24"),
        ("99999", None, "'99999' is not a date; write it as 2026-11-24"),
        ("31/13/2027", None, f"'31/13/2027' {ONE_WAY}"),
        ("2027-02-29", None, "'2027-02-29' is not a day of the calendar"),
        ("31-APR-2027", None, "'31-APR-2027' is not a day of the calendar"),
        ("1-MAI-2027", None, "'1-MAI-2027': 'MAI' is not a month; write it as 2026-11-24"),
        ("1-JUNK-2027", None, "'1-JUNK-2027': 'JUNK' is not a month; write it as 2026-11-24"),
        ("20270331", None, "'20270331' is not a date; write it as 2026-11-24"),
        ("soon", None, "'soon' is not a date; write it as 2026-11-24"),
        ("03/31/2027", "%d/%m/%Y", "'03/31/2027' is neither ISO nor %d/%m/%Y"),
    ],
)  # fmt: skip
def test_a_date_that_cannot_says_why(text, date_format, reason):
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}$"):
        cells.day(text, date_format)


@pytest.mark.parametrize("wrong", ["%d/%m", "%Y-%m", "%Q", "dd/mm/yyyy", ""])
def test_a_declared_format_must_state_a_day(wrong):
    with pytest.raises(SourceError, match="does not state a day; write it as %d/%m/%Y"):
        cells.check_format(wrong)


@pytest.mark.parametrize("cell", ["", "  ", "-", "N/A", "none", "\u00a0"])
def test_cells_that_say_nothing(cell):
    assert cells.content(cell) is None
