import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent import terminal
from agent.terminal import clean, decode, open_text


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Gerät\n".encode(), "Gerät\n"),
        ("Gerät\n".encode("latin-1"), "Gerät\n"),
        ("\ufeffGerät\n".encode("utf-16-le"), "Gerät\n"),
        ("show version\n".encode("utf-16-le"), "show version\n"),
        ("show version\n".encode("utf-16-be"), "show version\n"),
        ("\ufeffshow\n".encode(), "show\n"),
        (b"", ""),
        (b"show\x00version\n", "show\x00version\n"),
    ],
)
def test_decode(raw, expected):
    assert decode(raw) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\r\nb\r\r\nc\n", "a\nb\nc\n"),
        ("a\rb\rc", "a\nb\nc"),
        ("\x1b[2J\x1b[1;31mred\x1b[0m\x07\n", "red\n"),
        ("\x1b]0;title\x07text\n", "text\n"),
        ("wrongg\b \n", "wrong\n"),
        ("SN: AX\bB1\n", "SN: AB1\n"),
        ("a\n --More-- \b\b\b\b\b\b\b\b\b        \b\b\b\b\b\b\b\b\bb\n", "a\nb\n"),
        ("a\n<--- More --->\r              \rb\n", "a\nb\n"),
        ("a\n--More--b\n", "a\nb\n"),
        ("no\x00thing\n", "nothing\n"),
    ],
)
def test_clean(text, expected):
    assert clean(text) == expected


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1"]


@pytest.fixture
def small_pieces(monkeypatch):
    monkeypatch.setattr(terminal, "PIECE", 7)


@pytest.mark.usefixtures("small_pieces")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(lines=st.lists(st.text("aSN: -é\r\b\0\a", max_size=6)), encoding=st.sampled_from(ENCODINGS))
def test_the_pieces_of_a_file_are_its_text(tmp_path, lines, encoding):
    raw = "\n".join(lines).encode(encoding)
    file = tmp_path / "log"
    file.write_bytes(raw)
    assert "".join(open_text(file).pieces()) == clean(decode(raw))


@pytest.mark.usefixtures("small_pieces")
def test_a_file_without_line_feeds(tmp_path):
    (tmp_path / "log").write_bytes(b"one\rtwo\rthree\rand the end")
    pieces = list(open_text(tmp_path / "log").pieces())
    assert "".join(pieces) == "one\ntwo\nthree\nand the end"
    assert len(pieces) > 2


@pytest.mark.usefixtures("small_pieces")
def test_a_file_that_turns_out_to_be_latin_1_at_its_end(tmp_path):
    (tmp_path / "log").write_bytes(b"plain text\n" * 9 + "Gerät".encode("latin-1"))
    assert "".join(open_text(tmp_path / "log").pieces()).endswith("plain text\nGerät")


@pytest.mark.usefixtures("small_pieces")
def test_of_an_endless_line_the_middle_is_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(terminal, "LONGEST", 7)
    (tmp_path / "log").write_bytes(b"first\n" + b"x" * 1000 + b"\nlast\n")
    text = "".join(open_text(tmp_path / "log").pieces())
    assert text.startswith("first\nxxxxxxx")
    assert text.endswith("\nlast\n")
    assert len(text) < 40
