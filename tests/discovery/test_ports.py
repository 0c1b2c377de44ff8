"""Ports as they are given."""

import pytest

from agent.discovery.ports import Port, ports
from agent.errors import ScopeError


def test_ports_are_read():
    assert ports("2222, 22,443,8443/ssh,161,22") == (
        Port(22),
        Port(161, "snmp"),
        Port(443, "https"),
        Port(2222),
        Port(8443),
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "a port is missing"),
        ("22,,23", "a port is missing"),
        ("0", "is no port"),
        ("65536", "is no port"),
        ("ssh", "is no port"),
        ("-22", "is no port"),
        ("²²", "is no port"),
        ("22/telnet", "one of ssh, https, snmp"),
        ("22,22/https", "given twice"),
    ],
)
def test_what_is_no_port(text, words):
    with pytest.raises(ScopeError) as refused:
        ports(text)
    assert words in str(refused.value)
