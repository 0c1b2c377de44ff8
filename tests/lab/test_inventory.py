from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from nornir.plugins.inventory.simple import SimpleInventory

from lab.errors import LabError
from lab.estate import load_estate
from lab.inventory import write_inventory

FILES = ("hosts.yaml", "groups.yaml", "defaults.yaml")
CHECKED_IN = Path(__file__).parents[2] / "inventory"


def test_the_checked_in_inventory_is_that_of_the_default_estate(tmp_path):
    write_inventory(load_estate(), tmp_path, 2222)
    for name in FILES:
        assert (CHECKED_IN / name).read_bytes() == (tmp_path / name).read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FILES)


def test_nornir_reads_it(small, tmp_path):
    write_inventory(small, tmp_path, 4022)
    inventory = SimpleInventory(*(str(tmp_path / name) for name in FILES)).load()
    host = inventory.hosts["sw2"]
    assert (host.hostname, host.port, host.platform) == ("127.21.0.2", 4022, "catalyst_9300")
    assert host["site"] == "lab"
    assert [group.name for group in host.groups] == ["catalyst_9300", "lab"]
    assert len(inventory.hosts) == len(small.hosts)


def test_no_credentials_anywhere(small, tmp_path):
    write_inventory(small, tmp_path, 2222)
    text = "".join((tmp_path / name).read_text() for name in FILES)
    assert small.credentials.password not in text
    assert small.credentials.enable_secret not in text
    assert not {"username", "password"} & set(yaml.safe_load((tmp_path / FILES[2]).read_text()))


def test_a_folder_that_cannot_be_written(small, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(LabError, match="the inventory cannot be written"):
        write_inventory(small, tmp_path / "file", 2222)
