"""The walk along cables: on the lab, and with devices that are made up to mislead it."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_network
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.discovery import Errand, _visit
from agent.discovery._neighbour import Neighbour
from agent.discovery._visit import Door, Keys, Visit
from agent.discovery.neighbours import Limits, along, walk
from agent.discovery.scope import Scope
from agent.errors import CommandNotDeclaredError, HostFailureError, ScopeError
from agent.inventory.credentials import Credentials, SnmpCredentials
from agent.platforms import platforms
from agent.transports.gate import Gate
from lab.estate import load_estate
from lab.process import LabProcess

LINKS = Path(__file__).with_name("links.yaml")
KNOWN = load_estate(LINKS).credentials
LOGIN = Credentials(KNOWN.username, KNOWN.password, KNOWN.enable_secret)
COMMUNITY = SnmpCredentials(community=KNOWN.snmp_community)
ALLOWED = Scope.of([ip_network("127.22.0.0/25"), ip_network("127.22.0.128/26")])
ASKED = {
    "127.22.0.1": "TST26220001",
    "127.22.0.2": "TST26220002",
    "127.22.0.3": "TST26220004",
    "127.22.0.4": "TST26220007",
    "127.22.0.5": "TST26220008",
    "127.22.0.130": "TST26220005",
    "127.22.0.131": "TST26220006",
}


class Journal:
    def __init__(self):
        self.tries = []

    def tried(self, *attempt):
        self.tries.append(attempt)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    log = tmp_path_factory.mktemp("lab") / "commands.jsonl"
    with LabProcess(LINKS, port=0, snmp_port=0, command_log=log) as running:
        yield running


def walked(lab, start, limits=None, login=LOGIN, snmp=None):
    errand = Errand(ALLOWED, Journal())
    keys = Keys(login, snmp, ports=(lab.port,), snmp_port=lab.snmp_port, timeout=1 if snmp else 3)
    return list(walk(errand, [start], keys, limits)), errand.journal.tries


@pytest.mark.parametrize("snmp", [None, COMMUNITY], ids=["ssh", "snmp"])
def test_every_device_behind_the_first_is_found_once(lab, snmp):
    found, tries = walked(lab, Door("127.22.0.1", platform="catalyst_9300"), snmp=snmp)
    serials = {d.address: d.serial for d in found if d.reason.startswith("asked by ")}
    assert serials == ASKED
    assert {d.confidence for d in found if d.address in ASKED} == {"high"}
    listed = {d.name.partition(".")[0]: d.reason for d in found if d.address not in ASKED}
    assert {name: reason.partition(":")[2].strip()[:9] for name, reason in listed.items()} == {
        "SEP020000000061": "not asked",
        "ap-lobby": "not asked",
        "esx1": "not asked",
        "sealed": "not asked",
        "quiet": "refused: ",
        "beyond": "",
        "ap-1": "read ther",
        "ap-2": "read ther",
    }
    assert "outside the allow-list" in listed["beyond"]
    assert "a phone" in listed["SEP020000000061"]
    assert "no neighbour states an address" in listed["sealed"]
    assert {address for address, *_ in tries} == {*ASKED, "127.22.0.6"}
    logins = [a for a, _, kind, result in tries if kind == "login" and result == "answered"]
    assert sorted(logins) == sorted(ASKED if snmp is None else ["127.22.0.131", "127.22.0.4"])


def test_access_points_of_a_controller_are_listed_and_not_asked(lab):
    found, _ = walked(lab, Door("127.22.0.5", platform="catalyst_9800"), limits=Limits(depth=0))
    points = [d for d in found if d.managed_by == "wlc1"]
    assert [(p.name, p.serial, p.pid, p.found_by) for p in points] == [
        ("ap-1", "TST26229011", "C9120AXI-B", ("controller",)),
        ("ap-2", "TST26229021", "C9120AXI-B", ("controller",)),
    ]


def test_the_limits_hold_and_say_so(lab):
    start = Door("127.22.0.3", platform="catalyst_9300")
    found, tries = walked(lab, start, limits=Limits(depth=1))
    reasons = {(d.name or "").partition(".")[0]: d.reason for d in found}
    assert reasons["far2"] == "2 cables away, and the limit is 1: not asked"
    assert "127.22.0.131" not in {address for address, *_ in tries}
    found, tries = walked(lab, start, limits=Limits(devices=2))
    assert len({address for address, *_ in tries}) == 2
    assert "the limit of 2 devices is reached: not asked" in {d.reason for d in found}


def test_a_start_outside_the_allow_list_is_refused(lab):
    with pytest.raises(ScopeError, match=r"--from: 127\.22\.0\.250 is outside the allow-list"):
        walked(lab, Door("127.22.0.250"))


def test_a_wrong_password_ends_all_logins(lab):
    wrong = Credentials(KNOWN.username, "not-the-password", None)
    found, tries = walked(lab, Door("127.22.0.1", platform="catalyst_9300"), login=wrong)
    assert [f.reason.partition(": ")[2] for f in found] == [
        "auth_refused: the device refused the login"
    ]
    visitor = _visit.Visitor(
        Errand(ALLOWED, Journal()), Keys(wrong, ports=(lab.port,), timeout=2, refusals=2)
    )
    said = [
        visitor(Door(f"127.22.0.{n}", platform="catalyst_9300")).failure.reason for n in (1, 2, 3)
    ]
    assert said[:2] == ["the device refused the login"] * 2
    assert said[2] == "no more logins: 127.22.0.1, 127.22.0.2 refused them"
    assert len(tries) == 1


def test_only_what_a_discovery_declares_was_typed(lab):
    walked(lab, Door("127.22.0.1", platform="catalyst_9300"))
    typed = {
        line for line in lab.command_log.read_text().splitlines() if '"state": "prompt"' in line
    }
    declared = {c for device in _visit.declared() for c in device.session}
    declared |= {c.text for device in _visit.declared() for c in device.commands} | {"enable"}
    assert {json.loads(line)["command"] for line in typed} <= declared


def test_logins_keep_their_rate(lab):
    visitor = _visit.Visitor(
        Errand(ALLOWED, Journal()), Keys(LOGIN, ports=(lab.port,), timeout=3, per_second=0.001)
    )
    assert visitor(Door("127.22.0.1", platform="catalyst_9300")).serials == ("TST26220001",)
    assert not visitor._pace.try_acquire("login", blocking=False)


@pytest.mark.parametrize("name", sorted(_visit.ASKED))
def test_a_sweep_may_not_ask_for_neighbours(name):
    for command in ("show cdp neighbors detail", "show lldp neighbors detail"):
        with pytest.raises(CommandNotDeclaredError):
            Gate(platforms()[name], None).admit(command)
    gate = Gate(_visit.asked(name), None)
    gate.admit("show lldp neighbors detail")
    with pytest.raises(CommandNotDeclaredError):
        gate.admit("show running-config")


# ---------------------------------------------------------------- devices that mislead


def seen(name, *addresses, serial=None, mac=None, port="Gi1/0/1", protocol="cdp", **more):
    description = "Cisco IOS Software, Catalyst L3 Switch Software (CAT9K_IOSXE)"
    fields = {"description": description, "capabilities": frozenset({"switch"})} | more
    return Neighbour(protocol, port, name, serial, mac, addresses, **fields)


def network(devices):
    """A visit that answers from `devices`: (name, serials, neighbours, or a kind of failure)."""
    asked = []
    lock = threading.Lock()

    def visit(door):
        with lock:
            asked.append(door.address)
        said = devices.get(door.address, "timeout")
        if isinstance(said, str):
            return Visit(door.address, failure=HostFailureError(said, "no answer"))
        name, serials, neighbours = said
        return Visit(
            door.address, 22, "catalyst_9300", name, serials, neighbours=neighbours, way="SSH"
        )

    return visit, asked


def walk_of(devices, start="192.0.2.1", limits=None, errand=None):
    visit, asked = network(devices)
    errand = errand or Errand(Scope.of([ip_network("192.0.2.0/24")]), Journal())
    return list(along(errand, [Door(start)], visit, limits or Limits())), asked


def test_a_loop_ends():
    ring = {
        f"192.0.2.{n}": (
            f"sw{n}",
            (f"S{n}",),
            (seen(f"sw{n % 3 + 1}", f"192.0.2.{n % 3 + 1}"),),
        )
        for n in (1, 2, 3)
    }
    found, asked = walk_of(ring)
    assert [d.serial for d in found] == ["S1", "S2", "S3"]
    assert sorted(asked) == ["192.0.2.1", "192.0.2.2", "192.0.2.3"]


def test_one_device_at_two_addresses_is_one_by_its_serial():
    devices = {
        "192.0.2.1": (
            "sw1",
            ("S1",),
            (seen("x", "192.0.2.2", port="Gi1/0/1"), seen("y", "192.0.2.3", port="Gi1/0/2")),
        ),
        "192.0.2.2": ("sw2", ("S2", "S3"), ()),
        "192.0.2.3": ("sw2", ("S3", "S2"), ()),
    }
    found, _ = walk_of(devices)
    assert [(d.address, d.serial, d.reason) for d in found] == [
        ("192.0.2.1", "S1", "asked by SSH"),
        ("192.0.2.2", "S2", "asked by SSH; also at 192.0.2.3"),
    ]


def test_a_known_serial_is_not_asked_again():
    devices = {
        "192.0.2.1": ("sw1", ("S1",), (seen("sw2", "192.0.2.2", serial="S2"),)),
        "192.0.2.2": ("sw2", ("S2",), (seen("sw1", "192.0.2.9", serial="S1"),)),
    }
    found, asked = walk_of(devices)
    assert [d.serial for d in found] == ["S1", "S2"]
    assert asked == ["192.0.2.1", "192.0.2.2"]


def test_lldp_without_an_address_is_the_neighbour_that_cdp_names_at_that_port():
    told = (
        seen("sw2.example.net", "192.0.2.2", port="GigabitEthernet1/0/1"),
        seen("sw2.example.net", mac="0201a2b3c4d5", port="Gi1/0/1", protocol="lldp"),
    )
    found, _ = walk_of({"192.0.2.1": ("sw1", ("S1",), told), "192.0.2.2": ("sw2", ("S2",), ())})
    assert [(d.serial, d.found_by) for d in found] == [("S1", ("source",)), ("S2", ("cdp", "lldp"))]


def test_devices_with_one_name_stay_two():
    told = (
        seen("sw", "192.0.2.2", port="Gi1/0/1"),
        seen("sw", "192.0.2.3", port="Gi1/0/2"),
    )
    devices = {
        "192.0.2.1": ("sw", ("S1",), told),
        "192.0.2.2": ("sw", ("S2",), ()),
        "192.0.2.3": ("sw", ("S3",), ()),
    }
    assert [d.serial for d in walk_of(devices)[0]] == ["S1", "S2", "S3"]


def test_an_address_that_two_devices_claim_is_asked_once():
    told = (
        seen("a", "192.0.2.2", serial="SA", port="Gi1/0/1"),
        seen("b", "192.0.2.2", serial="SB", port="Gi1/0/2"),
    )
    found, asked = walk_of({"192.0.2.1": ("sw1", ("S1",), told), "192.0.2.2": ("a", ("SA",), ())})
    assert asked == ["192.0.2.1", "192.0.2.2"]
    assert [(d.name, d.serial, d.reason) for d in found[1:]] == [
        ("a", "SA", "asked by SSH"),
        ("b", "SB", "192.0.2.2 is the address of another device too: not asked"),
    ]


def test_another_device_at_the_address_is_told_apart():
    told = (seen("a", "192.0.2.2", serial="SA"),)
    found, _ = walk_of({"192.0.2.1": ("sw1", ("S1",), told), "192.0.2.2": ("c", ("SC",), ())})
    assert [(d.address, d.serial) for d in found] == [
        ("192.0.2.1", "S1"),
        (None, "SA"),
        ("192.0.2.2", "SC"),
    ]
    assert found[1].reason == "at its address 192.0.2.2 another device answers: c (SC)"


def test_a_second_address_is_tried_where_the_first_is_silent_and_not_after_a_refusal():
    told = (
        seen("a", "192.0.2.2", "192.0.2.3", port="Gi1/0/1"),
        seen("b", "192.0.2.4", "192.0.2.5", port="Gi1/0/2"),
    )
    devices = {
        "192.0.2.1": ("sw1", ("S1",), told),
        "192.0.2.3": ("a", ("SA",), ()),
        "192.0.2.4": "auth_refused",
    }
    found, asked = walk_of(devices)
    assert sorted(asked) == [f"192.0.2.{n}" for n in (1, 2, 3, 4)]
    assert [(d.address, d.serial) for d in found[1:]] == [("192.0.2.3", "SA"), ("192.0.2.4", None)]
    assert found[2].reason == "asked at 192.0.2.4: auth_refused: no answer"


def test_two_that_turn_out_to_be_one_while_both_are_asked():
    told = (
        seen("x", "192.0.2.2", port="Gi1/0/1"),
        seen("y", "192.0.2.3", port="Gi1/0/2"),
    )
    devices = {
        "192.0.2.1": ("sw1", ("S1",), told),
        "192.0.2.2": ("x", ("S2",), (seen("y", "192.0.2.2", "192.0.2.3", serial="S2"),)),
        "192.0.2.3": ("y", ("S2",), (seen("z", "192.0.2.4"),)),
        "192.0.2.4": ("z", ("S4",), ()),
    }
    found, _ = walk_of(devices)
    assert [d.serial for d in found] == ["S1", "S2", "S4"]


def test_two_with_one_chassis_id_are_two_by_their_serials():
    told = (
        seen("a", "192.0.2.2", serial="SA", mac="0201a2b3c4d5", port="Gi1/0/1"),
        seen("b", "192.0.2.3", serial="SB", mac="0201a2b3c4d5", port="Gi1/0/2"),
        seen("c", "192.0.2.3", mac="0201a2b3c4d5", port="Gi1/0/3", protocol="lldp"),
    )
    devices = {
        "192.0.2.1": ("sw1", ("S1",), told),
        "192.0.2.2": ("a", ("SA",), ()),
        "192.0.2.3": ("b", ("SB",), ()),
    }
    assert [d.serial for d in walk_of(devices)[0]] == ["S1", "SA", "SB"]


def test_logins_go_one_after_the_other_until_one_is_taken(lab):
    wrong = Credentials(KNOWN.username, "not-the-password", None)
    visitor = _visit.Visitor(
        Errand(ALLOWED, Journal()), Keys(wrong, ports=(lab.port,), timeout=3, refusals=1)
    )
    doors = [Door(f"127.22.0.{n}", platform="catalyst_9300") for n in (1, 2, 3)]
    with ThreadPoolExecutor(3) as pool:
        said = [visit.failure.reason for visit in pool.map(visitor, doors)]
    assert sorted(reason.partition(":")[0] for reason in said) == [
        "no more logins",
        "no more logins",
        "the device refused the login",
    ]


def test_a_thousand_phantoms_are_bounded():
    told = tuple(seen(f"n{n}", f"192.0.2.{n % 254 + 1}", port=f"Gi1/0/{n}") for n in range(1000))
    found, asked = walk_of({"192.0.2.1": ("sw1", ("S1",), told)}, limits=Limits(devices=10))
    assert len(asked) == 10
    assert len({d.address for d in found}) <= 255


def test_a_walk_that_is_stopped_lists_what_it_heard_of():
    errand = Errand(Scope.of([ip_network("192.0.2.0/24")]), Journal())
    visit, _ = network({"192.0.2.1": ("sw1", ("S1",), (seen("sw2", "192.0.2.2"),))})

    def then_stop(door):
        errand.stop.set()
        return visit(door)

    found = list(along(errand, [Door("192.0.2.1")], then_stop, Limits()))
    assert [(d.name, d.reason) for d in found] == [
        ("sw1", "asked by SSH"),
        ("sw2", "not asked: the walk was stopped"),
    ]


POOL = [f"192.0.2.{n}" for n in range(1, 9)]
SERIALS = st.sampled_from(["S1", "S2", "S3", "S4", None])
CLAIMS = st.builds(
    seen,
    st.sampled_from(["a", "b", "c.example.net", "SEP020000000001", None]),
    st.sampled_from([*POOL, "198.51.100.1"]),
    st.sampled_from(POOL),
    serial=SERIALS,
    mac=st.sampled_from(["0201a2b3c4d5", "0201a2b3c4d6", None]),
    port=st.sampled_from(["Gi1/0/1", "GigabitEthernet1/0/1", "Gi1/0/2"]),
    protocol=st.sampled_from(["cdp", "lldp"]),
)
ANSWERS = st.tuples(
    st.sampled_from(["a", "b", "c"]),
    st.lists(SERIALS.filter(bool), max_size=2).map(tuple),
    st.lists(CLAIMS, max_size=5).map(tuple),
)


@settings(max_examples=30, deadline=None)
@given(st.dictionaries(st.sampled_from(POOL), ANSWERS | st.sampled_from(["timeout", "dns"])))
def test_whatever_devices_claim_nobody_is_asked_twice_and_nothing_is_lost(devices):
    found, asked = walk_of(devices)
    assert len(asked) == len(set(asked))
    assert set(asked) <= set(POOL)
    read = [d for d in found if d.reason.startswith("asked by")]
    own = [d.serial for d in read if d.serial]
    assert len(own) == len(set(own))
    told = {clue.text for d in found for clue in d.evidence}
    answered = [devices[a] for a in asked if not isinstance(devices.get(a, ""), str)]
    for _, _, claims in answered:
        for claim in claims:
            name = claim.name or claim.serial or claim.chassis_id or "without a name"
            assert any(name in text and " ".join(claim.addresses) in text for text in told)
    assert all(d.reason for d in found)
