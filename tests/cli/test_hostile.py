"""The hostile lab: every fault gets its right, typed answer, and no healthy host is lost."""

import json

import pytest

from agent.platforms import platform
from lab.estate import HOSTILE, load_estate
from lab.inventory import write_inventory
from lab.process import LabProcess
from tests.cli.conftest import Project


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A sweep of the hostile estate: the estate, the folder, the result, the command log."""
    estate = load_estate(HOSTILE)
    made = Project(tmp_path_factory.mktemp("hostile"))
    log = made.folder / "commands.jsonl"
    with LabProcess(HOSTILE, port=0, command_log=log) as lab:
        write_inventory(estate, made.folder / "inventory", lab.port)
        result = made.run(
            "sweep",
            "--quiet",
            "-o",
            "sweep.json",
            NETCOVER_SWEEP__TIMEOUT="10",
            NETCOVER_SWEEP__REFUSALS_PER_SITE="0",
        )
    assert result.returncode == 3, result.stderr
    made.estate = estate
    made.document = json.loads((made.folder / "sweep.json").read_text())
    made.log = [json.loads(line) for line in log.read_text().splitlines()]
    return made


def test_every_host_gets_its_right_answer(hostile):
    unreached = {u["host"]: u["kind"] for u in hostile.document["unreached"]}
    gaps = {}
    for gap in hostile.document["incomplete"]:
        gaps.setdefault(gap["host"], set()).add(gap["kind"])
    wrong = {}
    for host, expected in hostile.estate.expectations().items():
        said = {unreached[host]} if host in unreached else {"readable", *gaps.get(host, ())}
        if not said & set(expected):
            wrong[host] = (expected, said)
    assert wrong == {}


def test_no_unit_of_a_readable_host_is_lost_and_none_invented(hostile):
    expected = hostile.estate.expectations()
    truth = {u.serial: u.host for u in hostile.estate.truth()}
    seen = {o["serial"] for o in hostile.document["observations"] if o["serial"]}
    unread = {u["host"] for u in hostile.document["unreached"]}
    owed = {s: h for s, h in truth.items() if "readable" in expected[h] and h not in unread}
    lost = {s: h for s, h in owed.items() if s not in seen}
    assert lost == {}
    assert seen <= set(truth)


def test_nothing_was_typed_into_a_dialogue_that_is_no_prompt(hostile):
    states = {entry["state"] for entry in hostile.log}
    assert states <= {"prompt", "password", "more", "return"}
    assert all(entry["command"] == "" for entry in hostile.log if entry["state"] == "return")


def test_every_line_typed_at_a_prompt_is_declared_by_the_platform_of_its_host(hostile):
    declared = {
        host.name: host.inventory_platform or host.platform for host in hostile.estate.hosts
    }
    typed = {(e["host"], e["command"]) for e in hostile.log if e["state"] == "prompt"}
    assert len(typed) > len(declared)
    strange = [
        (name, line)
        for name, line in typed
        if line not in {"", "enable", *lines_of(platform(declared[name]))}
    ]
    assert strange == []


def lines_of(device):
    return {*device.session, *(line for command in device.commands for line in command.lines)}


def test_each_result_says_which_lane_read_it(hostile):
    lanes = {o["lane"] for o in hostile.document["observations"]}
    assert lanes <= {"asyncssh", "netmiko"}
    assert "asyncssh" in lanes


def test_a_host_that_refuses_is_offered_the_password_at_most_twice(hostile):
    refusing = [
        host.name
        for host in hostile.estate.hosts
        if [type(fault).__name__ for fault in host.faults] == ["RefuseLogin"]
    ]
    reasons = {u["host"]: u["reason"] for u in hostile.document["unreached"]}
    assert refusing
    assert {reasons[name] for name in refusing} == {"the device refused the login"}
