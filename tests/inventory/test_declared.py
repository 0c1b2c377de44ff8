"""What the inventory says about hosts beside how to reach them."""

from datetime import date

import pytest

from agent.errors import InventoryError
from agent.inventory.declared import declared
from agent.model import HostFacts

HOST = "{hostname: 192.0.2.1, platform: catalyst_9300, groups: [north], data: {%s}}\n"


def write(folder, data):
    (folder / "hosts.yaml").write_text("sw1: " + HOST % data)
    (folder / "groups.yaml").write_text("north: {data: {site: north, owner: made up}}\n")
    return folder


def test_a_host_takes_what_its_group_declares(tmp_path):
    facts = declared(write(tmp_path, "refresh: 2027-09-30, spare: true, replacement: C9300X-48HX"))
    assert facts["sw1"] == HostFacts(
        "sw1",
        "north",
        "192.0.2.1",
        "made up",
        spare=True,
        refresh=date(2027, 9, 30),
        replacement="C9300X-48HX",
    )
    assert declared(write(tmp_path, "refresh: '2027-09-30'"))["sw1"].refresh == date(2027, 9, 30)


def test_without_an_inventory_nothing_is_declared(tmp_path):
    assert declared(tmp_path) == {}


@pytest.mark.parametrize("data", ["refresh: soon", "refresh: 2027", "spare: perhaps"])
def test_a_fact_of_the_wrong_kind_names_host_and_key(tmp_path, data):
    with pytest.raises(InventoryError, match=f"hosts.yaml: sw1: data: {data.partition(':')[0]}"):
        declared(write(tmp_path, data))


def test_an_inventory_of_ansible_declares_nothing_here(tmp_path):
    (tmp_path / "hosts.yaml").write_text("all:\n  hosts:\n    sw1:\n")
    assert declared(tmp_path) == {}
