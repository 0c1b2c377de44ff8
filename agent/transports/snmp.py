"""SNMP as a Nornir connection plugin: one command, which prints the walk that was read.

It asks for the variables of :mod:`agent.platforms._snmp` and for nothing else, and never sets one.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from agent.errors import CommandNotDeclaredError, HostFailureError, UsageError
from agent.platforms import _snmp
from agent.platforms._snmp import dotted
from agent.transports._pysnmp import Client as PysnmpClient

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nornir.core.configuration import Config

    from agent.inventory.credentials import SnmpCredentials
    from agent.platforms._walk import Oid

NAME = "snmp"
"""The plugin's name in Nornir's register, and the lane's in ``sweep.json``."""

CELLS = 100
"""Variables of one GETBULK; an agent sends as many rows as its datagram holds."""
ROWS = 200_000
"""No table of a device is longer; an agent that goes on is running in a circle."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where an agent is asked. `family` is 4 or 6."""

    ip: str
    port: int
    family: int


class Client(Protocol):
    """Asks one agent; pysnmp, or what stands in for it."""

    def get(self, oids: Sequence[Oid]) -> list[tuple[Oid, str]]:
        """The values of instances that are there, as ``snmpwalk`` prints them."""

    def bulk(self, oids: Sequence[Oid], repetitions: int) -> list[tuple[Oid, str | None]] | None:
        """What follows each of `oids`, row by row; None where that is too big for the agent."""


def walk(host: str, port: int, credentials: SnmpCredentials, timeout: float) -> str:
    """Everything that is declared, as ``snmpwalk -On`` prints it; `timeout` in seconds.

    :raises HostFailureError: ``dns``, ``timeout``, ``auth_refused``, ``unreachable``, ...
    """
    client = PysnmpClient(resolve(host, port), credentials, timeout)
    return SnmpSession(client).send(_snmp.WALK)


@dataclass(frozen=True, slots=True)
class SnmpSession:
    """An agent to be asked."""

    client: Client

    def send(self, command: str) -> str:
        """Read everything that is declared and return it as ``snmpwalk -On`` prints it.

        :raises CommandNotDeclaredError: `command` is another one than ``snmpwalk``.
        :raises HostFailureError: ``timeout``, ``auth_refused``, ``unreachable``, ...
        """
        if command != _snmp.WALK:
            raise CommandNotDeclaredError(f"snmp: not declared, not sent: {command!r}")
        found = self.client.get(_snmp.SCALARS)
        for columns in _snmp.TABLES:
            found += table(self.client, columns)
        return "".join(f"{dotted(oid)} = {value}\n" for oid, value in sorted(dict(found).items()))


def table(client: Client, columns: Sequence[Oid]) -> list[tuple[Oid, str]]:
    """Every value below `columns`, all columns that go on asked for in one GETBULK.

    A column ends where the agent leaves it, or repeats itself.
    """
    found: dict[Oid, str] = {}
    last: dict[Oid, Oid] = {column: column for column in columns}
    cells = CELLS
    while last and len(found) < ROWS * len(columns):
        open_columns = list(last)
        repetitions = max(1, cells // len(open_columns))
        answer = client.bulk([last[column] for column in open_columns], repetitions)
        if answer is None:
            if repetitions > 1:
                cells = max(1, repetitions * len(open_columns) // 4)
                continue
            if len(open_columns) == 1:
                raise HostFailureError("connection_lost", "one value is too big for the agent")
            # One row of all columns is too much: ask for one column after the other.
            return [*found.items(), *_singly(client, last)]
        if not answer:
            break
        for place, (oid, value) in enumerate(answer):
            column = open_columns[place % len(open_columns)]
            if column not in last:
                continue
            if value is None or oid[: len(column)] != column or oid in found:
                del last[column]
            else:
                found[oid] = value
                last[column] = oid
    return list(found.items())


def _singly(client: Client, last: dict[Oid, Oid]) -> Iterable[tuple[Oid, str]]:
    """What is left of each column, asked for by itself."""
    for column, oid in last.items():
        yield from ((o, v) for o, v in table(client, (column,)) if o > oid)


class SnmpPlugin:
    """Nornir's connection plugin: ``host.get_connection("snmp", config)`` is an `SnmpSession`."""

    def __init__(self) -> None:
        self.connection: SnmpSession | None = None

    def open(  # noqa: PLR0917 - the protocol's signature
        self,
        hostname: str | None,
        username: str | None,  # noqa: ARG002 - the protocol's signature
        password: str | None,  # noqa: ARG002 - the protocol's signature
        port: int | None,
        platform: str | None,  # noqa: ARG002 - the protocol's signature
        extras: dict[str, Any] | None = None,
        configuration: Config | None = None,  # noqa: ARG002 - the protocol's signature
    ) -> None:
        """Resolve the name. `extras`: ``credentials`` and ``timeout`` in seconds.

        :raises HostFailureError: ``dns``.
        :raises UsageError: there are no SNMP credentials.
        """
        options = extras or {}
        credentials: SnmpCredentials | None = options.get("credentials")
        if credentials is None:
            raise UsageError("no SNMP credentials: set NETCOVER_SNMP_COMMUNITY or a v3 user")
        address = resolve(hostname or "", port or 161)
        timeout = float(options.get("timeout", 30.0))
        self.connection = SnmpSession(PysnmpClient(address, credentials, timeout))

    def close(self) -> None:
        """Forget the agent; there is nothing to log out of."""
        self.connection = None


PLUGIN = SnmpPlugin


def resolve(host: str, port: int) -> Address:
    """The address that `host` names.

    :raises HostFailureError: ``dns``.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
    except socket.gaierror as error:
        raise HostFailureError("dns", f"{host} does not resolve: {error.strerror}") from None
    return Address(str(address[0]), port, 6 if family == socket.AF_INET6 else 4)
