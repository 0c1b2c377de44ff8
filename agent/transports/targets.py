"""What the fast lane needs to know of a host; whoever only says so does without asyncssh."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from agent.inventory.credentials import ClientKeys
from agent.transports.host_keys import UNCHECKED, Trust

if TYPE_CHECKING:
    from collections.abc import Callable

    from agent.transports.host_keys import HostKey
    from agent.transports.tunnels import Jump

METHODS: Final = ("keyboard-interactive", "password")
"""Ways to give a password, in order; the second only where the password is known to be right."""
LANE: Final = "asyncssh"
NO_KEYS: Final = ClientKeys()
Seen: TypeAlias = "Callable[[str, HostKey], None]"
"""Told of a host key that is new: the host as known_hosts names it, and the key."""


@dataclass(frozen=True, slots=True)
class Target:
    """One host, with all that a session needs. The secrets never show in a ``repr``."""

    name: str
    site: str | None
    platform: str
    address: str
    port: int
    username: str
    password: str | None = field(repr=False)
    secret: str | None = field(repr=False)
    timeout: float
    trust: Trust = UNCHECKED
    jump: Jump | None = None
    methods: tuple[str, ...] = METHODS
