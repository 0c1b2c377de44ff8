"""How each host is logged in to: its set of credentials, keys, what is known of its host key, jump.

All is known before the first host is called; a session is given what concerns it and no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.inventory.credentials import ClientKeys, Credentials, Wanted
from agent.inventory.logins import JumpHost, jump_of, set_of
from agent.settings import Rest
from agent.transports.tunnels import Jump

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from nornir.core.inventory import Host

    from agent.transports.host_keys import KnownHosts, Trust

JUMP_SET = "jump"
"""The credential set of jump hosts."""


@dataclass(frozen=True, slots=True)
class Access:
    """What logins of one run need."""

    sets: Mapping[Wanted, Credentials]
    known_hosts: KnownHosts
    timeout: float
    keys: ClientKeys = ClientKeys()  # noqa: RUF009 - frozen
    rest: Rest = Rest()  # noqa: RUF009 - frozen

    def login(self, host: Host) -> Credentials:
        """The credentials of a host."""
        return self.sets[_wanted(host)]

    def trust(self, address: str, port: int) -> Trust:
        """What is known of the host key there."""
        return self.known_hosts.trust(address, port)

    def jump(self, host: Host) -> Jump | None:
        """The jump host of a host."""
        where = jump_of(host)
        if where is None:
            return None
        login = self.sets[_wanted_there(where)]
        trust = self.trust(where.address, where.port)
        return Jump(where.address, where.port, login.username, login.password, self.timeout, trust)


def wanted(hosts: Iterable[Host]) -> set[Wanted]:
    """The credentials that have to be looked up before `hosts` are called."""
    found = set()
    for host in hosts:
        found.add(_wanted(host))
        if (where := jump_of(host)) is not None:
            found.add(_wanted_there(where))
    return found


def _wanted(host: Host) -> Wanted:
    return Wanted(set_of(host))


def _wanted_there(where: JumpHost) -> Wanted:
    return Wanted(JUMP_SET, where.username)
