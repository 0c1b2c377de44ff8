"""Other words for names and addresses: of the same shape, the same throughout, and never twice."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import UsageError
from agent.evidence.redact import Redaction, read_words, renamed, write_words


def test_words_keep_their_shape_and_stay_the_same():
    made = Redaction(["core-sw1", "core-sw2"])
    one, two = made.text("core-sw1 core-sw2").split()
    assert re.fullmatch(r"[a-z]{4}-[a-z]{2}\d", one)
    assert one not in {"core-sw1", two}
    assert made.text("a core-sw1#show version") == f"a {one}#show version"
    assert made.text("CORE-SW1") == one.upper()


def test_a_name_is_found_in_a_longer_one_but_not_in_a_word():
    made = Redaction(["sw1.example.net"])
    short = made.text("sw1")
    assert short != "sw1"
    whole, other = made.text("sw1.example.net sw1.example.org").split()
    assert "sw1" not in whole + other
    assert other.startswith(f"{short}.")
    assert made.text("sw10 xsw1 sw1x") == "sw10 xsw1 sw1x"


def test_names_with_signs_in_them():
    made = Redaction(["a#b>c sw"])
    text = made.text("x a#b>c sw y")
    assert re.fullmatch(r"x [a-z]#[a-z]>[a-z] [a-z]{2} y", text)
    assert "a#b>c sw" not in text


@pytest.mark.parametrize(
    "address",
    ["192.0.2.7", "198.51.100.23", "10.0.0.1", "2001:db8::17", "0200.5e00.5301",
     "02:00:5e:00:53:01", "02-00-5E-00-53-01", "jo.doe@example.net"],
)  # fmt: skip
def test_addresses_are_replaced_in_their_shape(address):
    made = Redaction([])
    text = made.text(f"at {address}, twice {address}")
    first, second = re.fullmatch(r"at (\S+), twice (\S+)", text).groups()
    assert first == second != address
    assert len(first) == len(address)
    assert re.sub(r"\w", "x", first) == re.sub(r"\w", "x", address)


def test_one_mac_address_in_any_spelling_is_one():
    made = Redaction([])
    dots, colons = made.text("0200.5e00.5301 02:00:5E:00:53:01").split()
    assert dots.replace(".", "") == colons.replace(":", "").lower()


EVERY = "0.0.0.0"  # noqa: S104 - as devices print it


@pytest.mark.parametrize(
    "text",
    ["255.255.255.0", EVERY, "17.9.4.27", "Version 9.16(4)57", "12:34:56", "1.2.3.4.5",
     "0000.0000.0000", "999.1.1.1", "2026-11-24T04:25:00+00:00", "::", "TST2605X001"],
)  # fmt: skip
def test_what_is_no_address_stays(text):
    assert Redaction([], kept=["17.9.4.27"]).text(text) == text


def test_the_words_of_an_earlier_bundle_are_used_again(tmp_path):
    first = Redaction(["core-sw1"])
    told = first.text("core-sw1 192.0.2.7")
    write_words(tmp_path / "words.csv", first.words)
    again = Redaction(["core-sw1"], known=read_words(tmp_path / "words.csv"))
    assert again.text("core-sw1 192.0.2.7") == told
    assert read_words(tmp_path / "none.csv") == {}


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"original,replacement\n1\n", b"\xff\xfe"])
def test_a_file_that_holds_no_words(tmp_path, content):
    (tmp_path / "words.csv").write_bytes(content)
    with pytest.raises(UsageError, match=r"words\.csv"):
        read_words(tmp_path / "words.csv")


def test_words_that_cannot_be_told_apart_are_refused():
    with pytest.raises(UsageError, match="too short"):
        Redaction([f"{n:03}" for n in range(1000)])


NAMES = st.lists(st.from_regex(r"[a-z]{2}[a-z0-9-]{2,10}[a-z0-9]", fullmatch=True), unique=True)


@given(NAMES, st.lists(st.ip_addresses(v=4).map(str), unique=True))
def test_no_two_become_one_and_none_survives(names, addresses):
    made = Redaction(names)
    words = [*names, *addresses]
    told = made.text(" ".join(words)).split()
    assert len(set(told)) == len(set(words))
    assert not set(told) & set(names)
    assert [len(word) for word in told] == [len(word) for word in words]


def test_owners_by_site_are_people_too():
    class Upper:
        def text(self, text):
            return text.upper()

    document = {"owners": {"hq": "who@example.net"}, "sites": {"hq": {"owner": "who@example.net"}}}
    told = renamed(document, Upper(), {})
    assert told["owners"] == {"hq": "WHO@EXAMPLE.NET"}
    assert told["sites"] == {"hq": {"owner": "WHO@EXAMPLE.NET"}}
