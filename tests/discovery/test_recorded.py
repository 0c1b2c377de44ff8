"""A run as its journal keeps it."""

import json
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

import pytest

from agent.discovery.ports import ports
from agent.discovery.recorded import Recorded, record, recorded
from agent.discovery.targets import plan
from agent.errors import UsageError


def resolve(name):
    if name != "core.example.net":
        raise OSError(-2, "Name or service not known")
    return (ip_address("192.0.2.77"), ip_address("2001:db8::7"))


SCOPE, TARGETS = plan(
    ["192.0.2.0/24", "192.0.2.64/26", "core.example.net", "gone.example.net", "2001:db8::/120"],
    ["192.0.2.10-192.0.2.19"],
    resolve=resolve,
)
RUN = Recorded(
    SCOPE, TARGETS, ports("22,443,161"), 7, datetime(2026, 11, 24, tzinfo=UTC), ("core1", "fmc1")
)


def test_a_run_is_read_as_it_was_written():
    assert recorded(json.loads(json.dumps(record(RUN))), Path("j.csv")) == RUN


READABLE = {("from", "x"), ("from", "{'a': 1}"), ("seed", "5.5")}
"""Whatever these are, they can be understood."""
DAMAGED = [
    (key, value)
    for key in sorted(record(RUN))
    for value in (None, 5.5, "x", {"a": 1})
    if (key, str(value)) not in READABLE
]


@pytest.mark.parametrize(("key", "value"), DAMAGED)
def test_a_damaged_record_is_one_clear_error(key, value):
    damaged = json.loads(json.dumps(record(RUN))) | {key: value}
    with pytest.raises(UsageError, match=r"^j\.csv: its plan is damaged"):
        recorded(damaged, Path("j.csv"))
