"""The lab's SNMP agents, asked by a client that is not ours, and asked nonsense."""

import shutil
import socket
import subprocess

import pytest

from lab.errors import LabError
from lab.estate import load_estate
from lab.inventory import write_inventory
from lab.mib import ENTITY, variables
from lab.process import LabProcess
from lab.truth import readable

ESTATE = load_estate()
KNOWN = ESTATE.credentials
SNMPWALK = shutil.which("snmpwalk")
HOST = next(h for h in ESTATE.hosts if h.platform == "catalyst_9300" and readable(h))
V2C = ["-v2c", "-c", KNOWN.snmp_community]
V3 = ["-v3", "-u", KNOWN.snmp_user, "-l", "authPriv", "-a", "SHA-256", "-A", KNOWN.snmp_auth_key]
V3 += ["-x", "AES", "-X", KNOWN.snmp_priv_key]


@pytest.fixture(scope="module")
def lab():
    with LabProcess(port=0, snmp_port=0) as running:
        yield running


def column(host, number):
    return {
        oid[-1]: value.decode()
        for oid, (_, value) in variables(host).items()
        if oid[:-1] == (*ENTITY, number)
    }


def test_every_serial_of_a_switch_is_shown():
    shown = set(column(HOST, 11).values()) - {""}
    assert shown == {u.serial for u in ESTATE.truth() if u.host == HOST.name}


def test_a_stack_has_a_row_of_its_own_and_chassis_by_the_thousand():
    stack = next(h for h in ESTATE.hosts if h.platform == "catalyst_9300" and len(h.present) > 2)
    classes = {
        oid[-1]: v[0] for oid, (_, v) in variables(stack).items() if oid[:-1] == (*ENTITY, 5)
    }
    assert classes[1] == 11
    assert [i for i, c in classes.items() if c == 3] == [1000 * m.number for m in stack.slots]
    assert column(stack, 11)[1] == stack.active.serial


def test_a_controller_states_its_release_on_the_route_processor():
    controller = next(h for h in ESTATE.hosts if h.platform == "catalyst_9800" and not h.virtual)
    releases = {column(controller, 7)[i]: v for i, v in column(controller, 10).items()}
    assert releases["Chassis 1"] == ""
    assert releases["Chassis 1 module R0"] == "17.09.04a"


@pytest.mark.parametrize("platform", ["ftd", "fxos"])
def test_some_agents_show_no_entity(platform):
    host = next(h for h in ESTATE.hosts if h.platform == platform)
    assert column(host, 11) == {}


def test_the_inventory_says_where_the_agents_are(tmp_path):
    write_inventory(ESTATE, tmp_path, 2222, 1161)
    assert "port: 1161" in (tmp_path / "defaults.yaml").read_text()
    write_inventory(ESTATE, tmp_path, 2222)
    assert "snmp" not in (tmp_path / "defaults.yaml").read_text()


def test_a_lab_without_agents():
    with LabProcess(port=0) as running:
        assert running.snmp_port is None


def test_a_port_that_is_taken():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind((str(HOST.address), 0))
        port = taken.getsockname()[1]
        with pytest.raises(LabError, match=f"UDP port {port} cannot be used"):
            LabProcess(port=0, snmp_port=port).__enter__()


@pytest.mark.parametrize("nonsense", [b"\x30", b"\x30\x02\x02\x01", bytes(40), b"\xff" * 40])
def test_nonsense_is_dropped_and_the_agent_lives(lab, nonsense):
    address = (str(HOST.address), lab.snmp_port)
    community = KNOWN.snmp_community.encode()
    pdu = bytes.fromhex("a019020401020304020100020100300b300906052b060102010500")
    body = b"\x02\x01\x01\x04" + bytes([len(community)]) + community + pdu
    request = b"\x30" + bytes([len(body)]) + body
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(10)
        client.sendto(nonsense, address)
        client.sendto(request, address)
        answer = client.recv(4096)
    assert bytes.fromhex("020401020304") in answer


@pytest.mark.skipif(not SNMPWALK, reason="needs snmpwalk")
@pytest.mark.parametrize("login", [V2C, V3], ids=["v2c", "v3"])
def test_net_snmp_reads_it(lab, login):
    address = f"{HOST.address}:{lab.snmp_port}"
    result = subprocess.run(
        [SNMPWALK, *login, "-On", address, ".1.3.6.1.2.1.47.1.1.1.1.11"],
        capture_output=True,
        text=True,
        check=True,
        env={"MIBS": ""},
    )
    shown = {
        line.rpartition("= ")[2].removeprefix("STRING: ").strip('"')
        for line in result.stdout.splitlines()
    }
    assert shown - {""} == set(column(HOST, 11).values()) - {""}


@pytest.mark.skipif(not SNMPWALK, reason="needs snmpwalk")
def test_net_snmp_is_told_what_is_wrong(lab):
    wrong = [w if w != KNOWN.snmp_auth_key else "wrong-pass-phrase" for w in V3]
    result = subprocess.run(
        [SNMPWALK, *wrong, "-On", "-r", "0", f"{HOST.address}:{lab.snmp_port}"],
        capture_output=True,
        text=True,
        check=False,
        env={"MIBS": ""},
    )
    assert "Authentication failure" in result.stderr
