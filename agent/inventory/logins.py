"""What a host or its groups say about logins: a set of credentials, a jump host. Never secrets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.errors import InventoryError

if TYPE_CHECKING:
    from nornir.core.inventory import Host

SSH_PORT = 22
_SET = re.compile(r"[A-Za-z][A-Za-z0-9_-]*(?<!-enable)")
_RESERVED = {"enable", "ssh-key"}
_JUMP = re.compile(r"(?:([^@:\s]+)@)?(\[[0-9A-Fa-f:.]+\]|[^@:\s\[\]]+)(?::(\d{1,5}))?")


@dataclass(frozen=True, slots=True)
class JumpHost:
    """Where a jump host is; `username` None where its credentials say who logs in."""

    username: str | None
    address: str
    port: int


def set_of(host: Host) -> str | None:
    """The credential set that ``data: credentials`` names; None for the usual one.

    :raises InventoryError: it is no name of a set.
    """
    name = host.get("credentials")
    if name is None:
        return None
    if not isinstance(name, str) or not _SET.fullmatch(name) or name in _RESERVED:
        raise InventoryError(
            "data: credentials must name a set, such as edge (letters, digits, - and _);"
            " the credentials themselves do not belong in the inventory"
        )
    return name


def jump_of(host: Host) -> JumpHost | None:
    """The jump host that ``data: jump`` names.

    :raises InventoryError: it is not written as user@host:port.
    """
    text = host.get("jump")
    if text is None:
        return None
    match = _JUMP.fullmatch(str(text))
    port = int(match[3] or SSH_PORT) if match else 0
    if match is None or not 0 < port <= 65535:  # noqa: PLR2004 - the highest port there is
        raise InventoryError(
            "data: jump must be written as user@host:port, user and port may be left out;"
            " a password does not belong there (the credential set 'jump' has it)"
        )
    return JumpHost(match[1], match[2].strip("[]"), port)
