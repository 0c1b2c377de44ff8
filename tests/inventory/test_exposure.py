"""Whether a host can be reached from public networks: the site states it, by host or by group."""

import pytest

from agent.errors import InventoryError
from agent.inventory.declared import declared

HOSTS = """
edge1: {hostname: 192.0.2.1, platform: asa, groups: [edge]}
edge2: {hostname: 192.0.2.2, platform: asa, groups: [edge], data: {exposed: false}}
core1: {hostname: 192.0.2.3, platform: catalyst_9300}
"""


def test_a_group_may_state_it_and_a_host_stands_before_its_group(tmp_path):
    (tmp_path / "hosts.yaml").write_text(HOSTS)
    (tmp_path / "groups.yaml").write_text("edge: {data: {exposed: true}}\n")
    found = declared(tmp_path)
    assert {name: host.exposed for name, host in found.items()} == {
        "core1": None,
        "edge1": True,
        "edge2": False,
    }


def test_any_other_word_is_refused(tmp_path):
    (tmp_path / "hosts.yaml").write_text(HOSTS.replace("exposed: false", "exposed: maybe"))
    (tmp_path / "groups.yaml").write_text("edge: {}\n")
    with pytest.raises(InventoryError, match="edge2: data: exposed must be true or false"):
        declared(tmp_path)
