import importlib
import tomllib
from pathlib import Path

import pytest
from nornir import InitNornir
from nornir.core.plugins.inventory import InventoryPluginRegister

from agent.errors import SettingsError
from agent.inventory.plugin import SourceInventory
from tests.inventory.shelves import lab_of

PROJECT = Path(__file__).parents[2] / "pyproject.toml"


def nornir(**options):
    InventoryPluginRegister.register("netcover", SourceInventory)
    return InitNornir(
        inventory={"plugin": "netcover", "options": options}, logging={"enabled": False}
    )


def test_the_package_declares_the_plugin():
    declared = tomllib.loads(PROJECT.read_text())["project"]["entry-points"]
    module, _, name = declared["nornir.plugins.inventory"]["netcover"].partition(":")
    assert getattr(importlib.import_module(module), name) is SourceInventory


def test_nornir_reads_a_source(monkeypatch):
    with lab_of("netbox", monkeypatch) as lab:
        found = nornir(source="netbox", url=lab.url, ca_file=str(lab.ca_file)).inventory.hosts
    assert (found["fw1"].hostname, found["fw1"].platform) == ("192.0.2.2", "asa")
    assert "raritan-px" in found["pdu"]["unusable"]
    assert "old" not in found


def test_nornir_reads_a_folder_of_its_own(tmp_path):
    (tmp_path / "hosts.yaml").write_text("fw1: {hostname: 192.0.2.1, platform: asa}\n")
    assert list(nornir(path=str(tmp_path)).inventory.hosts) == ["fw1"]


def test_an_option_that_is_none():
    with pytest.raises(SettingsError, match="inventory option adress: Extra inputs are not perm"):
        SourceInventory(adress="x")
