"""What a correct sweep may say of a host: that it was read, or in which way it was not."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

Unreached: TypeAlias = Literal[
    "dns",
    "unreachable",
    "refused",
    "timeout",
    "hostkey",
    "negotiation",
    "auth_refused",
    "auth_timeout",
    "connection_lost",
    "not_a_device",
    "wrong_platform",
    "password_change",
    "overloaded",
    "inventory",
]
Incomplete: TypeAlias = Literal[
    "absent_slot",
    "mate_unknown",
    "standby_not_seen",
    "aps_short",
    "truncated",
    "command_refused",
    "not_parsed",
    "members_not_enumerated",
]
Outcome: TypeAlias = Literal["readable"] | Unreached | Incomplete

UNREACHED: frozenset[str] = frozenset(get_args(Unreached))
