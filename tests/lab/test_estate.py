from __future__ import annotations

import pytest
import yaml

from lab.errors import EstateError
from lab.estate import DEFAULT_ESTATE, grow, load_estate
from lab.faults import FAULTS

SWITCH = {
    "name": "a",
    "site": "s",
    "platform": "catalyst_9300",
    "version": "17.9.4a",
    "pid": "C9300-24T",
    "serial": "TST99010001",
}
FIREWALL = {
    "name": "f",
    "site": "s",
    "platform": "asa",
    "version": "9.16(4)57",
    "pid": "ASA5525",
    "serial": "TST99010009",
}
STACK = {key: value for key, value in SWITCH.items() if key not in {"pid", "serial"}}
FIRST = {"pid": "C9300-24T", "serial": "TST99010001"}
SECOND = {"pid": "C9300-24T", "serial": "TST99010002"}
CABLES = [{"pid": "STACK-T1-1M", "serial": f"TST9901000{n}"} for n in (3, 4)]
POINTS = [{"name": "ap-{m}", "count": 2, "pid": "C9120AXI-E", "serial": "TST9901P{n:03}"}]

TABLE = [
    (
        [SWITCH | {"platform": "cat9300"}],
        (
            "a: platform: 'cat9300' is not known; known: asa, catalyst_9300, catalyst_9800, eos,"
            " ftd, fxos, ios, ios_xr, nxos"
        ),
    ),
    (
        [STACK | {"pid": "C9300-24T"}],
        "a: members.0: 'serial' is missing: add it, or say 'provisioned: true'",
    ),
    (
        [SWITCH | {"version": "17.09.04a"}],
        "a: version: '17.09.04a' is none of catalyst_9300; write it as '17.9.4a'",
    ),
    ([SWITCH | {"version": 17.12}], "a: version: is not text; put it in quotes"),
    (
        [SWITCH | {"serial": "lower"}],
        "a: members.0.serial: 'lower' is not a serial number: 6 to 20 capital letters and digits",
    ),
    ([SWITCH | {"colour": "red"}], "a: colour: is not known here; see docs/lab.md for the keys"),
    ([SWITCH | {"site": "t"}], "a: site: 't' is not declared; known: s"),
    ([{"site": "s", "platform": "asa"}], "host 1: name: is missing; add it"),
    (["sw1"], "host 1: a host is a mapping with at least 'name', 'site' and 'platform'"),
    (
        [SWITCH, SWITCH | {"serial": "TST99010002"}],
        "a: name: is used twice; give each host its own",
    ),
    (
        [SWITCH, SWITCH | {"name": "b"}],
        "a, b: serial: TST99010001 is declared twice; each unit has its own",
    ),
    (
        [SWITCH | {"address": "192.0.2.1"}],
        "a: address: 192.0.2.1 is not on loopback; use one of 127.0.0.0/8",
    ),
    (
        [SWITCH | {"address": "127.1.1.1"}, FIREWALL | {"address": "127.1.1.1"}],
        "a, f: address: 127.1.1.1 is used twice; give each host its own",
    ),
    (
        [SWITCH | {"fault": "lazy"}],
        (f"a: fault: 'lazy' is not known; known: {', '.join(sorted(FAULTS))}"),
    ),
    (
        [STACK | {"members": [FIRST | {"role": "active"}, SECOND | {"role": "active"}]}],
        "a: members: more than one unit has 'role: active'; leave one",
    ),
    (
        [STACK | {"members": [FIRST | {"number": 2}, SECOND]}],
        "a: members: two units have the same 'number'; give each its own",
    ),
    (
        [STACK | {"members": [FIRST | {"role": "standby"}]}],
        "a: members: no unit has 'role: active'; one of those present must",
    ),
    (
        [STACK | {"members": [FIRST | {"provisioned": True}]}],
        "a: members.0: a provisioned slot is empty: leave out 'serial' or 'provisioned'",
    ),
    (
        [
            STACK
            | {
                "platform": "ftd",
                "version": "7.2.5",
                "members": [FIRST, SECOND],
            }
        ],
        "a: members: 2 are too many; at most 1 here",
    ),
    ([STACK], "a: serial: is missing; give the host 'pid' and 'serial', or 'members'"),
    (
        [SWITCH | {"members": []}],
        "a: 'pid' belongs to a member; this host lists 'members'",
    ),
    (
        [FIREWALL | {"failover": {"mate": "g"}}],
        "f: failover.mate: 'g' is not another host of this estate; declare it",
    ),
    (
        [SWITCH, FIREWALL | {"failover": {"mate": "a"}}],
        "f: failover.mate: 'a' is of platform catalyst_9300, not asa",
    ),
    (
        [
            FIREWALL | {"failover": {"mate": "g"}},
            FIREWALL | {"name": "g", "serial": "TST99010008", "failover": {"mate": "f"}},
        ],
        "f: failover: 'g' says the same unit or state; one is the opposite",
    ),
    (
        [STACK | {"platform": "ftd", "version": "7.2.5", "chassis": "x"}],
        "a: chassis: 'x' is not an fxos host of this estate; declare it",
    ),
    (
        [SWITCH | {"stack_cables": CABLES}],
        "a: stack_cables: more cables than units; a ring has one for each",
    ),
    (
        [SWITCH | {"access_points": POINTS}],
        "a: the only field a pattern knows is {n}, as in 'ap-{n:02}'",
    ),
]


def written(tmp_path, **estate):
    path = tmp_path / "estate.yaml"
    content = {"schema": "netcover/estate/1", "sites": ["s"], "hosts": [SWITCH]} | estate
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


@pytest.mark.parametrize(("hosts", "message"), TABLE, ids=[message[:60] for _, message in TABLE])
def test_every_mistake_is_one_clear_line(tmp_path, hosts, message):
    path = written(tmp_path, hosts=hosts)
    with pytest.raises(EstateError) as error:
        load_estate(path)
    assert f"{path}: {message}" in str(error.value).splitlines()


@pytest.mark.parametrize(
    ("estate", "message"),
    [
        ({"hosts": []}, "hosts: is missing or empty; an estate has 'schema', 'sites' and 'hosts'"),
        ({"schema": "netcover/estate/9"}, "schema: Input should be 'netcover/estate/1'"),
        ({"port": 70000}, "port: Input should be less than or equal to 65535"),
        (
            {"sites": ["asa"], "hosts": [SWITCH | {"site": "asa"}]},
            "asa: sites: is the name of a platform; choose another",
        ),
        (
            {"network": "127.1.1.0/32", "hosts": [SWITCH, FIREWALL]},
            (
                "network: 127.1.1.0/32 has too few addresses for 2 hosts; "
                "widen it, as in 127.20.0.0/16"
            ),
        ),
        (
            {"network": "192.0.2.0/24"},
            "network: 192.0.2.0/24 is not on loopback; use a part of 127.0.0.0/8",
        ),
    ],
)
def test_a_file_that_is_wrong_as_a_whole(tmp_path, estate, message):
    path = written(tmp_path, **estate)
    with pytest.raises(EstateError) as error:
        load_estate(path)
    assert str(error.value) == f"{path}: {message}"


def test_a_file_that_is_not_yaml(tmp_path):
    path = tmp_path / "estate.yaml"
    path.write_text("hosts: [", encoding="utf-8")
    with pytest.raises(EstateError, match=r"line 1, column 9: is not YAML: .*; mend that line"):
        load_estate(path)


def test_all_mistakes_are_reported_at_once(tmp_path):
    path = written(tmp_path, hosts=[{"name": "a"}, {"name": "b", "site": "s"}])
    with pytest.raises(EstateError) as error:
        load_estate(path)
    assert {line.split(": ")[1] for line in str(error.value).splitlines()} == {"a", "b"}


def test_a_missing_file(tmp_path):
    with pytest.raises(EstateError, match="cannot be read: No such file"):
        load_estate(tmp_path / "none.yaml")


def test_the_default_estate_holds_what_the_demo_promises():
    estate = load_estate()
    by_name = estate.by_name
    switches = [host for host in estate.hosts if host.platform == "catalyst_9300"]
    assert len(estate.sites) == 3
    assert 55 <= len(estate.hosts) <= 65
    assert {1, 2, 3, 8} <= {len(host.members) for host in switches}
    assert any(host.active.number == 2 for host in switches)
    assert any(member.provisioned for host in switches for member in host.members)
    assert [len(h.access_points) for h in estate.hosts if h.access_points] == [15, 15, 3]
    assert set(estate.expectations().values()) == {
        ("readable",),
        ("refused",),
        ("timeout",),
        ("auth_refused",),
    }
    assert by_name["hq-ftd1"].active.serial == by_name["hq-fx1"].security_modules[0].serial
    assert DEFAULT_ESTATE.is_file()


def test_a_mate_that_says_nothing_is_the_other_half(small):
    mate = small.by_name["fw2"].failover
    assert mate is not None
    assert (mate.unit, mate.state, mate.mate) == ("secondary", "standby", "fw1")


def test_access_points_are_written_out_by_their_pattern(small):
    points = small.by_name["wlc"].access_points
    assert [(p.name, p.serial, p.version) for p in points] == [
        ("ap-01", "TST9901P001", "17.9.4.27"),
        ("ap-02", "TST9901P002", "17.9.4.27"),
        ("ap-03", "TST9901P003", "17.9.4.27"),
    ]


def test_an_estate_grows_to_thousands_with_nothing_used_twice():
    estate = load_estate()
    grown = grow(estate, 5000)
    assert len(grown.hosts) == 5000
    assert grown.hosts[: len(estate.hosts)] == estate.hosts
    assert len({host.name for host in grown.hosts}) == 5000
    assert len({host.address for host in grown.hosts}) == 5000
    truth = grown.truth()
    assert len({unit.serial for unit in truth}) == len(truth)
    assert len(truth) > 80 * len(estate.truth())
    assert grow(estate, 5000) == grown


def test_an_estate_shrinks_without_loose_ends():
    estate = load_estate()
    for hosts in range(1, len(estate.hosts)):
        smaller = grow(estate, hosts)
        assert len(smaller.hosts) == hosts
        assert smaller.truth()


def test_an_estate_does_not_outgrow_its_network(small):
    with pytest.raises(EstateError, match=r"network: 127\.21\.0\.0/24 has too few addresses"):
        grow(small, 300)


def test_an_estate_has_at_least_one_host(small):
    with pytest.raises(EstateError, match="hosts: 0 is no number of hosts"):
        grow(small, 0)
