import pytest

from agent.errors import InventoryError, UsageError
from agent.inventory.simple import load_inventory, select, site_of

GROUPS = "asa: {platform: asa}\nnorth: {data: {site: north}}\n"
HOSTS = """
fw1: {hostname: 127.0.1.1, groups: [asa, north]}
fw2: {hostname: 127.0.1.2, groups: [asa], data: {tags: [edge, lab]}}
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "hosts.yaml").write_text(HOSTS)
    (tmp_path / "groups.yaml").write_text(GROUPS)
    (tmp_path / "defaults.yaml").write_text("port: 2222\n")
    return tmp_path


def test_a_host_inherits_platform_site_and_port(folder):
    host = load_inventory(folder).inventory.hosts["fw1"]
    assert (host.platform, site_of(host), host.port) == ("asa", "north", 2222)
    assert site_of(load_inventory(folder).inventory.hosts["fw2"]) is None


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        (("site=north",), ["fw1"]),
        (("platform=asa",), ["fw1", "fw2"]),
        (("name=fw2",), ["fw2"]),
        (("group=north",), ["fw1"]),
        (("tags=edge",), ["fw2"]),
        (("tag=edge",), ["fw2"]),
        (("platform=asa", "tags=lab"), ["fw2"]),
    ],
)
def test_filters(folder, filters, names):
    assert sorted(select(load_inventory(folder), filters).inventory.hosts) == names


@pytest.mark.parametrize("text", ["site", "=north", "site=", "site=nowhere", "group=nowhere"])
def test_a_filter_that_meets_no_host_is_an_error(folder, text):
    with pytest.raises(UsageError, match=text):
        select(load_inventory(folder), (text,))


@pytest.mark.parametrize(
    ("hosts", "message"),
    [
        ("fw1: {platform: cat9300}\n", "fw1: platform 'cat9300' is not known; known: asa, cataly"),
        ("fw1: {hostname: 127.0.0.1}\n", "fw1: no platform"),
        ("fw1: {platform: asa}\nfw1: {platform: asa}\n", 'duplicate key "fw1"'),
        (
            "{fw1: &a {platform: asa, hostname: 127.0.0.1}, fw2: *a}\n",
            "fw2: same address as fw1 (127.0.0.1 port 2222)",
        ),
        ("fw1: {platform: asa, groups: [nowhere]}\n", "fw1: group 'nowhere' is not in groups.yaml"),
        ("fw1: {platform: asa, adress: x}\n", "fw1: key 'adress' is not known; known: hostname"),
        ("fw1: {platform: asa, password: x}\n", "fw1: password does not belong in the inventory"),
        (
            "fw1: {platform: asa, connection_options: {ssh: {extras: {secret: x}}}}\n",
            "fw1: secret does not belong",
        ),
        ("fw1: {platform: asa, port: ssh}\n", "fw1: port must be a number, got 'ssh'"),
        ("fw1: asa\n", "fw1: must be a mapping"),
        ("- fw1\n", "must be a mapping of names, not list"),
        ("fw1: [\n", "line 2: "),
        ("", "no host"),
        ("fw1: {platform: asa, data: x}\n", "fw1: data must be a mapping"),
    ],
)
def test_a_wrong_inventory_names_file_host_and_key(folder, hosts, message):
    (folder / "hosts.yaml").write_text(hosts)
    with pytest.raises(InventoryError) as caught:
        load_inventory(folder)
    assert str(caught.value).startswith(str(folder / "hosts.yaml"))
    assert message in str(caught.value)


def test_a_missing_folder(tmp_path):
    with pytest.raises(InventoryError, match=r"hosts\.yaml: no such file; -i names the folder"):
        load_inventory(tmp_path / "none")


def test_groups_and_defaults_are_optional(tmp_path):
    (tmp_path / "hosts.yaml").write_text("fw1: {hostname: 127.0.0.1, platform: asa}\n")
    assert list(load_inventory(tmp_path).inventory.hosts) == ["fw1"]
