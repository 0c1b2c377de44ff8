"""Whom a scan probes."""

from ipaddress import ip_address

import pytest

from agent.discovery.targets import plan
from agent.errors import ScopeError

NAMES = {
    "core.example.net": ("192.0.2.1",),
    "pair.example.net": ("192.0.2.5", "192.0.2.6", "2001:db8::5"),
    "astray.example.net": ("192.0.2.7", "198.51.100.7"),
    "alias.example.net": ("192.0.2.1",),
}


def resolve(name):
    if name not in NAMES:
        raise OSError(-2, "Name or service not known")
    return tuple(map(ip_address, NAMES[name]))


def of(*words, **options):
    return plan(words, resolve=resolve, **options)[1]


@pytest.mark.parametrize(
    ("words", "addresses"),
    [
        (["192.0.2.0/30"], ["192.0.2.1-192.0.2.2"]),
        (["192.0.2.0/31"], ["192.0.2.0-192.0.2.1"]),
        (["192.0.2.0/32", "192.0.2.9"], ["192.0.2.0", "192.0.2.9"]),
        (["192.0.2.0-192.0.2.3"], ["192.0.2.0-192.0.2.3"]),
        (["192.0.2.0/24", "192.0.2.0/24"], ["192.0.2.1-192.0.2.254"]),
        (
            ["192.0.2.0/25", "192.0.2.64-192.0.2.200"],
            ["192.0.2.1-192.0.2.126", "192.0.2.128-192.0.2.200"],
        ),
        # a network or broadcast address of one prefix is not probed as a host of another
        (
            ["192.0.2.0/24", "192.0.2.64/26"],
            ["192.0.2.1-192.0.2.63", "192.0.2.65-192.0.2.126", "192.0.2.128-192.0.2.254"],
        ),
        (["192.0.2.0/29", "192.0.2.7"], ["192.0.2.1-192.0.2.6"]),
        (["2001:db8::/126"], ["2001:db8::-2001:db8::3"]),
        (["2001:db8::/112"], ["2001:db8::-2001:db8::ffff"]),
    ],
)
def test_ranges_are_merged_and_edges_left_out(words, addresses):
    assert list(of(*words).spans.words()) == addresses


def test_what_is_left_out_is_told():
    targets = of("192.0.2.0/24", exclude=["192.0.2.100-192.0.2.109", "core.example.net"])
    assert targets.spans.size == 254 - 11
    assert targets.networks.words() == ("192.0.2.0", "192.0.2.255")
    assert targets.excluded.words() == ("192.0.2.1", "192.0.2.100-192.0.2.109")


def test_a_name_stands_for_all_its_addresses(tmp_path):
    hosts = tmp_path / "hosts.txt"
    hosts.write_text(
        "# ours\npair.example.net   # a pair\n\ncore.example.net\nalias.example.net\n"
        "core.example.net\ngone.example.net\n192.0.2.9\n"
    )
    targets = of(str(hosts), allow=["192.0.2.0/24", "2001:db8::/64"])
    assert targets.spans.words() == (
        "192.0.2.1",
        "192.0.2.5-192.0.2.6",
        "192.0.2.9",
        "2001:db8::5",
    )
    assert targets.names == (
        ("192.0.2.1", "alias.example.net"),
        ("192.0.2.1", "core.example.net"),
        ("192.0.2.5", "pair.example.net"),
        ("192.0.2.6", "pair.example.net"),
        ("2001:db8::5", "pair.example.net"),
    )
    assert targets.unresolved == (
        ("gone.example.net", "does not resolve: Name or service not known"),
    )


def test_listed_hosts_do_not_widen_the_allow_list(tmp_path):
    hosts = tmp_path / "hosts.txt"
    hosts.write_text("192.0.2.1\n198.51.100.1\n")
    with pytest.raises(ScopeError) as refused:
        of("192.0.2.0/24", str(hosts))
    assert str(refused.value).startswith(f"{hosts}:2: 198.51.100.1: 198.51.100.1 is outside")
    assert of("192.0.2.0/24", str(hosts), allow=["198.51.100.0/24"]).spans.size == 255


def test_the_scope_is_the_allow_list_less_what_is_excluded():
    scope, _ = plan(["192.0.2.0/24"], ["192.0.2.8/29"], ["198.51.100.0/24"])
    assert [scope.admits(a) for a in ("192.0.2.1", "192.0.2.9", "198.51.100.1", "203.0.113.1")] == [
        True,
        False,
        True,
        False,
    ]


def test_the_list_of_the_site_stands_where_nothing_narrows_it():
    scope, targets = plan(["core.example.net"], fence=["192.0.2.0/24"], resolve=resolve)
    assert (scope.allow.words(), targets.spans.words()) == (
        ("192.0.2.0-192.0.2.255",),
        ("192.0.2.1",),
    )
    assert of("192.0.2.0/25", fence=["192.0.2.0/24"]).spans.size == 126


def test_the_rate_of_a_prefix_is_that_of_the_narrowest():
    targets = of(
        *("192.0.2.0/24", "192.0.2.0/26", "192.0.2.32-192.0.2.40", "198.51.100.7", "198.51.100.9"),
        *("203.0.113.1", "2001:db8::1", "2001:db8::2", "2001:db8:1::1", "2001:db9::/120"),
    )

    def shared(address):
        return targets.prefix(targets.spans.place(ip_address(address)))

    groups = {}
    for address in (
        *("192.0.2.200", "192.0.2.65", "192.0.2.5", "192.0.2.60", "192.0.2.35", "192.0.2.40"),
        *("198.51.100.7", "198.51.100.9", "203.0.113.1", "2001:db8::1", "2001:db8::2"),
        *("2001:db8:1::1", "2001:db9::5"),
    ):
        groups.setdefault(shared(address), []).append(address)
    assert sorted(groups.values()) == [
        ["192.0.2.200", "192.0.2.65"],
        ["192.0.2.35", "192.0.2.40"],
        ["192.0.2.5", "192.0.2.60"],
        ["198.51.100.7", "198.51.100.9"],
        ["2001:db8:1::1"],
        ["2001:db8::1", "2001:db8::2"],
        ["2001:db9::5"],
        ["203.0.113.1"],
    ]


@pytest.mark.parametrize(
    ("words", "options", "message"),
    [
        (["core.example.net"], {}, "no allow-list"),
        ([], {}, "no allow-list"),
        (["192.0.2.0/24", "astray.example.net"], {}, "astray.example.net: 198.51.100.7 is outside"),
        (["198.51.100.0/24"], {"fence": ["192.0.2.0/24"]}, "the allow-list of the site"),
        (["192.0.2.0/24"], {"fence": ["192.0.2.0/25"]}, "192.0.2.128-192.0.2.255: outside [disc"),
        (["192.0.2.0/24"], {"allow": ["10.0.0.0/8"], "fence": ["192.0.2.0/24"]}, "10.0.0.0-10."),
        (["192.0.2.1/24"], {}, "bits right of its prefix; write 192.0.2.0/24"),
        (["192.0.2.0/24"], {"exclude": ["192.0.2.1/24"]}, "--exclude"),
        (["192.0.2.256"], {}, "no address and no prefix"),
        (["192.0.2.9-192.0.2.1"], {}, "lower to a higher"),
        (["192.0.2.9-2001:db8::1"], {}, "lower to a higher"),
        (["192.0.2.9-x"], {}, "is no range"),
        (["2001:db8::/111"], {}, "above a /112"),
        (["2001:db8::/64"], {}, "above a /112"),
        (["2001:db8::-2001:db8::1:0"], {}, "above a /112"),
        (["fe80::1%eth0"], {}, "zone"),
        (["::ffff:192.0.2.0/120"], {}, "write them as IPv4"),
        (["224.0.0.0/24"], {}, "multicast or reserved"),
        (["255.255.255.255"], {}, "multicast or reserved"),
        (["0.0.0.0/0"], {}, "multicast or reserved"),
        (["10.0.0.0/8", "20.0.0.0/6", "30.0.0.0/8"], {}, "are too many"),
        (["hosts.txt"], {}, "hosts.txt: no such file"),
        (["lists/hosts"], {}, "no such file, and no prefix"),
        (["sw 1"], {}, "no host name"),
        ([""], {}, "no host name"),
        (["x" * 5000], {}, "no host name"),
        (["sw1\0"], {}, "no host name"),
        (["sw1\x1b[31m"], {}, "no host name"),
        (["-oProxyCommand=x"], {}, "no host name"),
    ],
)
def test_bad_input(words, options, message):
    with pytest.raises(ScopeError) as refused:
        of(*words, **options)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"192.0.2.1 sw1\n", "hosts.txt:1: more than one word"),
        (b"192.0.2.1\n192.0.2.999\n", "hosts.txt:2: '192.0.2.999' is no address"),
        (b"\xff\xfe1\x00", "cannot be read as a list of hosts"),
        (b"2001:db8::/64\n", "hosts.txt:1: 2001:db8::/64"),
    ],
)
def test_bad_lists(tmp_path, content, message):
    hosts = tmp_path / "hosts.txt"
    hosts.write_bytes(content)
    with pytest.raises(ScopeError) as refused:
        of(str(hosts), allow=["192.0.2.0/24"])
    assert message in str(refused.value)


def test_a_folder_is_no_list(tmp_path):
    with pytest.raises(ScopeError, match="is a folder"):
        of(str(tmp_path), allow=["192.0.2.0/24"])


def test_a_list_may_begin_with_a_byte_order_mark_and_be_empty(tmp_path):
    hosts = tmp_path / "hosts.txt"
    hosts.write_bytes(b"\xef\xbb\xbf192.0.2.1\r\n")
    assert of(str(hosts), allow=["192.0.2.0/24"]).spans.words() == ("192.0.2.1",)
    hosts.write_text("# nobody\n")
    assert of(str(hosts), allow=["192.0.2.0/24"]).spans.size == 0
