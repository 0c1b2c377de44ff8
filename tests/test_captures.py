import os
import tracemalloc
from datetime import UTC, datetime

import pytest

from agent.captures import LARGE, read_captures, split
from agent.errors import CaptureError, UsageError
from agent.platforms import _snmp, platform
from agent.platforms._commands import spelled_out

DAY = datetime(2026, 1, 1, tzinfo=UTC)
INVENTORY = (
    'NAME: "Switch 1", DESCR: "C9300-48P"\nPID: C9300-48P         , VID: V02  , SN: ZZT26010001\n'
)
VERSION = "Cisco IOS XE Software, Version 17.09.04a\nProcessor board ID ZZT26010001\n"


def write(folder, files):
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())


def commands(found):
    return {c.host: [o.command for o in c.outputs] for c in found.captures}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("show version", "show version"),
        ("sh ver", "show version"),
        ("sh inv", "show inventory"),
        ("show inv raw", "show inventory raw"),
        ("show ap config gen", "show ap config general"),
        ("SHOW Version", "show version"),
        ("show version | include Serial", "show version"),
        ('sh inventory "Power Supply Module 0"', 'show inventory "Power Supply Module 0"'),
        ("show clock", "show clock"),
    ],
)
def test_abbreviations_are_spelled_out(typed, meant):
    assert spelled_out(typed) == meant


def test_a_folder_of_hosts(tmp_path):
    write(
        tmp_path,
        {
            "sw1/show_version.txt": VERSION,
            "sw1/show_inventory.txt": INVENTORY,
            "sw2/show-inventory.log": INVENTORY,
            "sw2/.hidden": "nothing",
        },
    )
    found = read_captures(tmp_path, "catalyst_9300", DAY)
    assert commands(found) == {
        "sw1": ["show inventory", "show version"],
        "sw2": ["show inventory"],
    }
    assert {c.platform for c in found.captures} == {"catalyst_9300"}
    assert {c.lane for c in found.captures} == {"capture"}
    assert found.captures[0].outputs[0].collected == DAY


def test_files_in_the_folder_itself_are_one_host(tmp_path):
    host = tmp_path / "sw9"
    write(host, {"show_version.txt": VERSION, "show_inventory.txt": INVENTORY})
    found = read_captures(host, None, DAY)
    assert commands(found) == {"sw9": ["show inventory", "show version"]}
    assert found.captures[0].platform == "catalyst_9300"


def test_a_single_file_without_a_telling_name(tmp_path):
    write(tmp_path, {"sw1.txt": INVENTORY})
    assert commands(read_captures(tmp_path / "sw1.txt", None, DAY)) == {"sw1": ["show inventory"]}


def test_names_of_a_corpus_are_hosts_of_their_own(tmp_path):
    write(
        tmp_path,
        {
            "lab__show_inventory__one.txt": INVENTORY,
            "lab__show_version__one.txt": VERSION,
            "lab__show_inventory__two.txt": INVENTORY,
        },
    )
    found = read_captures(tmp_path, "catalyst_9300", DAY)
    assert commands(found) == {
        "lab__one": ["show inventory", "show version"],
        "lab__two": ["show inventory"],
    }


def test_show_tech_support(tmp_path):
    text = (
        "\n------------------ show clock ------------------\n\n*12:00:00 UTC\n"
        "\n------------------ show version ------------------\n\n" + VERSION + "\n\n"
        "------------------ show inventory ------------------\n\n" + INVENTORY
    )
    write(tmp_path, {"sw1/tech.txt": text})
    found = read_captures(tmp_path, None, DAY)
    assert commands(found) == {"sw1": ["show clock", "show inventory", "show version"]}
    assert found.captures[0].text("show inventory") == INVENTORY


def test_what_stands_before_the_first_header_is_only_ever_a_version():
    header = "------------------ show inventory ------------------\n"
    version = "Cisco Adaptive Security Appliance Software Version 9.16(4)\n"
    assert dict(split(f"{version}\n{header}{INVENTORY}")) == {
        "show version": version,
        "show inventory": INVENTORY,
    }
    assert [c for c, _ in split(f"{INVENTORY}\n{header}{INVENTORY}")] == ["show inventory"]
    fxos = f"`show version`\n{VERSION}\n`show chassis inventory`\nChassis\n"
    assert [c for c, _ in split(fxos)] == ["show version", "show chassis inventory"]


@pytest.mark.parametrize(
    "prompt",
    ["sw1#", "sw1>", "lab/pri/act# ", "> ", "FPR-4110-A /chassis* # ", "sw-1.site(boot)# "],
)
def test_session_logs_are_split_at_their_prompts(prompt):
    log = (
        f"Welcome\n{prompt}terminal length 0\n{prompt}show version\n{VERSION}\n"
        f"{prompt}sh inv\n{INVENTORY}{prompt}\n{prompt}exit\n"
    )
    found = dict(split(log))
    assert found["show inventory"] == INVENTORY
    assert found["show version"].startswith(VERSION)


def test_echo_without_a_prompt():
    assert split("show inventory\n" + INVENTORY + "sw1#") == (("show inventory", INVENTORY),)


def test_a_file_of_another_name_says_what_it_is_by_content():
    assert [c for c, _ in split(VERSION)] == ["show version"]
    assert split("nothing that any command prints\n") == ()


def test_sha256_is_that_of_the_parsed_text(tmp_path):
    write(tmp_path, {"sw1/show_inventory.txt": INVENTORY.replace("\n", "\r\n").encode("utf-16")})
    (capture,) = read_captures(tmp_path, None, DAY).captures
    (unit,) = platform(capture.platform).parse(capture).observations
    assert capture.outputs[0].text == INVENTORY
    assert [e.sha256 for e in unit.evidence] == [capture.outputs[0].sha256]


def test_a_hint_names_the_platform(tmp_path):
    write(tmp_path, {"fw1/platform": "asa\n", "fw1/show_inventory.txt": INVENTORY})
    assert read_captures(tmp_path, None, DAY).captures[0].platform == "asa"


def test_what_no_platform_recognises_is_said(tmp_path):
    write(tmp_path, {"x/notes.txt": "milk, bread\n", "y/show_clock.txt": "12:00\n"})
    found = read_captures(tmp_path, None, DAY)
    assert found.captures == ()
    assert [(u.host, u.kind) for u in found.unidentified] == [
        ("x", "not_a_device"),
        ("y", "not_a_device"),
    ]
    assert "show clock" in found.unidentified[1].reason
    assert "catalyst_9300" in found.unidentified[1].reason


WALK = """.1.3.6.1.2.1.1.1.0 = STRING: "Cisco Adaptive Security Appliance Version 9.16(4)"
.1.3.6.1.2.1.47.1.1.1.1.5.1 = INTEGER: 3
.1.3.6.1.2.1.47.1.1.1.1.11.1 = STRING: "ZZT26010001"
"""


def test_a_walk_beside_outputs_and_alone(tmp_path):
    write(
        tmp_path,
        {
            "sw1/show_inventory.txt": INVENTORY,
            "sw1/snmpwalk.txt": WALK,
            "fw1/snmpwalk.txt": WALK,
            "any.txt": WALK.replace("Adaptive Security Appliance", "Toaster"),
        },
    )
    found = read_captures(tmp_path, None, DAY)
    assert {c.host: (c.platform, [o.command for o in c.outputs]) for c in found.captures} == {
        "sw1": ("catalyst_9300", ["show inventory", "snmpwalk"]),
        "fw1": ("asa", ["snmpwalk"]),
        tmp_path.name: ("generic", ["snmpwalk"]),
    }
    assert not found.unidentified


# ------------------------------------------------------------- several hosts in one folder


def log(name, inventory=INVENTORY, prompt="#"):
    return f"{name}{prompt}show inventory\n{inventory}\n{name}{prompt}exit\n"


def test_logs_that_show_different_devices_are_hosts_of_their_own(tmp_path):
    other = INVENTORY.replace("ZZT26010001", "ZZT26010002")
    write(tmp_path, {"monday.log": log("sw1"), "tuesday.log": log("SW2", other)})
    found = read_captures(tmp_path, None, DAY)
    assert commands(found) == {"monday": ["show inventory"], "tuesday": ["show inventory"]}
    assert [c.text("show inventory") for c in found.captures] == [INVENTORY, other]


def test_outputs_without_prompts_are_told_apart_by_what_show_version_says(tmp_path):
    write(
        tmp_path,
        {
            "one.txt": "sw1 uptime is 2 days\n" + VERSION,
            "two.txt": "sw2 uptime is 3 weeks\n" + VERSION,
            "fw_show_version.txt": "fw1 up 12 days 3 hours\n" + VERSION,
        },
    )
    found = read_captures(tmp_path, "catalyst_9300", DAY)
    assert set(commands(found)) == {"one", "two", "fw_show_version"}


def test_files_of_one_device_beside_those_of_another_are_one_host(tmp_path):
    write(
        tmp_path,
        {
            "a.log": log("sw1"),
            "b.log": f"sw1.example.net>show version\n{VERSION}",
            "c.log": log("sw2(config)"),
        },
    )
    assert commands(read_captures(tmp_path, None, DAY)) == {
        "sw1": ["show inventory", "show version"],
        "c": ["show inventory"],
    }


def test_devices_that_nobody_has_named_yet_are_not_taken_for_one(tmp_path):
    write(
        tmp_path, {"a.log": log("Switch"), "b.log": log("Switch", prompt=">"), "c.log": log("sw3")}
    )
    assert set(commands(read_captures(tmp_path, None, DAY))) == {"a", "b", "c"}


def test_a_log_that_hops_from_device_to_device(tmp_path):
    other = INVENTORY.replace("ZZT26010001", "ZZT26010002")
    write(tmp_path, {"jump.log": log("sw1") + log("sw2", other)})
    found = read_captures(tmp_path / "jump.log", None, DAY)
    assert {c.host: c.text("show inventory") for c in found.captures} == {
        "sw1": INVENTORY,
        "sw2": other,
    }


@pytest.mark.parametrize(
    "second", ["sw1(config)", "sw1.example.net", "SW1", "sw1/pri/act", "pri/act/sw1"]
)
def test_one_device_by_several_spellings_of_its_name(tmp_path, second):
    write(tmp_path, {"a.log": log("sw1"), "b.log": f"{second}#show version\n{VERSION}"})
    found = read_captures(tmp_path, None, DAY)
    assert commands(found) == {tmp_path.name: ["show inventory", "show version"]}


def test_hosts_never_share_a_name(tmp_path):
    names = ["a.log", "a.txt", "a.cfg", "s/a.log", "s/a.txt"]
    write(tmp_path, {name: log("sw2" if "txt" in name else "Switch") for name in names})
    hosts = [c.host for c in read_captures(tmp_path, None, DAY).captures]
    assert len(hosts) == len(set(hosts)) == 5


def test_a_log_of_very_many_names_is_read_in_time(tmp_path):
    text = "".join(f"sw{n}#show clock\n12:00\n" for n in range(5_000))
    write(tmp_path, {"jump.log": text + log("sw1")})
    found = read_captures(tmp_path / "jump.log", None, DAY)
    assert [c.host for c in found.captures] == ["sw1"]
    assert len(found.unidentified) == 4_999


def test_a_folder_named_as_its_device_is_one_host(tmp_path):
    write(tmp_path, {"sw1/a.log": log("sw1"), "sw1/b.log": f"sw1-b#show version\n{VERSION}"})
    found = read_captures(tmp_path, None, DAY)
    assert commands(found) == {"sw1": ["show inventory", "show version"]}


def test_folders_of_a_site_each_with_the_logs_of_many(tmp_path):
    write(
        tmp_path,
        {
            "north/1.log": log("sw1"),
            "north/2.log": log("sw2"),
            "south/1.log": log("sw3"),
            "south/2.log": log("sw4"),
        },
    )
    hosts = {c.host for c in read_captures(tmp_path, None, DAY).captures}
    assert hosts == {"1", "2", "south/1", "south/2"}


# ------------------------------------------------------------------------- large files


def section(command, body):
    return f"------------------ {command} ------------------\n\n{body}\n\n"


def grown(file, begin, filler, end, size):
    """Write `begin`, then `filler` until `size` bytes are reached, then `end`."""
    with file.open("w", encoding="utf-8") as stream:
        stream.write(begin)
        while stream.tell() < size:
            stream.write(filler)
        stream.write(end)


NOISE = "".join(
    f"{n:06d}: Nov 24 2026 07:00:00: %LINK-3-UPDOWN: Te1/0/{n} up\n" for n in range(999)
)


@pytest.mark.parametrize(
    ("begin", "end", "left_out"),
    [
        (
            section("show version", VERSION)
            + "------------------ show logging ------------------\n",
            section("show inventory", INVENTORY),
            1,
        ),
        (
            f"sw1#show version\n{VERSION}\nsw1#show logging\n",
            f"sw1#sh inv\n{INVENTORY}\nsw1#exit\n",
            2,
        ),
    ],
    ids=["tech_support", "session"],
)
def test_of_a_large_file_only_what_is_read_is_held(tmp_path, begin, end, left_out):
    file, size = tmp_path / "sw1.txt", 12_000_000
    grown(file, begin, NOISE, end, size)
    tracemalloc.start()
    try:
        found = read_captures(file, None, DAY)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    (capture,) = found.captures
    assert {o.command: o.text for o in capture.outputs} == {
        "show inventory": INVENTORY,
        "show version": VERSION,
    }
    assert found.left_out == (f"{file}: {left_out} outputs that no parser reads are not kept",)
    assert peak < size / 3


def test_of_a_large_walk_only_the_variables_that_are_read_are_held(tmp_path):
    file, size = tmp_path / "fw1.txt", 12_000_000
    ports = "".join(f'.1.3.6.1.2.1.2.2.1.2.{n} = STRING: "Port\n{n}"\n' for n in range(999))
    grown(file, WALK.splitlines(keepends=True)[0] + ports, ports, "".join(WALK), size)
    tracemalloc.start()
    try:
        (capture,) = read_captures(file, None, DAY).captures
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert capture.outputs[0].text == WALK.splitlines(keepends=True)[0] + WALK
    assert peak < size / 3


def test_a_large_walk_that_ends_within_a_value_says_so(tmp_path):
    filler = '.1.3.6.1.2.1.2.2.1.2.1 = STRING: "Port 1"\n' * 100
    grown(tmp_path / "fw1.txt", WALK, filler, '.1.3.6.1.2.1.2.2.1.2.2 = STRING: "Po', 4_100_000)
    (capture,) = read_captures(tmp_path / "fw1.txt", None, DAY).captures
    assert [gap.kind for gap in _snmp.parse(capture).incomplete] == ["truncated"]


def test_a_large_output_is_kept_whole(tmp_path):
    grown(tmp_path / "show_inventory.txt", INVENTORY, INVENTORY, "", LARGE + 1)
    (capture,) = read_captures(tmp_path / "show_inventory.txt", None, DAY).captures
    assert len(capture.outputs[0].text) == (tmp_path / "show_inventory.txt").stat().st_size


def test_a_missing_folder(tmp_path):
    with pytest.raises(CaptureError, match="no such file or folder"):
        read_captures(tmp_path / "absent", None, DAY)


def test_what_is_neither_file_nor_folder(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(CaptureError, match="pipe: cannot be read"):
        read_captures(tmp_path / "pipe", None, DAY)


def test_a_link_back_to_the_folder_is_no_second_host(tmp_path):
    write(tmp_path, {"sw1/show_inventory.txt": INVENTORY})
    (tmp_path / "again").symlink_to(tmp_path / "sw1")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert [c.host for c in read_captures(tmp_path, None, DAY).captures] == ["sw1"]


def test_an_empty_folder(tmp_path):
    with pytest.raises(CaptureError, match=r"holds no files; expected .*show_version\.txt"):
        read_captures(tmp_path, None, DAY)


def test_an_unknown_platform(tmp_path):
    write(tmp_path, {"sw1/show_inventory.txt": INVENTORY})
    with pytest.raises(UsageError, match="platform 'cat9300' is not known"):
        read_captures(tmp_path, "cat9300", DAY)
