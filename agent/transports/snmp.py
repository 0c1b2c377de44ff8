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
    from collections.abc import Sequence

    from nornir.core.configuration import Config

    from agent.inventory.credentials import SnmpCredentials
    from agent.platforms._walk import Oid

NAME = "snmp"
"""The plugin's name in Nornir's register, and the lane's in ``sweep.json``."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where an agent is asked. `family` is 4 or 6."""

    ip: str
    port: int
    family: int


class Client(Protocol):
    """Asks one agent; pysnmp, or gufo-snmp where it is installed."""

    def get(self, oids: Sequence[Oid]) -> list[tuple[Oid, str]]:
        """The values of instances that are there, as ``snmpwalk`` prints them."""

    def table(self, columns: Sequence[Oid]) -> list[tuple[Oid, str]]:
        """Every value below `columns`."""


def client(address: Address, credentials: SnmpCredentials, timeout: float) -> Client:
    """Who asks the agent at `address`; `timeout` in seconds, that of a request with repetitions."""
    if credentials.library == "gufo":
        from agent.transports._gufo import Client as GufoClient  # noqa: PLC0415 - an extra

        return GufoClient(address, credentials, timeout)
    return PysnmpClient(address, credentials, timeout)


def walk(host: str, port: int, credentials: SnmpCredentials, timeout: float) -> str:
    """Everything that is declared, as ``snmpwalk -On`` prints it; `timeout` in seconds.

    :raises HostFailureError: ``dns``, ``timeout``, ``auth_refused``, ``unreachable``, ...
    """
    return SnmpSession(client(resolve(host, port), credentials, timeout)).send(_snmp.WALK)


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
            found += self.client.table(columns)
        return "".join(f"{dotted(oid)} = {value}\n" for oid, value in sorted(dict(found).items()))


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
        self.connection = SnmpSession(client(address, credentials, timeout))

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
