"""No text, however mangled, makes a parser raise or name a serial that it does not hold."""

import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.captures import read_captures, split
from agent.model import Capture, Output
from agent.platforms import platform, platforms
from agent.reading import read
from agent.terminal import clean, decode

HERE = Path(__file__).parent
NAMES = sorted({file.parts[-3] for file in HERE.glob("*/*/*.txt")} & set(platforms()))
DAY = datetime(2026, 1, 1, tzinfo=UTC)
MANY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@cache
def samples(name):
    """Outputs of all cases of a platform, as (command, text)."""
    files = sorted((HERE / name).glob("*/*.txt"))
    return tuple((file.stem.replace("_", " "), clean(decode(file.read_bytes()))) for file in files)


@st.composite
def mangled(draw, texts):
    """A text cut, reordered, spliced with another, or with a piece of noise put into it."""
    text = draw(st.sampled_from(texts))
    other = draw(st.sampled_from(texts))
    lines = text.splitlines(keepends=True)
    how = draw(st.sampled_from(["cut", "shuffle", "splice", "drop", "noise"]))
    if how == "cut":
        return text[: draw(st.integers(0, len(text)))]
    if how == "shuffle":
        return "".join(draw(st.permutations(lines)))
    if how == "splice":
        return text[: draw(st.integers(0, len(text)))] + other[draw(st.integers(0, len(other))) :]
    if how == "drop":
        return "".join(line for line in lines if draw(st.booleans()))
    at = draw(st.integers(0, len(text)))
    return text[:at] + draw(st.text(max_size=30)) + text[at:]


@pytest.mark.parametrize("name", NAMES)
@MANY
@given(data=st.data())
def test_mangled_outputs(name, data):
    known = samples(name)
    texts = [text for _, text in known]
    wanted = sorted({command for command, _ in known})
    picked = data.draw(st.lists(st.sampled_from(wanted), min_size=1, max_size=4, unique=True))
    outputs = tuple(Output(c, data.draw(mangled(texts)), DAY) for c in picked)
    capture = Capture("host", None, name, "capture", outputs)
    reading = platform(name).parse(capture)
    everything = "\n".join(output.text for output in outputs)
    for unit in reading.observations:
        assert unit.serial or unit.pid
        assert unit.serial or unit.notes
        for serial in (unit.serial, unit.parent_serial, *unit.other_serials):
            assert serial is None or serial in everything
        # FXOS breaks a long PID behind a hyphen.
        assert unit.pid is None or all(p in everything for p in re.split("(?<=-)", unit.pid))
    assert all(isinstance(p.recognises(capture), bool) for p in platforms().values())


@pytest.mark.parametrize("name", NAMES)
@MANY
@given(text=st.text())
def test_any_text(name, text):
    commands = [command.text for command in platform(name).commands]
    outputs = tuple(Output(command, text, DAY) for command in commands)
    reading = platform(name).parse(Capture("host", None, name, "capture", outputs))
    assert all(unit.evidence for unit in reading.observations)


@settings(parent=MANY, max_examples=60)
@given(data=st.data())
def test_mangled_files(data):
    """Whatever lies in a folder of captures is read, or said not to be."""
    texts = [text for name in NAMES for _, text in samples(name)]
    joined = st.lists(mangled(texts), min_size=1, max_size=3).map("\n".join)
    names = st.sampled_from(["a.log", "b.txt", "show_version.txt", "x__show_inventory__y.txt"])
    files = data.draw(st.dictionaries(names, joined, min_size=1, max_size=3))
    encoding = data.draw(st.sampled_from(["utf-8", "utf-16", "latin-1"]))
    with TemporaryDirectory() as folder:
        for name, text in files.items():
            (Path(folder) / name).write_text(text, encoding, errors="replace")
        found = read_captures(Path(folder), None, DAY)
    for capture in found.captures:
        result = read(capture)
        assert result.observations or result.incomplete or result.unreached
    hosts = [each.host for each in (*found.captures, *found.unidentified)]
    assert hosts
    assert len(hosts) == len(set(hosts))


@MANY
@given(text=st.text())
def test_any_text_can_be_cleaned_and_split(text):
    pieces = split(clean(text))
    assert all(command and body for command, body in pieces)


def test_a_letter_that_passes_for_another_names_no_side_of_a_pair():
    text = "Failover On\nThi\u017f host: Primary - Active\n  Group 1 State: Active\n"
    capture = Capture("host", None, "asa", "capture", (Output("show failover", text, DAY),))
    assert not read(capture).observations
