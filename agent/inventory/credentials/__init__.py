"""Credentials from the environment, Vault, the keyring or a prompt; never from the inventory.

One file is one source (``SOURCE``). A set is looked up once, before the first host is called.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from agent import plugins
from agent.errors import UsageError
from agent.inventory.credentials._record import ClientKeys, Credentials, Part, Source, Wanted
from agent.inventory.credentials._snmp import SnmpCredentials, snmp_credentials

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "ClientKeys",
    "Credentials",
    "SnmpCredentials",
    "Wanted",
    "credential_sets",
    "credentials",
    "snmp_credentials",
]


def credentials() -> Credentials:
    """The usual set: NETCOVER_USERNAME, NETCOVER_PASSWORD, NETCOVER_ENABLE; else keyring; else ask.

    :raises UsageError: nothing is set and there is no terminal to ask on.
    """
    return credential_sets([Wanted()])[Wanted()]


def credential_sets(
    wanted: Iterable[Wanted], *, vault: str | None = None, keyed: bool = False
) -> dict[Wanted, Credentials]:
    """Look every set up, once. `vault`: the path there; `keyed`: a key may stand for a password.

    :raises UsageError: naming all sets that nothing was found for, and where to put them.
    """
    found, missing = {}, []
    for each in sorted(set(wanted), key=lambda w: (w.name or "", w.username or "")):
        part = _looked_up(each, vault, keyed=keyed)
        if part.username and (part.password or keyed):
            found[each] = Credentials(part.username, part.password, part.enable)
        else:
            missing.append(each.name)
    if missing:
        raise UsageError("\n".join(_missing(name, vault) for name in dict.fromkeys(missing)))
    return found


def _sources() -> list[Source]:
    modules = plugins.modules(sys.modules[__name__])
    found: list[Source] = [m.SOURCE for m in modules if hasattr(m, "SOURCE")]
    return sorted(found, key=lambda source: source.order)


def _looked_up(wanted: Wanted, vault: str | None, *, keyed: bool) -> Part:
    part = Part(username=wanted.username)
    for source in _sources():
        enough = part.username and (part.password or (keyed and source.asks))
        if not enough:
            part = part.completed(source.find(wanted.name, part, vault))
    return part


def _missing(name: str | None, vault: str | None) -> str:
    remedies = [remedy for s in _sources() if (remedy := s.remedy(name, vault))]
    of = f" of the set {name}" if name else ""
    return f"no credentials{of}: {'; or '.join(remedies)}"
