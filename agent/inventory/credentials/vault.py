"""Credentials in HashiCorp Vault's key-value store, version 1 or 2; the extra ``vault``.

Where Vault is and who asks is in Vault's own variables: VAULT_ADDR, VAULT_NAMESPACE, VAULT_CACERT,
and VAULT_TOKEN, or VAULT_ROLE_ID and VAULT_SECRET_ID of an AppRole.
"""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any

from agent.errors import UsageError
from agent.inventory.credentials._record import Part, Source

if TYPE_CHECKING:
    from collections.abc import Callable


def where(name: str | None, path: str) -> str:
    """The path of a set; the usual one lies at `path` itself."""
    return f"{path.strip('/')}/{name}" if name else path.strip("/")


def find(name: str | None, known: Part, path: str | None) -> Part:  # noqa: ARG001 - a source
    """The keys ``username``, ``password`` and ``enable`` of the set's secret.

    :raises UsageError: the extra is missing, or Vault cannot be asked.
    """
    if path is None:
        return Part()
    secret = _read(where(name, path))
    username, password, enable = (
        str(secret[key]) if secret.get(key) else None for key in ("username", "password", "enable")
    )
    return Part(username, password, enable)


def remedy(name: str | None, path: str | None) -> str | None:
    """The secret to put there."""
    return f"put username and password into Vault at {where(name, path)}" if path else None


def _read(path: str) -> dict[str, Any]:
    """The secret at `path`; empty where there is none."""
    client = _client()
    # The program vault finds out in the same way where a mount ends and which version it is.
    mount = _ask(path, lambda: client.read(f"sys/internal/ui/mounts/{path}"))
    found = (mount or {}).get("data") or {}
    at = str(found.get("path") or path.split("/", 1)[0]).strip("/")
    rest = path.removeprefix(at).strip("/")
    newer = str((found.get("options") or {}).get("version")) == "2"
    answer = _ask(path, lambda: client.read(f"{at}/data/{rest}" if newer else f"{at}/{rest}"))
    data = (answer or {}).get("data") or {}
    return (data.get("data") or {}) if newer else data


def _ask(path: str, question: Callable[[], Any]) -> Any:  # noqa: ANN401 - what hvac returns
    from hvac.exceptions import Forbidden, InvalidPath, VaultError  # noqa: PLC0415 - an extra
    from requests import RequestException  # noqa: PLC0415 - comes with hvac

    try:
        return question()
    except InvalidPath:
        return None
    except Forbidden:
        raise UsageError(
            f"Vault lets this token not read {path}; give it a policy with read on that path"
        ) from None
    except (VaultError, RequestException) as error:
        raise UsageError(
            f"Vault cannot be asked for {path}: {type(error).__name__}; check VAULT_ADDR"
            f" ({os.environ.get('VAULT_ADDR')}) and that it is unsealed"
        ) from None


@cache
def _client() -> Any:  # noqa: ANN401 - an extra
    """A client that is logged in; once, because an AppRole's secret may be good for one login."""
    try:
        import hvac  # noqa: PLC0415 - an extra
    except ImportError:
        raise UsageError(
            "netcover.toml: vault.path is set, and Vault's client is not installed;"
            " pip install 'netcover[vault]', or leave the key out"
        ) from None
    address, token = os.environ.get("VAULT_ADDR"), os.environ.get("VAULT_TOKEN")
    role, secret = os.environ.get("VAULT_ROLE_ID"), os.environ.get("VAULT_SECRET_ID")
    if not address or not (token or (role and secret)):
        raise UsageError(
            "netcover.toml: vault.path is set; set VAULT_ADDR too, and VAULT_TOKEN, or"
            " VAULT_ROLE_ID and VAULT_SECRET_ID"
        )
    client = hvac.Client(url=address, token=token, namespace=os.environ.get("VAULT_NAMESPACE"))
    if not token:
        _ask("auth/approle/login", lambda: client.auth.approle.login(role, secret))
    return client


SOURCE = Source(2, find, remedy)
