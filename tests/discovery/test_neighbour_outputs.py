"""CDP and LLDP as devices print them and as their SNMP agents show them."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.discovery import _cdp, _lldp, _neighbour, _neighbour_tables
from agent.discovery._neighbour import Neighbour, device_id, mac, short_port

HERE = Path(__file__).parent / "neighbours"
SWITCH = frozenset({"router", "switch"})


def told(name):
    """Kind, name, serial, MAC, addresses, platform and port of each neighbour in a file."""
    reader = _cdp if name.endswith("cdp") else _lldp
    found = reader.read((HERE / f"{name}.txt").read_text())
    return [
        (n.kind, n.name, n.serial, n.chassis_id, n.addresses, n.platform, n.port) for n in found
    ]


def test_cdp_of_ios():
    assert told("ios_cdp") == [
        ("switch", "acc-sw2.example.net", None, None, ("192.0.2.102", "192.0.2.2"),
         "catalyst_9300", "gi1/0/48"),
        ("phone", "SEP0201A2B3C4D5", None, "0201a2b3c4d5", ("192.0.2.61",), None, "gi1/0/3"),
        ("access point", "ap-lobby", None, None, ("192.0.2.71",), None, "gi1/0/4"),
        ("switch", "esx1.example.net", None, None, (), None, "gi1/0/9"),
    ]  # fmt: skip


def test_cdp_of_nxos():
    assert told("nxos_cdp") == [
        ("switch", "core-n9k1", "TST2601A0N9", None, ("192.0.2.109", "192.0.2.9"), "nxos", "mg0"),
        ("switch", None, None, "0201a2b3c4d6", ("192.0.2.10",), "catalyst_9300", "et1/1"),
    ]


def test_lldp_of_ios():
    assert told("ios_lldp") == [
        ("switch", "acc-sw2.example.net", None, "0201a2b3c4d5", ("192.0.2.102", "2001:db8::102"),
         "catalyst_9300", "gi1/0/48"),
        ("device", None, None, "0201a2b3c4e0", (), None, "gi1/0/7"),
        ("phone", "SEP0201A2B3C4D5.example.net", "TST2601A0P9", None, ("192.0.2.61",),
         None, "gi1/0/3"),
    ]  # fmt: skip


def test_lldp_of_nxos():
    assert told("nxos_lldp") == [
        ("switch", "core-n9k2.example.net", None, "0201a2b3c4d5", ("192.0.2.12",), "nxos", "et1/5"),
        ("device", None, None, "0201a2b3c4d9", (), None, "et1/6"),
    ]


def test_lldp_of_eos():
    assert told("eos_lldp") == [
        ("switch", "leaf2.example.net", None, "0201a2b3c4d5", ("192.0.2.32",), "eos", "et1"),
    ]


def test_descriptions_and_releases():
    first = _cdp.read((HERE / "ios_cdp.txt").read_text())[0]
    assert first.description.startswith("Cisco IOS Software [Cupertino]")
    assert "Device ID: not-a-device" in first.description
    assert first.version == "17.9.4a"
    assert first.remote_port == "TenGigabitEthernet1/1/1"
    assert _lldp.read((HERE / "eos_lldp.txt").read_text())[0].remote_port == "Ethernet49"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sw1.example.net", ("sw1.example.net", None, None)),
        ("sw1(TST2601A0B7)", ("sw1", "TST2601A0B7", None)),
        ("sw1.example.net(TST2601A0B7)", ("sw1.example.net", "TST2601A0B7", None)),
        ("TST2601A0B7(sw1)", ("sw1", "TST2601A0B7", None)),
        ("sw(1)(TST2601A0B7)", ("sw(1)", "TST2601A0B7", None)),
        ("sw1()", ("sw1()", None, None)),
        ("sw1(N/A)", ("sw1", None, None)),
        ("0201.a2b3.c4d5", (None, None, "0201a2b3c4d5")),
        ("02:01:A2:B3:C4:D5", (None, None, "0201a2b3c4d5")),
        ("0201a2b3c4d5", (None, None, "0201a2b3c4d5")),
        ("000000000000", ("000000000000", None, None)),
        ("SEP0201A2B3C4D5", ("SEP0201A2B3C4D5", None, "0201a2b3c4d5")),
        ("", (None, None, None)),
    ],
)
def test_device_ids(text, expected):
    assert device_id(text) == expected


def test_small_spellings():
    assert short_port("TwentyFiveGigE1/0/1") == short_port("Tw1/0/1")
    assert short_port("Port-channel10") == short_port("Po10")
    assert mac("ff:ff:ff:ff:ff:ff") is None
    found = _neighbour.addresses("192.0.2.1", "fe80::1", "0.0.0.0", "224.0.0.1", "x", "192.0.2.1")  # noqa: S104
    assert found == ("192.0.2.1",)


# ---------------------------------------------------------------------------------- SNMP

CDP, REMOTE = _neighbour_tables.CDP, _neighbour_tables.REMOTE
TABLE = [
    ((*CDP, 4, 7, 1), 'STRING: "\n\n\n\n"'),
    ((*CDP, 5, 7, 1), 'STRING: "Cisco IOS Software, C2960X Software (C2960X-UNI-M), Version 15.2"'),
    ((*CDP, 6, 7, 1), 'STRING: "acc-sw9(TST2601A0B9)"'),
    ((*CDP, 7, 7, 1), 'STRING: "GigabitEthernet1/0/1"'),
    ((*CDP, 8, 7, 1), 'STRING: "cisco WS-C2960X-24TS-L"'),
    ((*CDP, 9, 7, 1), "Hex-STRING: 00 00 00 28 "),
    ((*CDP, 20, 7, 1), "Hex-STRING: C0 00 02 09 "),
    ((*CDP, 6, 8, 1), 'STRING: "SEP0201A2B3C4D5"'),
    ((*CDP, 9, 8, 1), "Hex-STRING: 00 00 04 90 "),
    ((*_neighbour_tables.PORT_NAME, 7), 'STRING: "Gi1/0/7"'),
    ((*REMOTE, 4, 900, 3, 1), "INTEGER: 4"),
    ((*REMOTE, 5, 900, 3, 1), "Hex-STRING: 02 01 A2 B3 C4 D5 "),
    ((*REMOTE, 7, 900, 3, 1), 'STRING: "Te1/1/1"'),
    ((*REMOTE, 9, 900, 3, 1), 'STRING: "acc-sw2.example.net"'),
    ((*REMOTE, 10, 900, 3, 1), 'STRING: "Cisco IOS Software, Catalyst L3 Switch Software (CAT9K)"'),
    ((*REMOTE, 12, 900, 3, 1), "Hex-STRING: 28 00 "),
    ((*REMOTE, 4, 900, 4, 1), "INTEGER: 5"),
    ((*REMOTE, 5, 900, 4, 1), "Hex-STRING: 01 C0 00 02 3D "),
    ((*REMOTE, 9, 900, 4, 1), 'STRING: "SEP0201A2B3C4D5"'),
    ((*REMOTE, 12, 900, 4, 1), 'STRING: "$"'),
    ((*_neighbour_tables.LOCAL_PORT, 3), 'STRING: "Gi1/0/3"'),
    ((*_neighbour_tables.REMOTE_ADDRESS, 900, 3, 1, 1, 4, 192, 0, 2, 2), "INTEGER: 2"),
    ((*_neighbour_tables.REMOTE_ADDRESS, 900, 3, 1, 2, 16, 0x20, 1, 0xD, 0xB8, *[0] * 11, 2),
     "INTEGER: 2"),
    ((*_neighbour_tables.REMOTE_ADDRESS, 900, 3, 1, 1, 4, 192, 0, 2), "INTEGER: 2"),
    ((*_neighbour_tables.OWN_CHASSIS[0],), "INTEGER: 4"),
    ((*_neighbour_tables.OWN_CHASSIS[1],), "Hex-STRING: 02 01 A2 B3 00 01 "),
]  # fmt: skip


def test_snmp_tables():
    found = _neighbour_tables.read(TABLE)
    assert [
        (n.protocol, n.kind, n.name, n.serial, n.chassis_id, n.addresses, n.port) for n in found
    ] == [
        ("cdp", "switch", "acc-sw9", "TST2601A0B9", None, ("192.0.2.9", "10.10.10.10"), "gi1/0/7"),
        ("cdp", "phone", "SEP0201A2B3C4D5", None, "0201a2b3c4d5", (), "if8"),
        ("lldp", "switch", "acc-sw2.example.net", None, "0201a2b3c4d5",
         ("192.0.2.2", "2001:db8::2"), "gi1/0/3"),
        ("lldp", "phone", "SEP0201A2B3C4D5", None, None, ("192.0.2.61",), "po4"),
    ]  # fmt: skip
    assert found[2].platform == "catalyst_9300"
    assert _neighbour_tables.own_chassis(TABLE) == "0201a2b30001"


@pytest.mark.parametrize(
    ("printed", "octets"),
    [
        ("Hex-STRING: C0 00 02 01 ", b"\xc0\0\2\1"),
        ('STRING: "a\\"b\\\\"', b'a"b\\'),
        ('STRING: "\r\n\t "', b"\r\n\t "),
        ('""', b""),
        ("INTEGER: 4", b""),
        ("Hex-STRING: C0 0", b""),
    ],
)
def test_octets_as_printed(printed, octets):
    assert _neighbour_tables.raw(printed) == octets


# ---------------------------------------------------------------------------------- fuzz

LINES = sorted({
    line
    for path in HERE.glob("*.txt")
    for line in path.read_text().splitlines()
})  # fmt: skip
TEXTS = st.lists(st.sampled_from(LINES) | st.text(max_size=30), max_size=60).map("\n".join)


@given(TEXTS | st.text())
def test_no_output_breaks_a_reader(text):
    for found in (*_cdp.read(text), *_lldp.read(text)):
        check(found)


@given(st.integers(0, 2500), st.sampled_from(sorted(HERE.glob("*.txt"))))
def test_an_output_that_is_cut_tells_what_it_holds(length, path):
    whole = path.read_text()
    reader = _cdp if "cdp" in path.name else _lldp
    names = {n.name for n in reader.read(whole)}
    for found in reader.read(whole[:length]):
        check(found)
        assert found.name is None or any((n or "").startswith(found.name) for n in names)


CELLS = st.sampled_from([value for _, value in TABLE]) | st.text(max_size=20)
OIDS = st.sampled_from([oid for oid, _ in TABLE]) | st.lists(
    st.integers(0, 2**32 - 1), min_size=1, max_size=24
).map(tuple)


@given(st.lists(st.tuples(OIDS, CELLS), max_size=30))
def test_no_table_breaks_the_reader(table):
    for found in _neighbour_tables.read(table):
        check(found)
    _neighbour_tables.own_chassis(table)


def check(found):
    """What holds of every neighbour, whatever was said."""
    assert isinstance(found, Neighbour)
    assert found.name or found.serial or found.chassis_id or found.addresses
    assert found.chassis_id is None or len(found.chassis_id) == 12
    assert all(_neighbour.address(a) == a for a in found.addresses)
    assert found.kind
    assert found.platform is None or isinstance(found.platform, str)
