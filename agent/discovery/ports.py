"""Which ports a scan asks, and what it expects to hear there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from agent.errors import ScopeError

if TYPE_CHECKING:
    from collections.abc import Iterable

Speaks: TypeAlias = Literal["ssh", "https", "snmp"]

KNOWN: dict[int, Speaks] = {161: "snmp", 443: "https", 8443: "https"}
"""What is spoken at ports that are given without it; all others are listened to for SSH."""


@dataclass(frozen=True, slots=True, order=True)
class Port:
    """A port, and what is spoken there: an SNMPv3 engine over UDP, or something over TCP."""

    number: int
    speaks: Speaks = "ssh"

    @property
    def kind(self) -> str:
        """What an attempt at it is called."""
        return "snmp_engine" if self.speaks == "snmp" else "tcp"

    def __str__(self) -> str:
        return f"{self.number}/{self.speaks}"


def ports(text: str) -> tuple[Port, ...]:
    """Read ``22,2222,8443/https,161/snmp``; each port once, in the order of their numbers.

    :raises ScopeError: a part is no port, or a port is given twice with different meanings.
    """
    found: dict[int, Port] = {}
    for part in _parts(text):
        number, slash, speaks = part.partition("/")
        if not number.isascii() or not number.isdigit() or not 1 <= int(number) <= 65535:  # noqa: PLR2004
            raise ScopeError(f"--ports {text}: {part!r} is no port; write it as 22,8443/https")
        if slash and speaks not in get_args(Speaks):
            known = ", ".join(get_args(Speaks))
            raise ScopeError(f"--ports {text}: {part!r}: what it speaks is one of {known}")
        port = Port(int(number), _speaks(speaks, int(number)))
        if found.setdefault(port.number, port) != port:
            raise ScopeError(f"--ports {text}: {number} is given twice, with different meanings")
    return tuple(found[number] for number in sorted(found))


def _parts(text: str) -> Iterable[str]:
    parts = [part.strip() for part in text.split(",")]
    if not all(parts):
        raise ScopeError(f"--ports {text!r}: a port is missing; write it as 22,2222")
    return parts


def _speaks(given: str, number: int) -> Speaks:
    return next((known for known in get_args(Speaks) if known == given), KNOWN.get(number, "ssh"))
