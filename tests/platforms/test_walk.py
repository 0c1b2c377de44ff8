"""Every form in which net-snmp prints a value."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.platforms import _walk
from agent.transports._pysnmp import octets

OID = (1, 3, 6, 1, 2, 1, 1, 1, 0)


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ('STRING: "plain"', "plain"),
        ("STRING: without quotes", "without quotes"),
        ('"untyped"', "untyped"),
        ('""', ""),
        ("STRING: ", ""),
        (r'STRING: "a \"quoted\" word and a \\"', 'a "quoted" word and a \\'),
        ('STRING: "two\nlines"', "two\nlines"),
        ('STRING: "two\r\nlines\n"', "two\nlines\n"),
        ('STRING: "a\x1d\x85b"', "a\x1d\x85b"),
        ("STRING: two\nlines", "two\nlines"),
        ("Hex-STRING: 43 69 73 63 6F ", "Cisco"),
        ("Hex-STRING: 43 69 \n73 63 6F 00 ", "Cisco"),
        ("Hex-STRING: D0 D0 FD AE BA 93 ", "d0 d0 fd ae ba 93"),
        ("Hex-STRING: 4", "4"),
        ("INTEGER: 3", "3"),
        ("INTEGER: chassis(3)", "3"),
        ("INTEGER: -1", "-1"),
        ("INTEGER: 5 centi-seconds", "5 centi-seconds"),
        ("OID: .1.3.6.1.4.1.9.1.2494", "1.3.6.1.4.1.9.1.2494"),
        ("OID: iso.3.6.1.4.1.9", "1.3.6.1.4.1.9"),
        ("Timeticks: (42) 0:00:00.42", "(42) 0:00:00.42"),
        ("Gauge32: 7", "7"),
        ("Counter64: 7", "7"),
        ("IpAddress: 192.0.2.1", "192.0.2.1"),
        ("Network Address: C0:00:02:01", "C0:00:02:01"),
        ("BITS: 80 0 ", "80 0"),
        ("Opaque: Float: 1.5", "Float: 1.5"),
        ('Wrong Type (should be INTEGER): STRING: "7"', "7"),
        ("No Such Instance currently exists at this OID", None),
        ("No Such Object available on this agent at this OID", None),
        ("No more variables left in this MIB View (It is past the end of the MIB tree)", None),
    ],
)
@pytest.mark.parametrize(
    "spelled", [".1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.1.0", "iso.3.6.1.2.1.1.1.0"]
)
def test_a_value(printed, value, spelled):
    walk = _walk.read(f"{spelled} = {printed}\n.1.3.6.1.2.1.1.2.0 = INTEGER: 1\n")
    assert walk.values.get(OID) == value
    assert walk.unread == ()
    assert walk.cut is None


def test_what_is_no_value_is_kept():
    walk = _walk.read(
        'sw1# snmpwalk\n.1.3.1 = INTEGER: 1\na prompt>\n.1.3.2 = STRING: "x"\n\nend\n'
    )
    assert walk.unread == ("sw1# snmpwalk", "a prompt>", "end")
    assert dict(walk.values) == {(1, 3, 1): "1", (1, 3, 2): "x"}


def test_a_string_without_its_end_is_cut_and_takes_nothing_with_it():
    walk = _walk.read('.1.3.1 = STRING: "begun\n.1.3.2 = STRING: "whole"\n.1.3.3 = STRING: "cu')
    assert dict(walk.values) == {(1, 3, 2): "whole"}
    assert walk.unread == ('STRING: "begun',)
    assert walk.cut == 'STRING: "cu'


def test_columns():
    walk = _walk.read(
        "".join(f".1.3.6.{c}.{i} = INTEGER: {i}\n" for c in (1, 2, 11) for i in (9, 10))
    )
    assert walk.column((1, 3, 6, 1)) == {(9,): "9", (10,): "10"}
    assert walk.column((1, 3, 6, 3)) == {}


@settings(max_examples=300, deadline=None)
@given(raw=st.binary(max_size=60))
def test_what_is_printed_is_read_back(raw):
    walk = _walk.read(f".1.3.1 = {octets(raw)}\n.1.3.2 = INTEGER: 1\n")
    assert walk.values[1, 3, 2] == "1"
    expected = _walk.octets(raw)
    assert walk.values[1, 3, 1].split() == expected.split()


@settings(max_examples=300, deadline=None)
@given(text=st.text(alphabet=st.sampled_from('.13=" \n\\:aSTRINGHex-'), max_size=200))
def test_any_text(text):
    walk = _walk.read(text)
    assert set(walk.values) == set(walk.oids)
    assert _walk.walks(text) in {True, False}
