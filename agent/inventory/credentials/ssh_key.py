"""A private key of SSH; its passphrase from the environment, the keyring or a prompt."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from agent.errors import UsageError
from agent.inventory.credentials import keyring, prompt
from agent.inventory.credentials._record import ClientKeys

FILE: Final = "NETCOVER_SSH_KEY"
PASSPHRASE: Final = "NETCOVER_SSH_KEY_PASSPHRASE"  # noqa: S105 - a variable's name
SERVICE: Final = "netcover-ssh-key"


def client_keys(file: Path | None = None, *, agent: bool = False) -> ClientKeys:
    """The key of NETCOVER_SSH_KEY, else of `file`, and the agent of SSH_AUTH_SOCK where wanted.

    :raises UsageError: the file is no private key, its passphrase is missing or wrong, or there
        is no agent.
    """
    named = os.environ.get(FILE)
    path = Path(named) if named else file
    socket = os.environ.get("SSH_AUTH_SOCK") if agent else None
    if agent and not socket:
        raise UsageError("sweep.ssh_agent is on and SSH_AUTH_SOCK is not set; start an agent")
    return ClientKeys(_private(path.expanduser()) if path else None, socket)


def _private(path: Path) -> bytes:
    import asyncssh  # noqa: PLC0415 - slow to import, and most runs have no key

    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: the SSH key cannot be read: {error.strerror}") from None
    try:
        key = asyncssh.import_private_key(data)
    except asyncssh.KeyImportError as error:
        if "assphrase" not in str(error):
            raise UsageError(
                f"{path}: not a private key of SSH; name one made by ssh-keygen"
            ) from None
        key = None
    try:
        key = key or asyncssh.import_private_key(data, _passphrase(path))
        return key.export_private_key("openssh")
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError):
        raise UsageError(f"{path}: the passphrase is wrong, or its cipher is not known") from None


def _passphrase(path: Path) -> str:
    given = os.environ.get(PASSPHRASE)
    if given:
        return given
    stored = keyring.entry(SERVICE, None)
    if stored:
        return stored[1]
    if prompt.can_ask():
        return prompt.secret(f"Passphrase of {path}: ")
    raise UsageError(
        f"{path}: is protected by a passphrase; set {PASSPHRASE}, or store it with"
        f" 'keyring set {SERVICE} passphrase'"
    )
