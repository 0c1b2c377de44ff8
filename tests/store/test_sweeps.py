from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.errors import StoreError
from agent.model import (
    Evidence,
    HostResult,
    HostVisit,
    Incomplete,
    LicenceUse,
    Licensing,
    Observation,
    Output,
    Sweep,
    Unreached,
)
from agent.store import SweepHead, open_store

DAY = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)

text = st.text(max_size=3)
moments = st.integers(0, 3).map(lambda hours: DAY + hours * HOUR)
outputs = st.lists(
    st.builds(Output, command=st.sampled_from(["show version", "show inventory"]), text=text,
              collected=moments),
    max_size=3,
).map(tuple)  # fmt: skip
strangers = st.builds(
    Evidence,
    source=st.sampled_from(["snmp", "file"]),
    command=st.sampled_from(["1.3.6.1", "row 2"]),
    collected=st.none() | moments,
    sha256=st.sampled_from(["a" * 64, "b" * 64]),
)
uses = st.builds(LicenceUse, name=text, count=st.none() | st.just(2), subscription=st.booleans())
licensings = st.builds(
    Licensing,
    registration=st.none() | text,
    smart_account=st.none() | text,
    last_report=st.none() | st.sampled_from(["Feb 01 2026", "Mar 01 2026"]),
    ack_deadline=st.none() | text,
    uses=st.lists(uses, max_size=2).map(tuple),
)


@st.composite
def results(draw, host: str) -> HostResult:
    """One visit; serials, positions and versions are few, so that units come, go and return."""
    site = draw(st.none() | st.sampled_from(["north", "south"]))
    if not draw(st.integers(0, 3)):
        failure = draw(st.none() | st.builds(Unreached, st.just(host), st.just("timeout"), text))
        visit = HostVisit(host, site, "asa", reached=False)
        return HostResult(visit, unreached=failure, outputs=draw(outputs), lane="ssh")
    printed = draw(outputs)
    cited = [Evidence("ssh", o.command, o.collected, o.sha256) for o in printed]
    evidence = st.sampled_from(cited) | strangers if cited else strangers
    units = st.builds(
        Observation,
        host=st.just(host),
        site=st.just(site),
        platform=st.just("asa"),
        kind=st.sampled_from(["chassis", "fan"]),
        serial=st.none() | st.sampled_from(["XXX0000001", "XXX0000002"]),
        pid=st.none() | st.just("EX-1"),
        position=st.none() | st.sampled_from(["", "switch 1"]),
        parent_serial=st.none() | st.just("XXX0000003"),
        version=st.sampled_from(["1.1", "1.2"]),
        patches=st.lists(st.sampled_from(["SMU-é", "SMU-2"]), max_size=2).map(tuple),
        licensing=st.none() | licensings,
        virtual=st.booleans(),
        evidence=st.lists(evidence, max_size=3).map(tuple),
    )
    gaps = st.builds(Incomplete, st.just(host), st.sampled_from(["truncated", "not_parsed"]), text)
    return HostResult(
        visit=HostVisit(host, site, "asa", reached=True),
        observations=draw(st.lists(units, max_size=4).map(tuple)),
        incomplete=draw(st.lists(gaps, max_size=2).map(tuple)),
        outputs=printed,
        lane="ssh",
    )


@st.composite
def histories(draw) -> list[list[HostResult]]:
    return [
        [draw(results(host)) for host in ("alpha", "beta") if draw(st.integers(0, 3))]
        for _ in range(draw(st.integers(1, 5)))
    ]


@settings(max_examples=150, deadline=None)
@given(histories(), st.randoms(use_true_random=False))
def test_every_sweep_comes_back_as_it_was_saved_in_whatever_order_hosts_arrive(history, random):
    with open_store("sqlite://") as store:
        arrivals = [(n, result) for n, sweep in enumerate(history) for result in sweep]
        random.shuffle(arrivals)
        for n in range(len(history)):
            store.begin_sweep(f"sweep-{n}", DAY + n * HOUR, None)
        for n, result in arrivals:
            store.save_host(f"sweep-{n}", result)
        for n in range(len(history)):
            store.end_sweep(f"sweep-{n}", DAY + n * HOUR + HOUR)
        for n, hosts in enumerate(history):
            expected = Sweep.of(f"sweep-{n}", DAY + n * HOUR, DAY + n * HOUR + HOUR, hosts)
            assert store.sweep(f"sweep-{n}") == expected
            for output in (output for result in hosts for output in result.outputs):
                assert store.raw(output.sha256) == output.text


def chassis(serial: str, version: str = "1.1") -> Observation:
    return Observation("sw1", "north", "asa", "chassis", serial=serial, pid="EX-1", version=version)


def visit(*units: Observation, host: str = "sw1", reached: bool = True) -> HostResult:
    return HostResult(HostVisit(host, "north", "asa", reached=reached), units)


def save(store, *readings: HostResult) -> None:
    for reading in readings:
        number = len(store.sweeps()) + 1
        started = DAY + number * HOUR
        assert store.save_sweep(f"sweep-{number}", started, started + HOUR, [reading])


def intervals(store) -> list[tuple[str, int, int]]:
    query = "SELECT serial, first_sweep, last_sweep FROM unit ORDER BY serial, first_sweep"
    with store._engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


A, B = chassis("XXX0000001"), chassis("XXX0000002")


@pytest.mark.parametrize(
    ("readings", "expected"),
    [
        ([visit(A), visit(A), visit(A)], [("XXX0000001", 1, 3)]),
        ([visit(A), visit(), visit(A)], [("XXX0000001", 1, 1), ("XXX0000001", 3, 3)]),
        ([visit(A), visit(reached=False), visit(A)], [("XXX0000001", 1, 3)]),
        ([visit(A), visit(host="sw2"), visit(A)], [("XXX0000001", 1, 3)]),
        (
            [visit(A), visit(chassis("XXX0000001", "1.2"))],
            [("XXX0000001", 1, 1), ("XXX0000001", 2, 2)],
        ),
        ([visit(A), visit(A, B), visit(B)], [("XXX0000001", 1, 2), ("XXX0000002", 2, 3)]),
    ],
    ids=["unchanged", "gone and back", "not reached", "not asked", "upgraded", "replaced"],
)
def test_a_unit_is_one_row_as_long_as_it_stands_unchanged(readings, expected):
    with open_store("sqlite://") as store:
        save(store, *readings)
        assert intervals(store) == expected


def test_a_unit_that_reports_its_licences_again_is_the_same_unit():
    def reporting(day: str) -> HostResult:
        licensing = Licensing(registration="REGISTERED", last_report=day, last_ack=day)
        return visit(replace(A, licensing=licensing))

    days = ("Feb 01", "Mar 01", "Apr 01")
    with open_store("sqlite://") as store:
        save(store, *map(reporting, days))
        assert intervals(store) == [("XXX0000001", 1, 3)]
        for number, day in enumerate(days, 1):
            (unit,) = store.sweep(f"sweep-{number}").observations
            assert unit.licensing == Licensing(
                registration="REGISTERED", last_report=day, last_ack=day
            )


@pytest.mark.parametrize(
    ("late", "expected"),
    [
        (visit(A), [("XXX0000001", 1, 3)]),
        (visit(), [("XXX0000001", 1, 1), ("XXX0000001", 3, 3)]),
    ],
    ids=["joined", "split"],
)
def test_a_reading_between_two_others_joins_or_splits_their_rows(late, expected):
    with open_store("sqlite://") as store:
        for sweep_id in ("one", "two", "three"):
            store.begin_sweep(sweep_id, DAY, None)
        for sweep_id, result in (("one", visit(A)), ("three", visit(A)), ("two", late)):
            store.save_host(sweep_id, result)
        assert intervals(store) == expected


def test_the_latest_sweep_is_the_finished_one_begun_last():
    with open_store("sqlite://") as store:
        with pytest.raises(StoreError) as refused:
            store.sweep()
        assert str(refused.value) == (
            "no sweep in the store; run netcover sweep or netcover ingest first"
        )
        save(store, visit(A), visit(B))
        store.begin_sweep("running", DAY, "site=north")
        assert store.sweep(None).id == "sweep-2"
        assert store.sweeps()[:2] == (
            SweepHead("running", DAY, None, "site=north", attempted=0, reached=0),
            SweepHead("sweep-2", DAY + 2 * HOUR, DAY + 3 * HOUR, None, attempted=1, reached=1),
        )


def test_a_sweep_saved_twice_changes_nothing():
    with open_store("sqlite://") as store:
        assert store.save_sweep("one", DAY, DAY, [visit(A)])
        assert not store.save_sweep("one", DAY + HOUR, DAY + HOUR, [visit(B)])
        assert store.sweep("one") == Sweep.of("one", DAY, DAY, [visit(A)])


def test_a_sweep_that_fails_to_save_leaves_nothing_behind():
    with open_store("sqlite://") as store:
        with pytest.raises(StoreError, match="has a visit of sw1 already; list each host once"):
            store.save_sweep("one", DAY, DAY, [visit(A), visit(B)])
        assert store.sweeps() == ()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda s: s.begin_sweep("one", DAY, None), "sweep one is in the store already"),
        (lambda s: s.save_host("one", visit(A)), "sweep one was not begun or has ended already"),
        (lambda s: s.save_host("two", visit(A)), "sweep two was not begun or has ended already"),
        (lambda s: s.end_sweep("one", DAY), "sweep one was not begun or has ended already"),
        (lambda s: s.sweep("two"), "no sweep two in the store"),
    ],
)
def test_calls_out_of_order_are_refused(call, message):
    with open_store("sqlite://") as store:
        store.save_sweep("one", DAY, DAY, [visit(A)])
        with pytest.raises(StoreError, match=message):
            call(store)


@pytest.mark.parametrize(
    "wrong",
    [visit(A, host="sw2"), visit(A, reached=False)],
    ids=["units of another host", "units of a host not reached"],
)
def test_a_result_that_contradicts_itself_is_refused(wrong):
    with open_store("sqlite://") as store:
        store.begin_sweep("one", DAY, None)
        with pytest.raises(ValueError, match=f"result of {wrong.visit.host}"):
            store.save_host("one", wrong)


def test_last_sightings_tell_when_a_unit_was_last_seen():
    moved = Observation("sw2", "south", "asa", "chassis", serial="XXX0000002", pid="EX-1")
    away = HostResult(HostVisit("sw2", "south", "asa", reached=True), (moved,))
    with open_store("sqlite://") as store:
        save(store, visit(A, B), visit(A), away, visit(reached=False))
        store.begin_sweep("running", DAY + 9 * HOUR, None)
        store.save_host("running", visit(A))
        assert store.last_sightings() == {
            ("XXX0000001", "EX-1"): ("sw1", "north", DAY + 2 * HOUR),
            ("XXX0000002", "EX-1"): ("sw2", "south", DAY + 3 * HOUR),
        }


def test_raw_text_that_was_not_kept_is_none():
    with open_store("sqlite://") as store:
        assert store.raw("0" * 64) is None
