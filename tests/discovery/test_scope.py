"""The allow-list."""

from ipaddress import ip_network

import pytest

from agent.discovery.scope import Scope, prefix
from agent.errors import ScopeError

SCOPE = Scope.of(
    [ip_network("192.0.2.0/24"), ip_network("2001:db8::/64")], [ip_network("192.0.2.128/25")]
)


@pytest.mark.parametrize(
    ("address", "admitted"),
    [
        ("192.0.2.0", True),
        ("192.0.2.127", True),
        ("192.0.2.128", False),
        ("192.0.1.255", False),
        ("::ffff:192.0.2.5", True),
        ("::ffff:192.0.2.200", False),
        ("::ffff:198.51.100.5", False),
        ("2001:db8::5", True),
        ("2001:db9::5", False),
        ("switch1.example.net", False),
        ("", False),
    ],
)
def test_admitted(address, admitted):
    assert SCOPE.admits(address) is admitted


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("198.51.100.1", "outside the allow-list (192.0.2.0-192.0.2.255, 2001:db8::"),
        ("192.0.2.200", "is excluded"),
    ],
)
def test_what_is_not_admitted_is_refused_in_words(address, words):
    with pytest.raises(ScopeError, match=r"^hosts.txt:3: ") as refused:
        SCOPE.require(address, "hosts.txt:3")
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("192.0.2.5/24", "write 192.0.2.0/24"),
        ("2001:db8::1/64", "write 2001:db8::/64"),
        ("192.0.2.0/33", "is no address and no prefix"),
        ("192.0.2", "is no address and no prefix"),
        ("", "is no address and no prefix"),
        ("fe80::1%eth0", "zone"),
        ("::ffff:192.0.2.0/120", "write them as IPv4"),
    ],
)
def test_what_is_no_prefix(text, words):
    with pytest.raises(ScopeError) as refused:
        prefix(text)
    assert words in str(refused.value)


def test_an_address_is_a_prefix():
    assert str(prefix("192.0.2.7")) == "192.0.2.7/32"
