"""Two readings of one host joined: agreement, contradiction, what only one of them shows."""

import pytest

from agent.model import Capture, Incomplete, Output, Reading
from agent.reading import read
from agent.second_opinion import join, managers_words
from lab.answers import answer
from lab.estate import load_estate
from lab.hardware import rows
from lab.mib import variables
from lab.truth import readable
from tests import snmprec, walks
from tests.examples import NOON, gap, seen, unit

WALK = seen("snmpwalk", "snmp")


def shown(serial="TST26010001", pid="C9300-48P", **fields):
    return unit(serial, pid, **({"evidence": (WALK,), "lane": "snmp"} | fields))


def joined(typed, walked, gaps=(), walk_gaps=()):
    return join(Reading(tuple(typed), tuple(gaps)), Reading(tuple(walked), tuple(walk_gaps)))


def test_agreement_is_evidence():
    (found,) = joined([unit(version="17.9.4a")], [shown(version="17.9.4a")]).observations
    assert found.evidence == (seen(), WALK)
    assert found.disagreements == ()
    assert found.lane == ""


@pytest.mark.parametrize(
    ("typed", "walked", "words"),
    [
        (
            {"version": "17.9.4a"},
            {"version": "17.9.4"},
            ["release: the command line states 17.9.4a, SNMP 17.9.4"],
        ),
        ({"version": "17.9.4a"}, {}, []),
        (
            {"pid": "C9300-48P"},
            {"pid": "C9300-24T"},
            ["PID: the command line states C9300-48P, SNMP C9300-24T"],
        ),
        ({"pid": "WS-C3850-48T"}, {"pid": "WS-C3850-48T-S"}, []),
        ({"pid": "c9300-48p"}, {}, []),
        (
            {"pid": "Firepower 1140", "notes": ("named by its model: no PID",)},
            {"pid": "FPR-1140"},
            [],
        ),
    ],
)
def test_contradictions(typed, walked, words):
    (found,) = joined([unit(**typed)], [shown(**walked)]).observations
    assert list(found.disagreements) == words


def test_what_the_command_line_did_not_state_is_filled_in():
    typed = unit(None, None, position="switch 2", notes=("serial not printed",))
    missing = Incomplete("sw1", "members_not_enumerated", "made up")
    result = joined([typed], [shown(position="Switch 2", version="17.9.4a")], [missing])
    (found,) = result.observations
    assert (found.serial, found.pid, found.version) == ("TST26010001", "C9300-48P", "17.9.4a")
    assert found.notes == ("serial as SNMP states it",)
    assert result.incomplete == ()


def test_a_model_gives_way_to_a_pid():
    typed = unit(pid="Firepower 1140", notes=("named by its model: no PID",))
    assert joined([typed], [shown(pid="FPR-1140")]).observations[0].pid == "FPR-1140"


def test_a_board_serial_is_the_same_unit():
    typed = unit("TST26010001", other_serials=("TST26010009",))
    (found,) = joined([typed], [shown("TST26010009")]).observations
    assert found.evidence == (seen(), WALK)


def test_a_supervisor_and_its_chassis_are_both_seen():
    typed = [unit(kind="supervisor"), unit(kind="chassis")]
    result = joined(typed, [shown(kind="chassis")])
    assert [u.disagreements for u in result.observations if u.kind == "chassis"] == [()]


def test_a_unit_that_one_side_does_not_show():
    members = {"kind": "stack_member"}
    result = joined(
        [unit("TST26010001", **members), unit("TST26010002", **members)],
        [shown("TST26010001", **members), shown("TST26010003", **members)],
    )
    assert [(u.serial, u.disagreements) for u in result.observations] == [
        ("TST26010001", ()),
        ("TST26010002", ("SNMP does not show this unit",)),
        ("TST26010003", ("the command line does not show this unit",)),
    ]


def test_a_kind_that_one_side_never_lists_is_no_contradiction():
    result = joined(
        [unit(), unit("TST26010007", "SSD", kind="module")],
        [shown(), shown("TST26010008", "PSU", kind="power_supply")],
    )
    assert len(result.observations) == 3
    assert not any(u.disagreements for u in result.observations)


def test_the_mate_and_its_parts_are_the_command_lines_own():
    mate = unit("TST26010002", notes=("failover mate of this host",))
    part = unit("TST26010003", kind="power_supply", parent_serial="TST26010002")
    own = unit("TST26010004", kind="power_supply", parent_serial="TST26010001")
    result = joined(
        [unit(), mate, part, own],
        [shown(), shown("TST26010004", kind="power_supply")],
        walk_gaps=[gap(kind="mate_unknown")],
    )
    assert not any(u.disagreements for u in result.observations)


def test_a_chassis_that_states_its_release_alone_confirms_the_own_one():
    mate = unit("TST26010002", notes=("failover mate of this host",), version="7.2.5")
    nameless = shown(None, None, version="7.2.4")
    result = joined(
        [unit(version="7.2.5"), mate], [nameless], walk_gaps=[gap(kind="members_not_enumerated")]
    )
    assert [len(u.disagreements) for u in result.observations] == [1, 0]
    assert result.incomplete == ()


def test_rows_without_a_serial_are_not_added_beside_a_list():
    listed = unit("TST26010003", "FAN", kind="fan")
    result = joined([unit(), listed], [shown(), shown(None, "FAN-TRAY", kind="fan")])
    assert len(result.observations) == 2


def test_gaps_of_both():
    slot = Incomplete("sw1", "absent_slot", "switch 3 is provisioned or removed, not present")
    cut = gap(kind="truncated")
    result = joined([unit()], [shown()], [slot], [slot, cut, gap(kind="aps_short")])
    assert result.incomplete == (slot, cut)


def test_a_failed_mate_stays_a_gap():
    failed = Incomplete("sw1", "standby_not_seen", "on record, but Failed")
    assert joined([unit()], [shown()], [failed]).incomplete == (failed,)


# ---------------------------------------------------------------------- captures as a whole


def outputs(text):
    return (Output("snmpwalk", text, NOON, "snmp"),)


def test_a_walk_of_another_platform_than_declared():
    result = read(Capture("sw1", None, "asa", "snmp", outputs(walks.STACK)))
    assert result.unreached
    assert result.unreached.kind == "wrong_platform"
    assert "catalyst_9300" in result.unreached.reason


def test_a_walk_that_names_no_unit_is_a_gap():
    text = walks.walk("Cisco FX-OS", None)
    result = read(Capture("fx1", None, "fxos", "snmp", outputs(text)))
    assert result.visit.reached
    assert result.observations == ()
    assert [g.kind for g in result.incomplete] == ["members_not_enumerated"]


ESTATE = load_estate()
HOSTS = [host for host in ESTATE.hosts if readable(host)]


def typed(host):
    from agent.platforms import platform  # noqa: PLC0415

    found = []
    for command in platform(host.platform).commands:
        try:
            found.append(Output(command.text, answer(ESTATE, host, command.text), NOON, "ssh"))
        except Exception:  # noqa: BLE001, S112 - what the lab's device refuses
            continue
    return tuple(found)


@pytest.mark.parametrize("host", HOSTS, ids=lambda h: h.name)
def test_the_lab_says_the_same_both_ways(host):
    walked = outputs(snmprec.printed(variables(host)))
    alone = read(Capture(host.name, host.site, host.platform, "ssh", typed(host)))
    both = read(Capture(host.name, host.site, host.platform, "ssh", (*typed(host), *walked)))
    assert not any(u.disagreements for u in both.observations)
    assert both.incomplete == alone.incomplete
    facts = [(u.kind, u.position, u.serial, u.pid, u.version) for u in alone.observations]
    assert [(u.kind, u.position, u.serial, u.pid, u.version) for u in both.observations] == facts
    seen_twice = {u.serial for u in both.observations if len({e.source for e in u.evidence}) == 2}
    expected = {
        "catalyst_9300": {row.serial for row in rows(host) if row.kind and row.serial},
        "catalyst_9800": {row.serial for row in rows(host) if row.kind and row.serial},
        "asa": {host.active.serial},
        "ftd": {alone.observations[0].serial},
        "fxos": {host.active.serial},
    }
    assert seen_twice >= expected[host.platform]


def test_a_manager_and_its_unit():
    own, told = unit(version="7.2.5"), unit(version="7.0.1", host="fmc1", managed_by="fmc1")
    assert managers_words([own, told]) == [
        "release: the unit itself states 7.2.5, its manager fmc1 7.0.1"
    ]
    assert managers_words([own, unit(managed_by="fmc1")]) == []
    assert managers_words([own]) is None
    assert managers_words([told]) is None
