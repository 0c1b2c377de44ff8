"""Credentials in the environment: NETCOVER_USERNAME, or NETCOVER_EDGE_USERNAME of the set edge."""

from __future__ import annotations

import os

from agent.inventory.credentials._record import Part, Source


def prefix(name: str | None) -> str:
    """How the variables of a set begin."""
    return f"NETCOVER_{name.upper().replace('-', '_')}_" if name else "NETCOVER_"


def find(name: str | None, known: Part, vault: str | None) -> Part:  # noqa: ARG001 - a source
    """What is set; an empty variable is as none."""
    username, password, enable = (
        os.environ.get(prefix(name) + part) or None for part in ("USERNAME", "PASSWORD", "ENABLE")
    )
    return Part(username, password, enable)


def remedy(name: str | None, vault: str | None) -> str:  # noqa: ARG001 - a source
    """The variables to set."""
    begins = prefix(name)
    return f"set {begins}USERNAME, {begins}PASSWORD and, where the devices have one, {begins}ENABLE"


SOURCE = Source(1, find, remedy)
