"""Processor time that asking one SNMP agent costs: pysnmp as it comes, and netcover's two clients.

    python -m benchmarks.snmp

The agent runs in a process of its own on loopback and holds seven columns of ENTITY-MIB with 300
rows each. Every contestant reads the seven columns in a process of its own, `ROUNDS` times; the
first time, which loads MIBs and learns keys, does not count. What is counted is the processor time
of the asking process alone; the median stands in the table.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import time
from multiprocessing import get_context
from typing import TYPE_CHECKING

from pysnmp.hlapi.v3arch.asyncio import (
    CommunityData,
    ContextData,
    ObjectIdentity,
    ObjectType,
    SnmpEngine,
    UdpTransportTarget,
    bulk_walk_cmd,
)

from agent.inventory.credentials import SnmpCredentials
from agent.platforms import _entity
from agent.transports.snmp import Address, client
from lab import ber
from tests.snmprec import Served

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

ROWS = 300
ROUNDS = 6
COLUMNS = tuple(
    (*_entity.ENTITY, column)
    for column in (
        _entity.DESCRIPTION,
        _entity.CONTAINED_IN,
        _entity.CLASS,
        _entity.NAME,
        _entity.SOFTWARE,
        _entity.SERIAL,
        _entity.MODEL,
    )
)
NAMES = {
    "own": "pysnmp, bulk walk with MIB look-up",
    "pysnmp": "netcover, pysnmp",
    "gufo": "netcover, gufo-snmp",
}


def records() -> dict[ber.Oid, ber.Value]:
    """What the agent holds: the columns, and as on every device something behind them."""
    numbers = {_entity.CONTAINED_IN, _entity.CLASS}
    found: dict[ber.Oid, ber.Value] = {}
    for column in COLUMNS:
        for row in range(1, ROWS + 1):
            text = (ber.OCTETS, f"Ethernet1/0/{row} of 300".encode())
            number = (ber.INTEGER, ber.untlv(ber.integer(row))[1])
            found[*column, row] = number if column[-1] in numbers else text
    found[1, 3, 6, 1, 6, 3, 1, 0] = (ber.OCTETS, b"behind it")
    return found


def serve(tell: Connection) -> None:
    """Answer until the process is ended."""
    with Served(records()) as agent:
        tell.send(agent.address[1])
        tell.recv()


async def _own(port: int) -> int:
    engine, count = SnmpEngine(), 0
    target = await UdpTransportTarget.create(("127.0.0.1", port))
    for column in COLUMNS:
        walk = bulk_walk_cmd(
            engine,
            CommunityData("public", mpModel=1),  # noqa: S508 - as the other contestants
            target,
            ContextData(),
            0,
            25,
            ObjectType(ObjectIdentity(column)),
            lexicographicMode=False,
            lookupMib=True,
        )
        async for failure, status, _, bindings in walk:
            if failure or status:
                raise RuntimeError(str(failure or status))
            count += len(bindings)
    engine.close_dispatcher()
    return count


def _ours(library: str, port: int) -> int:
    credentials = SnmpCredentials(community="public", library=library)
    return len(client(Address("127.0.0.1", port, 4), credentials, 10.0).table(COLUMNS))


def contest(name: str, port: int) -> list[float]:
    """Seconds of processor time of every round but the first."""
    ask: Callable[[], int] = (
        (lambda: asyncio.run(_own(port))) if name == "own" else (lambda: _ours(name, port))
    )
    spent = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        count = ask()
        spent.append(time.process_time() - begun)
        if count != len(COLUMNS) * ROWS:
            raise RuntimeError(f"{name} read {count} values of {len(COLUMNS) * ROWS}")
    return spent[1:]


def main() -> int:
    """Run every contestant and print the table; the exit code."""
    if sys.argv[1:]:
        print(json.dumps(contest(sys.argv[1], int(sys.argv[2]))))
        return 0
    here, there = get_context("spawn").Pipe()
    agent = get_context("spawn").Process(target=serve, args=(there,), daemon=True)
    agent.start()
    port = here.recv()
    medians = {}
    for name in NAMES:
        command = [sys.executable, "-m", "benchmarks.snmp", name, str(port)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        medians[name] = statistics.median(json.loads(done.stdout))
    here.send("end")
    agent.join(5)
    print("| | CPU ms an agent | of pysnmp's own walk |\n|---|---|---|")
    for name, median in medians.items():
        share = f"1/{medians['own'] / median:.1f}"
        print(f"| {NAMES[name]} | {median * 1000:.1f} | {share} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
