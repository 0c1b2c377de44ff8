import pytest

from agent.terminal import clean, decode


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
