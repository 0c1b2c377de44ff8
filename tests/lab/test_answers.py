from __future__ import annotations

import pytest

from lab.answers import GREETINGS, RefusedError, answer, commands, padded, short_model
from lab.estate import load_estate
from lab.platforms import PLATFORMS

ESTATE = load_estate()
HOSTS = {host.name: host for host in ESTATE.hosts}
SENT = {
    "catalyst_9300": {
        "show version", "show inventory", "show switch", "show license all", "show install summary",
    },
    "catalyst_9800": {
        "show version", "show inventory", "show chassis", "show license all", "show ap summary",
        "show ap config general", "show install summary",
    },
    "asa": {
        "show version", "show inventory", "show failover", "failover exec mate show inventory",
        "show license all", "show curpriv",
    },
    "ftd": {
        "show version", "show inventory", "show failover", "show serial-number", "show model",
    },
    "fxos": {
        "show version", "show chassis inventory", "show server inventory", "show system firmware",
    },
    "ios": {"show version", "show hosts", "show ip interface brief"},
    "nxos": {
        "show version", "show hosts", "show hostname", "show interface status", "show inventory",
        "show inventory | json",
    },
    "eos": {"show version | json", "show hostname | json", "show interfaces | json"},
}  # fmt: skip


def say(host: str, command: str) -> str:
    return answer(ESTATE, HOSTS[host], command)


NEIGHBOURS = {"show cdp neighbors detail", "show lldp neighbors detail"}
WITH_CABLES = {"catalyst_9300", "catalyst_9800", "ios", "nxos"}


@pytest.mark.parametrize("platform", sorted(SENT))
def test_a_platform_answers_what_it_is_asked(platform):
    cables = NEIGHBOURS if platform in WITH_CABLES else set()
    assert commands(platform) == SENT[platform] | cables


def test_an_xml_agent_answers_what_it_is_asked():
    assert all(command.startswith("<?xml ") for command in commands("ios_xr"))
    assert {*SENT, "ios_xr"} == set(PLATFORMS)


@pytest.mark.parametrize("name", sorted(HOSTS))
def test_every_transcript_of_every_host(name):
    host = HOSTS[name]
    for command in commands(host.platform) | set(GREETINGS):
        try:
            text = answer(ESTATE, host, command)
        except RefusedError:
            assert (command, host.active.pid[:5]) == ("show license all", "ASA55")
            continue
        assert "{{" not in text
        assert "None" not in text.replace("Last Renewal Attempt: None", "")
        assert text == "" or text.endswith("\n")


@pytest.mark.parametrize("name", sorted(HOSTS))
def test_every_declared_serial_is_shown_somewhere(name):
    host = HOSTS[name]
    shown = ""
    for command in commands(host.platform):
        try:
            shown += answer(ESTATE, host, command)
        except RefusedError:
            continue
    own = [unit for unit in ESTATE.truth() if unit.host == name]
    assert [unit for unit in own if unit.serial not in shown or unit.pid not in shown] == []


def test_the_stack_row_repeats_the_active_unit_which_is_switch_2():
    active = HOSTS["hq-dist-sw2"].active
    lines = say("hq-dist-sw2", "show inventory").splitlines()
    assert active.number == 2
    assert lines[0] == 'NAME: "c93xx Stack", DESCR: "c93xx Stack"'
    assert lines[1] == f"PID: C9300-48UXM       , VID: V01  , SN: {active.serial}"


def test_the_first_block_of_show_version_is_the_active_unit():
    text = say("hq-dist-sw2", "show version")
    first, second, third = (
        line.split(": ")[1] for line in text.splitlines() if line.startswith("System Serial")
    )
    by_number = {m.number: m.serial for m in HOSTS["hq-dist-sw2"].members}
    assert [first, second, third] == [by_number[2], by_number[1], by_number[3]]
    assert "*    2 65    C9300-48UXM        17.09.04a         CAT9K_IOSXE           INSTALL" in text


def test_a_member_may_run_another_release():
    text = say("hq-acc-sw2", "show version")
    assert "     3 41    C9300-24P          17.09.04a         CAT9K_IOSXE           INSTALL" in text
    assert text.startswith("Cisco IOS XE Software, Version 17.12.04\n")


def test_an_empty_slot_has_a_pid_and_no_serial():
    assert (
        'NAME: "Switch 3", DESCR: "C9300-48P - Provisioned"\n'
        "PID: C9300-48P         , VID:      , SN: \n"
    ) in say("plant-acc-sw1", "show inventory")
    assert " 3       Member   0000.0000.0000     0              Provisioned\n" in say(
        "plant-acc-sw1", "show switch"
    )


def test_a_stack_cable_shows_one_serial_at_both_ends():
    cable = HOSTS["hq-acc-sw1"].stack_cables[0].serial
    assert say("hq-acc-sw1", "show inventory").count(cable) == 2


def test_the_licence_lists_every_member():
    text = say("hq-dist-sw2", "show license all")
    assert text.count("PID:C9300-48UXM,SN:") == 5
    assert "    Member:PID:C9300-24UX,SN:" in text


def test_the_board_serial_stands_where_the_chassis_serial_does_not():
    unit = HOSTS["hq-fw1-a"].active
    assert f"Serial Number: {unit.board_serial}\n" in say("hq-fw1-a", "show version")
    assert unit.serial not in say("hq-fw1-a", "show version") + say("hq-fw1-a", "show failover")
    assert unit.serial in say("hq-fw1-a", "show inventory")


def test_a_mate_shows_its_own_inventory():
    mate = HOSTS["hq-fw1-b"]
    text = say("hq-fw1-a", "failover exec mate show inventory")
    assert text == answer(ESTATE, mate, "show inventory")


def test_failover_is_off_without_a_mate():
    assert say("campus-fw2", "show failover").startswith("Failover Off\n")
    assert say("campus-fw2", "failover exec mate show inventory").startswith("ERROR: ")


def test_the_secondary_unit_tells_the_same_story():
    first, second = say("hq-fw1-a", "show failover"), say("hq-fw1-b", "show failover")
    ours, mates = HOSTS["hq-fw1-a"].active.board_serial, HOSTS["hq-fw1-b"].active.board_serial
    assert f"Serial Number: Ours {ours}, Mate {mates}\n" in first
    assert f"Serial Number: Ours {mates}, Mate {ours}\n" in second
    assert "This host: Secondary - Standby Ready\n" in second


def test_an_old_firewall_has_no_smart_licence():
    with pytest.raises(RefusedError):
        say("hq-fw1-a", "show license all")
    assert "UDI: PID:FPR-3110,SN:" in say("hq-fw2-a", "show license all")


def test_ftd_reports_its_own_release_and_build():
    text = say("hq-ftd1", "show version")
    assert ": Cisco Firepower 4110 Threat Defense (76) Version 7.2.5 (Build 208)\n" in text
    assert say("hq-ftd1", "show serial-number").strip() == HOSTS["hq-ftd1"].active.serial


@pytest.mark.parametrize(
    ("command", "at"),
    [("show foo", 5), ("shw version", 0), ("show version all", 13), ("show ap", 7)],
)
def test_the_caret_stands_under_the_first_word_that_is_wrong(command, at):
    with pytest.raises(RefusedError) as refused:
        say("hq-wlc", command)
    assert refused.value.at == at


@pytest.mark.parametrize(
    ("version", "shown"),
    [("17.9.4a", "17.09.04a"), ("17.12.4", "17.12.04"), ("16.12.8", "16.12.08")],
)
def test_the_xe_line_pads_with_zeros(version, shown):
    assert padded(version) == shown


@pytest.mark.parametrize(
    ("pid", "model"),
    [("C9120AXI-E", "9120AXI"), ("AIR-AP3802I-E-K9", "3802I"), ("CW9166I-E", "CW9166I-E")],
)
def test_older_releases_shorten_the_model(pid, model):
    assert short_model(pid) == model
