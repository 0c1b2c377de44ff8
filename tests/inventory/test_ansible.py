import pytest

from agent.errors import InventoryError
from agent.inventory.ansible import read, recognises
from tests.inventory.asked import asked

INI = """\
# the estate
jump0 ansible_host=192.0.2.250 ansible_network_os=ios pid=C9300-24T  # a comment

[switches]
sw[01:03].example.net ansible_host=192.0.2.1 ansible_port=2222
[switches:vars]
ansible_network_os = cisco.ios.ios
pid = "C9300-48P"
ansible_password = canary-in-the-clear
[firewalls]
fw-[a:b]:8022
[north:children]
switches
firewalls
[north:vars]
site=north
"""

YAML = """\
all:
  children:
    firewalls:
      hosts:
        fw1:
          ansible_host: 192.0.2.9
          ansible_password: !vault |
            $ANSIBLE_VAULT;1.1;AES256
            3132
        fw2: {ansible_host: "{{ lookup('env', 'HOME') }}"}
        fw3: {ansible_host: !vault x}
      vars: {ansible_network_os: cisco.asa.asa, tags: [edge, outside]}
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "hosts.yml").write_text(YAML)
    for kind in ("group_vars", "host_vars"):
        (tmp_path / kind).mkdir()
    return tmp_path


def hosts(path, **settings):
    return {host.name: host for host in read(asked(path, **settings)).hosts}


def test_ini_with_ranges_groups_and_variables(tmp_path):
    path = tmp_path / "hosts"
    path.write_text(INI)
    found = hosts(path)
    assert list(found) == [
        *("fw-a", "fw-b", "jump0", "sw01.example.net", "sw02.example.net", "sw03.example.net")
    ]
    sw1 = found["sw01.example.net"]
    assert (sw1.address, sw1.port, sw1.platform) == ("192.0.2.1", 2222, "catalyst_9300")
    assert (sw1.site, sw1.groups) == ("north", ("north", "switches"))
    assert (found["fw-a"].address, found["fw-a"].port) == ("fw-a", 8022)
    assert "states no platform" in found["fw-a"].problem
    assert found["jump0"].platform == "catalyst_9300"
    assert "same address as sw01" in found["sw02.example.net"].problem


def test_a_credential_in_the_inventory_is_not_taken(tmp_path):
    path = tmp_path / "hosts"
    path.write_text(INI)
    assert "canary" not in repr(read(asked(path)))


def test_nearer_variables_stand_before_farther_ones(folder):
    (folder / "group_vars" / "all.yml").write_text("site: everywhere\nrole: edge\n")
    (folder / "group_vars" / "firewalls").mkdir()
    (folder / "group_vars" / "firewalls" / "main.yml").write_text("site: south\n")
    (folder / "host_vars" / "fw1.yaml").write_text("site: north\nserial: TST2605X009\n")
    found = hosts(folder)
    assert [(h.site, h.role) for h in found.values()] == [
        ("north", "edge"),
        ("south", "edge"),
        ("south", "edge"),
    ]
    assert [unit.serial for unit in found["fw1"].units] == ["TST2605X009"]
    assert found["fw1"].tags == ("edge", "outside")
    assert list(hosts(folder, filters={"site": ("north",)})) == ["fw1"]


def test_vaults_stay_closed_and_templates_unevaluated(folder):
    (folder / "group_vars" / "all").mkdir()
    (folder / "group_vars" / "all" / "vault.yml").write_text("$ANSIBLE_VAULT;1.1;AES256\n3132\n")
    listing = read(asked(folder))
    assert [host.problem and host.problem.split(",")[0] for host in listing.hosts] == [
        None,
        "ansible_host is a template",
        "ansible_host is encrypted by Ansible Vault",
    ]
    assert listing.notes == ("group_vars/all/vault.yml: encrypted by Ansible Vault, not opened",)


def test_a_script_is_never_run(tmp_path):
    script = tmp_path / "inventory.sh"
    script.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\necho '{{}}'\n")
    script.chmod(0o755)
    for path in (script, tmp_path):
        with pytest.raises(InventoryError, match=r"is a program, which netcover never runs; write"):
            read(asked(path))
    assert list(tmp_path.iterdir()) == [script]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("h.yml", "plugin: netbox.netbox.nb_inventory\n", "configuration of the plugin netbox.net"),
        ("h.yml", "$ANSIBLE_VAULT;1.1;AES256\n31\n", "is encrypted by Ansible Vault"),
        ("h.yml", "all: {hosts: {a: }, hosts: {b: }}\n", "line 1: duplicate key 'hosts'"),
        ("h.yml", "all: [a]\n", "group all: must hold hosts, children and vars"),
        ("h.yml", "all: {hosts: [a]}\n", "group all: hosts: must be a mapping"),
        ("h.yml", "all: {host: {a: }}\n", "group all: must hold hosts"),
        ("h.yml", "all: {hosts: {a: !!python/object/apply:os.system [id]}}\n", "line 1: could not"),
        ("h.yml", "all: {vars: {a: 1}}\n", "no host; add at least one"),
        ("h.yml", "- a\n", "must be a mapping of groups"),
        ("h.yml", "{all: {hosts", "line 1: "),
        ("h.yml", "[" * 2000, "not readable as YAML"),
        ("h.ini", "[a:b:c]\n", "line 1: no heading"),
        ("h.ini", "[a:vars]\nx\n", "line 2: no variable; write key=value"),
        ("h.ini", "sw1 x\n", "line 1: 'x' is no variable"),
        ("h.ini", "sw1 'x\n", "line 1: No closing quotation"),
        ("h.ini", "sw[9:1]\n", "line 1: [9:1] is no range"),
        ("h.ini", "sw[1:9999999]\n", "names more than 65536 hosts"),
        ("h.ini", "sw[1:999][1:999]\n", "names more than 65536 hosts"),
        ("h.ini", "\xff\xfe", "no text in UTF-8"),
    ],
)
def test_a_bad_file_is_one_error_that_says_where(tmp_path, name, text, message):
    path = tmp_path / name
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(InventoryError) as caught:
        read(asked(path))
    assert str(path) in str(caught.value)
    assert message in str(caught.value)


def test_groups_in_a_loop_end(tmp_path):
    path = tmp_path / "h.ini"
    path.write_text("sw1\n[a]\nsw1\n[a:children]\nb\n[b:children]\na\n[b:vars]\nsite=x\n")
    assert hosts(path)["sw1"].site == "x"
    path = tmp_path / "h.yml"
    path.write_text("all: &a\n  hosts: {sw1: }\n  children: {b: *a}\n")
    assert list(hosts(path)) == ["sw1"]


def test_it_is_told_from_the_inventory_of_nornir(folder, tmp_path):
    assert recognises(folder)
    (folder / "hosts.yaml").write_text("# ours\n---\nsw1:\n  hostname: 192.0.2.1\n")
    assert not recognises(folder)
    (folder / "hosts.yaml").write_text("# theirs\n---\nall:\n  hosts:\n    sw1:\n")
    assert recognises(folder)
