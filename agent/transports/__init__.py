"""How a host is read: one module per transport, each a Nornir connection plugin.

A transport's module has the plugin's name as ``NAME`` and its class as ``PLUGIN``; an open
connection is a `Session`: a declared command in, the raw text it printed out.
"""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from nornir.core.plugins.connections import ConnectionPluginRegister

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

SSH = "ssh"
REST = "rest"
SNMP = "snmp"
"""The transport that gives a second opinion."""


class Session(Protocol):
    """An open connection to one device."""

    def send(self, command: str) -> str:
        """Send one declared command and return what it printed, echo and prompt removed.

        :raises CommandNotDeclaredError: no platform file declares it; nothing was sent.
        :raises HostFailureError: the typed reason.
        """


def now() -> datetime:
    """Return the time in UTC, whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def register(names: Iterable[str]) -> None:
    """Make the transports called `names` known to Nornir; only they are imported."""
    for name in names:
        module = import_module(f"agent.transports.{name}")
        ConnectionPluginRegister.register(module.NAME, module.PLUGIN)
        if shared := getattr(module, "close", None):
            _SHARED[name] = shared


def close() -> None:
    """Close what the sessions of one run shared, such as ways through jump hosts."""
    for shared in tuple(_SHARED.values()):
        shared()


_SHARED: dict[str, Callable[[], None]] = {}
