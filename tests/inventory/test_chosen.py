from pathlib import Path

import pytest

from agent.cli._inventory import Inventory as POINTED  # noqa: N814 - the option
from agent.errors import InventoryError, SettingsError
from agent.inventory.chosen import choose, listing, sources
from agent.inventory.listed import inventory_of
from agent.settings import InventorySettings
from tests.inventory.asked import TAKEN


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "inventory").mkdir()
    (tmp_path / "inventory" / "hosts.yaml").write_text(
        "fw1: {hostname: 192.0.2.1, platform: asa, data: {serials: [TST2605X001], tags: [edge]}}\n"
    )
    (tmp_path / "hosts.csv").write_text("name,platform\nfw1,asa\n")
    (tmp_path / "hosts.ini").write_text("fw1\n")
    return tmp_path


def test_every_source_is_one_file():
    assert list(sources()) == ["ansible", "nautobot", "netbox", "simple", "table"]


def test_documents_and_help_name_every_source():
    page = (Path(__file__).parents[2] / "docs" / "inventory.md").read_text(encoding="utf-8")
    for name, source in sources().items():
        assert f"| `{name}` |" in page
        assert source.recognises or name in POINTED.__metadata__[0].help


@pytest.mark.parametrize(
    ("pointed", "settings", "name", "path"),
    [
        (None, {}, "simple", "inventory"),
        (None, {"path": "hosts.csv"}, "table", "hosts.csv"),
        (None, {"source": "ansible", "path": "hosts.csv"}, "ansible", "hosts.csv"),
        ("hosts.ini", {"source": "table"}, "ansible", "hosts.ini"),
        ("inventory", {}, "simple", "inventory"),
        ("nowhere", {}, "simple", "nowhere"),
    ],
)
def test_what_is_pointed_at_stands_before_the_settings(here, pointed, settings, name, path):
    found = choose(pointed, InventorySettings(**settings))
    assert (found.name, str(found.path)) == (name, path)


def test_what_cannot_be_chosen(here):
    with pytest.raises(SettingsError, match=r"inventory\.source: 'cmdb' is not known; known: ansi"):
        choose(None, InventorySettings(source="cmdb"))
    (here / "notes.pdf").write_bytes(b"%PDF")
    with pytest.raises(InventoryError, match=r"notes\.pdf: is no inventory that is known"):
        choose("notes.pdf", InventorySettings())


def test_a_platform_of_the_settings_must_be_there(here):
    settings = InventorySettings(platforms={"x": "cat9k"})
    with pytest.raises(SettingsError, match=r"inventory\.platforms: x: 'cat9k' is not known; kno"):
        listing(choose(None, settings), settings, TAKEN)


def test_nornirs_own_inventory_lists_too(here):
    found = listing(choose(None, InventorySettings()), InventorySettings(), TAKEN)
    (host,) = found.hosts
    assert (host.name, host.address, host.platform, host.tags) == (
        *("fw1", "192.0.2.1", "asa"),
        ("edge",),
    )
    assert [unit.serial for unit in host.units] == ["TST2605X001"]


def test_only_hosts_in_service_are_handed_to_nornir(here):
    (here / "hosts.csv").write_text(
        "name,platform,status,site\nfw1,asa,Active,north\nfw2,asa,offline,\nfw3,x,,\nfw4,idle,,\n"
    )
    settings = InventorySettings(platforms={"idle": "none"}, statuses=["Active"])
    found = listing(choose("hosts.csv", settings), settings, TAKEN)
    assert [host.name for host in found.hosts] == ["fw1", "fw2", "fw3", "fw4"]
    inventory = inventory_of(found, settings.statuses)
    assert {name: host.get("unusable") is None for name, host in inventory.hosts.items()} == {
        "fw1": True,
        "fw3": False,
    }
    assert inventory.hosts["fw1"].get("site") == "north"
