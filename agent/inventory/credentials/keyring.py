"""Credentials in the operating system's keyring: service netcover, or netcover-edge of a set."""

from __future__ import annotations

from agent.inventory.credentials._record import Part, Source


def service(name: str | None) -> str:
    """The service of a set; its enable secret is the password of the service ``...-enable``."""
    return f"netcover-{name}" if name else "netcover"


def find(name: str | None, known: Part, vault: str | None) -> Part:  # noqa: ARG001 - a source
    """What is stored for the user that is known, or for any; nothing where there is no keyring."""
    login = entry(service(name), known.username)
    if login is None:
        return Part()
    enable = entry(f"{service(name)}-enable", known.username)
    return Part(*login, enable[1] if enable else None)


def entry(of: str, username: str | None) -> tuple[str, str] | None:
    """User and password of a service."""
    import keyring  # noqa: PLC0415 - slow to import, and most runs do not need it
    from keyring.errors import KeyringError  # noqa: PLC0415

    try:
        found = keyring.get_credential(of, username)
    except KeyringError:
        return None
    return (found.username, found.password) if found else None


def remedy(name: str | None, vault: str | None) -> str:  # noqa: ARG001 - a source
    """The command that stores them."""
    return f"store them with 'keyring set {service(name)} USERNAME'"


SOURCE = Source(3, find, remedy)
