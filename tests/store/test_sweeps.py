from __future__ import annotations

import dataclasses
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
