"""What is made of NAPALM's facts: one chassis or none, and nothing that is not stated."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.model import Capture, Output
from agent.platforms import platform, platforms
from agent.reading import read

DAY = datetime(2026, 1, 1, tzinfo=UTC)
DRIVEN = sorted(p.name for p in platforms().values() if p.napalm)
IOS = "C2960 Software (C2960-LANBASEK9-M), Version 12.2(55)SE7, RELEASE SOFTWARE (fc1)"
IOS_XE = "ISR Software (X86_64_LINUX_IOSD-UNIVERSALK9-M), Version 17.09.04a, RELEASE SOFTWARE (fc3)"
OLD_XE = (
    "ISR Software (X86_64_LINUX_IOSD-UNIVERSALK9-M), Version 15.5(3)S4b, RELEASE SOFTWARE (fc1)"
)
VENDORS = {"eos": "Arista", "junos": "Juniper"}


def capture(name, text):
    return Capture("host", "lab", name, "napalm", (Output("get_facts", text, DAY),))


def facts(name, serial="TST9903A001", model="C1921/K9", version="1.2.3"):
    return json.dumps(
        {
            "vendor": VENDORS.get(name, "Cisco"),
            "model": model,
            "serial_number": serial,
            "os_version": version,
            "hostname": "host",
            "fqdn": "host.example.net",
            "uptime": 60.0,
            "interface_list": [],
        }
    )


def only(name, **changes):
    reading = platform(name).parse(capture(name, facts(name, **changes)))
    (unit,) = reading.observations
    assert [gap.kind for gap in reading.incomplete] == ["members_not_enumerated"]
    assert [e.command for e in unit.evidence] == ["get_facts"]
    return unit


@pytest.mark.parametrize(
    ("name", "printed", "version", "software"),
    [
        ("ios", IOS, "12.2(55)SE7", "other"),
        ("ios", IOS_XE, "17.9.4a", "ios-xe"),
        ("ios", OLD_XE, "15.5(3)S4b", "other"),
        ("ios", "Unknown", None, "other"),
        ("nxos", "9.3(8)", "9.3(8)", "other"),
        ("nxos", "7.0(3)I7(9)", "7.0(3)I7(9)", "other"),
        ("nxos", "", None, "other"),
        ("ios_xr", "7.3.2", "7.3.2", "other"),
        ("ios_xr", "6.1.3[Default]", "6.1.3", "other"),
        ("eos", "4.27.2F-26069621.4272F", "4.27.2F", "other"),
        ("eos", "4.21.5.1F-11297727.42151F", "4.21.5.1F", "other"),
        ("eos", "4.27.2F", "4.27.2F", "other"),
        ("junos", "21.4R3-S2.3", "21.4R3-S2.3", "other"),
    ],
)
def test_releases(name, printed, version, software):
    unit = only(name, version=printed)
    assert (unit.version, unit.software) == (version, software)
    assert unit.version_raw == (printed if version else None)


@pytest.mark.parametrize(
    ("printed", "serial", "note"),
    [
        ("FOC0000T001", "FOC0000T001", None),
        ("  FOC0000T001\n", "FOC0000T001", None),
        (["FOC0000T001"], "FOC0000T001", None),
        (["FOC0000T001", "FOC0000T001"], "FOC0000T001", None),
        ("JAD0000T001 (1234567890), with hardware revision 0000", "JAD0000T001", None),
        ("JAD0000T001, with hardware revision 0000", "JAD0000T001", None),
        ("FOC0000T001, FOC0000T002", None, "several serials"),
        ("FOC0000T001,FOC0000T002", None, "several serials"),
        (["FOC0000T001", "FOC0000T002"], None, "several serials"),
        ("Unknown", None, "serial printed as 'Unknown'"),
        ("None", None, "serial printed as 'None'"),
        ("N/A", None, "serial printed as 'N/A'"),
        ("", None, "serial not printed"),
        ("^", None, "serial printed as '^'"),
        ("\x1b[0m", None, "serial printed as"),
        (None, None, "serial not printed"),
        ([], None, "serial not printed"),
        (12345678, None, "serial not printed"),
        ({"0": "FOC0000T001"}, None, "serial not printed"),
    ],
)
def test_serials(printed, serial, note):
    unit = only("ios", serial=printed)
    assert unit.serial == serial
    assert any(text.startswith(note) for text in unit.notes) if note else unit.notes == ()


@pytest.mark.parametrize(
    ("name", "model", "pid", "virtual"),
    [
        ("ios", "WS-C2960-24TT-L", "WS-C2960-24TT-L", False),
        ("ios", "2911", None, False),
        ("ios", "%Invalid", None, False),
        ("ios", "Unknown", None, False),
        ("ios", "IOSv", "IOSv", True),
        ("ios_xr", "ASR-9006-AC-V2", "ASR-9006-AC-V2", False),
        ("ios_xr", "R-IOSXRV9000-CC", "R-IOSXRV9000-CC", True),
        ("nxos", "Nexus9000 C93180YC-EX Chassis", "N9K-C93180YC-EX", False),
        ("nxos", "Nexus9000 93180YC-EX chassis", "N9K-C93180YC-EX", False),
        ("nxos", "Nexus9000 C9508 (8 Slot) Chassis", "N9K-C9508", False),
        ("nxos", "Nexus7000 C7009 (9 Slot) Chassis", "N7K-C7009", False),
        ("nxos", "Nexus7700 C7706 (6 Slot) Chassis", "N77-C7706", False),
        ("nxos", "Nexus9000 C9300v Chassis", "N9K-C9300v", True),
        ("nxos", "Nexus 5548 Chassis", None, False),
        ("nxos", "Nexus3172 Chassis", None, False),
        ("eos", "DCS-7050TX-64-F", "DCS-7050TX-64-F", False),
        ("eos", "vEOS-lab", "vEOS-lab", True),
        ("junos", "MX480", "MX480", False),
        ("junos", "VMX", "VMX", True),
        ("junos", "None", None, False),
    ],
)
def test_products(name, model, pid, virtual):
    unit = only(name, model=model)
    assert (unit.pid, unit.virtual) == (pid, virtual)
    if model != pid:
        assert any(repr(model) in note for note in unit.notes)
    assert ("vendor Arista" in unit.notes) == (name == "eos")


@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", '"FOC0000T001"', "{", '{"serial_number": null}', "[" * 100_000, "% Invalid"],
)
@pytest.mark.parametrize("name", DRIVEN)
def test_no_facts_are_no_unit(name, text):
    reading = platform(name).parse(capture(name, text))
    assert reading.observations == ()
    assert [gap.kind for gap in reading.incomplete] == ["members_not_enumerated", "not_parsed"]
    assert platform(name).recognises(capture(name, text)) is False


@pytest.mark.parametrize(
    ("version", "name"),
    [
        (IOS, "ios"),
        (IOS_XE, "ios"),
        ("9.3(8)", "nxos"),
        ("7.3.2", "ios_xr"),
        ("4.27.2F-26069621.4272F", "eos"),
        ("21.4R3-S2.3", "junos"),
    ],
)
def test_facts_are_recognised_by_one_platform(version, name):
    held = capture("", facts(name, version=version))
    assert [p.name for p in platforms().values() if p.recognises(held)] == [name]


def test_empty_facts_of_another_device_are_told_apart():
    held = capture("nxos", facts("ios", serial="", model="", version=IOS))
    result = read(held)
    assert result.unreached is not None
    assert result.unreached.kind == "wrong_platform"
    assert "ios" in result.unreached.reason


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize("name", DRIVEN)
@given(model=JSON, serial=JSON, version=JSON)
def test_whatever_is_stated_at_most_one_unit_is_read(name, model, serial, version):
    text = facts(name, serial=serial, model=model, version=version)
    reading = platform(name).parse(capture(name, text))
    assert len(reading.observations) <= 1
    for unit in reading.observations:
        assert unit.serial or unit.pid
        assert unit.serial is None or unit.serial in str(serial)
    assert reading.incomplete[0].kind == "members_not_enumerated"
