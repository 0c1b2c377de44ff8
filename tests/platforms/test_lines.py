"""What stands at the start of a line is found as ``^`` finds it."""

import re

from hypothesis import given
from hypothesis import strategies as st

from agent.platforms._lines import LineStart

TEXTS = st.lists(
    st.sampled_from(["Serial: A1", " Serial: B2 ", "\tserial: c3", "a Serial: D4", "", "\r", "\x0c"])
).flatmap(lambda lines: st.sampled_from(["\n", "\r\n", "\n\n"]).map(lambda end: end.join(lines)))


@given(TEXTS, st.sampled_from([re.NOFLAG, re.IGNORECASE]))
def test_a_line_start_is_where_a_caret_is(text, flags):
    form = r"Serial:[ \t]*(\S+)[ \t]*$|serial: (c)"
    caret = re.compile(rf"^[ \t]*(?:{form})", re.MULTILINE | flags)
    start = LineStart.of(form, flags)
    assert [m.groups() for m in start.finditer(text)] == [m.groups() for m in caret.finditer(text)]
    first, expected = start.search(text), caret.search(text)
    assert (first and first.groups()) == (expected and expected.groups())


def test_the_first_line_begins_where_the_text_does():
    assert LineStart.of("Serial: (.*)").search("Serial: A1")[1] == "A1"
    assert LineStart.of("Serial: (.*)").search("no Serial: A1") is None
