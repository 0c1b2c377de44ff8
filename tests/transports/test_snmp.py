"""The SNMP transport against agents over UDP: the lab's, recorded ones, net-snmp's, a liar's."""

import shutil
import socket
import subprocess
import threading
import time
from contextlib import contextmanager
from dataclasses import replace

import pytest

from agent.errors import CommandNotDeclaredError, HostFailureError, UsageError
from agent.inventory.credentials import SnmpCredentials
from agent.model import Capture, Output
from agent.platforms import _snmp, _walk
from agent.transports._columns import table
from agent.transports._pysnmp import message_number
from agent.transports.snmp import Address, SnmpPlugin, client
from lab import agent, ber, mib
from lab.estate import load_estate
from lab.process import LabProcess
from lab.truth import readable
from tests import snmprec
from tests.examples import NOON

PUBLIC = SnmpCredentials(community="public")
KEY, PRIV = "test-auth-pass-phrase", "test-priv-pass-phrase"
ESTATE = load_estate()
SNMPD = shutil.which("snmpd", path="/usr/sbin:/usr/local/sbin:/usr/bin")


asking = {"library": "pysnmp"}


@pytest.fixture(params=["pysnmp", "gufo"], autouse=True)
def library(request, monkeypatch):
    """Every test of this file asks by both libraries."""
    if request.param == "gufo":
        pytest.importorskip("gufo.snmp")
    monkeypatch.setitem(asking, "library", request.param)
    return request.param


def session(address, credentials=PUBLIC, timeout=6):
    plugin = SnmpPlugin()
    known = replace(credentials, library=asking["library"]) if credentials else None
    extras = {"credentials": known, "timeout": timeout}
    plugin.open(address[0], None, None, address[1], None, extras)
    return plugin.connection


def failure(address, credentials=PUBLIC, timeout=0.3):
    with pytest.raises(HostFailureError) as caught:
        session(address, credentials, timeout).send("snmpwalk")
    return caught.value


def host(platform):
    return next(h for h in ESTATE.hosts if h.platform == platform and readable(h))


def read(text, platform="generic"):
    output = Output("snmpwalk", text, NOON)
    return _snmp.read(Capture("host", None, platform, "snmp", (output,)))


# --------------------------------------------------------------- recorded and made-up agents


def test_a_walk_over_udp_is_what_the_agent_holds():
    records = mib.variables(host("catalyst_9800"))
    with snmprec.Served(records) as served:
        text = session(served.address).send("snmpwalk")
    asked = {oid for columns in _snmp.TABLES for oid in columns}
    held = {oid: v for oid, v in records.items() if any(oid[: len(a)] == a for a in asked)}
    walk = _walk.read(text)
    expected = _walk.read(snmprec.printed(held | {o: records[o] for o in _snmp.SCALARS}))
    assert walk == expected


@pytest.mark.parametrize("biggest", [160, 300, 700, 65000])
def test_an_agent_with_small_datagrams_is_read_whole(biggest):
    described = dict.fromkeys(_snmp.SCALARS, (4, b"short"))
    records = mib.variables(host("catalyst_9300")) | described
    expected = {oid for oid in records if any(oid[: len(c)] == c for t in _snmp.TABLES for c in t)}
    with snmprec.Served(records, biggest=biggest) as agent:
        walk = _walk.read(session(agent.address).send("snmpwalk"))
    assert set(walk.oids) == expected | set(described)


class Narrow(snmprec.Served):
    """An agent that does not shorten an answer that is too big, but sends an error and no value."""

    def response(self, request):
        answer = super().response(request)
        return answer if len(answer) < 900 else self._agent.error(request)


class Refusing(snmprec.Agent):
    def __init__(self, records):
        super().__init__(records, 65000)

    def error(self, request):
        _, message, _ = ber.untlv(request)
        (_, version), (_, community), (_, pdu) = ber.parts(message, ber.INTEGER, ber.OCTETS)[:3]
        asked = ber.parts(pdu, ber.INTEGER)[0][1]
        answer = agent._pdu(asked, agent.TOO_BIG, [])
        head = ber.tlv(ber.INTEGER, version) + ber.tlv(ber.OCTETS, community)
        return ber.sequence(head, answer)


def test_an_error_in_the_middle_of_a_table_is_not_its_end():
    records = mib.variables(host("catalyst_9300"))
    wanted = {oid for oid in records if any(oid[: len(c)] == c for t in _snmp.TABLES for c in t)}
    with Narrow(records) as served:
        served._agent = Refusing(records)
        walk = _walk.read(session(served.address).send("snmpwalk"))
    assert wanted <= set(walk.oids)


class Answers:
    """A client that answers from a list, whatever is asked."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []

    def bulk(self, oids, repetitions):
        self.asked.append((tuple(oids), repetitions))
        return self.answers.pop(0) if self.answers else []


A, B = (1, 3, 1), (1, 3, 2)


def test_a_table_ends_where_the_agent_leaves_it():
    client = Answers([((*A, 1), "x"), ((*B, 1), "y"), ((*A, 2), "z"), ((1, 4), "w")])
    assert table(client, (A, B)) == [((*A, 1), "x"), ((*B, 1), "y"), ((*A, 2), "z")]
    assert client.asked[1] == (((*A, 2),), 100)


def test_an_agent_that_runs_in_a_circle_is_left():
    client = Answers([((*A, 2), "x"), ((*A, 1), "y"), ((*A, 2), "x"), ((*A, 1), "y")])
    assert table(client, (A,)) == [((*A, 2), "x"), ((*A, 1), "y")]
    assert len(client.asked) == 1


def test_a_table_too_big_for_one_row_is_asked_by_column():
    client = Answers(*[None] * 5, [((*A, 1), "x"), ((1, 4), "")], [((*B, 1), "y"), ((1, 4), "")])
    assert table(client, (A, B)) == [((*A, 1), "x"), ((*B, 1), "y")]


def test_a_value_that_never_fits_is_a_typed_failure():
    with pytest.raises(HostFailureError, match="too big"):
        table(Answers(*[None] * 20), (A,))


def test_nothing_but_the_declared_command_is_sent():
    with snmprec.Served({}) as agent:
        with pytest.raises(CommandNotDeclaredError):
            session(agent.address).send("snmpset")
        assert agent.asked == 0


# -------------------------------------------------------------------------------- failures


def test_a_silent_address():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        caught = failure(silent.getsockname())
    assert caught.kind == "timeout"
    assert "community" in caught.reason


def test_a_wrong_community_is_silence():
    with snmprec.Served(mib.variables(host("asa"))) as agent:
        assert failure(agent.address, SnmpCredentials(community="other")).kind == "timeout"
        assert agent.asked > 1, "a lost datagram is asked for again"


def test_a_name_that_does_not_resolve():
    with pytest.raises(HostFailureError) as caught:
        session(("no-such-host.invalid", 161))
    assert caught.value.kind == "dns"


def test_the_library_is_the_one_that_is_asked_for(library):
    credentials = SnmpCredentials(community="public", library=library)
    asking_it = client(Address("127.0.0.1", 161, 4), credentials, 1)
    assert type(asking_it).__module__ == f"agent.transports._{library}"


def test_no_credentials():
    with pytest.raises(UsageError, match="NETCOVER_SNMP_COMMUNITY"):
        session(("127.0.0.1", 161), None)


class Liar(snmprec.Served):
    """An agent whose answers come from another address, before those of the one asked."""

    def __init__(self, records, **options):
        super().__init__(records, **options)
        self.mouth = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.mouth.bind(("127.0.0.66", 0))

    def answer(self, request, sender):
        self.mouth.sendto(self.response(request), sender)

    def __exit__(self, *details):
        super().__exit__(*details)
        self.mouth.close()


def test_an_answer_from_another_address_is_not_accepted():
    with Liar(mib.variables(host("asa"))) as liar:
        caught = failure(liar.address, timeout=1)
    assert caught.kind == "timeout"
    assert "127.0.0.66 was not accepted" in caught.reason


def test_one_agents_stray_answers_are_not_anothers_data():
    """A liar that sees the questions to an honest agent answers them faster, from its address."""
    honest, lies = mib.variables(host("asa")), mib.variables(host("catalyst_9300"))

    class Spoofed(snmprec.Served):
        def answer(self, request, sender):
            mouth.sendto(agent_of_lies.v2c(request, b"public"), sender)
            time.sleep(0.01)
            super().answer(request, sender)

    agent_of_lies = snmprec.Agent(lies)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mouth:
        mouth.bind(("127.0.0.66", 0))
        with Spoofed(honest) as agent, snmprec.Served(honest) as alone:
            assert session(agent.address).send("snmpwalk") == session(alone.address).send(
                "snmpwalk"
            )


def test_many_agents_at_once_share_one_engine():
    hosts = [h for h in ESTATE.hosts if readable(h)][:24]
    texts = {}

    def ask(agent, name):
        texts[name] = session(agent.address, timeout=15).send("snmpwalk")

    agents = [snmprec.Served(mib.variables(h)) for h in hosts]
    threads = [
        threading.Thread(target=ask, args=(a, h.name)) for a, h in zip(agents, hosts, strict=True)
    ]
    for each in agents:
        each.__enter__()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for each in agents:
        each.__exit__()
    for each in hosts:
        assert f'.1.3.6.1.2.1.1.5.0 = STRING: "{each.prompt_name}"' in texts[each.name]


@pytest.mark.parametrize(
    ("message", "number"),
    [
        (
            "302602010104067075626c6963a019020401020304020100020100300b300906052b060102010500",
            "01020304",
        ),
        ("303e020103301102040a0b0c0d020300ffe3040104020103041030", "0a0b0c0d"),
        ("30", None),
        ("", None),
        ("ff" * 40, None),
    ],
)
def test_the_number_of_a_message(message, number):
    found = message_number(bytes.fromhex(message))
    assert (found[1:].hex() if found else None) == number


# ---------------------------------------------------------------------------- the lab's v3


@pytest.fixture(scope="module")
def lab():
    with LabProcess(port=0, snmp_port=0) as running:
        yield running


def test_the_lab_answers_v2c_and_v3_alike(lab):
    known = ESTATE.credentials
    private = SnmpCredentials(
        None, known.snmp_user, "SHA-256", known.snmp_auth_key, "AES-128", known.snmp_priv_key
    )
    open_ = SnmpCredentials(community=known.snmp_community)
    for each in (host("catalyst_9300"), host("catalyst_9800"), host("ftd")):
        address = (str(each.address), lab.snmp_port)
        assert session(address, private).send("snmpwalk") == session(address, open_).send(
            "snmpwalk"
        )


def test_the_lab_refuses_wrong_keys(lab):
    known = ESTATE.credentials
    address = (str(host("asa").address), lab.snmp_port)
    right = {
        "user": known.snmp_user,
        "auth_protocol": "SHA-256",
        "auth_key": known.snmp_auth_key,
        "priv_protocol": "AES-128",
        "priv_key": known.snmp_priv_key,
    }
    for wrong in ({"user": "nobody"}, {"auth_key": "wrong-key"}, {"priv_key": "wrong-key"}):
        caught = failure(address, SnmpCredentials(**(right | wrong)), timeout=2)
        assert caught.kind == "auth_refused", wrong


# --------------------------------------------------------------------------- net-snmp's agent

needs_snmpd = pytest.mark.skipif(not SNMPD, reason="needs snmpd")


@contextmanager
def snmpd(folder):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    configuration = folder / "agent.conf"
    configuration.write_text(
        f"agentaddress udp:127.0.0.1:{port}\n"
        f'createUser reader SHA-256 "{KEY}" AES "{PRIV}"\n'
        f'createUser older SHA "{KEY}" AES "{PRIV}"\n'
        f'createUser signed SHA-512 "{KEY}"\n'
        "rouser reader authpriv\nrouser older authpriv\nrouser signed authnopriv\n"
        "rocommunity public 127.0.0.1\nsysDescr Cisco FX-OS, or so it says\n",
        encoding="utf-8",
    )
    (folder / "state").mkdir()
    process = subprocess.Popen(
        [SNMPD, "-f", "-C", "-c", str(configuration), "-Le", "-r"],
        env={"SNMP_PERSISTENT_DIR": str(folder / "state"), "MIBS": ""},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        for line in process.stderr:
            if "NET-SNMP version" in line:
                break
        yield ("127.0.0.1", port)
    finally:
        process.terminate()
        process.wait(10)
        process.stderr.close()


@needs_snmpd
def test_an_agent_that_is_not_ours(tmp_path):
    with snmpd(tmp_path) as address:
        texts = {
            session(address, credentials).send("snmpwalk")
            for credentials in (
                PUBLIC,
                SnmpCredentials(None, "reader", "SHA-256", KEY, "AES-128", PRIV),
                SnmpCredentials(None, "older", "SHA", KEY, "AES-128", PRIV),
                SnmpCredentials(None, "signed", "SHA-512", KEY),
            )
        }
        (text,) = texts
        assert '.1.3.6.1.2.1.1.1.0 = STRING: "Cisco FX-OS, or so it says"' in text
        refused = {
            "authentication": SnmpCredentials(
                None, "reader", "SHA-256", "wrong-key", "AES-128", PRIV
            ),
            "privacy": SnmpCredentials(None, "reader", "SHA-256", KEY, "AES-128", "wrong-key"),
            "know the user": SnmpCredentials(None, "nobody", "SHA-256", KEY, "AES-128", PRIV),
            "let the user read": SnmpCredentials(None, "reader", "SHA-256", KEY),
        }
        for words, credentials in refused.items():
            caught = failure(address, credentials, timeout=2)
            assert caught.kind == "auth_refused", words
            assert words in caught.reason


@needs_snmpd
def test_the_text_is_what_snmpwalk_prints(tmp_path):
    snmpwalk = shutil.which("snmpwalk")
    if snmpwalk is None:
        pytest.skip("needs snmpwalk")
    with snmpd(tmp_path) as address:
        ours = session(address).send("snmpwalk")
        theirs = subprocess.run(
            [snmpwalk, "-v2c", "-c", "public", "-On", f"127.0.0.1:{address[1]}", ".1.3.6.1.2.1.1"],
            capture_output=True,
            text=True,
            check=True,
            env={"MIBS": ""},
        ).stdout
    assert ours.splitlines()[0] in theirs.splitlines()
    assert set(ours.splitlines()) <= set(theirs.splitlines())
