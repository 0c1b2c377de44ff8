"""What is read of walks: the shapes of each family, and that no walk invents a unit."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.model import Capture, Output
from agent.platforms import _snmp, _snmp_identity, platforms
from tests import walks
from tests.walks import IOS_XE, STACK, access_point, failover, stack_role, walk

DAY = datetime(2026, 1, 1, tzinfo=UTC)


def capture(text, platform="generic"):
    return Capture("host", None, platform, "snmp", (Output("snmpwalk", text, DAY),))


def wholes(reading):
    return [u for u in reading.observations if u.kind in {"chassis", "stack_member"}]


def told(units):
    return [(u.kind, u.position, u.serial, u.pid, u.version, u.ha_role) for u in units]


def gaps(reading):
    return [gap.kind for gap in reading.incomplete]


def test_a_stack_counts_its_members_and_neither_its_own_row_nor_an_empty_slot():
    reading = _snmp.parse(capture(STACK))
    assert told(wholes(reading)) == [
        ("stack_member", "switch 1", "ZZT26010001", "C9300-24T", "17.9.4a", "standby"),
        ("stack_member", "switch 2", "ZZT26010002", "C9300-48P", "16.6.7", "active"),
    ]
    parts = [(u.kind, u.position, u.serial, u.parent_serial) for u in reading.observations[2:]]
    assert parts == [
        ("module", "StackPort1/1 + StackPort2/1", "ZZT26010009", "ZZT26010001"),
        ("power_supply", "Switch 1 - Power Supply A", "ZZT26010003", "ZZT26010001"),
    ]
    assert gaps(reading) == ["absent_slot"]
    assert "switch 3 (C9300-24T)" in reading.incomplete[0].reason


def test_a_member_of_which_only_the_stacks_row_speaks():
    text = walk(
        IOS_XE,
        2494,
        (1, {"name": "c93xx Stack", "serial": "ZZT26010001", "pid": "C9300-48P"}),
        (1000, {"name": "Switch 1", "pid": "C9300-48P"}),
        (2000, {"name": "Switch 2", "pid": "C9300-24T"}),
        extra=[*stack_role(1000, 1, 1), *stack_role(2000, 2, 4)],
    )
    reading = _snmp.parse(capture(text))
    assert told(wholes(reading)) == [
        ("stack_member", "switch 1", "ZZT26010001", "C9300-48P", "17.9.4a", "active"),
        ("stack_member", "switch 2", None, "C9300-24T", "17.9.4a", "standby"),
    ]
    assert gaps(reading) == ["members_not_enumerated"]


def svl(second_sup="ZZT26010022"):
    return walk(
        IOS_XE.replace("17.9.4a", "17.12.1"),
        2664,
        (1, {"cls": "stack", "inside": 0, "name": "Virtual Stack"}),
        (
            2,
            {
                "cls": "chassis",
                "inside": 1,
                "name": "Switch 1 Chassis",
                "serial": "ZZT26010001",
                "pid": "C9404R",
            },
        ),
        (3, {"cls": "other", "inside": 2, "name": "Switch 1 Slot 1"}),
        (
            500,
            {
                "cls": "chassis",
                "inside": 1,
                "name": "Switch 2 Chassis",
                "serial": "ZZT26010002",
                "pid": "C9404R",
            },
        ),
        (501, {"cls": "other", "inside": 500, "name": "Switch 2 Slot 1"}),
        (
            1000,
            {
                "cls": "module",
                "inside": 3,
                "name": "Switch 1 Slot 1 Supervisor",
                "serial": "ZZT26010021",
                "pid": "C9400-SUP-1",
                "version": "17.12.01",
            },
        ),
        (
            11000,
            {
                "cls": "module",
                "inside": 501,
                "name": "Switch 2 Slot 1 Supervisor",
                "serial": second_sup,
                "pid": "C9400-SUP-1",
                "version": "17.09.05",
            },
        ),
    )


def test_two_virtual_chassis_have_the_release_of_their_own_supervisor():
    reading = _snmp.parse(capture(svl()))
    assert told(wholes(reading)) == [
        ("stack_member", "switch 1", "ZZT26010001", "C9404R", "17.12.1", None),
        ("stack_member", "switch 2", "ZZT26010002", "C9404R", "17.9.5", None),
    ]
    assert [u.kind for u in reading.observations[2:]] == ["supervisor", "supervisor"]
    assert "sysDescr names release 17.12.1" in wholes(reading)[1].notes


def test_a_supervisor_that_repeats_its_chassis_is_no_second_unit():
    reading = _snmp.parse(capture(svl(second_sup="ZZT26010002")))
    assert [u.serial for u in reading.observations].count("ZZT26010002") == 1


def test_a_controller_has_the_release_of_its_route_processor():
    text = walk(
        "Cisco IOS Software [Cupertino], C9800 Software (C9800_IOSXE-K9), Version 17.9.4, RELEASE",
        2861,
        (1, {"cls": "stack", "inside": 0, "name": "Multi Chassis System"}),
        (
            2,
            {
                "cls": "chassis",
                "inside": 1,
                "name": "Chassis 1",
                "serial": "ZZT26010001",
                "pid": "C9800-L-F-K9",
            },
        ),
        (1000, {"cls": "module", "inside": 2, "name": "module 0", "pid": "C9800-L-F-K9"}),
        (
            1040,
            {
                "cls": "module",
                "inside": 1000,
                "name": "SPA subslot 0/0",
                "serial": "N/A",
                "pid": "BUILT-IN-4x2_5GE",
            },
        ),
        (
            2000,
            {
                "cls": "module",
                "inside": 2,
                "name": "module R0",
                "pid": "C9800-L-F-K9",
                "serial": "ZZT26010001",
                "version": "17.09.04a",
            },
        ),
        extra=[
            *access_point(1, "ap-1", "C9120AXE-E", "ZZT26020001", "17.9.4.27"),
            *access_point(2, "ap-2", "C9120AXE-E", "<private>", "17.9.4.27"),
        ],
    )
    reading = _snmp.parse(capture(text))
    assert told(wholes(reading)) == [
        ("chassis", "chassis 1", "ZZT26010001", "C9800-L-F-K9", "17.9.4a", None)
    ]
    aps = [u for u in reading.observations if u.kind == "access_point"]
    assert [(u.position, u.serial, u.version) for u in aps] == [
        ("ap-1", "ZZT26020001", "17.9.4.27"),
        ("ap-2", None, "17.9.4.27"),
    ]
    assert gaps(reading) == ["aps_short"]
    spa = next(u for u in reading.observations if u.position == "SPA subslot 0/0")
    assert spa.serial is None
    assert "serial printed as 'N/A'" in spa.notes


def asa(version="9.16(4)", extra=()):
    return walk(
        "Cisco Adaptive Security Appliance Version 9.16(4)57",
        2404,
        (
            1,
            {
                "cls": "chassis",
                "inside": 0,
                "name": "Chassis",
                "serial": "ZZT26010001",
                "pid": "ASA5555",
                "version": version,
            },
        ),
        (18, {"cls": "psu", "inside": 1, "name": "Power Supply 0", "serial": "29V1G7"}),
        extra=extra,
    )


def test_an_asa_that_states_two_releases_keeps_both():
    (chassis, supply) = _snmp.parse(capture(asa())).observations
    assert (chassis.version, chassis.software) == ("9.16(4)", "asa")
    assert chassis.notes == ("sysDescr names release 9.16(4)57",)
    assert (supply.kind, supply.pid, supply.parent_serial) == ("power_supply", None, "ZZT26010001")


@pytest.mark.parametrize(
    ("rows", "place", "role", "kinds"),
    [
        (failover(), "primary", "active", ["mate_unknown"]),
        (failover("secondary"), "secondary", "standby", ["mate_unknown"]),
        (failover("secondary", 10, 9), "secondary", "active", ["mate_unknown"]),
        (failover("neither"), None, None, ["mate_unknown"]),
        (failover(primary=3, secondary=3), None, None, []),
        ((), None, None, []),
    ],
)
def test_a_failover_unit_knows_its_side_and_not_its_mate(rows, place, role, kinds):
    reading = _snmp.parse(capture(asa(extra=rows)))
    assert (reading.observations[0].position, reading.observations[0].ha_role) == (place, role)
    assert gaps(reading) == kinds


FTD = "Cisco Firepower Threat Defense, Version 7.4.1.1 (Build 12), ASA Version 9.20(2)201"


def test_ftd_states_its_release_and_no_unit():
    reading = _snmp.read(capture(walk(FTD, 3055)))
    (chassis,) = reading.observations
    assert (chassis.version, chassis.version_raw) == ("7.4.1.1", "7.4.1.1 (Build 12)")
    assert "a FPR-3130 by its sysObjectID" in chassis.notes
    assert _snmp.parse(capture(walk(FTD, 3055))).observations == ()
    assert gaps(reading) == ["members_not_enumerated"]


def test_a_meraki_serial_is_said_to_be_one():
    text = walk(
        "C9300 - 48 Cisco UPOE, Modular Uplinks",
        None,
        (1, {"cls": "other", "inside": 0, "name": "Meraki Switch", "serial": "Q2ZZ-ZZ26-0001"}),
        (2000, {"cls": "chassis", "inside": 1, "name": "C9300 - 48", "serial": "Q2ZZ-ZZ26-0001"}),
    )
    (unit,) = _snmp.parse(capture(text)).observations
    assert (unit.kind, unit.serial, unit.pid) == ("chassis", "Q2ZZ-ZZ26-0001", None)
    assert any("Meraki" in note for note in unit.notes)


@pytest.mark.parametrize(
    ("description", "product", "platform"),
    [
        (IOS_XE, 2494, "catalyst_9300"),
        ("", 2494, "catalyst_9300"),
        (IOS_XE, 99999, "catalyst_9300"),
        (
            "Cisco IOS Software, C2960X Software (C2960X-LANBASEK9-M), Version 15.2(7)",
            None,
            "catalyst_9300",
        ),
        (
            "Cisco IOS Software, C9800 Software (C9800_IOSXE-K9), Version 17.12.3",
            None,
            "catalyst_9800",
        ),
        (FTD, 2404, "ftd"),
        ("Cisco Adaptive Security Appliance Version 9.16(4)", 2404, "asa"),
        ("Cisco FX-OS", None, "fxos"),
        ("Cisco FX-OS", 2779, "fxos"),
        ("Cisco IOS Software [Amsterdam], ISR Software (ARMV8EL), Version 17.3.1", 2661, "generic"),
        ("Cisco Controller", 1069, "generic"),
        ("", None, None),
    ],
)
def test_identification(description, product, platform):
    assert _snmp.platform_of(capture(walk(description, product))) == platform


def test_identification_by_the_chassis_alone():
    row = (1, {"cls": "chassis", "pid": "C9404R", "serial": "ZZT26010001"})
    assert _snmp.platform_of(capture(walk("Mangled", 1116, row))) == "catalyst_9300"


def test_a_description_that_is_not_one():
    row = (1, {"cls": "chassis", "pid": "IE-3200-8T2S", "serial": "ZZT26010001"})
    text = walk("IE3200-8T2S ZZT26010001 261 V 17 12 4", 99999, row)
    assert _snmp.platform_of(capture(text)) == "catalyst_9300"
    assert told(_snmp.parse(capture(text)).observations) == [
        ("chassis", None, "ZZT26010001", "IE-3200-8T2S", None, None)
    ]


def test_the_table_names_known_platforms_and_no_product_twice():
    signs = _snmp_identity.signs()
    assert {s.platform for s in signs} <= set(platforms())
    products = [oid for s in signs for oid in s.products]
    assert len(products) == len(set(products))


def test_a_container_that_holds_itself_ends():
    rows = [
        (
            n,
            {
                "cls": "module",
                "inside": 3 - n,
                "name": f"m{n}",
                "serial": f"ZZT2601000{n}",
                "pid": "X",
            },
        )
        for n in (1, 2)
    ]
    assert len(_snmp.parse(capture(walk(IOS_XE, 2494, *rows))).observations) == 2


def test_the_declared_commands_are_all_that_is_asked():
    asked = " ".join(_snmp.COMMAND.lines)
    assert asked.startswith("snmp get .1.3.6.1.2.1.1.1.0 ")
    assert f"{walks.ENTITY}.11 " in asked
    assert " set " not in asked


TEXTS = [STACK, svl(), asa(extra=failover()), walk(FTD, 3055)]


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_mangled_walks(data):
    lines = data.draw(st.sampled_from(TEXTS)).splitlines(keepends=True)
    lines += data.draw(st.sampled_from(TEXTS)).splitlines(keepends=True)
    kept = "".join(line for line in data.draw(st.permutations(lines)) if data.draw(st.booleans()))
    text = kept[: data.draw(st.integers(0, len(kept)))] + data.draw(st.text(max_size=20))
    reading = _snmp.parse(capture(text, data.draw(st.sampled_from(sorted(platforms())))))
    for unit in reading.observations:
        assert unit.serial or unit.pid
        assert unit.serial is None or unit.serial in text
        assert unit.pid is None or unit.pid in text
        assert unit.evidence
    units = [(u.kind, u.serial, u.pid) for u in reading.observations if u.serial]
    assert len(units) == len(set(units))
