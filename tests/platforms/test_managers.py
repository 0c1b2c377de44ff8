"""What FMC and FDM say, read: serials, roles, gaps, records of any shape."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.model import Capture, Output
from agent.platforms import _rest_exchanges as exchanges
from agent.platforms import fdm, fmc

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
PATH = "/api/fmc_config/v1/domain/d/devices/devicerecords"


def answered(*records, count=None):
    told = len(records) if count is None else count
    content = {"paging": {"count": told}, **({"items": list(records)} if records else {})}
    return exchanges.answered(PATH, 200, json.dumps(content))


def manager(devices="", pairs="", clusters="", chassis="", **texts):
    outputs = {
        fmc.VERSION: answered({"serverVersion": "7.4.2 (build 172)"}),
        fmc.DOMAINS: answered({"uuid": "d", "name": "Global"}),
        fmc.DEVICES: devices or answered(),
        fmc.PAIRS: pairs or answered(),
        fmc.CLUSTERS: clusters or answered(),
        fmc.CHASSIS: chassis or answered(),
    } | texts
    said = tuple(Output(c, t, NOON) for c, t in outputs.items())
    return fmc.parse(Capture("fmc1", "hq", "fmc", "rest", said))


def device(name="fw1", model="Cisco Firepower 2130 Threat Defense", **more):
    metadata = {"deviceSerialNumber": "TSD0000A0A1"} | more.pop("metadata", {})
    return {"id": name, "name": name, "model": model, "sw_version": "7.2.5", "metadata": metadata} | more


def firewalls(found):
    return [unit for unit in found.observations if unit.managed_by]


def reasons(found):
    return [gap.reason for gap in found.incomplete if gap.reason != fmc._NO_SERIAL]


@pytest.mark.parametrize(
    ("model", "pid", "kind"),
    [
        ("Cisco Firepower 2130 Threat Defense", "FPR-2130", "chassis"),
        ("Cisco Firepower 1010 Threat Defense", "FPR-1010", "chassis"),
        ("Cisco Secure Firewall 3105 Threat Defense", "FPR-3105", "chassis"),
        ("Cisco Secure Firewall 1210CE Threat Defense", "CSF-1210CE", "chassis"),
        ("Cisco ASA5516-X Threat Defense", "ASA5516", "chassis"),
        ("Cisco Firepower 4110 Threat Defense", None, "module"),
        ("Cisco Firepower 9000 Series SM-24 Threat Defense", None, "module"),
        ("Cisco Firepower Threat Defense for VMware", None, "chassis"),
        (None, None, "chassis"),
        (7, None, "chassis"),
    ],
)
def test_a_model_tells_the_pid_of_an_appliance_only(model, pid, kind):
    (unit,) = firewalls(manager(answered(device(model=model))))
    assert (unit.pid, unit.kind) == (pid, kind)
    assert ("PID by the name of its model" in unit.notes) is (pid is not None)


def test_the_serial_on_the_box_is_that_of_the_chassis():
    record = device(metadata={"chassisData": {"chassisSerialNo": "TSX0000A0A1"}})
    (unit,) = firewalls(manager(answered(record)))
    assert (unit.serial, unit.other_serials) == ("TSX0000A0A1", ("TSD0000A0A1",))
    assert unit.site is None
    assert unit.managed_by == "fmc1"


def test_a_module_stands_in_its_chassis():
    inside = {"chassisSerialNo": "TSX0000A0A1", "securityModuleSN": "TSM0000A0A1"}
    record = device(model="Cisco Firepower 4110 Threat Defense", metadata={"chassisData": inside})
    module, chassis = firewalls(manager(answered(record)))
    assert (module.serial, module.parent_serial) == ("TSM0000A0A1", "TSX0000A0A1")
    assert (chassis.kind, chassis.serial, chassis.pid) == ("chassis", "TSX0000A0A1", None)


def test_instances_share_one_chassis():
    inside = {"chassisSerialNo": "TSX0000A0A1"}
    records = [
        device(n, metadata={"deviceSerialNumber": s, "isMultiInstance": True, "chassisData": inside})
        for n, s in (("a", "TSD0000A0A1"), ("b", "TSD0000A0A2"))
    ]
    found = firewalls(manager(answered(*records)))
    assert [(u.kind, u.serial) for u in found] == [
        ("module", "TSD0000A0A1"),
        ("chassis", "TSX0000A0A1"),
        ("module", "TSD0000A0A2"),
    ]


def test_a_device_that_is_not_connected_is_a_gap_and_no_sighting():
    found = manager(answered(device(isConnected=False)))
    assert firewalls(found) == []
    assert reasons(found) == ["fw1 (TSD0000A0A1) is registered, but not connected now"]


@pytest.mark.parametrize("serial", [None, "", "N/A", "unknown", 5])
def test_a_placeholder_is_no_serial(serial):
    found = manager(answered(device(metadata={"deviceSerialNumber": serial})))
    assert firewalls(found)[0].serial is None
    assert reasons(found) == ["fw1 is managed, but no serial of it is stated"]


def test_a_device_that_two_domains_list_is_one():
    twice = answered(device()) + answered(device() | {"id": "other"})
    assert len(firewalls(manager(twice))) == 1


def test_pairs_of_old_releases_tell_the_roles_of_their_members():
    pair = {
        "id": "p",
        "name": "ha-1",
        "primary": {"id": "fw1", "name": "fw1"},
        "secondary": {"id": "gone", "name": "fw2"},
        "metadata": {
            "primaryStatus": {"currentStatus": "Standby"},
            "secondaryStatus": {"currentStatus": "Active"},
        },
    }
    found = manager(answered(device()), pairs=answered(pair))
    (unit,) = firewalls(found)
    assert unit.ha_role == "standby"
    assert "HA pair ha-1" in unit.notes
    assert reasons(found) == ["HA pair ha-1 names fw2, of which there is no record"]


@pytest.mark.parametrize(
    ("control", "data"), [("controlDevice", "dataDevices"), ("masterDevice", "slaveDevices")]
)
def test_clusters_in_both_spellings(control, data):
    cluster = {
        "name": "c1",
        control: {"deviceDetails": {"id": "a", "name": "a"}},
        data: [{"deviceDetails": {"id": "b", "name": "b"}}],
    }
    records = [device(n, metadata={"deviceSerialNumber": f"TSD0000A0{n}1"}) for n in "ab"]
    found = firewalls(manager(answered(*records), clusters=answered(cluster)))
    assert [(u.ha_role, u.notes[-1]) for u in found] == [
        ("control", "cluster c1"),
        ("data", "cluster c1"),
    ]


def test_a_managed_chassis_is_a_gap():
    found = manager(chassis=answered({"chassisName": "ch1", "model": "Cisco Secure Firewall 3140"}))
    assert reasons(found) == [
        "ch1 (Cisco Secure Firewall 3140) is managed as a chassis;"
        " only its instances state its serial"
    ]


def test_what_a_manager_does_not_have_is_no_gap_and_what_it_refuses_is():
    missing = exchanges.failed("/x", "HTTP 404", "no_data: Not Found")
    refused = exchanges.failed("/x", "HTTP 403", "not_authorised: no permission")
    assert reasons(manager(pairs=missing, chassis=missing)) == []
    assert reasons(manager(pairs=refused)) == [
        "GET /x: HTTP 403 not_authorised: no permission"
    ]
    assert reasons(manager(devices=missing)) == ["GET /x: HTTP 404 no_data: Not Found"]


def test_a_manager_without_domains_is_not_complete():
    found = fmc.parse(Capture("fmc1", "hq", "fmc", "rest", (Output(fmc.DEVICES, "", NOON),)))
    assert f"{fmc.DEVICES}: never answered" in reasons(found)


def test_words_in_a_body_are_no_exchange():
    text = exchanges.answered("/a", 200, '{"x": "GET /b\\nHTTP 200\\n{}"}')
    assert [e.path for e in exchanges.read(text)] == ["/a"]


def test_fdm_of_a_pair_knows_no_serial_of_its_mate():
    system = {"serialNumber": "TSD0000A0A1", "softwareVersion": "7.2.5-208"}
    outputs = (
        Output(fdm.SYSTEM, exchanges.answered("/s", 200, json.dumps(system)), NOON),
        Output(fdm.HA, exchanges.answered("/h", 200, '{"nodeState": "HA_ACTIVE_NODE"}'), NOON),
    )
    found = fdm.parse(Capture("fdm1", "hq", "fdm", "rest", outputs))
    assert [(u.serial, u.ha_role, u.version) for u in found.observations] == [
        ("TSD0000A0A1", "active", "7.2.5")
    ]
    assert [gap.kind for gap in found.incomplete] == ["mate_unknown"]


KEYS = st.sampled_from(
    ["id", "name", "model", "metadata", "deviceSerialNumber", "chassisData", "chassisSerialNo",
     "isMultiInstance", "containerDetails", "type", "status", "role", "sw_version", "isConnected",
     "primary", "dataDevices", "deviceDetails", "serverVersion", "items", "paging", "count"]
)  # fmt: skip
WORDS = st.sampled_from(["Cisco Firepower 4110 Threat Defense", "DeviceCluster", "", "TSD0000A0A1"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=25,
)


@given(JSON, JSON, JSON)
def test_no_shape_of_an_answer_breaks_the_parser(devices, pairs, other):
    texts = [exchanges.answered(PATH, 200, json.dumps({"items": [x]})) for x in (devices, pairs)]
    found = manager(texts[0], texts[1], clusters=texts[1], chassis=texts[0])
    assert all(unit.evidence for unit in found.observations)
    whole = exchanges.answered(PATH, 200, json.dumps(other))
    manager(whole, whole)
    outputs = (Output(fdm.SYSTEM, whole, NOON), Output(fdm.HA, whole, NOON))
    fdm.parse(Capture("fdm1", "hq", "fdm", "rest", outputs))
