"""Credentials from the environment, the keyring or a prompt; never from a file of the inventory."""

from __future__ import annotations

import getpass
import os
import sys
from dataclasses import dataclass, field

from agent.errors import UsageError

SERVICE = "netcover"
"""The keyring's service name; the enable secret is the password of ``netcover-enable``."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a login needs. The secrets never show in a ``repr``."""

    username: str
    password: str = field(repr=False)
    enable: str | None = field(default=None, repr=False)


def credentials() -> Credentials:
    """Take NETCOVER_USERNAME, NETCOVER_PASSWORD and NETCOVER_ENABLE; else keyring; else ask.

    :raises UsageError: nothing is set and there is no terminal to ask on.
    """
    username, password = os.environ.get("NETCOVER_USERNAME"), os.environ.get("NETCOVER_PASSWORD")
    enable = os.environ.get("NETCOVER_ENABLE") or None
    if username and password:
        return Credentials(username, password, enable)
    stored = _from_keyring(username)
    if stored:
        return Credentials(stored.username, stored.password, enable or stored.enable)
    if not sys.stdin.isatty():
        raise UsageError(
            "no credentials: set NETCOVER_USERNAME, NETCOVER_PASSWORD and, where the devices have"
            " one, NETCOVER_ENABLE; or store them with 'keyring set netcover USERNAME'"
        )
    username = username or _ask("Username: ")
    password = password or getpass.getpass(f"Password of {username}: ", stream=sys.stderr)
    enable = enable or getpass.getpass("Enable secret (empty for none): ", stream=sys.stderr)
    return Credentials(username, password, enable or None)


def _ask(question: str) -> str:
    sys.stderr.write(question)
    sys.stderr.flush()
    return sys.stdin.readline().strip()


def _from_keyring(username: str | None) -> Credentials | None:
    import keyring  # noqa: PLC0415 - slow to import, and most runs do not need it
    from keyring.errors import KeyringError  # noqa: PLC0415

    try:
        found = keyring.get_credential(SERVICE, username)
        enable = keyring.get_credential(f"{SERVICE}-enable", username)
    except KeyringError:
        return None
    if found is None:
        return None
    return Credentials(found.username, found.password, enable.password if enable else None)
