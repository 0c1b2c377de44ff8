"""Which lines are too long to be read, at the widths where it turns."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.model import Capture, Output
from agent.platforms._outputs import WIDEST, answers, too_wide

DAY = datetime(2026, 1, 1, tzinfo=UTC)
WIDTHS = st.sampled_from([0, 1, WIDEST - 1, WIDEST, WIDEST + 1, 2 * WIDEST, 2 * WIDEST + 1])


def capture(text):
    return Capture("host", None, "catalyst_9300", "capture", (Output("show version", text, DAY),))


@given(st.lists(WIDTHS, max_size=6), st.booleans())
def test_lines_up_to_the_widest_are_read_and_longer_ones_are_counted(widths, ended):
    text = "\n".join("x" * width for width in widths) + "\n" * ended
    gaps = too_wide(capture(text))
    wide = [place for place, width in enumerate(widths, 1) if width > WIDEST]
    assert bool(gaps) == bool(wide)
    for gap in gaps:
        others = f" and {len(wide) - 1} more" if len(wide) > 1 else ""
        assert f"line {wide[0]}{others} not read" in gap.reason
    left = "\n".join("x" * (0 if width > WIDEST else width) for width in widths) + "\n" * ended
    for output in answers(capture(text), "show version"):
        assert output.text == left


@pytest.mark.parametrize("end", ["\r", "\x85", "\u2028"])
def test_only_a_line_feed_ends_a_line(end):
    (gap,) = too_wide(capture(end.join(["x" * 600] * 2)))
    assert re.search(r"line 1 not read, longer than 1,000", gap.reason)
