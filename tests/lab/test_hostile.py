"""The hostile estate: whole, explained, and awake beside its own faults."""

from __future__ import annotations

import asyncio
import json
from typing import get_args

import pytest
import yaml
from netmiko import ConnectHandler
from netmiko.exceptions import ReadTimeout

from agent.model import IncompleteKind, UnreachedKind
from lab.estate import HOSTILE, grow, load_estate
from lab.faults import FAULTS
from lab.inventory import write_inventory
from lab.outcomes import Incomplete, Unreached
from lab.process import LabProcess
from tests.lab.test_session import Terminal, login


@pytest.fixture(scope="module")
def hostile():
    return load_estate(HOSTILE)


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    log = tmp_path_factory.mktemp("hostile") / "commands.jsonl"
    with LabProcess(HOSTILE, port=0, command_log=log) as lab:
        yield lab


def test_every_fault_is_there(hostile):
    used = {type(fault) for host in hostile.hosts for fault in host.faults}
    assert used == set(FAULTS.values())
    assert 100 <= len(hostile.hosts) <= 150
    assert sum(not (host.faults or host.inventory_platform) for host in hostile.hosts) >= 15


def test_outcomes_are_those_of_a_sweep():
    assert get_args(Unreached) == get_args(UnreachedKind)
    assert get_args(Incomplete) == get_args(IncompleteKind)


def test_what_is_expected_and_what_can_be_read_agree(hostile):
    expected = hostile.expectations()
    assert expected["sw-healthy"] == ("readable",)
    assert expected["sw-hang-licence"] == ("timeout", "truncated")
    assert expected["wlc-aps-refused"] == ("command_refused",)
    assert expected["fw-said-switch"] == ("wrong_platform",)
    unreachable = {unit.host for unit in hostile.truth() if not unit.reachable}
    assert "sw-hang-licence" in unreachable
    assert not {"sw-healthy", "wlc-aps-refused", "sw-flood"} & unreachable


def test_no_more_refusals_at_a_site_than_a_careful_sweep_allows(hostile):
    for site in hostile.sites:
        there = [host for host in hostile.hosts if host.site == site]
        refusing = [host.name for host in there if "auth_refused" in host.outcomes]
        assert len(refusing) <= 2, refusing


def test_the_inventory_says_what_is_wrong(hostile, tmp_path):
    write_inventory(hostile, tmp_path, 2222)
    hosts = yaml.safe_load((tmp_path / "hosts.yaml").read_text(encoding="utf-8"))
    assert hosts["fw-said-switch"]["platform"] == "catalyst_9300"
    assert hosts["fw-said-switch"]["groups"][0] == "catalyst_9300"
    assert hosts["fw-healthy"]["platform"] == "asa"


def test_copies_have_the_same_faults(hostile):
    grown = grow(hostile, 2 * len(hostile.hosts))
    assert grown.expectations()["wlc-hang-login-2"] == ("auth_timeout",)


def test_the_healthy_answer_beside_the_others(hostile, running):
    async def read(host):
        async with login(hostile, running, host) as connection:
            shell = await connection.create_process(term_type="vt100", term_size=(80, 1000))
            terminal = Terminal(shell)
            prompt = await terminal.until(">")
            terminal.type("show version\r")
            return prompt, await terminal.until(f"{host}>")

    async def run():
        hung = asyncio.create_task(read("sw-hang-enable"))
        flooded = [asyncio.create_task(read(host)) for host in ("sw-byte-by-byte", "sw-flood")]
        texts = await asyncio.gather(read("sw-healthy"), read("sw-last"))
        for task in (hung, *flooded):
            await task
        return texts

    assert all("uptime is" in text for _, text in asyncio.run(run()))


def test_the_log_tells_who_types_into_a_dialogue(hostile, running):
    """netmiko does: a fact about it, and the proof that the log would show it of us."""
    known = hostile.credentials
    with pytest.raises(ReadTimeout):
        ConnectHandler(
            device_type="cisco_xe",
            host=str(hostile.by_name["sw-expired"].address),
            port=running.port,
            username=known.username,
            password=known.password,
            read_timeout_override=1,
        )
    entries = map(json.loads, running.command_log.read_text(encoding="utf-8").splitlines())
    typed = [(e["state"], e["command"]) for e in entries if e["host"] == "sw-expired"]
    assert ("password_change", "***") in typed
