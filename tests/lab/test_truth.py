from __future__ import annotations

from collections import Counter

from lab.estate import load_estate


def test_every_unit_is_counted_once_under_its_own_host(small):
    units = {unit.serial: unit for unit in small.truth()}
    assert len(units) == len(small.truth())
    assert {
        (u.host, u.serial, u.pid, u.version, u.kind, u.position, u.reachable, u.virtual)
        for u in small.truth()
    } == {
        ("sw1", "TST9901A0A1", "C9300-24T", "17.9.4a", "chassis", "switch 1", True, False),
        ("sw2", "TST9901A0B1", "C9300-48P", "17.9.4a", "stack_member", "switch 1", True, False),
        ("sw2", "TST9901A0B2", "C9300-48P", "17.9.4a", "stack_member", "switch 2", True, False),
        ("sw2", "TST9901C0A1", "STACK-T1-50CM", None, "module", "StackPort1/1", True, False),
        ("sw2", "TST9901C0A2", "STACK-T1-50CM", None, "module", "StackPort1/2", True, False),
        ("wlc", "9TST9901VM1", "C9800-CL-K9", "17.9.4a", "chassis", "chassis 1", True, True),
        ("wlc", "TST9901P001", "C9120AXI-E", "17.9.4.27", "access_point", "ap-01", True, False),
        ("wlc", "TST9901P002", "C9120AXI-E", "17.9.4.27", "access_point", "ap-02", True, False),
        ("wlc", "TST9901P003", "C9120AXI-E", "17.9.4.27", "access_point", "ap-03", True, False),
        ("fw1", "TST9901F0A1", "ASA5525", "9.14(4)24", "chassis", "primary", True, False),
        ("fw2", "TST9901F0B1", "ASA5525", "9.14(4)24", "chassis", "secondary", True, False),
        ("fw3", "TST9901F0C1", "FPR-1140", "9.16(4)57", "chassis", "primary", True, False),
        ("fw3", "TST9901F0C2", "FPR-1140", "9.16(4)57", "chassis", "secondary", True, False),
        ("fx1", "TST9901X0A1", "FPR-4110-K9", "2.12(0.498)", "chassis", "chassis 1", True, False),
        ("fx1", "TST9901X0A2", "FPR4K-SM-12", "7.2.5", "module", "server 1/1", True, False),
        ("gone", "TST9901G0A1", "FPR-1010", "7.2.5", "chassis", None, False, False),
        ("closed", "TST9901G0A2", "ASA5506", "9.16(4)57", "chassis", None, False, False),
        ("mute", "TST9901G0A3", "ASA5506", "9.16(4)57", "chassis", None, False, False),
        ("stuck", "TST9901G0A4", "ASA5506", "9.16(4)57", "chassis", None, False, False),
        ("shaky", "TST9901G0A5", "ASA5506", "9.16(4)57", "chassis", None, False, False),
    }


def test_a_unit_whose_own_address_is_dead_is_reachable_through_its_mate(small):
    dead = small.with_hosts(
        tuple(
            host.model_copy(update={"fault": "down"}) if host.name == "fw2" else host
            for host in small.hosts
        )
    )
    assert {u.host: u.reachable for u in dead.truth() if u.host in {"fw1", "fw2"}} == {
        "fw1": True,
        "fw2": True,
    }


def test_a_failed_mate_cannot_be_read(small):
    fw3 = small.by_name["fw3"]
    failed = fw3.model_copy(
        update={"failover": fw3.failover.model_copy(update={"mate_state": "failed"})}
    )
    units = {u.serial: u.reachable for u in small.with_hosts((failed,)).truth()}
    assert units == {"TST9901F0C1": True, "TST9901F0C2": False}


def test_the_numbers_of_the_default_estate():
    truth = load_estate().truth()
    assert Counter(unit.kind for unit in truth) == {
        "chassis": 51,
        "stack_member": 32,
        "access_point": 33,
        "power_supply": 80,
        "module": 67,
        "transceiver": 37,
    }
    assert sum(not unit.reachable for unit in truth) == 6
