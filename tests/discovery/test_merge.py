"""One device, found in several ways."""

from itertools import permutations

import pytest

from agent.discovery.merge import merged
from agent.model import Clue, Discovered

BANNER = Clue("ssh_banner", "22/tcp", "SSH-2.0-Cisco-1.25")
SCANNED = Discovered(
    "192.0.2.9",
    port=2222,
    confidence="low",
    candidate=True,
    found_by=("scan",),
    evidence=(BANNER,),
)
HEARD = Discovered(
    "192.0.2.9",
    name="sw9",
    platform="catalyst_9300",
    confidence="medium",
    found_by=("cdp",),
    serial="TST2601M001",
    pid="C9300-24T",
    evidence=(Clue("cdp", "sw1", "cisco C9300-24T"),),
)
LISTED = Discovered(None, name="sw9", found_by=("source",), serial="TST2601M001", pid="C9300-24T")
OTHER = Discovered("192.0.2.10", found_by=("scan",))


@pytest.mark.parametrize("order", [*permutations([SCANNED, HEARD, LISTED, OTHER])])
def test_sightings_are_joined_whatever_their_order(order):
    one, other = merged(order)
    assert (one.address, one.port, one.name, one.serial) == (
        "192.0.2.9",
        2222,
        "sw9",
        "TST2601M001",
    )
    assert (one.platform, one.confidence, one.candidate) == ("catalyst_9300", "medium", True)
    assert one.found_by == ("cdp", "scan", "source")
    assert {clue.kind for clue in one.evidence} == {"cdp", "ssh_banner"}
    assert other == OTHER


def test_one_device_with_two_addresses_is_one_where_its_serial_says_so():
    second = Discovered("192.0.2.99", serial="TST2601M001", pid="C9300-24T", found_by=("lldp",))
    assert [host.address for host in merged([HEARD, second])] == ["192.0.2.9"]
    other_pid = Discovered("192.0.2.99", serial="TST2601M001", pid="C9300-48P")
    assert len(merged([HEARD, other_pid])) == 2


def test_addresses_are_sorted_as_numbers_and_those_without_come_last():
    hosts = [
        Discovered(None, name="b", managed_by="fmc1"),
        Discovered("2001:db8::1"),
        Discovered("192.0.2.100"),
        Discovered(None, name="a", managed_by="fmc1"),
        Discovered("192.0.2.20"),
    ]
    assert [host.address or host.name for host in merged(hosts)] == [
        "192.0.2.20",
        "192.0.2.100",
        "2001:db8::1",
        "a",
        "b",
    ]


def test_two_devices_may_have_one_name():
    first = Discovered("192.0.2.1", name="switch")
    second = Discovered("192.0.2.2", name="switch")
    assert merged([first, second]) == (first, second)
