"""NetBox and Nautobot answer alike once they are read: both are asked the same here."""

import pytest

from agent.errors import InventoryError
from lab.cmdb import TOKEN, Entry
from tests.inventory.shelves import SHELF, hosts, lab_of, listing


@pytest.fixture(scope="module", params=["netbox", "nautobot"])
def lab(request):
    with pytest.MonkeyPatch.context() as patch, lab_of(request.param, patch) as running:
        yield running


@pytest.fixture(autouse=True)
def _pages(lab):
    lab.largest_page, lab.fault, lab.shelf = 1000, None, SHELF


def test_devices_become_hosts(lab):
    found = hosts(lab)
    assert sorted(found) == sorted(["bare", "fw1", f"{lab.kind}-{nameless(lab)}", "old", "pdu", *S])
    fw1 = found["fw1"]
    assert (fw1.address, fw1.platform, fw1.site, fw1.role) == (
        *("192.0.2.2", "asa"),
        *("south", "firewall"),
    )
    assert (fw1.status, fw1.problem, fw1.units) == ("active", None, ())
    assert found["old"].status == "decommissioning"


S = ["sw1", "v6"]


def nameless(lab):
    return lab.answers.rows(lab.shelf, "devices", lab.url)[-1]["id"]


def test_the_members_of_a_stack_are_one_host_with_serials_to_compare(lab):
    sw1 = hosts(lab)["sw1"]
    assert (sw1.address, sw1.platform, sw1.tenant) == ("192.0.2.1", "catalyst_9300", "shop")
    assert sw1.tags == ("core", "edge")
    assert [(u.serial, u.pid, u.position, u.status) for u in sw1.units] == [
        ("TST2605X001", "C9300-48P", "1", "active"),
        ("TST2605X002", "C9300-24T", "2", "offline"),
    ]


def test_a_member_speaks_for_a_stack_without_a_master(lab):
    lab.shelf = [
        Entry("a:1", None, "cisco-ios-xe", serial="TST1", chassis="a", position=1),
        Entry("a:2", "192.0.2.1", "cisco-ios-xe", serial="TST2", chassis="a", position=2),
        Entry("b:1", "192.0.2.3", "cisco-ios-xe", chassis="b", position=1),
        Entry("b:2", "192.0.2.4", "cisco-ios-xe", chassis="b", position=2, master=True),
    ]
    found = hosts(lab)
    assert {name: host.address for name, host in found.items()} == {
        "a:2": "192.0.2.1",
        "b:1": "192.0.2.3",
        "b:2": "192.0.2.4",
    }
    assert [unit.serial for unit in found["a:2"].units] == ["TST1", "TST2"]


def test_what_cannot_be_swept_says_why(lab):
    problems = {name: host.problem for name, host in hosts(lab).items() if host.problem}
    assert "platform 'raritan-px' is not known; say which of ours" in problems.pop("pdu")
    assert "states no management address" in problems.pop("bare")
    assert "states no platform" in problems.pop(f"{lab.kind}-{nameless(lab)}")
    assert problems == {}


def test_which_address_is_taken_is_a_setting(lab):
    assert hosts(lab)["v6"].address == "2001:db8::1"
    assert hosts(lab, addresses=["primary_ip4"])["v6"].address is None
    if lab.kind == "netbox":
        assert hosts(lab, addresses=["oob_ip", "primary_ip6"])["v6"].address == "192.0.2.9"


@pytest.mark.parametrize(
    ("now", "settings", "names"),
    [
        ([("site", "south")], {}, ["fw1"]),
        ([], {"site": ("south",)}, ["fw1"]),
        ([], {"role": ("firewall", "pdu")}, ["fw1", "pdu"]),
        ([("tag", "edge"), ("tag", "core")], {}, ["sw1"]),
        ([("tenant", "shop")], {"site": ("north",)}, ["sw1"]),
        ([("role", "pdu")], {"site": ("south",)}, []),
    ],
)
def test_filters_are_met_by_the_source(lab, now, settings, names):
    lab.asked.clear()
    assert sorted(hosts(lab, now, filters=settings)) == names
    if names != ["sw1"] or settings:  # of several tags none is sent: both want them all
        assert any(f"={value}" in lab.asked[-1] for value in ("south", "firewall", "shop", "pdu"))


def test_a_filter_that_is_no_object_there_is_said(lab):
    with pytest.raises(InventoryError, match=r"HTTP 400: .*Select a valid choice\. mars is not"):
        listing(lab, [("site", "mars")])


def test_pages_of_any_size_are_followed(lab):
    lab.largest_page = 3
    lab.asked.clear()
    assert len(hosts(lab)) == 7
    assert sum("/devices/" in path for path in lab.asked) == 3
    assert all(line.startswith("GET ") for line in lab.asked)


def test_two_thousand_devices(lab):
    lab.shelf = [
        Entry(f"sw{n:04}", f"198.51.{n // 250}.{n % 250 + 1}", "cisco-asa", serial=f"TST{n:08}")
        for n in range(2000)
    ]
    found = listing(lab)
    assert len(found.hosts) == 2000
    assert [host.name for host in found.hosts] == sorted(host.name for host in found.hosts)


def test_two_runs_on_the_same_answer_are_equal(lab):
    assert listing(lab) == listing(lab)


def test_the_token_is_sent_and_stands_nowhere(lab):
    found = listing(lab)
    assert set(lab.authorised) == {f"Token {TOKEN}"}
    assert TOKEN not in repr(found)


def test_what_a_device_is_called_steers_nothing(lab):
    lab.shelf = [Entry("sw\x1b[2J\n1", "192.0.2.1", "cisco-asa", site="no\trth")]
    (host,) = listing(lab).hosts
    assert (host.name, host.site) == ("sw [2J 1", "no rth")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"status": None}, "status: Input should be a valid dictionary"),
        ({"device_type": {"id": 1}}, "device_type.model: Field required"),
        ({"primary_ip4": {"address": 7}}, "primary_ip4.address: Input should be a valid string"),
        ({"tags": "edge"}, "tags: Input should be a valid tuple"),
    ],
)
def test_a_device_of_another_shape_is_named(lab, more, message):
    lab.shelf = [Entry("sw1", more=more)]
    with pytest.raises(InventoryError, match=rf"^{lab.kind}: device \S+: ") as caught:
        listing(lab)
    assert message in str(caught.value)


def test_an_address_that_is_none_is_a_problem_of_the_host(lab):
    lab.shelf = [Entry("sw1", "192.0.2.999", "cisco-asa")]
    (host,) = listing(lab).hosts
    assert host.problem == "'192.0.2.999/24' is no address"
