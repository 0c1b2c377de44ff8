"""Every error netcover raises on purpose; each message says what, where and what to do.

::

    NetcoverError                  anything a user can act on
    |-- UsageError                 exit 2: a file, an option or a setting is wrong
    |   |-- InventoryError         hosts.yaml, groups.yaml, defaults.yaml
    |   |-- SettingsError          netcover.toml, NETCOVER_* variables
    |   |-- SourceError            a contract, EoX or advisory file as a whole
    |   |-- ScopeError             what is to be probed is malformed, or outside the allow-list
    |   |-- CaptureError           a folder or file handed to ``netcover ingest``
    |   `-- OutputError            a folder or file that cannot be written
    |-- StoreError                 exit 2: the database cannot be opened, read or written
    |-- CommandNotDeclaredError         a command no platform file declares was about to be sent
    `-- HostFailureError              one host could not be read; becomes an ``Unreached``
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.model import UnreachedKind


def said(error: Exception) -> str:
    """What an error of the system or of a library says, without its number."""
    strerror = error.strerror if isinstance(error, OSError) else None
    return strerror or str(error)


class NetcoverError(Exception):
    """Anything a user can act on."""


class UsageError(NetcoverError):
    """A file, an option or a setting is wrong."""


class InventoryError(UsageError):
    """The inventory cannot be used."""


class SettingsError(UsageError):
    """A setting is wrong."""


class SourceError(UsageError):
    """A source file cannot be used as a whole."""


class ScopeError(UsageError):
    """What is to be probed is malformed, too large, or outside the allow-list."""


class CaptureError(UsageError):
    """A folder or file of captured outputs cannot be used."""


class OutputError(UsageError):
    """A result cannot be written."""


class StoreError(NetcoverError):
    """The store cannot be opened, read or written."""


class CommandNotDeclaredError(NetcoverError):
    """A command that no platform file declares was about to be sent; nothing was sent."""


class HostFailureError(NetcoverError):
    """One host could not be read.

    :ivar kind: the typed reason, as it stands in ``sweep.json``.
    :ivar outputs: commands and what they printed before the failure.
    """

    def __init__(self, kind: UnreachedKind, reason: str) -> None:
        super().__init__(reason)
        self.kind: UnreachedKind = kind
        self.reason = reason
        self.outputs: tuple[tuple[str, str], ...] = ()
