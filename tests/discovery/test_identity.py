"""From what was said to what it is."""

import pytest

from agent.discovery.identity import judge, shown
from agent.model import Clue

CISCO = Clue("ssh_banner", "22/tcp", "SSH-2.0-Cisco-1.25")
OPENSSH = Clue("ssh_banner", "22/tcp", "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3")
ENGINE = Clue("snmp_engine", "161/udp", "enterprise 9, engine 800000090300")
FTD = "Cisco Firepower Threat Defense, Version 7.2.5 (Build 208), ASA Version 9.18(3)39"
ROUTER = "Cisco IOS Software, C2900 Software (C2900-UNIVERSALK9-M), Version 15.2(4)M7"


def oid(text):
    return Clue("sys_object_id", "161/udp", text)


def descr(text):
    return Clue("sys_descr", "161/udp", text)


@pytest.mark.parametrize(
    ("clues", "platform", "confidence", "candidate"),
    [
        ([], None, "none", False),
        ([OPENSSH], None, "none", False),
        ([CISCO], None, "low", True),
        ([Clue("ssh_banner", "22/tcp", "SSH-1.99-Cisco-1.25")], None, "low", True),
        ([Clue("ssh_banner", "22/tcp", "SSH-2.0-CISCO_WLC")], "generic", "medium", True),
        ([OPENSSH, ENGINE], None, "low", True),
        ([Clue("snmp_engine", "161/udp", "enterprise 8072, engine 80001f88")], None, "none", False),
        ([Clue("snmp_engine", "161/udp", "enterprise 99, engine 80000063")], None, "none", False),
        ([Clue("snmp_engine", "161/udp", "enterprise 30065, engine 80")], None, "low", True),
        ([CISCO, oid("1.3.6.1.4.1.9.1.2494")], "catalyst_9300", "high", True),
        # firewalls share their hardware: there sysDescr decides
        ([ENGINE, oid("1.3.6.1.4.1.9.1.2663"), descr(FTD)], "ftd", "high", True),
        ([descr("Cisco Adaptive Security Appliance Version 9.16(4)57")], "asa", "high", True),
        ([CISCO, oid("1.3.6.1.4.1.9.1.99999")], "generic", "medium", True),
        # other families are read by SSH where that answers, by SNMP where it does not
        ([CISCO, oid("1.3.6.1.4.1.9.1.1045"), descr(ROUTER)], "ios", "high", True),
        ([oid("1.3.6.1.4.1.9.1.1045"), descr(ROUTER)], "generic", "medium", True),
        ([OPENSSH, descr("Cisco NX-OS(tm) n9000, Software")], "nxos", "high", True),
        ([OPENSSH, descr("Arista Networks EOS version 4.27.2F")], "eos", "high", True),
        (
            [CISCO, oid("1.3.6.1.4.1.9.1.1069"), descr("Cisco Controller")],
            "generic",
            "medium",
            True,
        ),
        # somebody else's agent, whatever its SSH server calls itself
        ([OPENSSH, oid("1.3.6.1.4.1.8072.3.2.10"), descr("Linux box 6.1.0")], None, "none", False),
        ([Clue("certificate", "443/tcp", "CN=IOS-Self-Signed-Certificate-1")], None, "low", True),
        (
            [OPENSSH, Clue("certificate", "443/tcp", "CN=ASA Temporary Self Signed Certificate")],
            "asa",
            "medium",
            True,
        ),
        ([Clue("http_title", "443/tcp", "Firepower Device Manager")], "ftd", "medium", True),
        ([Clue("http_server", "443/tcp", "cisco-IOS")], None, "low", True),
        # anybody may write about Cisco
        ([Clue("http_title", "443/tcp", "How to use the Cisco VPN")], None, "none", False),
        ([Clue("http_title", "443/tcp", "Firepower Management Center")], "fmc", "medium", True),
        ([Clue("certificate", "443/tcp", "O=San Francisco Bakery")], None, "none", False),
        ([CISCO, Clue("login", "22/tcp", "asa: 'show version' of cisco_asa")], "asa", "high", True),
        # SNMP is stronger than a page
        (
            [Clue("http_title", "8/tcp", "Firepower Device Manager"), oid("1.3.6.1.4.1.9.1.2494")],
            "catalyst_9300",
            "high",
            True,
        ),
    ],
)
def test_judgement(clues, platform, confidence, candidate):
    verdict = judge(clues)
    assert (verdict.platform, verdict.confidence, verdict.candidate) == (
        platform,
        confidence,
        candidate,
    )


@pytest.mark.parametrize(
    ("clues", "words"),
    [
        ([], "says nothing"),
        ([OPENSSH], "'SSH-2.0-OpenSSH_9.2p1"),
        ([Clue("tcp", "25/tcp", "says '220 mail'")], "25/tcp says '220 mail'"),
        ([CISCO], "Cisco by its SSH banner 'SSH-2.0-Cisco-1.25'; which platform is not said"),
        ([oid("1.3.6.1.4.1.9.1.2440")], "sysObjectID 1.3.6.1.4.1.9.1.2440: C9300-48P"),
        ([descr(FTD)], "sysDescr 'Cisco Firepower Threat Defense"),
    ],
)
def test_the_reason_is_said(clues, words):
    assert words in judge(clues).reason


def test_the_order_of_clues_does_not_matter():
    clues = [CISCO, ENGINE, oid("1.3.6.1.4.1.9.1.2494"), descr("Cisco IOS Software [Cupertino]")]
    assert judge(clues) == judge(clues[::-1])


def test_the_release_is_that_of_sysdescr():
    assert judge([descr(FTD)]).version == "7.2.5 (Build 208)"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (b"SSH-2.0-x\r\n", "SSH-2.0-x"),
        ("a\x1b[31mb\x00c\u202ed", "a [31mb c d"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        ("x" * 9999, "x" * 500),
    ],
)
def test_what_is_shown_is_one_harmless_line(said, told):
    assert shown(said) == told
