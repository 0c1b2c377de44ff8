from datetime import date

import pytest

from agent.errors import InventoryError
from agent.inventory.merge import Conflict, LeftOut, merge
from agent.inventory.simple import load_inventory
from agent.model import Discovered, ListedHost, ListedUnit, Listing
from tests.inventory.asked import TAKEN

HAND_MADE = """\
# The core, kept by hand.
---
core1:            # the old one
    hostname: "192.0.2.1"
    platform: catalyst_9300
    groups:
      - north
    data: {serials: [TST2605X001], owner: 'network, south'}

fw1:
    hostname: 192.0.2.2   # do not move
    platform: asa
    port: 2222
"""
GROUPS = "north: {data: {site: north}}  # ours\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "hosts.yaml").write_text(HAND_MADE)
    (tmp_path / "groups.yaml").write_text(GROUPS)
    return tmp_path


def found(address, **more):
    given = {"port": 22, "platform": "asa", "candidate": True, "confidence": "high", **more}
    return Discovered(address, **given)


def listing(*hosts, source="netbox"):
    return Listing(source, "https://netbox.example.net", TAKEN, "0" * 64, tuple(hosts))


def listed(name, address, platform="asa", **more):
    return ListedHost(name, address, platform, f"device {name}", **more)


def test_a_new_folder_can_be_swept_at_once(tmp_path):
    merged = merge(
        tmp_path / "new",
        [found("192.0.2.1", name="fw1", serial="TST2605X001"), found("192.0.2.9", port=2222)],
        [
            listing(
                listed("sw1", "192.0.2.3", "catalyst_9300", site="north", tags=("edge",)),
                listed("fw1.example.net", "192.0.2.1", site="south", groups=("edge",)),
            )
        ],
    )
    assert merged.added == ("192.0.2.9", "fw1", "sw1")
    assert not (tmp_path / "new").exists()
    assert "+++" in merged.diff
    merged.write()
    hosts = load_inventory(tmp_path / "new").inventory.hosts
    assert {n: (h.hostname, h.port, h.get("site")) for n, h in hosts.items()} == {
        "192.0.2.9": ("192.0.2.9", 2222, None),
        "fw1": ("192.0.2.1", None, "south"),
        "sw1": ("192.0.2.3", None, "north"),
    }
    assert hosts["fw1"]["serials"] == ["TST2605X001"]
    assert (hosts["fw1"].groups[0].name, hosts["sw1"]["tags"]) == ("edge", ["edge"])
    again = merge(tmp_path / "new", [found("192.0.2.1", name="fw1", serial="TST2605X001")])
    assert (again.diff, again.added, again.unconfirmed) == ("", (), ("192.0.2.9", "sw1"))


def test_new_hosts_stand_below_and_not_a_byte_above_changes(folder):
    merged = merge(folder, [found("192.0.2.7", name="fw7")])
    merged.write()
    text = (folder / "hosts.yaml").read_text()
    assert text == HAND_MADE + "fw7:\n  hostname: 192.0.2.7\n  platform: asa\n"
    assert (folder / "groups.yaml").read_text() == GROUPS
    assert merged.unconfirmed == ("core1", "fw1")


def test_what_is_missing_is_filled_in_and_what_is_there_stays(folder):
    merged = merge(
        folder,
        [found("192.0.2.66", serial="tst2605x001", platform="catalyst_9300", name="switch")],
        [listing(listed("fw1", "192.0.2.2", port=2222, role="edge", site="south"))],
    )
    assert merged.filled == ("fw1",)
    assert merged.added == ()
    assert merged.conflicts == (
        Conflict("core1", "hostname", "192.0.2.1", "192.0.2.66", "discovery"),
    )
    changed = [line for line in merged.diff.splitlines() if line[:1] in "+-"][2:]
    assert sorted(changed) == ["+        role: edge", "+        site: south", "+    data:"]
    merged.write()
    text = (folder / "hosts.yaml").read_text()
    for line in HAND_MADE.splitlines():
        assert line in text
    assert load_inventory(folder).inventory.hosts["fw1"]["role"] == "edge"


@pytest.mark.parametrize(
    ("device", "host"),
    [
        (found("192.0.2.50", serial="TST2605X001", platform="catalyst_9300"), "core1"),
        (found("192.0.2.1", name="else", platform="catalyst_9300"), "core1"),
        (found("192.0.2.2", port=2222, name="else"), "fw1"),
        (found("192.0.2.2", port=None, name="else"), "fw1"),
        (found("192.0.2.50", name="FW1", port=2222), "fw1"),
    ],
)
def test_serial_then_address_then_name_say_which_host_it_is(folder, device, host):
    merged = merge(folder, [device])
    assert merged.added == ()
    assert host not in merged.unconfirmed


@pytest.mark.parametrize(
    ("devices", "names"),
    [
        ([found("192.0.2.2", port=22)], ("192.0.2.2",)),
        ([found("192.0.2.50", name="core1", serial="TST9")], ("core1@192.0.2.50",)),
        (
            [found("192.0.2.50", name="Switch"), found("192.0.2.51", name="Switch")],
            ("Switch", "Switch@192.0.2.51"),
        ),
    ],
)
def test_two_devices_never_become_one(folder, devices, names):
    merged = merge(folder, devices)
    assert merged.added == names
    merged.write()
    load_inventory(folder)


def test_serials_of_a_stack_and_words_that_contradict(folder):
    units = (ListedUnit("TST2605X001"), ListedUnit("TST2605X002"))
    merged = merge(
        folder,
        [found("192.0.2.1", platform="asa"), found("192.0.2.8", name="sw8", serial="TST8")],
        [
            listing(
                listed("core1", "192.0.2.1", "catalyst_9300", site="south", units=units),
                listed("sw8", "192.0.2.8", units=(ListedUnit("TST8"), ListedUnit("TST9"))),
            )
        ],
    )
    assert merged.conflicts == (
        Conflict("core1", "platform", "catalyst_9300", "asa", "discovery"),
        Conflict("core1", "serials", "TST2605X001", "TST2605X001, TST2605X002", "netbox"),
        Conflict("core1", "site", "north", "south", "netbox"),
    )
    merged.write()
    assert load_inventory(folder).inventory.hosts["sw8"]["serials"] == ["TST8", "TST9"]


def test_no_value_of_any_kind_is_written_over(tmp_path):
    text = (
        "fw1:\n  hostname: 192.0.2.1\n  platform: asa\n  data:\n    refresh: 2027-09-30\n"
        "    tags: edge\n    owner: [a, b]\n    spare: false\n    serial: TST1\n    site: ~\n"
    )
    (tmp_path / "hosts.yaml").write_text(text)
    facts = (("refresh", date(2028, 1, 1)), ("owner", "c"), ("spare", True))
    claim = listed("fw1", "192.0.2.1", tags=("core",), data=facts, site="north")
    merged = merge(tmp_path, listings=[listing(claim)])
    assert [(c.key, c.kept, c.said) for c in merged.conflicts] == [
        ("owner", "a, b", "c"),
        ("refresh", "2027-09-30", "2028-01-01"),
        ("spare", "False", "True"),
        ("tags", "edge", "core"),
    ]
    merged.write()
    assert (tmp_path / "hosts.yaml").read_text() == text.replace("site: ~", "site: north")


def test_what_cannot_be_swept_is_left_out_with_its_reason(tmp_path):
    merged = merge(
        tmp_path,
        [
            Discovered(None, name="ftd9", managed_by="fmc1", platform="ftd", candidate=True),
            Discovered("192.0.2.4", reason="a printer's banner"),
            Discovered("192.0.2.5", name="odd", candidate=True, reason="sysDescr says Cisco"),
        ],
        [listing(listed("old", None, status="offline"), listed("pdu", None, None, problem="why"))],
    )
    assert merged.diff == ""
    assert merged.left_out == (
        LeftOut(
            "192.0.2.4", "nothing says that it is gear of yours: a printer's banner", "discovery"
        ),
        LeftOut("ftd9", "only fmc1 knows it, without an address", "discovery"),
        LeftOut("odd", "its platform is not told: sysDescr says Cisco", "discovery"),
        LeftOut("old", "its status is offline", "netbox"),
        LeftOut("pdu", "why", "netbox"),
    )


def test_which_statuses_are_taken_in_is_said(tmp_path):
    claims = listing(listed("new", "192.0.2.1", status="staged"), listed("fw1", "192.0.2.2"))
    assert merge(tmp_path, listings=[claims], statuses=("staged",)).added == ("new",)
    assert merge(tmp_path, listings=[claims]).added == ("fw1",)


@pytest.mark.parametrize(
    "name",
    [
        "yes",
        "1001",
        "null",
        "a: b",
        "# x",
        "- x",
        "é",
        "'",
        '"',
        "{x}",
        "2026-11-24",
        "~",
        "&a",
        "*a",
        "!x",
    ],
)
def test_no_name_breaks_the_file(tmp_path, name):
    merge(tmp_path, [found("192.0.2.1", name=name)]).write()
    assert list(load_inventory(tmp_path).inventory.hosts) == [name]


@pytest.mark.parametrize(
    "text",
    [
        "{fw1: {hostname: 192.0.2.1, platform: asa}}\n",
        "fw1: {hostname: 192.0.2.1, platform: asa}",
        "fw1: {hostname: 192.0.2.1, platform: asa}\n# the end\n",
        "---\nfw1:\n  hostname: 192.0.2.1\n  platform: asa\n  groups: [] # none\n",
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_any_form_of_yaml_is_added_to(tmp_path, text, end):
    path = tmp_path / "hosts.yaml"
    path.write_bytes(text.replace("\n", end).encode())
    merge(tmp_path, [found("192.0.2.2"), found("192.0.2.1", serial="TST1")]).write()
    hosts = load_inventory(tmp_path).inventory.hosts
    assert (sorted(hosts), hosts["fw1"]["serials"]) == (["192.0.2.2", "fw1"], ["TST1"])
    assert (b"\r\n" in path.read_bytes()) == (
        end == "\r\n" and end.encode() in text.replace("\n", end).encode()
    )


def test_comments_alone_are_kept(tmp_path):
    (tmp_path / "hosts.yaml").write_text("# to come\n")
    merge(tmp_path, [found("192.0.2.2")]).write()
    assert (tmp_path / "hosts.yaml").read_text().startswith("# to come\n192.0.2.2:\n")


@pytest.mark.parametrize(
    "text",
    [
        "a: &x {platform: asa, hostname: 192.0.2.1}\nb: {<<: *x, hostname: 192.0.2.2}\n",
        "a: {platform: asa, hostname: 192.0.2.1, data: &x {r: 1}}\nb: {platform: asa, data: *x}\n",
    ],
)
def test_entries_that_share_an_anchor_are_not_changed(tmp_path, text):
    (tmp_path / "hosts.yaml").write_text(text)
    merge(tmp_path, [found("192.0.2.3")]).write()
    assert (tmp_path / "hosts.yaml").read_text().startswith(text)
    with pytest.raises(InventoryError, match="cannot be changed without loss"):
        merge(tmp_path, [found("192.0.2.1", serial="TST1")])
    assert (tmp_path / "hosts.yaml").read_text().startswith(text)


def test_a_broken_folder_is_one_error_and_stays(folder):
    (folder / "hosts.yaml").write_text("fw1: {hostname\n")
    with pytest.raises(InventoryError, match=r"hosts\.yaml: not readable as YAML"):
        merge(folder, [found("192.0.2.3")])
    assert (folder / "hosts.yaml").read_text() == "fw1: {hostname\n"


def test_two_runs_give_the_same_bytes(folder):
    devices = [found(f"192.0.2.{n}", name=f"fw{n}") for n in range(10, 20)]
    assert merge(folder, devices) == merge(folder, reversed(devices))
